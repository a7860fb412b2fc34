/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scheduling contexts: priority, budget and the time used. Contexts are
 * scheduled, not threads.
 *
 * A context belongs to a thread, its owner, and is ready from when that wakes
 * until it waits for a message. The processor runs a pair: a context, and the
 * thread at the end of the chain that starts at the owner and leads from each
 * caller to whom it waits for. So a call lends the context without anything
 * being changed, and a caller that queues helps whoever it queues behind.
 *
 * If nobody at the end of the chain can run, the context falls asleep there,
 * among that thread's `helpers`, until that wakes or the chain changes.
 *
 * A thread that serves a caller runs on that caller's time; its own context
 * is not ready meanwhile, unless it was alone at some point.
 *
 * Budget: in each period a context runs for at most its budget; then it is
 * throttled until the period ends. A period begins when the context wakes
 * after the last one ended, or when what is left of the budget is more than
 * its share of what is left of the period (the rule of constant-bandwidth
 * servers), so that time saved up cannot be spent in a burst.
 */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include <kernel/list.h>
#include <kernel/object.h>
#include <kernel/ready.h>
#include <kernel/signal.h>
#include <kernel/timer.h>

struct thread;
struct kernel_short_reply;

/* Budgets and periods are at least these, in ns, and periods at most. */
#define SCHED_BUDGET_MIN 1000ull
#define SCHED_PERIOD_MIN 10000ull
#define SCHED_PERIOD_MAX (1ull << 50)

enum sched_place {
    SCHED_OUT,   /* in no list */
    SCHED_READY, /* in the ready queue */
    SCHED_ASLEEP /* among a thread's helpers, or released from there */
};

struct sched {
    struct object object;
    struct list link; /* where `place` says */
    uint8_t place;    /* enum sched_place */
    bool wanted;      /* its owner has not gone to wait */
    uint8_t priority;
    bool throttled;        /* no budget until the period ends */
    bool limited;          /* it has a budget */
    struct thread *owner;  /* whose it is, or NULL */
    uint64_t cpu_ns;       /* time used, but for the current run */
    uint64_t slice;        /* left over when interrupted; 0: a whole one */
    uint64_t budget;       /* ns per period; 0: without limit */
    uint64_t period;       /* ns */
    uint64_t left;         /* of the budget, in this period */
    uint64_t end;          /* of this period */
    uint64_t wanted_since; /* when it was last woken */
    uint64_t overruns;     /* how often the budget was used up ... */
    uint64_t misses;       /* ... and a period ended with work left */
    struct timer timer;    /* the end of the period, while wanted */
    struct watch on_overrun;
    struct watch on_miss;
};

struct sched *sched_new(struct factory *pay, unsigned priority);
void sched_destroy(struct sched *c);

/* Gives it to `t`, which has none, or takes it away from its owner. */
void sched_attach(struct sched *c, struct thread *t);
void sched_detach(struct sched *c);

/* Its owner has something to do, or waits for a message. */
void sched_enqueue(struct sched *c);
void sched_dequeue(struct sched *c);

/* It has a budget, and its owner has something to do from now on. */
void sched_wake(struct sched *c);

/* It has run for `ns`: counts them, and throttles it if they were too many. */
void sched_charge(struct sched *c, uint64_t ns);

/* Time used by a context up to now. */
uint64_t sched_time(const struct sched *c);

/* --- the scheduler: which context runs, and which thread on it */

/* What each processor's scheduler keeps; cpu->local points to it. */
struct scheduler {
    struct ready ready;
    struct heap timers;
    struct list released; /* contexts that slept, to be looked at again */
    struct thread *next;  /* who goes on in place of the current one, or NULL */
    struct thread *own;   /* who is marked with THREAD_OWN_TIME, or NULL */
    uint64_t started;     /* from when the current context is to be charged */
    uint64_t slice_end;   /* when it has to share */
    unsigned todo;        /* before the kernel is left: TODO_*; or is special */
    bool idle;            /* interrupts are let in in the kernel */
};

#define TODO_PICK 1u /* another context may have to run */
#define TODO_TIME 2u /* the timer may have to be set anew */
#define TODO_OWN 4u  /* `own` is marked */
#define TODO_REAP 8u /* objects are dying */

/* Sets up the processor's scheduler. */
void scheduler_init(void);

/* The last thing before the kernel is left: destroys what was killed and
 * switches to the thread that is to run; idles until there is one. */
void scheduler_leave(void);

/* The end of some chain has changed: the next one to run is to be found
 * anew. */
void scheduler_resched(void);

/* Objects are to be destroyed before the kernel is left. */
void scheduler_reap(void);

/* `next`, which is ready, goes on in place of the current thread, which has
 * blocked or answered it: it is now the end of the same chain. */
void scheduler_handoff(struct thread *next);

/* `t`, which was in an open wait without a timeout, is ready; or has been, and
 * waits: what follows for its context. Instead of scheduler_leave(), but the
 * thread to go on is only returned. */
struct kernel_short_reply scheduler_woken(struct thread *t);
struct kernel_short_reply scheduler_waits(struct thread *t);

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
