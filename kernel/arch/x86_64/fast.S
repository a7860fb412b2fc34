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

/* What the slow path wants to find in the frame. */
.macro SAVE_FOR_SLOW
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
.endm

FUNCTION syscall_entry_fast
    swapgs
    movq %rsp, %gs:CPU_USER_RSP
    movq %gs:CPU_CURRENT, %rsp
    cmpq $THREAD_READY, THREAD_STATUS(%rsp)
    jne .Lnot_plain
    cmpq $PHASE_RESUME, %rax
    je .Lresume
    SAVE_FOR_SLOW
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

/* Something is special about the thread: perhaps it is only a vCPU whose
 * guest makes a system call. */
.Lnot_plain:
    cmpq $(THREAD_READY + THREAD_GUEST), THREAD_STATUS(%rsp)
    je .Lguest_syscall
    cmpq $(THREAD_READY + THREAD_GUEST + THREAD_FPU), THREAD_STATUS(%rsp)
    je .Lguest_syscall
    cmpq $(THREAD_READY + THREAD_FPU), THREAD_STATUS(%rsp)
    jne .Lsave_slow
    cmpq $PHASE_RESUME, %rax
    je .Lresume
.Lsave_slow:
    SAVE_FOR_SLOW
    jmp syscall_slow

/* Into the host: as vcpu_syscall(). */
.Lguest_syscall:
    movq THREAD_VCPU(%rsp), %rsp
    movq %r15, VCPU_R15(%rsp)
    movq %r14, VCPU_R14(%rsp)
    movq %r13, VCPU_R13(%rsp)
    movq %r12, VCPU_R12(%rsp)
    movq %rbp, VCPU_BP(%rsp)
    movq %rbx, VCPU_BX(%rsp)
    movq %r11, VCPU_R11(%rsp)
    movq %r10, VCPU_R10(%rsp)
    movq %r9, VCPU_R9(%rsp)
    movq %r8, VCPU_R8(%rsp)
    movq %rax, VCPU_AX(%rsp)
    movq %rcx, VCPU_CX(%rsp)
    movq %rdx, VCPU_DX(%rsp)
    movq %rsi, VCPU_SI(%rsp)
    movq %rdi, VCPU_DI(%rsp)
    movq %rax, VCPU_ORIG_AX(%rsp)
    movq %rcx, VCPU_IP(%rsp)
    movq $SEL_USER_CODE, VCPU_CS(%rsp)
    movq %r11, VCPU_FLAGS(%rsp)
    movq %gs:CPU_USER_RSP, %rbx
    movq %rbx, VCPU_SP(%rsp)
    movq $SEL_USER_DATA, VCPU_SS(%rsp)
    movq %gs:CPU_CURRENT, %rbx
    movl VCPU_STATE(%rsp), %eax
    orl $VCPU_STATE_USER, %eax
    movl %eax, VCPU_SAVED_STATE(%rsp)
    movl $0, VCPU_STATE(%rsp)
    movl $VCPU_SYSCALL, VCPU_REASON(%rsp)
    xorq $THREAD_GUEST, THREAD_STATUS(%rbx)
    movq THREAD_HOST_CR3(%rbx), %rcx
    movq %rcx, THREAD_CR3(%rbx)
    movq %rcx, %gs:CPU_CR3
    movq %rcx, %cr3
    movq VCPU_ENTRY_IP(%rsp), %rcx
    shlq $17, %rcx
    shrq $17, %rcx
    movq THREAD_VCPU_USER(%rbx), %rdi
    movl $(RFLAGS_ONE | RFLAGS_IF), %r11d
    xorl %ebx, %ebx
    movq VCPU_ENTRY_SP(%rsp), %rsp
    swapgs
    sysretq

/* Back to the guest, as vcpu_resume(), if it is the one that ran last, it
 * left by a system call, and nothing waits to be done. What the host had in
 * its registers is of no use to anyone, so they are free; the thread stays in
 * rbx for the slow path. */
.Lresume:
    cmpq $0, THREAD_VCPU(%rsp)
    je .Lsave_slow
    movq %rsp, %rbx
    movq THREAD_VCPU(%rbx), %rsp
    movl VCPU_SAVED_STATE(%rsp), %eax
    movl VCPU_STICKY(%rsp), %ecx
    andl %eax, %ecx
    jne .Lresume_slow
    cmpl $0, VCPU_MAPQ_N(%rsp)
    jne .Lresume_slow
    movq VCPU_DEADLINE(%rsp), %rcx
    cmpq THREAD_VCPU_DEADLINE(%rbx), %rcx
    jne .Lresume_slow
    testb $VCPU_STATE_USER, %al
    je .Lresume_slow
    movq VCPU_USER_TASK(%rsp), %rcx
    cmpq THREAD_NCAPS(%rbx), %rcx
    jae .Lresume_slow
    shlq $4, %rcx
    addq THREAD_CAPS(%rbx), %rcx
    movq (%rcx), %r8
    testb $RIGHT_TASK_CREATE, 8(%rcx)
    je .Lresume_slow
    subq $OBJECT_TASK, %r8
    cmpq THREAD_GUEST_TASK(%rbx), %r8
    jne .Lresume_slow
    movq VCPU_IP(%rsp), %rcx
    cmpq VCPU_CX(%rsp), %rcx
    jne .Lresume_slow
    movq %rcx, %rdx
    shrq $47, %rdx
    jne .Lresume_slow
    movq VCPU_FLAGS(%rsp), %r11
    cmpq VCPU_R11(%rsp), %r11
    jne .Lresume_slow
    andl $RFLAGS_USER, %r11d
    orl $(RFLAGS_ONE | RFLAGS_IF), %r11d
    movl %eax, VCPU_STATE(%rsp)
    xorq $THREAD_GUEST, THREAD_STATUS(%rbx)
    movq TASK_CR3(%r8), %rdx
    movq %rdx, THREAD_CR3(%rbx)
    movq %rdx, %gs:CPU_CR3
    movq %rdx, %cr3
    movq VCPU_R15(%rsp), %r15
    movq VCPU_R14(%rsp), %r14
    movq VCPU_R13(%rsp), %r13
    movq VCPU_R12(%rsp), %r12
    movq VCPU_BP(%rsp), %rbp
    movq VCPU_BX(%rsp), %rbx
    movq VCPU_R10(%rsp), %r10
    movq VCPU_R9(%rsp), %r9
    movq VCPU_R8(%rsp), %r8
    movq VCPU_AX(%rsp), %rax
    movq VCPU_DX(%rsp), %rdx
    movq VCPU_SI(%rsp), %rsi
    movq VCPU_DI(%rsp), %rdi
    movq VCPU_SP(%rsp), %rsp
    swapgs
    sysretq

.Lresume_slow:
    movq %rbx, %rsp
    movl $PHASE_RESUME, %eax
    jmp syscall_slow
    .size syscall_entry_fast, . - syscall_entry_fast

    .section .note.GNU-stack, "", @progbits
