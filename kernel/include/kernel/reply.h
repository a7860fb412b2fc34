/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parked reply rights: capabilities that answer one call, once. They can be
 * moved but not copied, and need no node: the caller knows the only slot that
 * holds its own. If it gives up, the right stays there, dead.
 */
#ifndef KERNEL_REPLY_H
#define KERNEL_REPLY_H

#include <l4/types.h>

#include <kernel/cap.h>

struct thread;

/* Moves the right to answer the caller of `t` into a slot of its table.
 * L4_ENOENT: there is no one to answer; L4_EEXIST, L4_EINVAL: the slot. */
l4_err_t reply_park(struct thread *t, uint64_t slot);

/* Takes the right out of its slot: whom to answer, or NULL if it is dead. */
struct thread *reply_take(struct cap *cap);

/* Moves the right to an empty slot's place. */
void reply_move(struct cap *from, struct cap *to);

/* The slot is emptied: who still waits for that answer fails. */
void reply_drop(struct cap *cap);

/* The caller waits no longer: its right, if parked, is dead. */
void reply_abandon(struct thread *caller);

#endif
