/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The consistency check: threads, what they wait for, and who waits for them.
 * Links between two are looked at from both sides.
 */
#include <kernel/gate.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/task.h>
#include <kernel/thread.h>
#include <kernel/vcpu.h>

#include <kernel/kdb.h>
#include <kernel/kdb_check.h>

static uint64_t queued;   /* threads in the lists of gates */
static uint64_t in_heaps; /* threads in the queues of servers */
static uint64_t sending;  /* threads that say they queue */
static uint64_t gates;    /* gates in the lists of threads */
static uint64_t bound;    /* gates that say they are in one */

size_t check_heap(struct check *c, const struct heap *h)
{
    const struct heap_node *n = h->root;
    size_t count = 0;

    if (!n) {
        return 0;
    }
    CHECK(c, !n->parent, NULL);
    while (n) {
        const struct heap_node *children[] = {n->left, n->right};
        uint32_t ranks[2] = {0, 0};
        for (unsigned i = 0; i < 2; i++) {
            if (children[i]) {
                ranks[i] = children[i]->rank;
                CHECK(c, children[i]->parent == n, NULL);
                CHECK(c, children[i]->key >= n->key, NULL);
            }
        }
        CHECK(c, ranks[0] >= ranks[1] && n->rank == ranks[1] + 1, NULL);
        count++;
        /* In preorder, by the links upwards. */
        const struct heap_node *next = n->left ? n->left : n->right;
        while (!next && n->parent) {
            const struct heap_node *p = n->parent;
            next = n == p->left ? p->right : NULL;
            n = p;
        }
        n = next;
    }
    return count;
}

const struct heap_node *check_heap_root(const struct heap_node *n)
{
    while (n->parent) {
        n = n->parent;
    }
    return n;
}

/* Who calls is known to whom it calls, and the other way round; or the right
 * to answer it is parked. */
static void check_calls(struct check *c, struct thread *t, struct object *o)
{
    unsigned state = thread_state(t);

    if (state == THREAD_HELD) {
        CHECK(c, t->partner && thread_state(t->partner) >= THREAD_GIVING, o);
        CHECK(c, t->partner && t->partner->transfer.peer == t, o);
    } else if (state == THREAD_CALLING) {
        CHECK(c, (t->partner != NULL) != (t->parked != NULL), o);
        CHECK(c, !t->partner || t->partner->caller == t, o);
    } else {
        CHECK(c, !t->partner || state == THREAD_SENDING, o);
    }
    CHECK(c, !t->parked || state == THREAD_CALLING, o);
    if (t->caller) {
        CHECK(c, thread_state(t->caller) == THREAD_CALLING, o);
        CHECK(c, t->caller->partner == t, o);
    }
}

/* Who passes a message on holds its peer, unless that is gone and does not miss
 * an answer. */
static void check_transfer(struct check *c, struct thread *t, struct object *o)
{
    const struct thread *peer = t->transfer.peer;
    unsigned state = thread_state(t);

    if (state != THREAD_GIVING && state != THREAD_TAKING) {
        CHECK(c, !peer, o);
        return;
    }
    CHECK(c, !peer || (thread_state(peer) == THREAD_HELD && peer->partner == t),
          o);
    CHECK(c, peer || state == THREAD_GIVING, o);
    CHECK(c, t->transfer.items < L4_MSG_ITEMS, o);
    CHECK(c, !t->caller || state == THREAD_GIVING, o);
}

/* Whoever queues does so at a gate and in the queue of who is behind it, with
 * a priority no lower than where it waits. */
static void check_sending(struct check *c, struct thread *t, struct object *o)
{
    bool sends = thread_state(t) == THREAD_SENDING;

    CHECK(c, heap_queued(&t->sender) == sends, o);
    CHECK(c, list_empty(&t->gate_link) == !sends, o);
    CHECK(c, (t->gate != NULL) == sends, o);
    if (!sends) {
        return;
    }
    sending++;
    CHECK(c, t->partner != NULL, o);
    if (t->partner && t->gate) {
        CHECK(c, check_heap_root(&t->sender) == t->partner->senders.root, o);
        CHECK(c, t->gate->thread == t->partner || !t->gate->thread, o);
    }
}

