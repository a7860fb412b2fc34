/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Floating point and vector state. A thread has none until its first such
 * instruction; from then on it is switched with the thread at once, never
 * lazily, so nothing of it can be seen by another. Guest and host of a vCPU
 * share it.
 */
#ifndef ARCH_FPU_H
#define ARCH_FPU_H

struct thread;

/* The thread gives its state back to its factory. */
void arch_fpu_free(struct thread *t);

#endif
