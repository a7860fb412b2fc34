/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/err.h>

#include <arch/cpu.h>
#include <arch/regs.h>
#include <arch/timer.h>
#include <arch/upcall.h>

#include <kernel/assert.h>
#include <kernel/factory.h>
#include <kernel/heap.h>
#include <kernel/invocation.h>
#include <kernel/preempt.h>
#include <kernel/ready.h>
#include <kernel/sched.h>
#include <kernel/thread.h>
#include <kernel/timer.h>

#include "objects_kernel.h"

/* How long a context runs before the next one of its priority. */
#define SLICE_NS 10000000ull

/* What each processor's scheduler keeps; cpu->local points to it. */
struct scheduler {
    struct ready ready;
    struct heap timeouts;
    uint64_t started;   /* when the current context began to run */
    uint64_t slice_end; /* when it has to share */
    bool resched;       /* another context may have to run */
    bool retime;        /* the timer may have to be set anew */
    bool idle;          /* in arch_idle() */
};

static struct scheduler boot_scheduler;

static struct scheduler *scheduler(void)
{
    return this_cpu()->local;
}

void scheduler_init(void)
{
    ready_init(&boot_scheduler.ready);
    this_cpu()->local = &boot_scheduler;
    boot_scheduler.resched = true;
}

struct sched *sched_new(struct factory *pay, unsigned priority)
{
    struct sched *c = factory_block(pay, sizeof(*c));

    if (c) {
        list_init(&c->ready);
        c->priority = (uint8_t)priority;
        object_init(&c->object, OBJECT_SCHED, pay);
    }
    return c;
}

void sched_detach(struct sched *c)
{
    struct thread *t = c->owner;

    sched_dequeue(c);
    if (!t) {
        return;
    }
    struct thread *last = c->thread;
    for (struct thread *p = t; p && p->sched == c; p = p->partner) {
        p->sched = NULL;
    }
    t->home = NULL;
    c->owner = NULL;
    c->thread = NULL;
    if (thread_state(last) == THREAD_READY) {
        context_find(last);
    }
}

void sched_destroy(struct sched *c)
{
    struct cpu *cpu = this_cpu();

    sched_detach(c);
    if (cpu->sched == c) {
        cpu->sched = NULL;
        scheduler()->resched = true;
    }
    factory_block_free(c);
}

void sched_enqueue(struct sched *c)
{
    struct scheduler *s = scheduler();
    const struct sched *current = this_cpu()->sched;

    if (c->queued) {
        return;
    }
    assert(thread_state(c->thread) == THREAD_READY);
    ready_append(&s->ready, &c->ready, c->priority);
    c->queued = true;
    if (!current || !current->queued || c->priority > current->priority) {
        s->resched = true;
    } else if (c->priority == current->priority) {
        s->retime = true;
    }
}

void sched_dequeue(struct sched *c)
{
    struct scheduler *s = scheduler();

    if (!c->queued) {
        return;
    }
    ready_remove(&s->ready, &c->ready, c->priority);
    c->queued = false;
    c->slice = 0;
    if (this_cpu()->sched == c) {
        s->resched = true;
    }
}

/* Charges the current context for its run up to now. */
static void scheduler_account(struct scheduler *s, uint64_t now)
{
    struct sched *c = this_cpu()->sched;

    if (c) {
        c->cpu_ns += now - s->started;
    }
    s->started = now;
}

uint64_t sched_time(const struct sched *c)
{
    if (this_cpu()->sched != c) {
        return c->cpu_ns;
    }
    return c->cpu_ns + (arch_time_now() - scheduler()->started);
}

/* Sets the timer to whatever comes first. */
static void scheduler_retime(struct scheduler *s)
{
    const struct sched *c = this_cpu()->sched;
    uint64_t deadline = ARCH_TIMER_OFF;

    s->retime = false;
    if (s->timeouts.root) {
        deadline = s->timeouts.root->key;
    }
    if (c && c->queued && ready_shared(&s->ready, &c->ready, c->priority) &&
        s->slice_end < deadline) {
        deadline = s->slice_end;
    }
    if (this_cpu()->deadline != deadline) {
        arch_timer_set(deadline);
    }
}

/* `old` leaves the processor to `c`. If it was only interrupted, the rest of
 * its slice stays its own, else those behind it would never have a turn. */