/* Those who wait for a thread that cannot take them do not wait in vain. */
static void check_queue(struct check *c, struct thread *t, struct object *o)
{
    CHECK(c, !!(t->status & THREAD_SENDERS) == (t->senders.root != NULL), o);
    CHECK(c, !!(t->status & THREAD_PENDING) == !list_empty(&t->pending), o);
    in_heaps += check_heap(c, &t->senders);
    if (thread_state(t) == THREAD_WAITING) {
        CHECK(c, !t->senders.root && list_empty(&t->pending), o);
        CHECK(c, !t->caller, o);
    }
    if (thread_runs(t)) {
        CHECK(c, list_empty(&t->helpers), o);
    }
}

static void check_flags(struct check *c, struct thread *t, struct object *o)
{
    unsigned state = thread_state(t);
    bool blocked = state == THREAD_CALLING || state == THREAD_SENDING;

    CHECK(c, state <= THREAD_HELD, o);
    CHECK(c, !!(t->status & THREAD_TIMED) == timer_is_set(&t->timeout), o);
    CHECK(c,
          !(t->status & THREAD_TIMED) || blocked || state == THREAD_WAITING ||
              state == THREAD_HALTED,
          o);
    CHECK(c, !(t->status & THREAD_FAULT) || blocked || state == THREAD_HELD, o);
    CHECK(c, (t->status & THREAD_FAULT) != THREAD_FAULT, o);
    CHECK(c, !t->task || !(t->status & THREAD_FPU) == !t->fpu, o);
    CHECK(c, !(t->status & THREAD_GUEST) || (t->vcpu && t->guest), o);
    CHECK(c, !t->vcpu || !(t->status & THREAD_PENDING), o);
    CHECK(c, !t->home || t->home->owner == t, o);
    CHECK(c, (t->guest != NULL) == !list_empty(&t->guest_link), o);
}

static void visit_thread(struct check *c, struct object *o)
{
    struct thread *t = kdb_thing(o);

    if (o->type != OBJECT_THREAD) {
        return;
    }
    check_block(c, o->factory, t, o);
    check_pages(c, o->factory, t->utcb, o);
    if (t->vcpu) {
        check_pages(c, o->factory, t->vcpu, o);
    }
    if (t->fpu) {
        check_block(c, o->factory, t->fpu, o);
    }
    check_flags(c, t, o);
    check_calls(c, t, o);
    check_transfer(c, t, o);
    check_sending(c, t, o);
    check_queue(c, t, o);
    if (t->task) {
        check_thread_space(c, t);
    } else {
        CHECK(c, thread_state(t) == THREAD_STOPPED, o);
        CHECK(c, list_empty(&t->gates) && list_empty(&t->signals), o);
    }
    for (struct list *l = t->gates.next; l != &t->gates; l = l->next) {
        struct gate *g = container_of(l, struct gate, link);
        CHECK(c, l->next->prev == l, o);
        /* While a queue is emptied nobody is behind the gate. */
        CHECK(c, g->thread == t || !g->thread, o);
        gates++;
    }
}

static void visit_gate(struct check *c, struct object *o)
{
    struct gate *g = kdb_thing(o);

    if (o->type != OBJECT_GATE) {
        return;
    }
    check_block(c, o->factory, g, o);
    bound += !list_empty(&g->link);
    CHECK(c, g->fast == (g->thread ? g->thread : &thread_nobody), o);
    CHECK(c, !g->thread || !list_empty(&g->link), o);
    for (struct list *l = g->senders.next; l != &g->senders; l = l->next) {
        struct thread *s = container_of(l, struct thread, gate_link);
        CHECK(c, l->next->prev == l, o);
        CHECK(c, s->gate == g && thread_state(s) == THREAD_SENDING, o);
        queued++;
    }
}

