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

#include <kernel/object.h>
#include <kernel/signal.h>
#include <kernel/timer.h>

struct thread;

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
    enum sched_place place;
    uint8_t priority;
    bool wanted;           /* its owner has not gone to wait */
    bool throttled;        /* no budget until the period ends */
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

#endif