static void slice_switch(struct scheduler *s, struct sched *old,
                         struct sched *c)
{
    if (old && old->queued) {
        old->slice = s->slice_end > s->started ? s->slice_end - s->started : 1;
    }
    s->slice_end = s->started + (c->slice ? c->slice : SLICE_NS);
    c->slice = 0;
}

/* Makes the best context the current one; waits for one if need be. */
static void scheduler_pick(struct scheduler *s)
{
    struct cpu *cpu = this_cpu();
    struct list *first;

    scheduler_account(s, arch_time_now());
    while (!(first = ready_first(&s->ready))) {
        cpu->sched = NULL;
        if (!list_empty(&objects_dying)) {
            objects_reap(NULL);
            continue;
        }
        scheduler_retime(s);
        s->idle = true;
        arch_idle();
        s->idle = false;
        s->started = arch_time_now();
    }
    struct sched *c = container_of(first, struct sched, ready);
    if (c != cpu->sched) {
        slice_switch(s, cpu->sched, c);
        cpu->sched = c;
    }
    s->resched = false;
    s->retime = true;
}

void scheduler_leave(void)
{
    struct scheduler *s = scheduler();
    struct thread *next;

    do {
        if (s->resched) {
            scheduler_pick(s);
        }
        if (s->retime) {
            scheduler_retime(s);
        }
        next = this_cpu()->sched->thread;
    } while (!list_empty(&objects_dying) && !objects_reap(next));
    if (next != current_thread()) {
        arch_switch_to(next);
    }
}

void scheduler_timer_set(struct timer *t, uint64_t deadline)
{
    t->node.key = deadline;
    heap_add(&scheduler()->timeouts, &t->node);
    scheduler()->retime = true;
}

void scheduler_timer_cancel(struct timer *t)
{
    if (timer_is_set(t)) {
        heap_remove(&scheduler()->timeouts, &t->node);
        scheduler()->retime = true;
    }
}

/* Round robin: the current context goes behind those of its priority. */
static void slice_check(struct scheduler *s, uint64_t now)
{
    struct sched *c = this_cpu()->sched;

    if (!c || !c->queued || now < s->slice_end) {
        return;
    }
    if (ready_shared(&s->ready, &c->ready, c->priority)) {
        ready_remove(&s->ready, &c->ready, c->priority);
        ready_append(&s->ready, &c->ready, c->priority);
        s->resched = true;
    }
    s->slice_end = now + SLICE_NS;
}

void kernel_timer(void)
{
    struct scheduler *s = scheduler();
    uint64_t now = arch_time_now();

    while (s->timeouts.root && s->timeouts.root->key <= now) {
        struct timer *t = container_of(s->timeouts.root, struct timer, node);
        heap_remove(&s->timeouts, &t->node);
        t->expired(t);
    }
    slice_check(s, now);
    s->retime = true;
    if (!s->idle) {
        scheduler_leave();
    }
}

bool preempt_poll(void)
{
    struct scheduler *s = scheduler();
    bool idle = s->idle;

    s->idle = true;
    arch_take_interrupts();
    s->idle = idle;
    if (!s->resched) {
        this_cpu()->work = 0;
        if (s->retime) {
            scheduler_retime(s);
        }
    }
    return s->resched; /* and so will the next one say, until it is done */
}

void preempt_restart(struct thread *t)
{
    arch_syscall_again(t);
    t->status |= THREAD_RESTART;
    scheduler_leave();
    arch_return();
}

bool scheduler_is_idle(void)
{
    return scheduler()->idle;
}

l4_err_t sched_op_set_priority(struct sched *self, struct invocation *inv,
                               uint8_t priority)
{
    bool queued = self->queued;

    (void)inv;
    if (priority > self->object.factory->max_priority) {
        return L4_EPERM;
    }
    sched_dequeue(self);
    self->priority = priority;
    if (queued) {
        sched_enqueue(self);
    }
    return L4_OK;
}

l4_err_t sched_op_info(struct sched *self, struct invocation *inv,
                       uint64_t *cpu_ns, uint32_t *priority)
{
    (void)inv;
    *cpu_ns = sched_time(self);
    *priority = self->priority;
    return L4_OK;
}
