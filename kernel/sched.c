/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/timer.h>

#include <kernel/factory.h>
#include <kernel/sched.h>
#include <kernel/thread.h>

#include "objects_kernel.h"

static void period_end(struct timer *timer);

struct sched *sched_new(struct factory *pay, unsigned priority)
{
    struct sched *c = factory_block(pay, sizeof(*c));

    if (c) {
        list_init(&c->link);
        c->priority = (uint8_t)priority;
        c->timer.expired = period_end;
        object_init(&c->object, OBJECT_SCHED, pay);
    }
    return c;
}

void sched_attach(struct sched *c, struct thread *t)
{
    c->owner = t;
    t->home = c;
    if (thread_state(t) != THREAD_WAITING) {
        sched_enqueue(c);
    }
}

void sched_detach(struct sched *c)
{
    struct thread *t = c->owner;

    sched_dequeue(c);
    if (t) {
        t->home = NULL;
        c->owner = NULL;
        chain_exhausted(t);
    }
}

void sched_destroy(struct sched *c)
{
    struct cpu *cpu = this_cpu();

    sched_detach(c);
    watch_set(&c->on_overrun, NULL);
    watch_set(&c->on_miss, NULL);
    if (cpu->sched == c) {
        cpu->sched = NULL;
        scheduler_resched();
    }
    factory_block_free(c);
}

/* A new period with a full budget. */
static void period_begin(struct sched *c, uint64_t now)
{
    c->left = c->budget;
    c->end = now + c->period;
    c->throttled = false;
}

/* Whether a context that wakes would exceed its share by spending what is
 * left of its budget until the period ends. */
static bool period_over(const struct sched *c, uint64_t now)
{
    return now >= c->end || (unsigned __int128)c->left * c->period >
                                (unsigned __int128)(c->end - now) * c->budget;
}

void sched_wake(struct sched *c)
{
    uint64_t now = arch_time_now();

    c->wanted_since = now;
    if (period_over(c, now)) {
        period_begin(c, now);
    }
    scheduler_timer_set(&c->timer, c->end);
}

void sched_charge(struct sched *c, uint64_t ns)
{
    if (ns < c->left) {
        c->left -= ns;
        return;
    }
    c->left = 0;
    if (c->place == SCHED_READY) {
        c->throttled = true;
        c->overruns++;
        scheduler_remove(c);
        chain_exhausted(c->owner);
        watch_raise(&c->on_overrun);
    }
}

/* Its owner has not gone to wait, perhaps not for the whole period. */
static void period_end(struct timer *timer)
{
    struct sched *c = container_of(timer, struct sched, timer);
    uint64_t now = arch_time_now();
    bool missed = c->wanted_since + c->period <= c->end;

    period_begin(c, now < c->end + c->period ? c->end : now);
    scheduler_timer_set(&c->timer, c->end);
    if (c->place == SCHED_OUT) {
        scheduler_add(c);
    }
    if (missed) {
        c->misses++;
        watch_raise(&c->on_miss);
    }
}

uint64_t sched_time(const struct sched *c)
{
    return c->cpu_ns + (this_cpu()->sched == c ? scheduler_running() : 0);
}

l4_err_t sched_op_set_priority(struct sched *self, struct invocation *inv,
                               uint8_t priority)
{
    struct thread *t = self->owner;
    bool ready = self->place == SCHED_READY;

    if (priority > self->object.factory->max_priority) {
        return L4_EPERM;
    }
    if (ready) {
        scheduler_charge();
        scheduler_remove(self);
    }
    self->priority = priority;
    if (ready) {
        scheduler_add(self);
    }
    if (t && thread_state(t) == THREAD_SENDING) {
        chain_requeue(t, priority);
    }
    return L4_OK;
}

l4_err_t sched_op_set_budget(struct sched *self, struct invocation *inv,
                             uint64_t budget_ns, uint64_t period_ns)
{
    struct thread *t = self->owner;
    bool wanted = self->wanted;

    if ((budget_ns || period_ns) &&
        (budget_ns < SCHED_BUDGET_MIN || period_ns < SCHED_PERIOD_MIN ||
         period_ns > SCHED_PERIOD_MAX || budget_ns > period_ns)) {
        return L4_EINVAL;
    }
    scheduler_charge();
    sched_dequeue(self);
    self->budget = budget_ns;
    self->limited = budget_ns != 0;
    self->period = period_ns;
    self->left = budget_ns;
    self->throttled = false;
    self->end = 0;
    if (t && wanted) {
        sched_enqueue(self);
    }
    return L4_OK;
}

l4_err_t sched_op_on_overrun(struct sched *self, struct invocation *inv,
                             struct signal *signal)
{
    watch_set(&self->on_overrun, signal);
    return L4_OK;
}

l4_err_t sched_op_on_miss(struct sched *self, struct invocation *inv,
                          struct signal *signal)
{
    watch_set(&self->on_miss, signal);
    return L4_OK;
}

l4_err_t sched_op_usage(struct sched *self, struct invocation *inv,
                        l4_sched_usage_t *usage)
{
    scheduler_charge();
    *usage = (l4_sched_usage_t){.cpu_ns = self->cpu_ns,
                                .budget_ns = self->budget,
                                .period_ns = self->period,
                                .left_ns = self->left,
                                .period_end = self->end,
                                .overruns = self->overruns,
                                .misses = self->misses};
    return L4_OK;
}

l4_err_t sched_op_info(struct sched *self, struct invocation *inv,
                       uint64_t *cpu_ns, uint32_t *priority)
{
    *cpu_ns = sched_time(self);
    *priority = self->priority;
    return L4_OK;
}
