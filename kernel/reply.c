/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/assert.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>
#include <kernel/thread.h>

/* What a dead right looks like: a type, and no object. */
static const struct cap reply_dead = {.word = OBJECT_REPLY};

l4_err_t reply_park(struct thread *t, uint64_t slot)
{
    struct captab *table = &t->task->table;
    struct thread *caller = t->caller;

    if (slot == 0 || slot >= table->size) {
        return L4_EINVAL;
    }
    if (!captab_free(table, slot)) {
        return L4_EEXIST;
    }
    if (!caller) {
        return L4_ENOENT;
    }
    t->caller = NULL;
    caller->partner = NULL;
    caller->parked = &table->caps[slot];
    *caller->parked = cap_make(caller, OBJECT_REPLY, 0, 0);
    chain_cut(caller, t);
    return L4_OK;
}

struct thread *reply_take(struct cap *cap)
{
    struct thread *caller = cap_target(cap);

    *cap = (struct cap){0};
    if (caller) {
        assert(caller->parked == cap);
        caller->parked = NULL;
    }
    return caller;
}

void reply_move(struct cap *from, struct cap *to)
{
    struct thread *caller = reply_take(from);

    *to = reply_dead;
    if (caller) {
        *to = cap_make(caller, OBJECT_REPLY, 0, 0);
        caller->parked = to;
    }
}

void reply_drop(struct cap *cap)
{
    struct thread *caller = reply_take(cap);

    if (caller) {
        thread_fail(caller, L4_ECANCELED);
    }
}

void reply_abandon(struct thread *caller)
{
    if (caller->parked) {
        *caller->parked = reply_dead;
        caller->parked = NULL;
    }
}
