/* SPDX-License-Identifier: BSD-2-Clause */
/* Synchronous IPC, the way that takes every case. */
#ifndef KERNEL_IPC_H
#define KERNEL_IPC_H

#include <l4/tag.h>

#include <kernel/object.h>

struct cap;
struct gate;
struct thread;

/*
 * `t` calls or sends through a gate capability: its message goes to the
 * gate's thread at once if that waits, else `t` queues. For faults `t` sends
 * what fault.h describes. An error means that nothing has happened.
 */
l4_err_t ipc_send(struct thread *t, const struct cap *cap, bool call,
                  l4_time_t timeout);

/* The open wait of `t`, with the timeout that the tag tells of. */
void ipc_wait(struct thread *t, l4_tag_t tag);

/* Whether something for `t`, which is about to wait, is there: then it has
 * arrived, and `t` is ready. */
bool ipc_receive(struct thread *t);

#endif
