/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/timer.h>
#include <arch/upcall.h>

#include <kernel/invocation.h>
#include <kernel/ipc.h>
#include <kernel/preempt.h>
#include <kernel/sched.h>
#include <kernel/vcpu.h>

/* How long a context runs before the next one of its priority. */
#define SLICE_NS 10000000ull

/* How many timers, or contexts that are looked at in vain, are dealt with
 * before interrupts are let in. */
#define BATCH 8

static struct scheduler boot_scheduler;

static struct scheduler *scheduler(void)
{
    return this_cpu()->local;
}

void scheduler_init(void)
{
    ready_init(&boot_scheduler.ready);
    list_init(&boot_scheduler.released);
    this_cpu()->local = &boot_scheduler;
    boot_scheduler.todo = TODO_PICK;
}

void scheduler_resched(void)
{
    scheduler()->todo |= TODO_PICK;
}

void scheduler_reap(void)
{
    scheduler()->todo |= TODO_REAP;
}

void scheduler_handoff(struct thread *next)
{
    scheduler()->next = next;
}

void scheduler_forget(struct thread *t)
{
    struct scheduler *s = scheduler();

    s->todo |= TODO_PICK;
    if (s->next == t) {
        s->next = NULL;
    }
    if (s->own == t) {
        s->own = NULL;
        s->todo &= ~TODO_OWN;
    }
}

void scheduler_add(struct sched *c)
{
    struct scheduler *s = scheduler();
    const struct sched *current = this_cpu()->sched;

    if (current && current->place == SCHED_READY &&
        c->priority == current->priority && !ready_shared(&current->link)) {
        s->slice_end = arch_time_now() + SLICE_NS;
    }
    ready_append(&s->ready, &c->link, c->priority);
    c->place = SCHED_READY;
    if (!current || current->place != SCHED_READY ||
        c->priority > current->priority) {
        s->todo |= TODO_PICK;
    } else if (c->priority == current->priority) {
        s->todo |= TODO_TIME;
    }
}

void scheduler_remove(struct sched *c)
{
    struct scheduler *s = scheduler();

    if (c->place == SCHED_READY) {
        ready_remove(&s->ready, &c->link, c->priority);
        c->slice = 0;
        if (this_cpu()->sched == c) {
            s->todo |= TODO_PICK;
        }
    } else {
        list_remove(&c->link);
    }
    c->place = SCHED_OUT;
}

void sched_enqueue(struct sched *c)
{
    if (!c->wanted) {
        c->wanted = true;
        if (c->budget) {
            sched_wake(c);
        }
    }
    if (c->place == SCHED_READY || c->throttled) {
        return;
    }
    if (c->place == SCHED_ASLEEP) {
        scheduler_remove(c);
    }
    scheduler_add(c);
}

void sched_dequeue(struct sched *c)
{
    c->wanted = false;
    if (c->place != SCHED_OUT) {
        scheduler_remove(c);
    }
    if (c->budget) {
        scheduler_timer_cancel(&c->timer);
    }
}

void scheduler_release(struct list *helpers)
{
    struct scheduler *s = scheduler();

    if (!list_empty(helpers)) {
        list_splice(&s->released, helpers);
        s->todo |= TODO_PICK;
    }
}

uint64_t scheduler_running(void)
{
    return arch_time_now() - scheduler()->started;
}

/* Charges the current context for its run up to now. */
static void charge(struct scheduler *s, uint64_t now)
{
    struct sched *c = this_cpu()->sched;
    uint64_t ran = now - s->started;

    s->started = now;
    if (c) {
        c->cpu_ns += ran;
        if (c->budget) {
            sched_charge(c, ran);
        }
    }
}

void scheduler_charge(void)
{
    struct scheduler *s = scheduler();

    charge(s, arch_time_now());
    s->todo |= TODO_TIME;
}

/* When the timer is needed next. */
static uint64_t scheduler_deadline(const struct scheduler *s)
{
    const struct sched *c = this_cpu()->sched;
    uint64_t deadline = ARCH_TIMER_OFF;

    if (!list_empty(&s->released)) {
        return s->started;
    }
    if (s->timers.root) {
        deadline = s->timers.root->key;
    }
    if (c && ready_shared(&c->link) && s->slice_end < deadline) {
        deadline = s->slice_end;
    }
    if (c && c->budget && s->started + c->left < deadline) {
        deadline = s->started + c->left;
    }
    return deadline;
}

/* Sets the timer to whatever comes first. If that was set for an earlier time
 * which does not matter any more, it is left alone, and set when it fires. */
static void scheduler_retime(struct scheduler *s)
{
    uint64_t deadline = scheduler_deadline(s);

    s->todo &= ~TODO_TIME;
    if (deadline < this_cpu()->deadline) {
        arch_timer_set(deadline);
    }
}

