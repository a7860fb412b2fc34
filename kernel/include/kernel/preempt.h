/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preemption points. Long operations work in steps that leave everything
 * consistent, and call preempt_point() between them. From time to time it
 * lets waiting interrupts in; if one of them woke someone better, the
 * operation has to stop, with its progress saved, and is begun anew later.
 */
#ifndef KERNEL_PREEMPT_H
#define KERNEL_PREEMPT_H

#include <stdbool.h>

#include <arch/cpu.h>

struct thread;

/* How much is done between two looks at interrupts, in units of about a
 * hundred instructions. */
#define PREEMPT_WORK 12u

/* Takes interrupts that wait. True: the current thread is not the one to run
 * any more. */
bool preempt_poll(void);

/* A step of `work` units has been done. True: stop here. */
static inline bool preempt_point(unsigned work)
{
    struct cpu *cpu = this_cpu();

    cpu->work += work;
    return cpu->work >= PREEMPT_WORK && preempt_poll();
}

/* The system call of `t`, which runs, was preempted: it will be executed
 * again. Its registers must be as they were. Does not return. */
_Noreturn void preempt_restart(struct thread *t);

#endif
