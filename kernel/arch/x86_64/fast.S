/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fast path: a call to a waiting server, and an answer to a waiting
 * caller that waits on. It does what ipc.c does in those cases, and nothing
 * else: whatever is special shows in a thread's status word, in the tag, or
 * in a gate's `fast` thread, and goes to ipc.c with nothing changed.
 *
 * Message words 0 to 4 stay in their registers all the way; words 5 up are
 * copied from UTCB to UTCB. No queue is touched: the context stays as it is, and
 * only the thread that it runs changes.
 *
 * Until the point of no return rsp is the current thread, rax and the message
 * registers are as the user left them.
 */
#include "offsets.h"
#include "x86.h"

.macro FUNCTION name
    .text
    .balign 16
    .globl \name
    .type \name, @function
\name:
.endm

/* rdi is an index: rbx becomes the thread that waits behind the gate, rdi the
 * capability. */
.macro FIND_SERVER
    cmpq THREAD_NCAPS(%rsp), %rdi
    jae .Lslow
    shlq $4, %rdi
    addq THREAD_CAPS(%rsp), %rdi
    movq (%rdi), %r12
    leaq -OBJECT_GATE(%r12), %r13
    testb $15, %r13b
    jne .Lslow_cap
    andq $-OBJECT_ALIGN, %r13
    movq GATE_FAST(%r13), %rbx
    cmpq $THREAD_WAITING, THREAD_STATUS(%rbx)
    jne .Lslow_cap
.endm

/* rbx becomes the caller, if it waits for us. What we run on comes from it, or
 * our status would not let us here. */
.macro FIND_CALLER
    testq %rdi, %rdi
    jne .Lslow
    movq THREAD_CALLER(%rsp), %rbx
    testq %rbx, %rbx
    je .Lslow
    cmpq $THREAD_CALLING, THREAD_STATUS(%rbx)
    jne .Lslow
.endm

/* Copies the words of the message beyond those in registers, ebp words in
 * all. Destroys rcx, r12 to r15. */
.macro COPY_WORDS
    movq %rsi, %r14
    movq %rdi, %r15
    movq THREAD_UTCB(%rsp), %rsi
    movq THREAD_UTCB(%rbx), %rdi
    leal -MSG_REGS(%rbp), %ecx
    addq $UTCB_MR_REST, %rsi
    addq $UTCB_MR_REST, %rdi
    rep movsq
    movq %r14, %rsi
    movq %r15, %rdi
.endm

.macro COMMIT_CALL
    movq 8(%rdi), %rdi
    movq $THREAD_CALLING, THREAD_STATUS(%rsp)
    movq $THREAD_READY, THREAD_STATUS(%rbx)
    movq %rbx, THREAD_PARTNER(%rsp)
    movq %rsp, THREAD_CALLER(%rbx)
.endm

.macro COMMIT_REPLY
    movq $THREAD_WAITING, THREAD_STATUS(%rsp)
    movq $0, THREAD_CALLER(%rsp)
    movq $THREAD_READY, THREAD_STATUS(%rbx)
    movq $0, THREAD_PARTNER(%rbx)
.endm

/* From the thread in rsp to the one in rbx, whose registers are restored but
 * for those of the message; rbp holds the tag. */
.macro SWITCH
    movq %rbx, %gs:CPU_CURRENT
    movq THREAD_CR3(%rbx), %rcx
    cmpq THREAD_CR3(%rsp), %rcx
    je 8f
    movq %rcx, %gs:CPU_CR3
    movq %rcx, %cr3
8:  rdfsbase %rcx
    movq %rcx, THREAD_FS_BASE(%rsp)
    movq THREAD_FS_BASE(%rbx), %rcx
    wrfsbase %rcx
    swapgs
    rdgsbase %rcx
    movq %rcx, THREAD_GS_BASE(%rsp)
    movq THREAD_GS_BASE(%rbx), %rcx
    wrgsbase %rcx
    movq %rbp, %rax
    movq FRAME_RIP(%rbx), %rcx
    movq FRAME_RFLAGS(%rbx), %r11
    movq FRAME_RBP(%rbx), %rbp
    movq FRAME_R12(%rbx), %r12
    movq FRAME_R13(%rbx), %r13
    movq FRAME_R14(%rbx), %r14
    movq FRAME_R15(%rbx), %r15
    movq FRAME_RSP(%rbx), %rsp
    movq FRAME_RBX(%rbx), %rbx
    sysretq
.endm

FUNCTION syscall_entry_fast
    swapgs
    movq %rsp, %gs:CPU_USER_RSP
    movq %gs:CPU_CURRENT, %rsp
    movq %rcx, FRAME_RIP(%rsp)
    movq %r11, FRAME_RFLAGS(%rsp)
    movq %rbx, FRAME_RBX(%rsp)
    movq %rbp, FRAME_RBP(%rsp)
    movq %r12, FRAME_R12(%rsp)
    movq %r13, FRAME_R13(%rsp)
    movq %r14, FRAME_R14(%rsp)
    movq %r15, FRAME_R15(%rsp)
    movq %gs:CPU_USER_RSP, %rbx
    movq %rbx, FRAME_RSP(%rsp)
    cmpq $THREAD_READY, THREAD_STATUS(%rsp)
    jne .Lslow
    leaq -PHASE_CALL(%rax), %rbp
    cmpl $MSG_REGS, %ebp
    ja .Lno_short_call
    FIND_SERVER
    COMMIT_CALL
    SWITCH

.Lno_short_call:
    leaq -PHASE_REPLY_WAIT(%rax), %rbp
    cmpl $MSG_REGS, %ebp
    ja .Lno_short_reply
    FIND_CALLER
    COMMIT_REPLY
    SWITCH

.Lno_short_reply:
    cmpl $MSG_WORDS, %ebp
    ja .Lno_reply
    FIND_CALLER
    COMMIT_REPLY
    COPY_WORDS
    SWITCH

.Lno_reply:
    leaq -PHASE_CALL(%rax), %rbp
    cmpl $MSG_WORDS, %ebp
    ja .Lslow
    FIND_SERVER
    COMMIT_CALL
    COPY_WORDS
    SWITCH

.Lslow_cap:
    subq THREAD_CAPS(%rsp), %rdi
    shrq $4, %rdi
.Lslow:
    jmp syscall_slow
    .size syscall_entry_fast, . - syscall_entry_fast

    .section .note.GNU-stack, "", @progbits
