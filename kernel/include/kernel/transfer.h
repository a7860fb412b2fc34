/* SPDX-License-Identifier: BSD-2-Clause */
/* The contents of a message: words and typed items. */
#ifndef KERNEL_TRANSFER_H
#define KERNEL_TRANSFER_H

#include <l4/tag.h>

#include <kernel/object.h>

struct thread;

/* The words of a message, of which the first five always count. */
void message_load(struct thread *t, uint64_t *words, unsigned count);
void message_store(struct thread *t, const uint64_t *words, unsigned count);

/* Whether a message is well-formed, so far as its tag and items tell:
 * L4_EMSG, L4_E2BIG, L4_EPERM (items without the give right). */
l4_err_t message_check(struct thread *from, l4_tag_t tag, bool may_give);

/* Copies a message, and sets the receiver's tag and label. The sender's tag
 * is told of failed items by the caller: true means all went well. */
bool message_transfer(struct thread *from, struct thread *to, l4_tag_t tag,
                      uint64_t label);

/* The items of a pager's answer go into the faulting task. */
l4_err_t message_map_fault(struct thread *pager, struct thread *to,
                           l4_tag_t tag);

#endif
