/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scheduling contexts and the scheduler.
 *
 * The ready queue holds contexts, not threads. The processor runs a pair: a
 * context, and the thread that executes on it now. A call lends the caller's
 * context to the server by changing only the thread; it comes back with the
 * answer, or when the caller stops waiting for it.
 *
 * Invariants: a queued context's thread is READY and has it as its `sched`.
 * From a context's owner, `partner` leads along the threads that have lent it
 * on, to the one that runs on it; all of them have it as their `sched`.
 */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include <kernel/object.h>

struct thread;
struct timer;

struct sched {
    struct object object;
    struct list ready; /* in the ready queue, if `queued` */
    bool queued;
    uint8_t priority;
    struct thread *owner;  /* whose home it is, or NULL */
    struct thread *thread; /* who runs on it now, or NULL */
    uint64_t cpu_ns;       /* time used, but for the current run */
    uint64_t slice;        /* left over when interrupted, 0: a whole one */
};

struct sched *sched_new(struct factory *pay, unsigned priority);
void sched_destroy(struct sched *c);

/* Its owner loses it; whoever runs on it finds another one. */
void sched_detach(struct sched *c);

/* Sets up the processor's scheduler. */
void scheduler_init(void);

/* A context may run from now on, or no more. */
void sched_enqueue(struct sched *c);
void sched_dequeue(struct sched *c);

/* The last thing before the kernel is left: destroys what was killed and
 * switches to the thread that is to run; idles until there is one. */
void scheduler_leave(void);

/* Calls t->expired once `deadline` (absolute, ns) has passed. `t` is not
 * set. Cancelling is harmless if it is not. */
void scheduler_timer_set(struct timer *t, uint64_t deadline);
void scheduler_timer_cancel(struct timer *t);

/* Whether the interrupt that is being handled came while idle. */
bool scheduler_is_idle(void);

/* Time used by a context up to now. */
uint64_t sched_time(const struct sched *c);

/* `t` is READY: finds a context for it, its own, or that of the first caller
 * that queues for it, and queues that. */
void context_find(struct thread *t);

/* `t` stops running: its own context leaves the queue, a lent one goes back
 * to its lender, which is blocked. */
void context_drop(struct thread *t);

/* `t`, which runs, lends its context to `server`, which has none. */
void context_lend(struct thread *t, struct thread *server);

/* `t` takes back what it has lent, however far it was lent on; the thread
 * that ran on it finds another. The context is not queued. */
void context_withdraw(struct thread *t);

/* `server` gives back what it runs on if it comes from `t`. */
void context_return(struct thread *server, struct thread *t);

#endif
