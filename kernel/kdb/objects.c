/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding objects, and calling them by name. */
#include <kernel/authority.h>
#include <kernel/factory.h>
#include <kernel/gate.h>
#include <kernel/panic.h>
#include <kernel/sched.h>
#include <kernel/thread.h>

#include <l4/tag.h>

#include <kernel/kdb.h>

bool kdb_same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

bool kdb_number(const char *word, uint64_t *value)
{
    unsigned base = 10;
    uint64_t n = 0;

    if (!word) {
        return false;
    }
    if (word[0] == '0' && word[1] == 'x') {
        base = 16;
        word += 2;
    }
    do {
        unsigned digit = (unsigned)(*word - '0');
        if (*word >= 'a' && *word <= 'f') {
            digit = (unsigned)(*word - 'a') + 10;
        }
        if (digit >= base) {
            return false;
        }
        n = n * base + digit;
    } while (*++word);
    *value = n;
    return true;
}

const char *kdb_type_name(enum object_type type)
{
    static const char *const names[] = {
        [OBJECT_NONE] = "nothing",    [OBJECT_TASK] = "task",
        [OBJECT_THREAD] = "thread",   [OBJECT_GATE] = "gate",
        [OBJECT_SCHED] = "sched",     [OBJECT_SIGNAL] = "signal",
        [OBJECT_FACTORY] = "factory", [OBJECT_DEVICE] = "device",
        [OBJECT_PORTS] = "ports",     [OBJECT_CONSOLE] = "console",
        [OBJECT_REPLY] = "reply",     [OBJECT_TRACE] = "trace",
    };

    return type < sizeof(names) / sizeof(names[0]) && names[type] ? names[type]
                                                                  : "object";
}

const char *kdb_state_name(unsigned state)
{
    static const char *const names[] = {
        [THREAD_STOPPED] = "stopped", [THREAD_READY] = "ready",
        [THREAD_WAITING] = "waiting", [THREAD_CALLING] = "calling",
        [THREAD_SENDING] = "sending", [THREAD_FAULTED] = "faulted",
        [THREAD_HALTED] = "halted",   [THREAD_GIVING] = "giving",
        [THREAD_TAKING] = "taking",   [THREAD_HELD] = "held",
    };

    return state < sizeof(names) / sizeof(names[0]) ? names[state] : "?";
}

void *kdb_thing(struct object *o)
{
    switch (o->type) {
    case OBJECT_TASK: return container_of(o, struct task, object);
    case OBJECT_THREAD: return container_of(o, struct thread, object);
    case OBJECT_GATE: return container_of(o, struct gate, object);
    case OBJECT_SCHED: return container_of(o, struct sched, object);
    case OBJECT_SIGNAL: return container_of(o, struct signal, object);
    case OBJECT_FACTORY: return container_of(o, struct factory, object);
    default: return o;
    }
}

/* The object after `o` in the tree that the factories make, a factory in front
 * of what it made. */
static struct object *object_next(struct object *o)
{
    struct factory *f = o->factory;
    struct list *next = o->link.next;

    if (o->type == OBJECT_FACTORY) {
        struct factory *inner = kdb_thing(o);
        if (!list_empty(&inner->objects)) {
            f = inner;
            next = inner->objects.next;
        }
    }
    while (f && next == &f->objects) {
        next = f->object.link.next;
        f = f->object.factory;
    }
    return f ? container_of(next, struct object, link) : NULL;
}

struct object *kdb_each(enum object_type type, kdb_visit_fn *visit, void *data)
{
    struct object *o = &factory_root.object;

    for (; o; o = object_next(o)) {
        if ((type == OBJECT_NONE || o->type == type) && visit(o, data)) {
            return o;
        }
    }
    return NULL;
}

static unsigned length(const char *s)
{
    unsigned n = 0;

    while (s[n]) {
        n++;
    }
    return n;
}

void kdb_print_thread(const struct thread *t, unsigned width)
{
    unsigned n = 1;

    if (!t) {
        printk("-");
    } else {
        const char *task = t->task ? t->task->name : "(gone)";
        const char *name = t->name[0] ? t->name : "?";
        printk("%s/%s", task, name);
        n = length(task) + 1 + length(name);
    }
    for (; n < width; n++) {
        printk(" ");
    }
}

void kdb_print_object(struct object *o)
{
    void *thing = kdb_thing(o);

    printk("%s ", kdb_type_name(o->type));
    switch (o->type) {
    case OBJECT_TASK: printk("%s", ((struct task *)thing)->name); break;
    case OBJECT_THREAD: kdb_print_thread(thing, 0); break;
    case OBJECT_GATE:
        printk("to ");
        kdb_print_thread(((struct gate *)thing)->thread, 0);
        break;
    case OBJECT_SCHED:
        printk("of ");
        kdb_print_thread(((struct sched *)thing)->owner, 0);
        break;
    case OBJECT_SIGNAL:
        printk("to ");
        kdb_print_thread(((struct signal *)thing)->thread, 0);
        break;
    case OBJECT_FACTORY:
        printk("of %llu KiB",
               (unsigned long long)((struct factory *)thing)->quota * 4);
        break;
    default: break;
    }
}

void kdb_print_operation(uint64_t tag)
{
    static const struct {
        uint16_t proto;
        uint16_t op;
        const char *name;
    } names[] = {
#define L4_OPERATION(proto, op, name) {proto, op, name},
#define L4_ARGUMENT(...)
#include "l4/handlers.names"
#include "l4/objects.names"
#include "l4/services.names"
    };
    unsigned proto = l4_tag_proto(tag);
    unsigned op = l4_tag_op(tag);

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].proto == proto && names[i].op == op) {
            printk("%s", names[i].name);
            return;
        }
    }
    printk("protocol %u operation %u", proto, op);
}

static bool task_named(struct object *o, void *name)
{
    return kdb_same(((struct task *)kdb_thing(o))->name, name);
}

struct task *kdb_find_task(const char *name)
{
    struct object *o =
        name ? kdb_each(OBJECT_TASK, task_named, (void *)(uintptr_t)name)
             : NULL;

    if (!o) {
        printk("there is no task `%s`\n", name ? name : "");
        return NULL;
    }
    return kdb_thing(o);
}

/* Whether `t` is called task, or task/thread. */
static bool thread_named(struct object *o, void *data)
{
    const struct thread *t = kdb_thing(o);
    const char *name = data;
    const char *task = t->task ? t->task->name : "(gone)";

    while (*task && *task == *name) {
        task++;
        name++;
    }
    if (*task || (*name && *name != '/')) {
        return false;
    }
    return !*name || kdb_same(name + 1, t->name[0] ? t->name : "?");
}

struct thread *kdb_find_thread(const char *name)
{
    struct object *o =
        name ? kdb_each(OBJECT_THREAD, thread_named, (void *)(uintptr_t)name)
             : NULL;

    if (!o) {
        printk("there is no thread `%s`\n", name ? name : "");
        return NULL;
    }
    return kdb_thing(o);
}
