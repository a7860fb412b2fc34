/* SPDX-License-Identifier: BSD-2-Clause */
/* The stacks of the first processor. */
#ifndef STACKS_H
#define STACKS_H

#include "x86.h"

/* The page that is not mapped, and right behind it the kernel stack. */
extern char cpu0_stack_guard[];
extern char cpu0_stack[KSTACK_SIZE];

#endif
