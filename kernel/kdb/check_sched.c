/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The consistency check: contexts, where they are queued, and timers. A thread
 * that could run and whose time is its own has a context that will be found.
 */
#include <arch/cpu.h>

#include <kernel/sched.h>
#include <kernel/thread.h>

#include <kernel/kdb.h>
#include <kernel/kdb_check.h>

static uint64_t asleep; /* contexts in the lists of who they wait for */
static uint64_t places[SCHED_ASLEEP + 1]; /* where contexts say they are */
static uint64_t timers;                   /* that say they are set */

static const struct scheduler *scheduler(void)
{
    return this_cpu()->local;
}

static void check_timer(struct check *c, const struct timer *t,
                        struct object *o)
{
    if (timer_is_set(t)) {
        timers++;
        CHECK(c, check_heap_root(&t->node) == scheduler()->timers.root, o);
    }
}

static void check_budget(struct check *c, const struct sched *s,
                         struct object *o)
{
    CHECK(c, timer_is_set(&s->timer) == (s->budget && s->wanted), o);
    CHECK(c, s->left <= s->budget || !s->budget, o);
    CHECK(c, s->budget <= s->period, o);
    CHECK(c, !s->throttled || (s->budget && s->place == SCHED_OUT), o);
}

static void visit_context(struct check *c, struct object *o)
{
    struct sched *s = kdb_thing(o);

    if (o->type != OBJECT_SCHED) {
        return;
    }
    check_block(c, o->factory, s, o);
    CHECK(c, s->place <= SCHED_ASLEEP, o);
    places[s->place <= SCHED_ASLEEP ? s->place : SCHED_OUT]++;
    CHECK(c, (s->place == SCHED_OUT) == list_empty(&s->link), o);
    CHECK(c, !s->owner || s->owner->home == s, o);
    CHECK(c, s->place == SCHED_OUT || (s->owner && s->wanted), o);
    CHECK(c, s->priority <= o->factory->max_priority, o);
    check_timer(c, &s->timer, o);
    check_budget(c, s, o);
}

/* Who gets the time of `t`, or NULL: itself, or nobody. */
static struct thread *lent_to(struct thread *t)
{
    unsigned state = thread_state(t);

    return state == THREAD_CALLING || state == THREAD_HELD ||
                   (state == THREAD_SENDING && thread_calls(t))
               ? t->partner
               : NULL;
}

/* The thread whose time is looked for, and whether some was found. */
static struct thread *unpaid;
static bool paid;

static void visit_payer(struct check *c, struct object *o)
{
    const struct sched *s = kdb_thing(o);
    struct thread *t;

    (void)c;
    if (o->type != OBJECT_SCHED || s->throttled || !(t = s->owner) ||
        s->place == SCHED_OUT) {
        return;
    }
    for (unsigned i = 0; t && i <= CHAIN_NESTED_MAX; i++) {
        paid |= t == unpaid;
        t = lent_to(t);
    }
}

/* A thread that is ready runs one day if it has a context: on that, or on that
 * of someone who waits for it. */
static void check_ready(struct check *c, struct thread *t, struct object *o)
{
    if (!thread_runs(t) || !t->home || t->home->throttled ||
        t->home->place != SCHED_OUT || t == current_thread()) {
        return;
    }
    unpaid = t;
    paid = false;
    check_each(c, visit_payer);
    CHECK(c, paid, o);
}

static void visit_thread(struct check *c, struct object *o)
{
    struct thread *t = kdb_thing(o);

    if (o->type != OBJECT_THREAD) {
        return;
    }
    check_timer(c, &t->timeout, o);
    check_timer(c, &t->vcpu_timer, o);
    check_ready(c, t, o);
    for (struct list *l = t->helpers.next; l != &t->helpers; l = l->next) {
        const struct sched *s = container_of(l, struct sched, link);
        CHECK(c, l->next->prev == l, o);
        CHECK(c, s->place == SCHED_ASLEEP, o);
        asleep++;
    }
}

static size_t check_released(struct check *c, const struct scheduler *s)
{
    size_t n = 0;

    for (struct list *l = s->released.next; l != &s->released; l = l->next) {
        CHECK(c, l->next->prev == l, NULL);
        CHECK(c, container_of(l, struct sched, link)->place == SCHED_ASLEEP,
              NULL);
        n++;
    }
    return n;
}

static size_t check_ready_queue(struct check *c, const struct ready *r)
{
    size_t n = 0;

    for (unsigned p = 0; p < PRIORITIES; p++) {
        const struct list *head = &r->lists[p];
        bool marked = r->bitmap[p / 64] >> p % 64 & 1;
        CHECK(c, marked == !list_empty(head), NULL);
        for (struct list *l = head->next; l != head; l = l->next) {
            struct sched *s = container_of(l, struct sched, link);
            CHECK(c, l->next->prev == l, &s->object);
            CHECK(c, s->place == SCHED_READY, &s->object);
            CHECK(c, s->priority == p, &s->object);
            n++;
        }
    }
    return n;
}

void check_contexts(struct check *c)
{
    const struct scheduler *s = scheduler();

    asleep = timers = 0;
    places[SCHED_OUT] = places[SCHED_READY] = places[SCHED_ASLEEP] = 0;
    check_each(c, visit_context);
    check_each(c, visit_thread);
    asleep += check_released(c, s);
    CHECK(c, check_ready_queue(c, &s->ready) == places[SCHED_READY], NULL);
    CHECK(c, asleep == places[SCHED_ASLEEP], NULL);
    CHECK(c, check_heap(c, &s->timers) == timers, NULL);
}
