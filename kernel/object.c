/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/assert.h>
#include <kernel/factory.h>
#include <kernel/gate.h>
#include <kernel/map.h>
#include <kernel/preempt.h>
#include <kernel/sched.h>
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

/* Who destroys them, or NULL. */
static struct thread *reaper;

/* What dies now dies on the reaper's account. */
static bool reaping;

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
    scheduler_reap();
    if (!reaping) {
        reaper = current_thread();
    }
}

/* Undoes and frees one object. False: not yet all is done, or others have to
 * go first. */
static bool object_destroy(struct object *o)
{
    switch (o->type) {
    case OBJECT_TASK: return task_destroy(container_of(o, struct task, object));
    case OBJECT_THREAD:
        return thread_destroy(container_of(o, struct thread, object));
    case OBJECT_GATE: return gate_destroy(container_of(o, struct gate, object));
    case OBJECT_SCHED:
        sched_destroy(container_of(o, struct sched, object));
        return true;
    case OBJECT_SIGNAL:
        return signal_destroy(container_of(o, struct signal, object));
    case OBJECT_FACTORY:
        return factory_destroy(container_of(o, struct factory, object));
    default: assert(!"an object that cannot be destroyed"); return true;
    }
}

bool objects_reap(struct thread *t)
{
    if (t && reaper && reaper != t && chain_has_time(reaper)) {
        return true;
    }
    reaper = t;
    reaping = true;
    while (!list_empty(&objects_dying)) {
        struct object *o =
            container_of(objects_dying.next, struct object, link);
        struct factory *f = o->factory;
        list_remove(&o->link);
        if ((!o->root || node_revoke(o->root, true)) && object_destroy(o)) {
            f->count--;
        } else {
            list_append(&objects_dying, &o->link);
        }
        if (preempt_point(PREEMPT_WORK)) {
            break;
        }
    }
    reaping = false;
    return false;
}

void objects_reaper_leave(const struct thread *t)
{
    if (reaper == t) {
        reaper = NULL;
    }
}
