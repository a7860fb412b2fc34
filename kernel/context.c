/* SPDX-License-Identifier: BSD-2-Clause */
/* Who runs on which context: lending and giving back. */
#include <arch/regs.h>

#include <kernel/assert.h>
#include <kernel/gate.h>
#include <kernel/sched.h>
#include <kernel/thread.h>

/* Whether a queued sender lends its context: it calls, and has one. */
static bool lends(struct thread *s)
{
    bool calls = (arch_msg_tag(s) & L4_TAG_PHASE_MASK) == L4_PHASE_CALL ||
                 (s->status & THREAD_FAULT);

    return calls && s->sched && s->sched->thread == s;
}

/* The first of the queued senders that lends its context, or NULL. */
static struct thread *lender_waiting(struct thread *t)
{
    struct thread *first = NULL;

    if (!t->senders.root) {
        return NULL;
    }
    first = container_of(t->senders.root, struct thread, sender);
    if (lends(first)) {
        return first;
    }
    /* Those in front lend nothing, which is rare: look at all of them. */
    first = NULL;
    for (struct list *g = t->gates.next; g != &t->gates; g = g->next) {
        struct list *senders = &container_of(g, struct gate, link)->senders;
        for (struct list *l = senders->next; l != senders; l = l->next) {
            struct thread *s = container_of(l, struct thread, gate_link);
            if (lends(s) && (!first || s->sender.key < first->sender.key)) {
                first = s;
            }
        }
    }
    return first;
}

void context_find(struct thread *t)
{
    if (!t->sched) {
        struct thread *s;
        if (t->home && t->home->thread == t) {
            t->sched = t->home;
        } else if ((s = lender_waiting(t))) {
            context_lend(s, t);
        }
    }
    if (t->sched) {
        sched_enqueue(t->sched);
    }
}

/* The thread that lent `c` to `t`. */
static struct thread *context_lender(const struct sched *c,
                                     const struct thread *t)
{
    struct thread *lender = c->owner;

    while (lender->partner != t) {
        lender = lender->partner;
    }
    return lender;
}

void context_drop(struct thread *t)
{
    struct sched *c = t->sched;

    if (!c) {
        return;
    }
    assert(c->thread == t);
    sched_dequeue(c);
    t->sched = NULL;
    if (c->owner != t) {
        c->thread = context_lender(c, t);
    }
}

void context_lend(struct thread *t, struct thread *server)
{
    assert(!server->sched);
    server->sched = t->sched;
    if (t->sched) {
        t->sched->thread = server;
    }
}

void context_withdraw(struct thread *t)
{
    struct sched *c = t->sched;

    if (!c || c->thread == t) {
        return;
    }
    struct thread *last = c->thread;
    for (struct thread *p = t->partner; p && p->sched == c; p = p->partner) {
        p->sched = NULL;
    }
    sched_dequeue(c);
    c->thread = t;
    if (thread_state(last) == THREAD_READY) {
        context_find(last);
    }
}

void context_return(struct thread *server, struct thread *t)
{
    struct sched *c = server->sched;

    if (c && c == t->sched) {
        assert(c->thread == server);
        c->thread = t;
        server->sched = NULL;
    }
}
