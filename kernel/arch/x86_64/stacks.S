/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86.h"

    .section .bss.stacks, "aw", @nobits
    .balign 4096
    .globl cpu0_stack_guard
    .type cpu0_stack_guard, @object
    .size cpu0_stack_guard, 4096
cpu0_stack_guard:
    .skip 4096
    .globl cpu0_stack
    .type cpu0_stack, @object
    .size cpu0_stack, KSTACK_SIZE
cpu0_stack:
    .skip KSTACK_SIZE

    .section .note.GNU-stack, "", @progbits
