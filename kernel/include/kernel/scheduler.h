/* SPDX-License-Identifier: BSD-2-Clause */
/* The scheduler: which context runs, and which thread on it. */
#ifndef KERNEL_SCHEDULER_H
#define KERNEL_SCHEDULER_H

#include <kernel/list.h>
#include <kernel/timer.h>

struct sched;
struct thread;

/* Sets up the processor's scheduler. */
void scheduler_init(void);

/* The last thing before the kernel is left: destroys what was killed and
 * switches to the thread that is to run; idles until there is one. */
void scheduler_leave(void);

/* The end of some chain has changed: the next one to run is to be found
 * anew. */
void scheduler_resched(void);

/* `next`, which is ready, goes on in place of the current thread, which has
 * blocked or answered it: it is now the end of the same chain. */
void scheduler_handoff(struct thread *next);

/* Whether scheduler_leave() has anything to do. */
bool scheduler_pending(void);

/* `t` leaves its task. */
void scheduler_forget(struct thread *t);

/* Into the ready queue, or out of it. */
void scheduler_add(struct sched *c);
void scheduler_remove(struct sched *c);

/* The contexts in `helpers` may have someone to run; empties it. */
void scheduler_release(struct list *helpers);

/* Calls t->expired once `deadline` (absolute, ns) has passed. `t` is not
 * set. Cancelling is harmless if it is not. */
void scheduler_timer_set(struct timer *t, uint64_t deadline);
void scheduler_timer_cancel(struct timer *t);

/* What the current context used since it was charged last. */
uint64_t scheduler_running(void);

/* Charges it for that. Its budget, or who shares its priority, may change. */
void scheduler_charge(void);

/* Whether the interrupt that is being handled came while idle. */
bool scheduler_is_idle(void);

#endif
