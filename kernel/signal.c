/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/irq.h>
#include <arch/upcall.h>

#include <kernel/factory.h>
#include <kernel/preempt.h>
#include <kernel/sched.h>
#include <kernel/vcpu.h>

#include "objects_kernel.h"
#include <kernel/messages.h>

#define LINES 256

/* Who receives which interrupt line. */
static struct signal *lines[LINES];

struct signal *signal_new(struct factory *pay)
{
    struct signal *s = factory_block(pay, sizeof(*s));

    if (s) {
        list_init(&s->link);
        list_init(&s->pending);
        list_init(&s->tasks);
        list_init(&s->watches);
        s->line = SIGNAL_NO_LINE;
        s->masked = true;
        object_init(&s->object, OBJECT_SIGNAL, pay);
    }
    return s;
}

bool signal_destroy(struct signal *s)
{
    signal_unbind(s);
    while (!list_empty(&s->tasks)) {
        struct task *t = container_of(s->tasks.next, struct task, exit_link);
        t->exit_signal = NULL;
        list_remove(&t->exit_link);
        if (preempt_point(1)) {
            return false;
        }
    }
    while (!list_empty(&s->watches)) {
        watch_set(container_of(s->watches.next, struct watch, link), NULL);
        if (preempt_point(1)) {
            return false;
        }
    }
    if (s->line != SIGNAL_NO_LINE) {
        arch_irq_release(s->line);
        lines[s->line] = NULL;
    }
    factory_block_free(s);
    return true;
}

void watch_set(struct watch *w, struct signal *s)
{
    if (w->signal) {
        list_remove(&w->link);
    }
    w->signal = s;
    if (s) {
        list_append(&s->watches, &w->link);
    }
}

void watch_raise(const struct watch *w)
{
    if (w->signal) {
        signal_raise(w->signal);
    }
}

/* The message of a signal arrives. */
static void deliver(struct signal *s, struct thread *t)
{
    arch_msg_set_word(t, s->count);
    arch_msg_set(t, TAG_SIGNAL_FIRED | L4_TAG_KERNEL, s->label);
    s->count = 0;
    s->masked = true;
}

/* The signal becomes pending at its thread, and arrives if that waits. */
static void signal_post(struct signal *s)
{
    struct thread *t = s->thread;

    if (!t || s->masked || s->count == 0) {
        return;
    }
    if (t->vcpu) {
        s->count = 0;
        s->masked = s->line != SIGNAL_NO_LINE;
        vcpu_interrupt(t, (unsigned)s->label);
        return;
    }
    if (thread_state(t) == THREAD_WAITING) {
        deliver(s, t); /* nothing else is pending, or it would not wait */
        thread_wake(t);
    } else if (list_empty(&s->pending)) {
        list_append(&t->pending, &s->pending);
        t->status |= THREAD_PENDING;
    }
}

static void signal_retract(struct signal *s)
{
    list_remove(&s->pending);
    if (s->thread && list_empty(&s->thread->pending)) {
        s->thread->status &= ~(uint64_t)THREAD_PENDING;
    }
}

void signal_raise(struct signal *s)
{
    s->count++;
    signal_post(s);
}

void signal_ack(struct signal *s)
{
    s->masked = false;
    if (s->line != SIGNAL_NO_LINE && arch_irq_unmask(s->line)) {
        s->count++;
    }
    signal_post(s);
}

bool signal_deliver(struct thread *t)
{
    if (list_empty(&t->pending)) {
        return false;
    }
    struct signal *s = container_of(t->pending.next, struct signal, pending);

    signal_retract(s);
    deliver(s, t);
    return true;
}

void signal_unbind(struct signal *s)
{
    signal_retract(s);
    list_remove(&s->link);
    s->thread = NULL;
    if (s->line != SIGNAL_NO_LINE) {
        arch_irq_mask(s->line);
    }
}

int signal_claim_line(struct signal *s, unsigned line, unsigned mode)
{
    if (line >= LINES || line >= arch_irq_lines()) {
        return L4_ENOENT;
    }
    l4_err_t err = arch_irq_claim(line, mode);
    if (!err) {
        s->line = line;
        lines[line] = s;
    }
    return err;
}

int signal_claim_msi(struct signal *s, uint64_t *address, uint32_t *data)
{
    l4_err_t err = arch_irq_claim_msi(&s->line, address, data);

    if (!err) {
        lines[s->line] = s;
    }
    return err;
}

void kernel_interrupt(unsigned line)
{
    if (line < LINES && lines[line]) {
        signal_raise(lines[line]);
    }
    if (!scheduler_is_idle()) {
        scheduler_leave();
    }
}

l4_err_t signal_op_bind(struct signal *self, struct invocation *inv,
                        struct thread *thread, uint64_t label)
{
    if (!thread->task) {
        return L4_EDEAD;
    }
    signal_unbind(self);
    self->thread = thread;
    self->label = label;
    list_append(&thread->signals, &self->link);
    signal_post(self); /* what was raised while nobody listened */
    return L4_OK;
}

l4_err_t signal_op_unbind(struct signal *self, struct invocation *inv)
{
    signal_unbind(self);
    return L4_OK;
}

l4_err_t signal_op_raise(struct signal *self, struct invocation *inv)
{
    signal_raise(self);
    return L4_OK;
}

l4_err_t signal_op_ack(struct signal *self, struct invocation *inv)
{
    signal_ack(self);
    return L4_OK;
}

KERNEL_SHORT(signal_raise_short)
{
    struct signal *s = self;
    struct thread *t = s->thread;
    bool may = label & RIGHT_SIGNAL_RAISE;

    if (may && t && !s->masked && t->status == THREAD_WAITING && !t->vcpu) {
        s->count++;
        deliver(s, t);
        t->status = THREAD_READY;
        arch_msg_set(current_thread(), L4_SIGNAL_RAISE_OUT_TAG, 0);
        return scheduler_woken(t);
    }
    if (!may || (t && (t->vcpu || thread_state(t) == THREAD_WAITING))) {
        return kernel_short_decline(w0, w1, w2);
    }
    signal_raise(s); /* not taken at once */
    return (struct kernel_short_reply){.tag = L4_SIGNAL_RAISE_OUT_TAG};
}

KERNEL_SHORT(signal_wait_short)
{
    struct signal *s = self;
    struct thread *t = current_thread();

    if (!(label & RIGHT_SIGNAL_WAIT) || t->vcpu || s->count ||
        s->line != SIGNAL_NO_LINE || t->caller) {
        return kernel_short_decline(w0, w1, w2);
    }
    s->masked = false;
    t->status = THREAD_WAITING;
    return scheduler_waits(t);
}
