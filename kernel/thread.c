/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/timer.h>

#include <kernel/assert.h>
#include <kernel/factory.h>
#include <kernel/gate.h>
#include <kernel/io.h>
#include <kernel/ipc.h>
#include <kernel/preempt.h>
#include <kernel/sched.h>
#include <kernel/vcpu.h>

/* A thread's block: the frame ends where the thread begins, and that is
 * aligned as an object. */
#define THREAD_OFFSET 256u

L4_STATIC_ASSERT(sizeof(struct arch_regs) <= THREAD_OFFSET, "frame");
L4_STATIC_ASSERT(THREAD_OFFSET % OBJECT_ALIGN == 0, "alignment");
L4_STATIC_ASSERT(THREAD_OFFSET + sizeof(struct thread) <= 1024, "block");

struct thread thread_nobody;

void name_set(char name[32], const char *from, uint32_t length)
{
    uint32_t i;

    for (i = 0; i < length && i < 31; i++) {
        /* What prints on a terminal, and nothing that steers it. */
        name[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
    }
    name[i] = '\0';
}

static void thread_init(struct thread *t, struct task *task, uint64_t utcb)
{
    t->status = THREAD_STOPPED;
    t->caps = task->table.caps;
    t->ncaps = task->table.size;
    t->cr3 = task->space.cr3;
    t->gs_base = utcb;
    t->task = task;
    t->utcb_user = utcb;
    list_init(&t->helpers);
    list_init(&t->gate_link);
    list_init(&t->gates);
    list_init(&t->signals);
    list_init(&t->pending);
    list_init(&t->guest_link);
}

static void thread_free(struct thread *t, struct factory *pay)
{
    arch_fpu_free(t);
    factory_pages_free(pay, t->utcb, 0);
    factory_block_free((char *)t - THREAD_OFFSET);
}

l4_err_t thread_new(struct factory *pay, struct task *task, uint64_t utcb,
                    struct thread **out)
{
    if (utcb & (L4_PAGE_SIZE - 1) || utcb >= L4_USER_END) {
        return L4_EINVAL;
    }
    char *block = factory_block(pay, THREAD_OFFSET + sizeof(struct thread));
    if (!block) {
        return L4_EQUOTA;
    }
    struct thread *t = (struct thread *)(void *)(block + THREAD_OFFSET);
    t->utcb = factory_pages(pay, 0);
    if (!t->utcb) {
        factory_block_free(block);
        return L4_EQUOTA;
    }
    thread_init(t, task, utcb);
    l4_err_t err = task_pin(task, utcb, t->utcb);
    if (err) {
        thread_free(t, pay);
        return err;
    }
    t->utcb->self = (l4_utcb_t *)(uintptr_t)utcb;
    list_append(&task->threads, &t->task_link);
    io_join(t);
    object_init(&t->object, OBJECT_THREAD, pay);
    *out = t;
    return L4_OK;
}

bool thread_leave_task(struct thread *t)
{
    assert(t->task);
    thread_unblock(t, L4_EDEAD);
    thread_set_state(t, THREAD_STOPPED);
    t->status &= THREAD_STATE;
    if (t->caller) {
        thread_fail(t->caller, L4_EDEAD);
    }
    while (!list_empty(&t->gates)) {
        struct gate *g = container_of(t->gates.next, struct gate, link);
        if (!gate_fail_senders(g, L4_EDEAD)) {
            return false;
        }
        gate_bind(g, NULL, L4_EDEAD);
        if (preempt_point(1)) {
            return false;
        }
    }
    assert(!t->senders.root && !t->caller);
    if (t->home) {
        sched_dequeue(t->home);
    }
    scheduler_release(&t->helpers);
    scheduler_forget(t);
    while (!list_empty(&t->signals)) {
        signal_unbind(container_of(t->signals.next, struct signal, link));
        if (preempt_point(1)) {
            return false;
        }
    }
    if (current_thread() == t) {
        arch_drop_current();
    }
    vcpu_free(t);
    task_unpin(t->task, t->utcb_user);
    list_remove(&t->task_link);
    t->task = NULL;
    t->ports = NULL;
    t->caps = NULL;
    t->ncaps = 0;
    unmap_begin(&t->unmap);
    objects_reaper_leave(t);
    return true;
}

bool thread_destroy(struct thread *t)
{
    if (t->task && !thread_leave_task(t)) {
        return false;
    }
    if (t->home) {
        sched_detach(t->home);
    }
    thread_free(t, t->object.factory);
    return true;
}

static void timeout_expired(struct timer *timer)
{
    thread_fail(container_of(timer, struct thread, timeout), L4_ETIMEDOUT);
}

bool thread_set_timeout(struct thread *t, l4_time_t time)
{
    uint64_t now;

    if (time == L4_TIME_NEVER) {
        return true;
    }
    if (time == L4_TIME_POLL) {
        return false;
    }
    now = arch_time_now();
    if (time & L4_TIME_ABSOLUTE) {
        time &= ~L4_TIME_ABSOLUTE;
        if (time <= now) {
            return false;
        }
    } else {
        time += now;
    }
    t->timeout.expired = timeout_expired;
    scheduler_timer_set(&t->timeout, time);
    t->status |= THREAD_TIMED;
    return true;
}

void thread_clear_timeout(struct thread *t)
{
    if (t->status & THREAD_TIMED) {
        scheduler_timer_cancel(&t->timeout);
        t->status &= ~(uint64_t)THREAD_TIMED;
    }
}

void thread_queue_sender(struct thread *server, struct thread *t)
{
    heap_add(&server->senders, &t->sender);
    server->status |= THREAD_SENDERS;
}

void thread_unqueue_sender(struct thread *server, struct thread *t)
{
    heap_remove(&server->senders, &t->sender);
    if (!server->senders.root) {
        server->status &= ~(uint64_t)THREAD_SENDERS;
    }
}

void thread_wake_called(struct thread *t)
{
    thread_clear_timeout(t);
    t->partner = NULL;
    thread_set_state(t, THREAD_READY);
    if (!list_empty(&t->helpers)) {
        scheduler_release(&t->helpers);
    }
}

void thread_wake(struct thread *t)
{
    thread_wake_called(t);
    if (t->home && !t->caller) {
        sched_enqueue(t->home);
    }
}

void thread_unblock(struct thread *t, l4_err_t err)
{
    struct thread *server = t->partner;
    bool lends = false;

    thread_clear_timeout(t);
    switch (thread_state(t)) {
    case THREAD_SENDING:
        lends = thread_calls(t);
        thread_unqueue_sender(server, t);
        list_remove(&t->gate_link);
        t->gate = NULL;
        break;
    case THREAD_CALLING:
        reply_abandon(t);
        lends = server != NULL;
        if (server && server->caller == t) {
            server->caller = NULL;
        }
        break;
    case THREAD_HELD: lends = server != NULL; /* fall through */
    case THREAD_GIVING:
    case THREAD_TAKING: ipc_break(t, err); break;
    default: break;
    }
    t->partner = NULL;
    if (lends) {
        chain_cut(t, server);
    }
}

void thread_restart(struct thread *t, uint32_t done)
{
    t->entries_done = done;
    t->status |= THREAD_RESTART;
    preempt_restart(t);
}

void thread_fail(struct thread *t, l4_err_t err)
{
    thread_unblock(t, err);
    if (t->status & THREAD_FAULT) {
        fault_unanswered(t);
        return;
    }
    t->status &= ~(uint64_t)THREAD_ITEM_ERROR;
    arch_msg_set(t, l4_tag_error(err), 0);
    thread_wake(t);
}
