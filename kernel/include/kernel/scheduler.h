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

/* Chains of threads, of which each waits for the next one, its `partner`. */

/* A thread queues only where at most so many others wait ahead of it. */
#define CHAIN_MAX 16u

/* How deep calls may be nested before the next one that is scheduled to help
 * fails them. */
#define CHAIN_NESTED_MAX 64u

/* Whether what `t` queues for, or sends by, is a call. */
bool thread_calls(struct thread *t);

/* Whom the time of `t` goes to: the end of its chain of calls. A chain longer
 * than CHAIN_NESTED_MAX is cut there with L4_ELOOP. */
struct thread *chain_end(struct thread *t);

/* Whether `t` queueing at `server` would close a circle, or make a chain
 * longer than CHAIN_MAX. */
bool chain_closes(const struct thread *t, const struct thread *server);

/* `t` waits for `server` no longer, which loses its time and that of those
 * who wait for `t`. */
void chain_cut(struct thread *t, struct thread *server);

/* The context of `t` ends, or has used up its budget: whom it was lent to goes
 * on without it. */
void chain_exhausted(struct thread *t);

/* Whether `t` is ready and will certainly run, be it later. */
bool chain_has_time(const struct thread *t);

/* Someone of `priority` queues at `t`: if that queues itself it is not to be
 * behind lesser ones, and so on along the chain. */
void chain_raise(struct thread *t, unsigned priority);

/* The key of a sender of that priority that arrives now: higher priorities
 * first, then in order of arrival. */
uint64_t chain_arrival(unsigned priority);

/* `t`, which queues, now does with that priority. */
void chain_requeue(struct thread *t, unsigned priority);

#endif