/* Nobody waits for itself. */
static void visit_chain(struct check *c, struct object *o)
{
    const struct thread *slow = kdb_thing(o);
    const struct thread *fast = slow;

    if (o->type != OBJECT_THREAD) {
        return;
    }
    while (fast && fast->partner) {
        fast = fast->partner->partner;
        slow = slow->partner;
        if (fast == slow) {
            check_failed(c, "no chain of waiting threads is a circle", o);
            return;
        }
    }
}

static void visit_task(struct check *c, struct object *o)
{
    struct task *t = kdb_thing(o);

    if (o->type != OBJECT_TASK) {
        return;
    }
    check_block(c, o->factory, t, o);
    check_pages(c, o->factory, t->table.caps, o);
    check_pages(c, o->factory, t->table.nodes, o);
    for (struct list *l = t->threads.next; l != &t->threads; l = l->next) {
        struct thread *member = container_of(l, struct thread, task_link);
        CHECK(c, l->next->prev == l, o);
        CHECK(c, member->task == t, o);
    }
    for (struct list *l = t->guests.next; l != &t->guests; l = l->next) {
        struct thread *vcpu = container_of(l, struct thread, guest_link);
        CHECK(c, l->next->prev == l, o);
        CHECK(c, vcpu->guest == t && vcpu->vcpu, o);
    }
    CHECK(c, !t->exit_signal || !list_empty(&t->exit_link) || t->object.dying,
          o);
}

void check_threads(struct check *c)
{
    queued = in_heaps = sending = gates = bound = 0;
    check_each(c, visit_thread);
    check_each(c, visit_gate);
    check_each(c, visit_chain);
    check_each(c, visit_task);
    CHECK(c, queued == sending, NULL);
    CHECK(c, in_heaps == sending, NULL);
    CHECK(c, gates == bound, NULL);
}

static uint64_t pending;   /* signals in the lists of threads */
static uint64_t announced; /* that say they are in one */

static void visit_signal(struct check *c, struct object *o)
{
    struct signal *s = kdb_thing(o);

    if (o->type != OBJECT_SIGNAL) {
        return;
    }
    check_block(c, o->factory, s, o);
    CHECK(c, (s->thread != NULL) == !list_empty(&s->link), o);
    if (!list_empty(&s->pending)) {
        announced++;
        CHECK(c, s->thread && !s->masked && s->count > 0, o);
    }
    for (struct list *l = s->tasks.next; l != &s->tasks; l = l->next) {
        CHECK(c, l->next->prev == l, o);
        CHECK(c, container_of(l, struct task, exit_link)->exit_signal == s, o);
    }
    for (struct list *l = s->watches.next; l != &s->watches; l = l->next) {
        CHECK(c, l->next->prev == l, o);
        CHECK(c, container_of(l, struct watch, link)->signal == s, o);
    }
}

static void visit_receiver(struct check *c, struct object *o)
{
    struct thread *t = kdb_thing(o);

    if (o->type != OBJECT_THREAD) {
        return;
    }
    for (struct list *l = t->signals.next; l != &t->signals; l = l->next) {
        CHECK(c, l->next->prev == l, o);
        CHECK(c, container_of(l, struct signal, link)->thread == t, o);
    }
    for (struct list *l = t->pending.next; l != &t->pending; l = l->next) {
        CHECK(c, l->next->prev == l, o);
        CHECK(c, container_of(l, struct signal, pending)->thread == t, o);
        pending++;
    }
}

void check_signals(struct check *c)
{
    pending = announced = 0;
    check_each(c, visit_signal);
    check_each(c, visit_receiver);
    CHECK(c, pending == announced, NULL);
}
