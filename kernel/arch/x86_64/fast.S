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

#include "asm.inc"

/* rdi is an index, and becomes the capability's address; r11 its first word,
 * ecx its type. */
.macro FIND_CAP slow
    cmpq THREAD_NCAPS(%rsp), %rdi
    jae \slow
    shlq $4, %rdi
    addq THREAD_CAPS(%rsp), %rdi
    movq (%rdi), %r11
    movl %r11d, %ecx
    andl $15, %ecx
.endm

/* rbx becomes the thread that waits behind the gate in r11. */
.macro FIND_SERVER slow
    andq $-OBJECT_ALIGN, %r11
    movq GATE_FAST(%r11), %rbx
    cmpq $THREAD_WAITING, THREAD_STATUS(%rbx)
    jne \slow
.endm

/* rbx becomes the caller, if its status is that. What we run on comes from it,
 * or our status would not let us here. */
.macro FIND_CALLER status
    movq THREAD_CALLER(%rsp), %rbx
    testq %rbx, %rbx
    je .Lslow_reply
    cmpq $\status, THREAD_STATUS(%rbx)
    jne .Lslow_reply
.endm

/* Copies the words of the message beyond those in registers, eax words in
 * all. Destroys rcx, r12 to r15. */
.macro COPY_WORDS
    movq %rsi, %r14
    movq %rdi, %r15
    movq THREAD_UTCB(%rsp), %rsi
    movq THREAD_UTCB(%rbx), %rdi
    leal -MSG_REGS(%rax), %ecx
    addq $UTCB_MR_REST, %rsi
    addq $UTCB_MR_REST, %rdi
    rep movsq
    movq %r14, %rsi
    movq %r15, %rdi
.endm

.macro COMMIT_CALL status
    movq 8(%rdi), %rdi
    movq $\status, THREAD_STATUS(%rsp)
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

/* What belongs to the thread in rsp makes way for what belongs to the one in
 * rbx. Destroys rcx; gs is the user's afterwards. */
.macro SWITCH_SPACE
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
.endm

/* From the thread in rsp to the one in rbx, which made a system call, and
 * whose registers are restored but for those of the message. */
.macro SWITCH
    SWITCH_SPACE
    LOAD_REST
.endm

.macro LOAD_REST
    movq FRAME_rip(%rbx), %rcx
    movq FRAME_rflags(%rbx), %r11
    LOAD FRAME_, %rbx, rbp, r12, r13, r14, r15, rsp, rbx
    sysretq
.endm

/* rax is the tag less the phase that it may have. */
FUNCTION syscall_entry_fast
    swapgs
    movq %rsp, %gs:CPU_USER_RSP
    movq %gs:CPU_CURRENT, %rsp
    cmpq $THREAD_READY, THREAD_STATUS(%rsp)
    jne .Lnot_plain
    SAVE_ENTRY
    subq $PHASE_CALL, %rax
    cmpl $MSG_REGS, %eax
    ja .Lno_short_call
    FIND_CAP .Lrest_slow_call
    cmpl $OBJECT_GATE, %ecx
    jne .Lobject
    SAVE_REST
    FIND_SERVER .Lslow_cap
    COMMIT_CALL THREAD_CALLING
    SWITCH

.Lno_short_call:
    cmpq $(PHASE_RESUME - PHASE_CALL), %rax
    je .Lresume
    subq $(PHASE_REPLY_WAIT - PHASE_CALL), %rax
    cmpl $MSG_REGS, %eax
    ja .Lno_short_reply
    testq %rdi, %rdi
    jne .Lnamed
    SAVE_REST
    FIND_CALLER THREAD_CALLING
    COMMIT_REPLY
    SWITCH

.Lno_short_reply:
    SAVE_REST
    cmpl $MSG_WORDS, %eax
    ja .Lno_reply
    testq %rdi, %rdi
    jne .Lslow_reply
    FIND_CALLER THREAD_CALLING
    COMMIT_REPLY
    COPY_WORDS
    SWITCH

