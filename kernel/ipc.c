/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/upcall.h>

#include <kernel/assert.h>
#include <kernel/gate.h>
#include <kernel/invocation.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>
#include <kernel/vcpu.h>

/* A send is over for the sender. */
static void sent(struct thread *t)
{
    bool failed = t->status & THREAD_ITEM_ERROR;

    arch_msg_set(t, failed ? L4_TAG_SENT_ITEM_ERR : L4_TAG_NONE, 0);
    t->status &= ~(uint64_t)THREAD_ITEM_ERROR;
}

/* `t` has delivered its call to `server`: waits for the answer. The server
 * runs on its time meanwhile, and on its own only if `t` has none to lend; as
 * when it was the server's that ran `t` in the end. */
static void calling(struct thread *t, struct thread *server)
{
    bool lends = (thread_state(t) == THREAD_READY &&
                  this_cpu()->sched != server->home) ||
                 (t->home && t->home->wanted && !t->home->throttled);

    server->caller = t;
    t->partner = server;
    thread_set_state(t, THREAD_CALLING);
    thread_wake_called(server);
    if (!server->home) {
        return;
    }
    if (!lends) {
        sched_enqueue(server->home);
    } else if (server->home->wanted) {
        sched_dequeue(server->home);
    }
}

/* The priority that `t` runs with, or will when it is woken. */
static unsigned sender_priority(const struct thread *t)
{
    const struct sched *c = t == current_thread() ? this_cpu()->sched : t->home;

    return c ? c->priority : 0;
}

/* `t` queues at the gate until its thread waits. */
static l4_err_t enqueue(struct thread *t, struct gate *gate, l4_time_t timeout)
{
    struct thread *server = gate->thread;

    if (t->status & THREAD_CANCEL && !(t->status & THREAD_FAULT)) {
        t->status &= ~(uint64_t)THREAD_CANCEL;
        return L4_ECANCELED;
    }
    if (chain_closes(t, server)) {
        return L4_ELOOP;
    }
    if (!thread_set_timeout(t, timeout)) {
        return L4_ETIMEDOUT;
    }
    unsigned priority = sender_priority(t);
    t->sender.key = chain_arrival(priority);
    thread_queue_sender(server, t);
    list_append(&gate->senders, &t->gate_link);
    t->gate = gate;
    t->partner = server;
    thread_set_state(t, THREAD_SENDING);
    chain_raise(server, priority);
    return L4_OK;
}

/* `t` has begun to wait: that is over at once if it was cancelled, or if it is
 * only to poll; else its timeout runs. */
static void waits(struct thread *t, l4_tag_t tag)
{
    if (t->status & THREAD_CANCEL) {
        t->status &= ~(uint64_t)THREAD_CANCEL;
        thread_fail(t, L4_ECANCELED);
    } else if (tag & L4_TAG_WAIT_TIMEOUT &&
               !thread_set_timeout(t, t->utcb->wait_timeout)) {
        thread_fail(t, L4_ETIMEDOUT);
    }
}

/* The message of `from`, which sends or calls, arrives: all but the items. A
 * failed one is told to a caller with the answer, otherwise at once. */
static void deliver(struct thread *from, struct thread *to)
{
    if (from->status & THREAD_FAULT) {
        fault_message(from, to);
    } else {
        message_arrive(from, to);
    }
    if (!thread_calls(from)) {
        sent(from);
        thread_wake(from);
        thread_wake(to);
        return;
    }
    calling(from, to);
    if (from == current_thread()) {
        scheduler_handoff(to);
    }
    if (!(from->status & THREAD_FAULT)) {
        waits(from, arch_msg_tag(from));
    }
}

/* Whether the message of `t` has items to be passed on. */
static bool has_items(struct thread *t)
{
    return !(t->status & THREAD_FAULT) && l4_tag_items(arch_msg_tag(t)) > 0;
}

/* A message with items begins to pass between `t`, which runs, and `peer`. */
static void transfer(struct thread *t, struct thread *peer, unsigned state)
{
    thread_clear_timeout(peer);
    peer->partner = t;
    thread_set_state(peer, THREAD_HELD);
    t->transfer = (struct transfer){.peer = peer, .entries = L4_MSG_ITEMS};
    thread_set_state(t, state);
    ipc_go_on(t);
}

l4_err_t ipc_send(struct thread *t, const struct cap *cap, l4_time_t timeout)
{
    struct gate *gate = cap_target(cap);
    struct thread *server = gate->thread;

    t->label = cap->label;
    if (!server) {
        return L4_EUNBOUND;
    }
    if (thread_state(server) != THREAD_WAITING) {
        return enqueue(t, gate, timeout);
    }
    if (has_items(t)) {
        transfer(t, server, THREAD_GIVING);
    } else {
        deliver(t, server);
    }
    return L4_OK;
}

