/* SPDX-License-Identifier: BSD-2-Clause */
/* Synchronous IPC, the way that takes every case: messages, what they contain,
 * the faults that the kernel sends for a thread, and parked reply rights. */
#ifndef KERNEL_IPC_H
#define KERNEL_IPC_H

#include <l4/tag.h>

#include <kernel/cap.h>

struct gate;
struct thread;

/*
 * `t` calls or sends through a gate capability: its message goes to the
 * gate's thread at once if that waits, else `t` queues. For faults `t` sends
 * what fault_message() puts together. An error means that nothing has happened.
 */
l4_err_t ipc_send(struct thread *t, const struct cap *cap, l4_time_t timeout);

/* The open wait of `t`, with the timeout that the tag tells of. */
void ipc_wait(struct thread *t, l4_tag_t tag);

/* Whether something for `t`, which is about to wait, is there: then it has
 * arrived, and `t` is ready. */
bool ipc_receive(struct thread *t);

/* The words of a message, of which the first five always count. */
void message_load(struct thread *t, uint64_t *words, unsigned count);
void message_store(struct thread *t, const uint64_t *words, unsigned count);

/* Whether a message is well-formed, so far as its tag and items tell:
 * L4_EMSG, L4_E2BIG, L4_EPERM (items without the give right). */
l4_err_t message_check(struct thread *from, l4_tag_t tag, bool may_give);

/* The words of a message arrive, its tag and its label; and that an item
 * failed, if the sender's status says so. */
void message_arrive(struct thread *from, struct thread *to);

/* Passes on what is left of a message's items, as `worker->transfer` tells,
 * the worker being one of the two. A failed one is noted in the sender's
 * status. False: not yet all, call again. */
bool message_items(struct thread *worker, struct thread *from,
                   struct thread *to);

/* The items that are left will not come. */
void message_drop_items(const struct thread *worker, struct thread *from,
                        struct thread *to);

/* Goes on with the transfer of `t`, whose turn it is, and then with the phase
 * of its system call that this was a part of; or returns because another thread
 * is to run now. */
void ipc_go_on(struct thread *t);

/* `t` leaves a transfer that it is a part of: whoever was to get the message
 * gets it, with those items failed that have not been passed on, and whoever
 * was to be rid of one learns `err`. */
void ipc_break(struct thread *t, l4_err_t err);

/* The message of a faulting thread, put together for `to`. */
void fault_message(struct thread *t, struct thread *to);

/* Its handler answered: the answer lies in `from`'s registers and UTCB, and its
 * items have been passed on, or failed. */
void fault_answer(struct thread *t, struct thread *from);

/* Its handler will not answer. */
void fault_unanswered(struct thread *t);

/*
 * Parked reply rights: capabilities that answer one call, once. They can be
 * moved but not copied, and need no node: the caller knows the only slot that
 * holds its own. If it gives up, the right stays there, dead.
 */

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
