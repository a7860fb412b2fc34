/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/upcall.h>

#include <kernel/assert.h>
#include <kernel/gate.h>
#include <kernel/invocation.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>
#include <kernel/vcpu.h>

/* The receiver's message arrives. A failed item is told to a sender that
 * waits for an answer with that, otherwise at once. */
static void deliver(struct thread *from, struct thread *to)
{
    if (from->status & THREAD_FAULT) {
        fault_message(from, to);
        return;
    }
    l4_tag_t tag = arch_msg_tag(from);
    if (!message_transfer(from, to, tag, from->label)) {
        from->status |= THREAD_ITEM_ERROR;
    }
}

/* A send is over for the sender. */
static void sent(struct thread *t)
{
    bool failed = t->status & THREAD_ITEM_ERROR;

    arch_msg_set(t, failed ? L4_TAG_SENT_ITEM_ERR : L4_TAG_NONE, 0);
    t->status &= ~(uint64_t)THREAD_ITEM_ERROR;
}

/* `t` has delivered its call to `server`: waits for the answer. The server
 * runs on its time meanwhile, and on its own only if `t` has none to lend. */
static void calling(struct thread *t, struct thread *server)
{
    bool lends = t == current_thread() ||
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

l4_err_t ipc_send(struct thread *t, const struct cap *cap, bool call,
                  l4_time_t timeout)
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
    deliver(t, server);
    if (!call) {
        sent(t);
        thread_wake(server);
        return L4_OK;
    }
    calling(t, server);
    if (t == current_thread()) {
        scheduler_handoff(server);
    }
    return L4_OK;
}

/* The answer of `t` goes to `caller`, which waits for it. */
static void answer(struct thread *t, struct thread *caller, l4_tag_t tag)
{
    assert(thread_state(caller) == THREAD_CALLING);
    thread_clear_timeout(caller);
    if (caller->status & THREAD_FAULT) {
        fault_answer(caller, t, tag);
        return;
    }
    if (!message_transfer(t, caller, tag, 0)) {
        t->status |= THREAD_ITEM_ERROR;
    }
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
    bool call = thread_calls(s);

    thread_unqueue_sender(t, s);
    list_remove(&s->gate_link);
    s->gate = NULL;
    thread_clear_timeout(s);
    deliver(s, t);
    if (!call) {
        sent(s);
        thread_wake(s);
        thread_wake(t);
        return;
    }
    calling(s, t);
    if (!(s->status & THREAD_FAULT) && arch_msg_tag(s) & L4_TAG_WAIT_TIMEOUT &&
        !thread_set_timeout(s, s->utcb->wait_timeout)) {
        thread_fail(s, L4_ETIMEDOUT);
    }
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

/* The timeout of a phase, as the tag says where it is. */
static l4_time_t phase_timeout(const struct thread *t, l4_tag_t tag,
                               l4_tag_t bit)
{
    if (!(tag & bit)) {
        return L4_TIME_NEVER;
    }
    return bit == L4_TAG_SEND_TIMEOUT ? t->utcb->send_timeout
                                      : t->utcb->wait_timeout;
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
    if (t->status & THREAD_CANCEL) {
        t->status &= ~(uint64_t)THREAD_CANCEL;
        thread_fail(t, L4_ECANCELED);
    } else if (tag & L4_TAG_WAIT_TIMEOUT &&
               !thread_set_timeout(t, t->utcb->wait_timeout)) {
        thread_fail(t, L4_ETIMEDOUT);
    } else if (t->home && t->home->wanted) {
        sched_dequeue(t->home);
    }
}

/* The call has been delivered or queues; while it waits for its answer the
 * receive timeout runs. */
static l4_err_t phase_call(struct thread *t, const struct cap *cap,
                           l4_tag_t tag)
{
    l4_err_t err =
        ipc_send(t, cap, true, phase_timeout(t, tag, L4_TAG_SEND_TIMEOUT));

    if (err || thread_state(t) != THREAD_CALLING) {
        return err;
    }
    if (t->status & THREAD_CANCEL) {
        t->status &= ~(uint64_t)THREAD_CANCEL;
        thread_fail(t, L4_ECANCELED);
    } else if (!thread_set_timeout(
                   t, phase_timeout(t, tag, L4_TAG_WAIT_TIMEOUT))) {
        thread_fail(t, L4_ETIMEDOUT);
    }
    return L4_OK;
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
    if (call) {
        return phase_call(t, cap, tag);
    }
    return ipc_send(t, cap, false, phase_timeout(t, tag, L4_TAG_SEND_TIMEOUT));
}

/* Answers the implicit caller, or the parked one that is named, or
 * acknowledges a signal. `*answered` is who was waiting for it. */
static l4_err_t phase_reply(struct thread *t, uint64_t slot, l4_tag_t tag,
                            struct thread **answered)
{
    struct cap *cap = NULL;

    if (slot != L4_CAP_NONE) {
        cap = captab_get(&t->task->table, slot);
        if (cap && cap_type(cap) == OBJECT_SIGNAL) {
            if (!(cap_rights(cap) & RIGHT_SIGNAL_WAIT)) {
                return L4_EPERM;
            }
            signal_ack(cap_target(cap));
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
    if (caller) { /* else it waits no more, and that is no error */
        answer(t, caller, tag);
        *answered = caller;
    }
    return L4_OK;
}

/* `t` has no caller any more: it goes on, on its own time if it has any. */
static void own_time(struct thread *t)
{
    if (t->home && !t->caller) {
        sched_enqueue(t->home);
    }
    scheduler_resched();
}

static l4_err_t phase_reply_only(struct thread *t, uint64_t slot, l4_tag_t tag)
{
    struct thread *answered = NULL;
    l4_err_t err = phase_reply(t, slot, tag, &answered);

    if (!err) {
        sent(t);
        if (answered) {
            own_time(t);
        }
    }
    return err;
}

/* Answers and waits. If nothing is there for `t` yet, then what ran it runs
 * the caller that it answered. */
static l4_err_t phase_reply_wait(struct thread *t, uint64_t slot, l4_tag_t tag)
{
    struct thread *answered = NULL;
    bool last = !(t->status & (THREAD_SENDERS | THREAD_OWN_TIME)) && !slot;
    l4_err_t err = phase_reply(t, slot, tag, &answered);

    if (err) {
        return err;
    }
    ipc_wait(t, tag);
    if (!answered) {
        return L4_OK;
    }
    if (last && thread_state(t) == THREAD_WAITING &&
        thread_state(answered) == THREAD_READY) {
        scheduler_handoff(answered);
    } else {
        scheduler_resched();
    }
    return L4_OK;
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
    if (t->status & THREAD_CANCEL) {
        t->status &= ~(uint64_t)THREAD_CANCEL;
        return L4_ECANCELED;
    }
    if (!thread_set_timeout(t, phase_timeout(t, tag, L4_TAG_WAIT_TIMEOUT))) {
        return L4_ETIMEDOUT;
    }
    thread_set_state(t, THREAD_HALTED);
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
    case L4_PHASE_REPLY: return phase_reply_only(t, slot, tag);
    case L4_PHASE_REPLY_WAIT: return phase_reply_wait(t, slot, tag);
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