/* The answer of `t` goes to `caller`, which waits for it: all but the items. */
static void answer(struct thread *t, struct thread *caller)
{
    thread_clear_timeout(caller);
    if (caller->status & THREAD_FAULT) {
        fault_answer(caller, t);
        return;
    }
    t->label = 0;
    message_arrive(t, caller);
    if (caller->status & THREAD_ITEM_ERROR) {
        arch_msg_set_tag(caller, arch_msg_tag(caller) | L4_TAG_SENT_ITEM_ERR);
        caller->status &= ~(uint64_t)THREAD_ITEM_ERROR;
    }
    thread_wake(caller);
}

/* Takes the first sender's message. */
static void take_sender(struct thread *t)
{
    struct thread *s = container_of(t->senders.root, struct thread, sender);

    thread_unqueue_sender(t, s);
    list_remove(&s->gate_link);
    s->gate = NULL;
    if (has_items(s)) {
        transfer(t, s, THREAD_TAKING);
        return;
    }
    thread_clear_timeout(s);
    deliver(s, t);
}

bool ipc_receive(struct thread *t)
{
    if (signal_deliver(t)) {
        thread_wake(t);
        return true;
    }
    if (t->senders.root) {
        take_sender(t);
        return true;
    }
    return false;
}

void ipc_wait(struct thread *t, l4_tag_t tag)
{
    if (t->caller) {
        thread_fail(t->caller, L4_ECANCELED); /* it would wait for ever */
    }
    thread_set_state(t, THREAD_WAITING);
    if (t->status & (THREAD_PENDING | THREAD_SENDERS) && ipc_receive(t)) {
        return;
    }
    waits(t, tag);
    if (thread_state(t) == THREAD_WAITING && t->home && t->home->wanted) {
        sched_dequeue(t->home);
    }
}

static l4_err_t phase_send(struct thread *t, uint64_t slot, l4_tag_t tag,
                           bool call)
{
    const struct cap *cap = captab_get(&t->task->table, slot);

    if (!cap) {
        return L4_ENOCAP;
    }
    bool gate = cap_type(cap) == OBJECT_GATE;
    l4_err_t err =
        message_check(t, tag, !gate || cap_rights(cap) & RIGHT_GATE_GIVE);
    if (err) {
        return err;
    }
    if (!gate) {
        invoke(t, (uint32_t)slot, cap, tag, !call);
        if (!call) {
            sent(t);
        }
        return L4_OK;
    }
    return ipc_send(t, cap,
                    tag & L4_TAG_SEND_TIMEOUT ? t->utcb->send_timeout
                                              : L4_TIME_NEVER);
}

/* `t` has no caller any more: it goes on, on its own time if it has any. */
static void own_time(struct thread *t)
{
    if (t->home && !t->caller) {
        sched_enqueue(t->home);
    }
    scheduler_resched();
}

/* What comes after the answer, if there was one. If nothing is there for `t`
 * yet, then what ran it runs the caller that it answered. */
static void answered(struct thread *t, struct thread *caller)
{
    l4_tag_t tag = arch_msg_tag(t);
    bool last =
        !(t->status & (THREAD_SENDERS | THREAD_OWN_TIME)) && !arch_msg_cap(t);

    if ((tag & L4_TAG_PHASE_MASK) == L4_PHASE_REPLY) {
        sent(t);
        if (caller) {
            own_time(t);
        }
        return;
    }
    ipc_wait(t, tag);
    if (!caller) {
        return;
    }
    if (last && thread_state(t) == THREAD_WAITING &&
        thread_state(caller) == THREAD_READY) {
        scheduler_handoff(caller);
    } else {
        scheduler_resched();
    }
}

/* Whether the items of an answer have no meaning. */
static bool answer_is_bare(const struct thread *caller, l4_tag_t tag)
{
    return caller->status & THREAD_EXCEPTION ||
           (caller->status & THREAD_PAGEFAULT && tag & L4_TAG_RAISED);
}

/* Answers the implicit caller, or the parked one that is named, or
 * acknowledges a signal. */
static l4_err_t phase_reply(struct thread *t, uint64_t slot, l4_tag_t tag)
{
    struct cap *cap = NULL;

    if (slot != L4_CAP_NONE) {
        cap = captab_get(&t->task->table, slot);
        if (cap && cap_type(cap) == OBJECT_SIGNAL) {
            if (!(cap_rights(cap) & RIGHT_SIGNAL_WAIT)) {
                return L4_EPERM;
            }
            signal_ack(cap_target(cap));
            answered(t, NULL);
            return L4_OK;
        }
        if (!cap || cap_type(cap) != OBJECT_REPLY) {
            return L4_ENOCAP;
        }
    }
    l4_err_t err = message_check(t, tag, true);
    if (err) {
        return err;
    }
    struct thread *caller = cap ? reply_take(cap) : t->caller;
    if (!cap) {
        t->caller = NULL;
    }
    if (caller && has_items(t) && !answer_is_bare(caller, tag)) {
        transfer(t, caller, THREAD_GIVING);
        return L4_OK;
    }
    if (caller) { /* else it waits no more, and that is no error */
        answer(t, caller);
    }
    answered(t, caller);
    return L4_OK;
}

