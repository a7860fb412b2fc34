/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where threads begin. The kernel starts a thread with the stack pointer and
 * rdi that its creator chose and with gs base at its UTCB; libl4 keeps the
 * address of the UTCB in the UTCB's first word.
 */
    .text

/* The main thread; root starts it at the ELF entry point. */
    .globl _start
    .type _start, @function
_start:
    rdgsbase %rax
    mov %rax, %gs:0
    xor %ebp, %ebp
    and $-16, %rsp
    call l4_main_start
    ud2
    .size _start, . - _start

/* Every other thread; rdi is its l4_thread_ctl_t. */
    .globl l4_thread_entry
    .hidden l4_thread_entry
    .type l4_thread_entry, @function
l4_thread_entry:
    rdgsbase %rax
    mov %rax, %gs:0
    xor %ebp, %ebp
    and $-16, %rsp
    call l4_thread_begin
    ud2
    .size l4_thread_entry, . - l4_thread_entry

    .section .note.GNU-stack, "", @progbits