.Lno_reply:
    leal (PHASE_REPLY_WAIT - PHASE_CALL)(%rax), %ecx
    cmpl $MSG_WORDS, %ecx
    ja .Lno_call
    addq $(PHASE_REPLY_WAIT - PHASE_CALL), %rax
    FIND_CAP .Lslow_call
    cmpl $OBJECT_GATE, %ecx
    jne .Lslow_cap
    FIND_SERVER .Lslow_cap
    COMMIT_CALL THREAD_CALLING
    COPY_WORDS
    SWITCH

/* One item: a page, perhaps, that answers a page fault. The words of such an
 * answer have no meaning. What is not as simple goes to C, with nothing done. */
.Lno_call:
    leal -ITEM_ONE(%rax), %ecx
    cmpl $MSG_WORDS, %ecx
    ja .Lslow_reply
    testq %rdi, %rdi
    jne .Lslow_reply
    FIND_CALLER THREAD_CALLING+THREAD_PAGEFAULT
    movq %rax, %r12
    movq %rsp, %r13
    shlq $(63 - TAG_RAISED_BIT), %rax
    js .Lslow_item
    movq THREAD_TASK(%rsp), %rdi
    movq THREAD_TASK(%rbx), %rsi
    movq THREAD_UTCB(%rsp), %rcx
    movq UTCB_ITEM_FPAGE(%rcx), %rdx
    movq UTCB_ITEM_CONTROL(%rcx), %rcx
    movq %gs:CPU_STACK, %rsp
    xorl %ebp, %ebp
    call map_page
    movq %r13, %rsp
    testl %eax, %eax
    jne .Lslow_item
    COMMIT_REPLY
    SWITCH_SPACE
    leaq FRAME_r15(%rbx), %rsp
    POP_REGS
    iretq
.Lslow_item:
    movq %r12, %rax
    xorl %edi, %edi
    xorl %esi, %esi
    xorl %edx, %edx
    xorl %r8d, %r8d
    xorl %r9d, %r9d
    xorl %r10d, %r10d
    jmp .Lslow_reply

/* What is acknowledged or answered before waiting. */
.Lnamed:
    addq $(PHASE_REPLY_WAIT - PHASE_CALL), %rax
    FIND_CAP .Lrest_slow_call

/* A kernel object, and perhaps a short way: it runs on the kernel stack with
 * the message words where they are. The registers that C keeps are the user's
 * all along. */
.Lobject:
    movq kernel_shorts(, %rcx, 8), %r11
    movq %rax, %rcx
    shrq $(TAG_OP_SHIFT - 4), %rcx
    andl $SHORTS_MASK, %ecx
    addq %rcx, %r11
    cmpq SHORTS_TAG(%r11), %rax
    jne .Lrest_slow_cap
    movq 8(%rdi), %rcx
    movq %gs:CPU_STACK, %rsp
    pushq %rdi
    pushq %rax
    movq (%rdi), %rdi
    andq $-OBJECT_ALIGN, %rdi
    call *SHORTS_RUN(%r11)
    testq %rax, %rax
    jle .Lno_answer
    movq %gs:CPU_CURRENT, %rcx
    movq %rdx, %rsi
    xorl %edi, %edi
    xorl %edx, %edx
    xorl %r8d, %r8d
    xorl %r9d, %r9d
    xorl %r10d, %r10d
    movq FRAME_rflags(%rcx), %r11
    movq FRAME_rip(%rcx), %rcx
    movq %gs:CPU_USER_RSP, %rsp
    swapgs
    sysretq
.Lno_answer:
    jl .Lleave
    popq %rax
    popq %rdi
    movq %gs:CPU_CURRENT, %rsp
    /* Not short after all; it has put the message words into the frame. */
    LOAD FRAME_, %rsp, rsi, rdx, r8
    xorl %r9d, %r9d
    xorl %r10d, %r10d
