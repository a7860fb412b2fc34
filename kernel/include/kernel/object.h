/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every kernel object has in common. An object is paid for by the
 * factory that made it and dies with its first capability, or with that
 * factory.
 */
#ifndef KERNEL_OBJECT_H
#define KERNEL_OBJECT_H

#include <l4/err.h>

#include <kernel/list.h>

struct factory;
struct node;
struct thread;

/* Numbered as l4::cap_type. Kept in the low bits of a capability, so objects
 * are aligned to OBJECT_ALIGN. */
enum object_type {
    OBJECT_NONE = 0,
    OBJECT_TASK = 1,
    OBJECT_THREAD = 2,
    OBJECT_GATE = 3,
    OBJECT_SCHED = 4,
    OBJECT_SIGNAL = 5,
    OBJECT_FACTORY = 6,
    OBJECT_DEVICE = 7,
    OBJECT_PORTS = 8,
    OBJECT_CONSOLE = 9,
    OBJECT_REPLY = 10, /* a parked right: its target is the calling thread */
    OBJECT_TRACE = 11
};

#define OBJECT_ALIGN 128

struct object {
    enum object_type type;
    bool dying;              /* its destruction has begun */
    struct factory *factory; /* who pays; NULL for the kernel's own */
    struct list link;        /* in factory->objects, or among the dying */
    struct node *root;       /* of the first capability, or NULL */
};

/* Begins the life of an object, paid for by `f` (NULL: the kernel's own, which
 * never dies). */
void object_init(struct object *o, enum object_type type, struct factory *f);

/* What was killed and not yet destroyed. */
extern struct list objects_dying;

/* The object goes: its destruction is carried out by objects_reap(). */
void object_kill(struct object *o);

/* Destroys what was killed: takes back every capability to it, undoes its
 * links, frees it. Called as long as there is any, before `t` (or nobody)
 * leaves the kernel: the work is that of the thread which killed last, or if
 * that cannot run, of any. True: it is not for `t` to do. */
bool objects_reap(struct thread *t);

/* `t` will not do it. */
void objects_reaper_leave(const struct thread *t);

#endif
