/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What generated stubs and every transport below them share: the words that
 * travel in registers, and the context of a call.
 */
#ifndef L4_MESSAGE_H
#define L4_MESSAGE_H

#include <l4/err.h>
#include <l4/fpage.h>
#include <l4/tag.h>

/* For what loses its point if it is a call: the stubs that keep a message in
 * registers. */
#define L4_ALWAYS_INLINE inline __attribute__((always_inline))

/* Words 0 to 4 of a message. Words from 5 on lie in the UTCB's mr[]. Whoever
 * sends must set all five: unused ones are 0, or old values leak. */
typedef struct l4_words {
    uint64_t w[L4_MSG_REGS];
} l4_words_t;

/*
 * How a call is made. A stub given NULL waits for ever and leaves the receive
 * windows as they are. Make one with L4_CTX(), so that what you do not name
 * has its default:
 *
 *     l4_ctx_t ctx = L4_CTX(.caps = l4_fpage_cap(slot, 0, L4_RIGHTS_ALL));
 */
typedef struct l4_ctx {
    l4_time_t timeout; /* bounds the send and the wait for the answer, each;
                        * 0 polls */
    l4_fpage_t caps;   /* where capabilities of the answer may arrive */
    l4_fpage_t mem;    /* where memory of the answer may arrive */
    l4_fpage_t io;     /* which I/O ports may arrive with the answer */
} l4_ctx_t;

/* A context that waits for ever and takes the fields given. */
#define L4_CTX(...)                           \
    {                                         \
        .timeout = L4_TIME_NEVER, __VA_ARGS__ \
    }

/* A context with a timeout, in nanoseconds (see l4_time_t). */
#define L4_CTX_TIMEOUT(t) \
    {                     \
        .timeout = (t)    \
    }

/* Whether a received item brought a flexpage of `kind`. */
static inline bool l4_item_arrived(const l4_item_t *item, unsigned kind)
{
    return item->control == L4_ITEM_MAPPED &&
           l4_fpage_kind(item->fpage) == kind;
}

/* Whether a received item names a capability: one that arrived, or a gate of
 * our own. */
static inline bool l4_item_names_cap(const l4_item_t *item)
{
    return item->control == L4_ITEM_LABEL ||
           l4_item_arrived(item, L4_FPAGE_CAP);
}

/* The slot of such a capability; L4_CAP_NONE for a gate of our own, whose
 * label is in the item. */
static inline l4_cap_t l4_item_slot(const l4_item_t *item)
{
    return item->control == L4_ITEM_LABEL ? L4_CAP_NONE
                                          : l4_fpage_slot(item->fpage);
}

/* A failure, which the compiler cannot see in a function of libl4: it would
 * warn of outputs that were not written. */
static inline l4_err_t l4_failed(l4_err_t err)
{
    return err ? err : L4_EPROTO;
}

#endif