/* Whether the message that `t` passes on is an answer. */
static bool answers(struct thread *t)
{
    return thread_state(t) == THREAD_GIVING &&
           (arch_msg_tag(t) & L4_TAG_PHASE_MASK) >= L4_PHASE_REPLY;
}

void ipc_go_on(struct thread *t)
{
    struct thread *peer = t->transfer.peer;
    bool gives = thread_state(t) == THREAD_GIVING;
    bool answering = answers(t);
    struct thread *from = gives ? t : peer;
    struct thread *to = gives ? peer : t;

    if (peer && !message_items(t, from, to)) {
        if (peer->home) {
            sched_enqueue(peer->home); /* it helps, now that it takes longer */
        }
        return;
    }
    t->transfer.peer = NULL;
    thread_set_state(t, THREAD_READY);
    if (!answering) {
        deliver(from, to);
        return;
    }
    if (peer) {
        answer(t, peer);
    }
    answered(t, peer);
}

void ipc_break(struct thread *t, l4_err_t err)
{
    bool held = thread_state(t) == THREAD_HELD;
    struct thread *other = held ? t->partner : t->transfer.peer;

    if (!other) {
        return; /* it has broken off itself */
    }
    struct thread *worker = held ? other : t;
    bool gives = thread_state(worker) == THREAD_GIVING;
    t->partner = NULL;
    other->partner = NULL;
    worker->transfer.peer = NULL;
    if (held == gives) {        /* it was to get the message */
        if (!answers(worker)) { /* to a dead right that is no error */
            thread_fail(other, err);
        }
        return;
    }
    if (other->status & THREAD_FAULT) {
        fault_unanswered(other);
        return;
    }
    message_drop_items(worker, t, other);
    message_arrive(t, other);
    thread_wake(other);
}

/* Parks the right to answer the caller. */
static l4_err_t phase_park(struct thread *t, uint64_t slot, l4_tag_t tag)
{
    if (tag & L4_TAG_LOW_MASK & ~L4_TAG_PHASE_MASK) {
        return L4_EINVAL;
    }
    l4_err_t err = reply_park(t, slot);
    if (!err) {
        sent(t);
    }
    return err;
}

/* Blocks without a partner: until the timeout, a cancel, or, of a vCPU, a
 * virtual interrupt. */
static l4_err_t phase_halt(struct thread *t, l4_tag_t tag)
{
    if (tag & L4_TAG_LOW_MASK & ~(L4_TAG_PHASE_MASK | L4_TAG_WAIT_TIMEOUT)) {
        return L4_EINVAL;
    }
    arch_msg_set_tag(t, L4_TAG_NONE);
    if (t->vcpu && !vcpu_may_halt(t)) {
        return L4_OK;
    }
    thread_set_state(t, THREAD_HALTED);
    waits(t, tag);
    return L4_OK;
}

static l4_err_t syscall_phases(struct thread *t, l4_tag_t tag, uint64_t slot)
{
    if (tag & L4_TAG_LOW_MASK & ~L4_TAG_REQUEST_BITS) {
        return L4_EINVAL;
    }
    t->status &= ~(uint64_t)THREAD_ITEM_ERROR;
    switch (tag & L4_TAG_PHASE_MASK) {
    case L4_PHASE_SEND: return phase_send(t, slot, tag, false);
    case L4_PHASE_CALL: return phase_send(t, slot, tag, true);
    case L4_PHASE_WAIT: ipc_wait(t, tag); return L4_OK;
    case L4_PHASE_RESUME: return vcpu_resume(t);
    case L4_PHASE_HALT: return phase_halt(t, tag);
    case L4_PHASE_REPLY:
    case L4_PHASE_REPLY_WAIT: return phase_reply(t, slot, tag);
    case L4_PHASE_PARK: return phase_park(t, slot, tag);
    default: return L4_EINVAL;
    }
}

void kernel_syscall(struct thread *t)
{
    if (t->status & THREAD_GUEST) {
        vcpu_syscall(t);
        scheduler_leave();
        return;
    }
    l4_err_t err = syscall_phases(t, arch_msg_tag(t), arch_msg_cap(t));
    if (err) {
        arch_msg_set(t, l4_tag_error(err), 0);
    }
    if (t->vcpu) {
        vcpu_check(t);
    }
    scheduler_leave();
}
