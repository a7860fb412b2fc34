/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/assert.h>
#include <kernel/factory.h>
#include <kernel/gate.h>
#include <kernel/map.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/task.h>
#include <kernel/thread.h>

struct object *cap_object(const struct cap *cap)
{
    void *target = cap_target(cap);

    if (cap_type(cap) == OBJECT_THREAD) {
        return &((struct thread *)target)->object;
    }
    return target; /* all others begin with it */
}

struct list objects_dying = {&objects_dying, &objects_dying};

void object_init(struct object *o, enum object_type type, struct factory *f)
{
    o->type = type;
    o->factory = f;
    list_init(&o->link);
    if (f) {
        list_append(&f->objects, &o->link);
        f->count++;
    }
}

void object_kill(struct object *o)
{
    if (o->dying || !o->factory) {
        return;
    }
    o->dying = true;
    list_remove(&o->link);
    list_append(&objects_dying, &o->link);
}

/* Undoes and frees one object. False: others have to go first. */
static bool object_destroy(struct object *o)
{
    switch (o->type) {
    case OBJECT_TASK: task_destroy(container_of(o, struct task, object)); break;
    case OBJECT_THREAD:
        thread_destroy(container_of(o, struct thread, object));
        break;
    case OBJECT_GATE: gate_destroy(container_of(o, struct gate, object)); break;
    case OBJECT_SCHED:
        sched_destroy(container_of(o, struct sched, object));
        break;
    case OBJECT_SIGNAL:
        signal_destroy(container_of(o, struct signal, object));
        break;
    case OBJECT_FACTORY:
        return factory_destroy(container_of(o, struct factory, object));
    default: assert(!"an object that cannot be destroyed");
    }
    return true;
}

void objects_reap(void)
{
    while (!list_empty(&objects_dying)) {
        struct object *o = container_of(objects_dying.next, struct object, link);
        struct factory *f = o->factory;
        list_remove(&o->link);
        if (o->root) {
            node_revoke(o->root, true);
        }
        if (object_destroy(o)) {
            f->count--;
        } else {
            list_append(&objects_dying, &o->link);
        }
    }
}