.Lrest_slow_cap:
    SAVE_REST
.Lslow_cap:
    subq THREAD_CAPS(%rsp), %rdi
    shrq $4, %rdi
.Lslow_call:
    addq $PHASE_CALL, %rax
    jmp syscall_slow
.Lrest_slow_call:
    SAVE_REST
    jmp .Lslow_call
.Lslow_reply:
    addq $PHASE_REPLY_WAIT, %rax
    jmp syscall_slow

/* The thread in rax goes on. */
.Lleave:
    movq %gs:CPU_CURRENT, %rsp
    SAVE_REST
    movq $-1, FRAME_orig(%rsp)
    movq %rax, %rbx
    cmpq $THREAD_READY, THREAD_STATUS(%rbx)
    jne .Lleave_slow
    cmpq $-1, FRAME_orig(%rbx)
    jne .Lleave_slow
    SWITCH_SPACE
    LOAD FRAME_, %rbx, rdi, rsi, rdx, rax, r8, r9, r10
    LOAD_REST
.Lleave_slow:
    movq %rbx, %rdi
    movq %gs:CPU_STACK, %rsp
    xorl %ebp, %ebp
    call arch_switch_to
    jmp arch_return

/* Something is special about the thread: perhaps it is only a vCPU whose
 * guest makes a system call. */
.Lnot_plain:
    cmpq $(THREAD_READY + THREAD_GUEST), THREAD_STATUS(%rsp)
    je .Lguest_syscall
    cmpq $(THREAD_READY + THREAD_GUEST + THREAD_FPU), THREAD_STATUS(%rsp)
    je .Lguest_syscall
    cmpq $(THREAD_READY + THREAD_FPU), THREAD_STATUS(%rsp)
    jne .Lsave_slow
    SAVE_ENTRY
    cmpq $PHASE_RESUME, %rax
    je .Lresume
.Lsave_slow:
    SAVE_ENTRY
    SAVE_REST
    jmp syscall_slow

/* Into the host: as vcpu_syscall(). */
.Lguest_syscall:
    movq THREAD_VCPU(%rsp), %rsp
    SAVE VCPU_, %rsp, r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi
    movq %rax, VCPU_ORIG_AX(%rsp)
    movq %rcx, VCPU_IP(%rsp)
    movq $SEL_USER_CODE, VCPU_CS(%rsp)
    movq %r11, VCPU_FLAGS(%rsp)
    movq %gs:CPU_USER_RSP, %rbx
    movq %rbx, VCPU_rsp(%rsp)
    movq $SEL_USER_DATA, VCPU_SS(%rsp)
    movl $VCPU_SYSCALL, VCPU_REASON(%rsp)
.Lenter_host:
    movq %gs:CPU_CURRENT, %rbx
    movl VCPU_STATE(%rsp), %eax
    orl $VCPU_STATE_USER, %eax
    movl %eax, VCPU_SAVED_STATE(%rsp)
    movl $0, VCPU_STATE(%rsp)
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
 * its registers is of no use to anyone, so they are free, but for where it is:
 * the slow path may be preempted and resume again. The thread stays in rbx for
 * it. */
.Lresume:
    cmpq $0, THREAD_VCPU(%rsp)
    je .Lno_vcpu
    movq %rsp, %rbx
    movq THREAD_VCPU(%rbx), %rsp
    movl VCPU_SAVED_STATE(%rsp), %eax
    testl %eax, VCPU_STICKY(%rsp)
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
    cmpq VCPU_rcx(%rsp), %rcx
    jne .Lresume_slow
    movq %rcx, %rdx
    shrq $47, %rdx
    jne .Lresume_slow
    movq VCPU_FLAGS(%rsp), %r11
    cmpq VCPU_r11(%rsp), %r11
    jne .Lresume_slow
    andl $RFLAGS_USER, %r11d
    orl $(RFLAGS_ONE | RFLAGS_IF), %r11d
    movl %eax, VCPU_STATE(%rsp)
    xorq $THREAD_GUEST, THREAD_STATUS(%rbx)
    movq TASK_CR3(%r8), %rdx
    movq %rdx, THREAD_CR3(%rbx)
    movq %rdx, %gs:CPU_CR3
    movq %rdx, %cr3
    LOAD VCPU_, %rsp, r15, r14, r13, r12, rbp, rbx, r10, r9, r8, rax, rdx, rsi, rdi, rsp
    swapgs
    sysretq

