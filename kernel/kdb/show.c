/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads, tasks, queues, contexts and quotas. */
#include <arch/timer.h>

#include <kernel/factory.h>
#include <kernel/gate.h>
#include <kernel/panic.h>
#include <kernel/sched.h>
#include <kernel/thread.h>

#include <kernel/kdb.h>

typedef unsigned long long ull;

#define NAME_WIDTH 28

/* What a blocked thread waits for. */
static void print_wait(struct thread *t)
{
    switch (thread_state(t)) {
    case THREAD_CALLING:
    case THREAD_SENDING:
    case THREAD_HELD:
        printk("%s ", thread_state(t) == THREAD_CALLING   ? "called"
                      : thread_state(t) == THREAD_SENDING ? "queues at"
                                                          : "is held by");
        kdb_print_thread(t->partner, 0);
        printk(": ");
        if (t->status & THREAD_FAULT) {
            printk("fault %u at address %llx", t->fault_vector,
                   (ull)t->fault_address);
        } else {
            kdb_print_operation(arch_msg_tag(t));
        }
        break;
    case THREAD_FAULTED:
        printk("exception %u, ip %llx, address %llx", t->fault_vector,
               (ull)arch_regs(t)->rip, (ull)t->fault_address);
        break;
    default:
        if (t->caller) {
            printk("serves ");
            kdb_print_thread(t->caller, 0);
        }
    }
}

static bool print_thread_line(struct object *o, void *task)
{
    struct thread *t = kdb_thing(o);

    if (task && t->task != task) {
        return false;
    }
    printk("%c ", t == current_thread() ? '*' : ' ');
    kdb_print_thread(t, NAME_WIDTH);
    printk(" %8s ", kdb_state_name(thread_state(t)));
    if (t->home) {
        printk("%3u ", t->home->priority);
    } else {
        printk("  - ");
    }
    print_wait(t);
    printk("\n");
    return false;
}

void kdb_threads(char **args)
{
    struct task *task = NULL;

    if (args[0] && !(task = kdb_find_task(args[0]))) {
        return;
    }
    printk("  %28s %8s pri waits for\n", "task/thread", "state");
    kdb_each(OBJECT_THREAD, print_thread_line, task);
}

static bool print_task_line(struct object *o, void *data)
{
    const struct task *t = kdb_thing(o);
    unsigned threads = 0;
    unsigned caps = 0;

    (void)data;
    for (struct list *l = t->threads.next; l != &t->threads; l = l->next) {
        threads++;
    }
    for (uint32_t i = 0; i < t->table.size; i++) {
        caps += !cap_empty(&t->table.caps[i]);
    }
    printk("%28s %3u threads, %u of %u capabilities, page table %llx\n",
           t->name, threads, caps, t->table.size, (ull)t->space.cr3);
    return false;
}

void kdb_tasks(char **args)
{
    (void)args;
    kdb_each(OBJECT_TASK, print_task_line, NULL);
}

static bool print_gate(struct object *o, void *data)
{
    struct gate *g = kdb_thing(o);

    (void)data;
    if (list_empty(&g->senders)) {
        return false;
    }
    printk("gate to ");
    kdb_print_thread(g->thread, 0);
    printk(":\n");
    for (struct list *l = g->senders.next; l != &g->senders; l = l->next) {
        struct thread *s = container_of(l, struct thread, gate_link);
        printk("  ");
        kdb_print_thread(s, NAME_WIDTH);
        printk(" label %llx ", (ull)s->label);
        kdb_print_operation(arch_msg_tag(s));
        printk("\n");
    }
    return false;
}

static bool print_call(struct object *o, void *data)
{
    struct thread *t = kdb_thing(o);

    (void)data;
    if (thread_state(t) == THREAD_CALLING) {
        printk("  ");
        kdb_print_thread(t, NAME_WIDTH);
        printk(" ");
        print_wait(t);
        printk("\n");
    }
    return false;
}

void kdb_ipc(char **args)
{
    (void)args;
    printk("calls that wait for their answer:\n");
    kdb_each(OBJECT_THREAD, print_call, NULL);
    printk("gates with queues:\n");
    kdb_each(OBJECT_GATE, print_gate, NULL);
}

static bool print_context(struct object *o, void *data)
{
    const struct sched *c = kdb_thing(o);

    (void)data;
    printk("%c%c %3u %10llu us  ", c == this_cpu()->sched ? '*' : ' ',
           c->throttled ? 't' : " qs"[c->place], c -> priority,
           (ull)sched_time(c) / 1000);
    kdb_print_thread(c->owner, NAME_WIDTH);
    if (c->budget) {
        printk(" %llu of %llu us left", (ull)c->left / 1000,
               (ull)c->budget / 1000);
    }
    if (c->owner && c->owner->partner) {
        printk(" lent to ");
        kdb_print_thread(c->owner->partner, 0);
    }
    printk("\n");
    return false;
}

static bool print_timeout(struct object *o, void *data)
{
    const struct thread *t = kdb_thing(o);

    (void)data;
    if (timer_is_set(&t->timeout)) {
        printk("  ");
        kdb_print_thread(t, NAME_WIDTH);
        printk(" in %lld us\n",
               (long long)(t->timeout.node.key - arch_time_now()) / 1000);
    }
    return false;
}

void kdb_sched(char **args)
{
    (void)args;
    printk("contexts (* current, q ready, s asleep behind another, t "
           "throttled):\n");
    kdb_each(OBJECT_SCHED, print_context, NULL);
    printk("timeouts:\n");
    kdb_each(OBJECT_THREAD, print_timeout, NULL);
}

/* The first task that a factory made. */
static const struct task *factory_task(const struct factory *f)
{
    for (struct list *l = f->objects.next; l != &f->objects; l = l->next) {
        struct object *o = container_of(l, struct object, link);
        if (o->type == OBJECT_TASK) {
            return kdb_thing(o);
        }
    }
    return NULL;
}

static bool print_factory(struct object *o, void *data)
{
    const struct factory *f = kdb_thing(o);
    unsigned depth = 0;

    (void)data;
    for (const struct factory *p = f->object.factory; p;
         p = p->object.factory) {
        depth++;
        printk("  ");
    }
    printk("%s: %llu of %llu KiB used, %llu objects, priorities to %u;",
           depth ? "factory" : "root factory",
           (ull)(f->quota - f->pool.unused) * 4, (ull)f->quota * 4,
           (ull)f->count, f->max_priority);
    if (factory_task(f)) {
        printk(" of task %s", factory_task(f)->name);
    }
    printk("\n");
    return false;
}

void kdb_quotas(char **args)
{
    (void)args;
    kdb_each(OBJECT_FACTORY, print_factory, NULL);
}

void kdb_registers(char **args)
{
    struct thread *t = kdb_find_thread(args[0]);

    if (t) {
        kdb_print_regs(t);
    }
}

void kdb_backtrace(char **args)
{
    struct thread *t = kdb_find_thread(args[0]);

    if (t) {
        kdb_print_backtrace(t);
    }
}
