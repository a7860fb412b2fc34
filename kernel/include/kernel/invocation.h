/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The invocation of a kernel object: what the decoding that l4idl generates
 * works on. The words are a copy that no one else can change.
 */
#ifndef KERNEL_INVOCATION_H
#define KERNEL_INVOCATION_H

#include <l4/err.h>

#include <l4/utcb.h>

#include <arch/cpu.h>
#include <arch/regs.h>

#include <kernel/map.h>

struct device;
struct factory;
struct gate;
struct sched;
struct signal;
struct thread;

struct invocation {
    l4_tag_t tag;    /* of the request */
    l4_tag_t reply;  /* of the reply, for dispatch to set */
    uint32_t rights; /* of the invoked capability */
    uint32_t slot;   /* of the invoked capability */
    uint64_t label;  /* what stands above its rights */
    struct thread *caller;
    uint64_t *w;            /* words: of the request, then of the reply */
    const l4_item_t *items; /* of the request */
    struct cap_dest dest;   /* where a created object goes */
};

/* `t` invokes the object behind `cap`, which is not a gate: runs the
 * operation. The reply is in the thread's registers and UTCB unless
 * `no_reply`. */
void invoke(struct thread *t, uint32_t slot, const struct cap *cap,
            l4_tag_t tag, bool no_reply);

/* The slot that capability argument `item` names. */
uint32_t invocation_slot(const struct invocation *inv, unsigned item);

/* Capability arguments, resolved: L4_ENOCAP if the slot holds nothing of that
 * type, L4_EPERM without all of `rights`. */
l4_err_t invocation_get_task(const struct invocation *inv, unsigned item,
                             unsigned rights, struct task **out);
l4_err_t invocation_get_thread(const struct invocation *inv, unsigned item,
                               unsigned rights, struct thread **out);
l4_err_t invocation_get_gate(const struct invocation *inv, unsigned item,
                             unsigned rights, struct gate **out);
l4_err_t invocation_get_sched(const struct invocation *inv, unsigned item,
                              unsigned rights, struct sched **out);
l4_err_t invocation_get_signal(const struct invocation *inv, unsigned item,
                               unsigned rights, struct signal **out);

/* Where the `out`th created capability goes: a free slot in the caller's
 * window. L4_EWINDOW, L4_EEXIST. */
l4_err_t invocation_dest(struct invocation *inv, unsigned out,
                         struct cap_dest **dest);

/*
 * System calls with a short way: they name a kernel object, and their tag as a
 * whole says what is wanted. The entry code calls their decoding with the
 * message words where they are, in registers, before it has saved those that C
 * keeps. They take and return scalars. What they return is
 *
 * - the reply's tag and first word, if nobody else is to run;
 * - kernel_short_leave(), the thread that goes on, if it may be another: the
 *   reply is in the frame of the current one then, or that waits;
 * - kernel_short_decline(), if this is nothing for a short way after all, and
 *   nothing has been changed: the general way is taken.
 */
struct kernel_short_reply {
    l4_tag_t tag; /* or a thread, which is negative; 0: declined */
    uint64_t word;
};

struct kernel_short {
    /* Of the request, complete, less the phase of a call; 0: there is none. */
    l4_tag_t tag;
    struct kernel_short_reply (*run)(void *self, uint64_t w0, uint64_t w1,
                                     uint64_t label, uint64_t w2, uint64_t w3);
};

static inline struct kernel_short_reply kernel_short_leave(struct thread *t)
{
    struct kernel_short_reply leave = {.tag = (uintptr_t)t};

    return leave;
}

/* `w0` up are what it was called with. */
static inline struct kernel_short_reply
kernel_short_decline(uint64_t w0, uint64_t w1, uint64_t w2)
{
    arch_msg_store(current_thread(), (const uint64_t[L4_MSG_REGS]){w0, w1, w2});
    return (struct kernel_short_reply){0};
}

/* Those of a type, by operation number modulo 64. */
#define KERNEL_SHORTS 64

struct kernel_shorts {
    struct kernel_short ops[KERNEL_SHORTS];
};

#define KERNEL_SHORT(name)                                               \
    struct kernel_short_reply name(void *self, uint64_t w0, uint64_t w1, \
                                   uint64_t label, uint64_t w2, uint64_t w3)

/* task.map and task.unmap of one entry, when that is a page and nothing is
 * special about it; signal.raise, and acknowledging a signal before waiting. */
KERNEL_SHORT(task_map_short);
KERNEL_SHORT(task_unmap_short);
KERNEL_SHORT(signal_raise_short);
KERNEL_SHORT(signal_wait_short);

/* Before the first system call. */
void invoke_init(void);

/* By object type. */
extern const struct kernel_shorts *const kernel_shorts[16];

#endif
