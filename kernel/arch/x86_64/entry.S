/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ways into the kernel and out of it.
 *
 * The current thread is TSS.RSP0, so that the processor pushes the state of a
 * trap in user mode right into the thread's frame, and the code here does the
 * same for the other registers. Then C runs on the processor's kernel stack.
 */
#include "offsets.h"
#include "x86.h"

#include "asm.inc"

/* Refuses accesses to user memory; start.c makes it clac where there is
 * SMAP. A system call clears the flag by itself. */
.macro CLAC
9901:
    .byte 0x0f, 0x1f, 0x00
    .pushsection .rodata.clac, "a"
    .quad 9901b
    .popsection
.endm

/* Everything but what syscall_slow saves, into the thread's frame. */
.macro SYSCALL_SAVE
    swapgs
    movq %rsp, %gs:CPU_USER_RSP
    movq %gs:CPU_CURRENT, %rsp
    SAVE_ENTRY
    SAVE_REST
.endm

/* The rest, and to C. */
.macro SYSCALL_CALL function
    movq $-1, FRAME_orig(%rsp)
    SAVE FRAME_, %rsp, rdi, rsi, rdx, rax, r8, r9, r10
    movq %rsp, %rdi
    movq %gs:CPU_STACK, %rsp
    xorl %ebp, %ebp
    call \function
.endm

FUNCTION syscall_entry_traced
    SYSCALL_SAVE
    SYSCALL_CALL kernel_syscall_traced
    jmp arch_return
    .size syscall_entry_traced, . - syscall_entry_traced

FUNCTION syscall_entry
    SYSCALL_SAVE
    .size syscall_entry, . - syscall_entry
    /* falls through */

/* What the fast path leaves to C: rsp is the thread; rdi, rsi, rdx, rax, r8,
 * r9 and r10 are the user's, everything else is saved. */
    .globl syscall_slow
    .type syscall_slow, @function
syscall_slow:
    SYSCALL_CALL kernel_syscall
    .size syscall_slow, . - syscall_slow
    /* falls through */

/* To the current thread, the way it came. */
    .globl arch_return
    .type arch_return, @function
arch_return:
    movq %gs:CPU_CURRENT, %rsp
    cmpq $-1, FRAME_orig(%rsp)
    jne return_by_iret
    movq FRAME_rip(%rsp), %rcx
    movq FRAME_rflags(%rsp), %r11
    LOAD FRAME_, %rsp, rdi, rsi, rdx, rax, r8, r9, r10, rbx, rbp, r12, r13, r14, r15, rsp
    swapgs
    sysretq
return_by_iret:
    addq $FRAME_r15, %rsp
    POP_REGS
    swapgs
    iretq
    .size arch_return, . - arch_return

/* rdi: the vector. From user mode the stack is the thread's frame; from
 * kernel mode, where only idling is interrupted, it is the kernel stack. */
.macro TRAP_ENTRY name, function
FUNCTION \name
    PUSH_REGS
    .globl \name\()_saved
\name\()_saved:
    CLAC
    cld
    movl %edi, %esi
    movq %rsp, %rdi
    testb $3, REGS_CS(%rsp)
    jz 1f
    swapgs
    movq %gs:CPU_STACK, %rsp
    xorl %ebp, %ebp
    call \function
    jmp arch_return
1:  call \function
    addq $8, %rsp
    POP_REGS
    iretq
    .size \name, . - \name
.endm

TRAP_ENTRY trap_entry, trap_handle
TRAP_ENTRY trap_entry_traced, trap_handle_traced

/* The traps with stacks of their own may come at any instruction, so that gs
 * can be the user's although the mode is the kernel's, and a user can set gs
 * to anything. The word above the stack holds the right one. */
FUNCTION ist_entry
    PUSH_REGS
    CLAC
    cld
    movl %edi, %esi
    movq %rsp, %rdi
    testb $3, REGS_CS(%rsp)
    jz 2f
    swapgs
    cmpl $VECTOR_DEBUG, %esi
    je 3f
    call trap_handle_ist
    swapgs
1:  addq $8, %rsp
    POP_REGS
    iretq
2:  rdgsbase %rbx
    movq REGS_SIZE(%rsp), %rax
    wrgsbase %rax
    call trap_handle_ist
    wrgsbase %rbx
    jmp 1b
3:  /* Debug traps of user mode go on as any other trap. */
    movq %rsp, %rsi
    movq %gs:CPU_CURRENT, %rdi
    subq $REGS_SIZE, %rdi
    movq %rdi, %rbx
    movl $(REGS_SIZE / 8), %ecx
    rep movsq
    movq %gs:CPU_STACK, %rsp
    xorl %ebp, %ebp
    movq %rbx, %rdi
    movl $VECTOR_DEBUG, %esi
    call trap_handle
    jmp arch_return
    .size ist_entry, . - ist_entry

/* One entry per vector, TRAP_STUB_SIZE apart. */
#define HAS_ERROR(v) \
    ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || \
     (v) == 29 || (v) == 30)
#define HAS_IST(v) \
    ((v) == VECTOR_DEBUG || (v) == VECTOR_NMI || (v) == VECTOR_DOUBLE_FAULT || \
     (v) == VECTOR_MACHINE_CHECK)

.macro TRAP_STUBS name, entry
FUNCTION \name
    .set vector, 0
    .rept 256
    .balign TRAP_STUB_SIZE
    .if !HAS_ERROR(vector)
    pushq $0
    .endif
    pushq %rdi
    movl $vector, %edi
    .if HAS_IST(vector)
    jmp ist_entry
    .else
    jmp \entry
    .endif
    .set vector, vector + 1
    .endr
    .size \name, . - \name
.endm

TRAP_STUBS trap_stubs, trap_entry
TRAP_STUBS trap_stubs_traced, trap_entry_traced

    .section .note.GNU-stack, "", @progbits
