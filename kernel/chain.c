/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/sched.h>
#include <kernel/thread.h>

/* A sender's key: its priority, then its place in the order of arrival. */
#define ARRIVAL_MASK 0x00ffffffffffffffull

bool thread_calls(struct thread *t)
{
    return (t->status & THREAD_FAULT) ||
           (arch_msg_tag(t) & L4_TAG_PHASE_MASK) == L4_PHASE_CALL;
}

/* Who gets the time of `t`, or NULL: itself, or nobody. */
static struct thread *chain_next(struct thread *t)
{
    switch (thread_state(t)) {
    case THREAD_HELD:
    case THREAD_CALLING: return t->partner;
    case THREAD_SENDING: return thread_calls(t) ? t->partner : NULL;
    default: return NULL;
    }
}

struct thread *chain_end(struct thread *t)
{
    struct thread *next;

    for (unsigned i = 0; (next = chain_next(t)); i++) {
        /* Behind one that is held is only who holds it, and that runs. */
        if (i >= CHAIN_NESTED_MAX && thread_state(t) != THREAD_HELD) {
            thread_fail(t, L4_ELOOP);
            break;
        }
        t = next;
    }
    return t;
}

bool chain_closes(const struct thread *t, const struct thread *server)
{
    for (unsigned i = 0; i < CHAIN_MAX; i++) {
        if (server == t) {
            return true;
        }
        if (!server->partner) {
            return false;
        }
        server = server->partner;
    }
    return true;
}

/* Whether `t` serves someone, directly or not, whose context can run. */
static bool chain_paid(const struct thread *t)
{
    for (unsigned i = 0; i < CHAIN_NESTED_MAX && (t = t->caller); i++) {
        if (t->home && t->home->wanted && !t->home->throttled) {
            return true;
        }
    }
    return false;
}

bool chain_has_time(const struct thread *t)
{
    return thread_runs(t) &&
           ((t->home && t->home->place == SCHED_READY) || chain_paid(t));
}

/* The chain from `t` on loses the time of one who is before it: unless there
 * is another, the first with a context of its own that is not used up goes on
 * with that. Returns the chain's end. */
static struct thread *chain_alone(struct thread *t)
{
    bool paid = chain_paid(t);
    struct thread *next;

    for (unsigned i = 0;; i++, t = next) {
        if (!paid && t->home && thread_state(t) != THREAD_WAITING) {
            sched_enqueue(t->home);
            paid = !t->home->throttled;
        }
        if (i >= CHAIN_NESTED_MAX || !(next = chain_next(t))) {
            return t;
        }
    }
}

void chain_cut(struct thread *t, struct thread *server)
{
    struct thread *end = chain_alone(server);

    scheduler_resched();
    if (t->caller || t->senders.root) {
        scheduler_release(&end->helpers);
    }
}

void chain_exhausted(struct thread *t)
{
    struct thread *server = chain_next(t);

    if (server) {
        chain_alone(server);
    }
}

uint64_t chain_arrival(unsigned priority)
{
    static uint64_t arrivals;

    return (uint64_t)(255 - priority) << 56 | (arrivals++ & ARRIVAL_MASK);
}

void chain_requeue(struct thread *t, unsigned priority)
{
    struct thread *server = t->partner;

    thread_unqueue_sender(server, t);
    t->sender.key &= ARRIVAL_MASK;
    t->sender.key |= (uint64_t)(255 - priority) << 56;
    thread_queue_sender(server, t);
}

void chain_raise(struct thread *t, unsigned priority)
{
    for (unsigned i = 0; i < CHAIN_MAX && t->partner; i++) {
        if (thread_state(t) == THREAD_SENDING &&
            t->sender.key >> 56 > 255 - priority) {
            chain_requeue(t, priority);
        }
        t = t->partner;
    }
}
