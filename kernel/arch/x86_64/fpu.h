/* SPDX-License-Identifier: BSD-2-Clause */
/* What switching threads and #NM need of the FPU. */
#ifndef X86_FPU_H
#define X86_FPU_H

#include <stdbool.h>

struct cpu;
struct thread;

/* From `old` (NULL: nobody whose state counts) to `next`. */
void fpu_switch(struct cpu *cpu, struct thread *old, struct thread *next);

/* The current thread used the FPU while it was off: gives it fresh state.
 * False if its factory's quota does not allow it. */
bool fpu_first_use(struct thread *t);

#endif
