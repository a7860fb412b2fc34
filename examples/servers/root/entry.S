/* SPDX-License-Identifier: BSD-2-Clause */
/* The header of root's image, root's stack and its first instructions. */

#define ROOT_MAGIC 0x544f4f5234444c41
#define STACK_SIZE 32768

    .section .root.header, "a", @progbits
    .quad ROOT_MAGIC
    .quad root_entry
    .quad root_stack_end
    .quad root_rx_end
    .quad root_end

    .text
    .globl root_entry
    .type root_entry, @function
root_entry:
    rdgsbase %rax
    mov %rax, %gs:0
    xor %ebp, %ebp
    call root_main
    ud2
    .size root_entry, . - root_entry

    .section .root.stack, "aw", @progbits
    .balign 16
    .skip STACK_SIZE
root_stack_end:

    .section .note.GNU-stack, "", @progbits