/* Those who slept are looked at again, some at a time. */
static void released_add(struct scheduler *s)
{
    for (unsigned i = 0; i < BATCH && !list_empty(&s->released); i++) {
        struct sched *c = container_of(s->released.next, struct sched, link);
        list_remove(&c->link);
        scheduler_add(c);
    }
    s->todo |= TODO_TIME;
}

/* No one at the end of its chain can run: the context sleeps there, those of
 * higher priority in front. */
static void context_sleep(struct sched *c, struct thread *end)
{
    const struct list *first = end->helpers.next;

    /* Who wakes up while it serves someone is not queued again by that. */
    if (end == c->owner && !end->caller &&
        (thread_state(end) == THREAD_WAITING ||
         thread_state(end) == THREAD_HALTED)) {
        sched_dequeue(c);
        return;
    }
    scheduler_remove(c);
    c->place = SCHED_ASLEEP;
    if (first != &end->helpers &&
        container_of(first, struct sched, link)->priority >= c->priority) {
        list_append(&end->helpers, &c->link);
    } else {
        list_insert(&end->helpers, &c->link);
    }
}

/* Waits for an interrupt. */
static void idle(struct scheduler *s)
{
    s->idle = true;
    arch_idle();
    s->idle = false;
    s->started = arch_time_now();
}

/* The first context of the ready queue, waiting for one if need be. */
static struct sched *first_ready(struct scheduler *s)
{
    struct cpu *cpu = this_cpu();
    struct list *first;

    while (!(first = ready_first(&s->ready))) {
        cpu->sched = NULL;
        if (!list_empty(&objects_dying)) {
            objects_reap(NULL);
            continue;
        }
        if (list_empty(&s->released)) {
            scheduler_retime(s);
            idle(s);
        }
        released_add(s);
    }
    return container_of(first, struct sched, link);
}

/* `old` leaves the processor to `c`. Only those who share a priority have
 * slices. If `old` was only interrupted, the rest of its slice stays its own,
 * else those behind it would never have a turn. */
static void slice_switch(struct scheduler *s, struct sched *old,
                         struct sched *c)
{
    if (old && old->place == SCHED_READY && ready_shared(&old->link)) {
        old->slice = s->slice_end > s->started ? s->slice_end - s->started : 1;
    }
    if (ready_shared(&c->link)) {
        s->slice_end = s->started + (c->slice ? c->slice : SLICE_NS);
        s->todo |= TODO_TIME;
    }
    if (c->budget) {
        s->todo |= TODO_TIME;
    }
    c->slice = 0;
}

/* The context to run, and the thread at the end of its chain. */
static __attribute__((noinline)) struct sched *context_find(struct scheduler *s,
                                                            struct thread **end)
{
    for (unsigned i = 1;; i++) {
        if (!list_empty(&s->released)) {
            released_add(s);
        }
        struct sched *c = first_ready(s);
        s->todo &= ~TODO_PICK;
        *end = chain_end(c->owner);
        if (s->todo & TODO_PICK) {
            continue; /* a chain was too long, and someone woke up */
        }
        if (thread_runs(*end)) {
            return c;
        }
        context_sleep(c, *end);
        if (i % BATCH == 0) {
            preempt_poll();
        }
    }
}

/* Chooses context and thread. */
static struct thread *scheduler_pick(struct scheduler *s)
{
    struct cpu *cpu = this_cpu();

    charge(s, arch_time_now());
    s->todo &= ~TODO_PICK;
    struct list *first = ready_first(&s->ready);
    struct sched *c = first ? container_of(first, struct sched, link) : NULL;
    struct thread *t;
    if (!c || !list_empty(&s->released) ||
        thread_state(t = c->owner) != THREAD_READY) {
        c = context_find(s, &t);
    }
    if (c != cpu->sched) {
        slice_switch(s, cpu->sched, c);
        cpu->sched = c;
    }
    if (s->own) {
        s->own->status &= ~(uint64_t)THREAD_OWN_TIME;
        s->own = NULL;
        s->todo &= ~TODO_OWN;
    }
    if (t->caller && t == c->owner) {
        t->status |= THREAD_OWN_TIME;
        s->own = t;
        s->todo |= TODO_OWN;
    }
    return t;
}

/* Whether `t` is still in the midst of a message: then it goes on with that,
 * and need not be switched to, since none of it is at user level. */
static bool transfer_goes_on(struct scheduler *s, struct thread *t)
{
    if (thread_state(t) == THREAD_READY) {
        return false;
    }
    ipc_go_on(t);
    vcpu_check(t);
    s->todo |= TODO_PICK;
    return true;
}

/* What is to be done before the kernel is left; and who goes on. */
static struct thread *scheduler_work(struct scheduler *s)
{
    struct thread *next;

    do {
        next = s->next ? s->next : current_thread();
        if (s->todo & TODO_PICK || !next ||
            thread_state(next) != THREAD_READY) {
            next = scheduler_pick(s);
        }
        if (s->todo & TODO_TIME) {
            scheduler_retime(s);
        }
        s->next = next;
    } while ((!list_empty(&objects_dying) && !objects_reap(next)) ||
             transfer_goes_on(s, next));
    if (list_empty(&objects_dying)) {
        s->todo &= ~TODO_REAP;
    }
    return next;
}

