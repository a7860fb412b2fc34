/* SPDX-License-Identifier: BSD-2-Clause */
/* Page faults and exceptions, as messages to the thread's handlers. */
#ifndef KERNEL_FAULT_H
#define KERNEL_FAULT_H

#include <l4/tag.h>

#include <kernel/object.h>

struct thread;

/* The message of a faulting thread, put together for `to`. */
void fault_message(struct thread *t, struct thread *to);

/* Its handler answered with `tag`; the answer lies in `from`'s registers and
 * UTCB. */
void fault_answer(struct thread *t, struct thread *from, l4_tag_t tag);

/* Its handler will not answer. */
void fault_unanswered(struct thread *t);

#endif