.Lno_vcpu:
    movl $PHASE_RESUME, %eax
    jmp .Lsave_slow
.Lresume_slow:
    movq %rbx, %rsp
    movq %gs:CPU_USER_RSP, %rcx
    movq %rcx, FRAME_rsp(%rsp)
    movl $PHASE_RESUME, %eax
    jmp syscall_slow
    .size syscall_entry_fast, . - syscall_entry_fast

/* A page fault of a plain thread, whose pager waits: a call by the thread. */
FUNCTION page_fault_fast
    pushq %rdi
    movl $VECTOR_PAGE_FAULT, %edi
    PUSH_REGS
    testb $3, REGS_CS(%rsp)
    jz trap_entry_saved
    swapgs
    movq %gs:CPU_CURRENT, %rsp
    cmpq $THREAD_READY, THREAD_STATUS(%rsp)
    jne .Lspecial_fault
    cmpq $0, THREAD_VCPU(%rsp)
    jne .Lslow_fault
    movl THREAD_PAGER(%rsp), %edi
    FIND_CAP .Lslow_fault
    cmpl $OBJECT_GATE, %ecx
    jne .Lslow_fault
    FIND_SERVER .Lslow_fault
    movq FRAME_orig(%rsp), %rcx
    movl %ecx, %edx
    andl $FAULT_MASK, %edx
    movzbl fault_access(%rdx), %r8d
    testl %r8d, %r8d
    je .Lslow_fault
    movq %cr2, %rsi
    movq %rsi, THREAD_FAULT_ADDRESS(%rsp)
    movl %r8d, THREAD_FAULT_ACCESS(%rsp)
    movq %rcx, THREAD_FAULT_ERROR(%rsp)
    movl $VECTOR_PAGE_FAULT, THREAD_FAULT_VECTOR(%rsp)
    COMMIT_CALL THREAD_CALLING+THREAD_PAGEFAULT
    movq FRAME_rip(%rsp), %rdx
    xorl %r9d, %r9d
    xorl %r10d, %r10d
    movabsq $((TAG_FAULT_HIGH << 32) | TAG_FAULT_LOW), %rax
    SWITCH
/* A vCPU's guest: its frame goes to the state page, and its host is entered as
 * for a system call. */
.Lspecial_fault:
    movq THREAD_STATUS(%rsp), %rdx
    andq $(-1 - THREAD_FPU), %rdx
    cmpq $(THREAD_READY + THREAD_GUEST), %rdx
    jne .Lslow_fault
    leaq FRAME_r15(%rsp), %rsi
    movq THREAD_VCPU(%rsp), %rdi
    movq %rdi, %rsp
    movl $(-FRAME_r15 / 8), %ecx
    cld
    rep movsq
    movq VCPU_ORIG_AX(%rsp), %rax
    movq %rax, VCPU_ERROR(%rsp)
    movq %cr2, %rsi
    movq %rsi, VCPU_ADDRESS(%rsp)
    movl $VECTOR_PAGE_FAULT, VCPU_TRAPNO(%rsp)
    movl $VCPU_PF, VCPU_REASON(%rsp)
    jmp .Lenter_host
.Lslow_fault:
    movl $VECTOR_PAGE_FAULT, %edi
    subq $REGS_SIZE, %rsp
    swapgs
    jmp trap_entry_saved
    .size page_fault_fast, . - page_fault_fast

    .section .note.GNU-stack, "", @progbits