/* Who goes on. */
static struct thread *scheduler_next(struct scheduler *s)
{
    struct thread *next = s->next ? s->next : current_thread();

    if (s->todo || !next || thread_state(next) != THREAD_READY) {
        next = scheduler_work(s);
    }
    s->next = NULL;
    return next;
}

void scheduler_leave(void)
{
    arch_switch_to(scheduler_next(scheduler()));
}

/* The same, for short operations. */
static __attribute__((noinline)) struct kernel_short_reply
next_short(struct scheduler *s)
{
    return kernel_short_leave(scheduler_next(s));
}

static __attribute__((noinline)) struct kernel_short_reply
woken_generally(struct thread *t)
{
    thread_wake(t);
    return next_short(scheduler());
}

static __attribute__((noinline)) struct kernel_short_reply
waits_generally(struct thread *t)
{
    ipc_wait(t, L4_PHASE_REPLY_WAIT);
    return next_short(scheduler());
}

/* Whether going from this context to another, or back, is nothing but that. */
static inline bool context_is_plain(const struct sched *c)
{
    return !c->limited && !ready_shared(&c->link);
}

/* `t` goes on, on its plain context `to`. */
static inline struct kernel_short_reply context_switch(struct cpu *cpu,
                                                       struct scheduler *s,
                                                       struct sched *to,
                                                       struct thread *t)
{
    uint64_t now = arch_time_now();

    cpu->sched->cpu_ns += now - s->started;
    s->started = now;
    cpu->sched = to;
    return kernel_short_leave(t);
}

struct kernel_short_reply scheduler_woken(struct thread *t)
{
    struct cpu *cpu = this_cpu();
    struct scheduler *s = cpu->local;
    struct sched *c = t->home;

    /* There is a current context unless something is to be done. */
    if (!c || c->wanted || c->place != SCHED_OUT || c->limited || s->todo ||
        c->priority <= cpu->sched->priority || !context_is_plain(cpu->sched) ||
        !ready_add_only(&s->ready, &c->link, c->priority)) {
        return woken_generally(t);
    }
    c->wanted = true;
    c->place = SCHED_READY;
    return context_switch(cpu, s, c, t);
}

struct kernel_short_reply scheduler_waits(struct thread *t)
{
    struct cpu *cpu = this_cpu();
    struct scheduler *s = cpu->local;
    struct sched *old = t->home;
    struct list *first;

    if (old != cpu->sched || s->todo || !context_is_plain(old)) {
        return waits_generally(t);
    }
    old->wanted = false;
    old->place = SCHED_OUT;
    ready_remove_only(&s->ready, &old->link, old->priority);
    if ((first = ready_first(&s->ready))) {
        struct sched *c = container_of(first, struct sched, link);
        t = c->owner;
        if (context_is_plain(c) && t->status == THREAD_READY && !t->caller) {
            return context_switch(cpu, s, c, t);
        }
    }
    s->todo |= TODO_PICK;
    return next_short(s);
}

void scheduler_timer_set(struct timer *t, uint64_t deadline)
{
    struct scheduler *s = scheduler();

    t->node.key = deadline;
    heap_add(&s->timers, &t->node);
    if (s->timers.root == &t->node) {
        s->todo |= TODO_TIME;
    }
}

void scheduler_timer_cancel(struct timer *t)
{
    heap_remove(&scheduler()->timers, &t->node);
}

/* Round robin: the current context goes behind those of its priority. */
static void slice_check(struct scheduler *s, uint64_t now)
{
    struct sched *c = this_cpu()->sched;

    if (!c || c->place != SCHED_READY || now < s->slice_end) {
        return;
    }
    if (ready_shared(&c->link)) {
        ready_remove(&s->ready, &c->link, c->priority);
        ready_append(&s->ready, &c->link, c->priority);
        s->todo |= TODO_PICK;
    }
    s->slice_end = now + SLICE_NS;
}

void kernel_timer(void)
{
    struct scheduler *s = scheduler();
    uint64_t now = arch_time_now();

    charge(s, now);
    for (unsigned i = 0; i < BATCH; i++) {
        struct heap_node *node = s->timers.root;
        if (!node || node->key > now) {
            break;
        }
        struct timer *t = container_of(node, struct timer, node);
        heap_remove(&s->timers, node);
        t->expired(t);
    }
    slice_check(s, now);
    s->todo |= TODO_TIME;
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
    if (!(s->todo & TODO_PICK)) {
        this_cpu()->work = 0;
        if (s->todo & TODO_TIME) {
            scheduler_retime(s);
        }
    }
    return s->todo &
           TODO_PICK; /* and so will the next one say, until it is done */
}

void preempt_restart(struct thread *t)
{
    arch_syscall_again(t);
    scheduler_leave();
    arch_return();
}

bool scheduler_is_idle(void)
{
    return scheduler()->idle;
}
