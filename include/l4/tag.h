/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The message tag: one 64-bit word in rax that says what a message is and, on
 * the way into the kernel, which phases the system call has.
 *
 *   63          48 47 46 45      32 31 30 29 28 ... 21 20 18..16 12..8 6..0
 *   [  protocol  ][R  X  operation ][E  K  i  s      RT ST  phase items words]
 *
 * R: this is a reply. X: it raises an error; word 0 holds the code.
 * E, K, i and s are set by the kernel alone; a request with one of them is
 * refused with L4_EINVAL. A receiver sees phase and timeout bits as 0.
 */
#ifndef L4_TAG_H
#define L4_TAG_H

#include <l4/types.h>

typedef uint64_t l4_tag_t;

#define L4_TAG_NONE ((l4_tag_t)0)

/* How much a message can hold, and how much of it travels in registers. */
#define L4_MSG_WORDS 64
#define L4_MSG_REGS 5
#define L4_MSG_ITEMS 16

#define L4_TAG_WORDS_MASK ((l4_tag_t)0x7f)
#define L4_TAG_ITEMS_SHIFT 8
#define L4_TAG_ITEMS_MASK ((l4_tag_t)0x1f << L4_TAG_ITEMS_SHIFT)
#define L4_TAG_PHASE_SHIFT 16
#define L4_TAG_PHASE_MASK ((l4_tag_t)7 << L4_TAG_PHASE_SHIFT)

/* The phases of a system call. Destination: rdi. Parking is the absence of
 * any: the right to answer the caller goes into the slot that rdi names. To
 * halt is to block without a partner. */
#define L4_PHASE_PARK ((l4_tag_t)0)
#define L4_PHASE_SEND ((l4_tag_t)1 << L4_TAG_PHASE_SHIFT)
#define L4_PHASE_WAIT ((l4_tag_t)2 << L4_TAG_PHASE_SHIFT)
#define L4_PHASE_CALL ((l4_tag_t)3 << L4_TAG_PHASE_SHIFT)
#define L4_PHASE_REPLY ((l4_tag_t)4 << L4_TAG_PHASE_SHIFT)
#define L4_PHASE_REPLY_WAIT ((l4_tag_t)5 << L4_TAG_PHASE_SHIFT)
#define L4_PHASE_RESUME ((l4_tag_t)6 << L4_TAG_PHASE_SHIFT) /* l4/vcpu.h */
#define L4_PHASE_HALT ((l4_tag_t)7 << L4_TAG_PHASE_SHIFT)

/* The UTCB's timeout bounds that phase; without the bit it waits for ever. */
#define L4_TAG_SEND_TIMEOUT ((l4_tag_t)1 << 20)
#define L4_TAG_WAIT_TIMEOUT ((l4_tag_t)1 << 21)

/* Set by the kernel alone. */
#define L4_TAG_SENT_ITEM_ERR ((l4_tag_t)1 << 28) /* an item we sent failed */
#define L4_TAG_ITEM_ERR ((l4_tag_t)1 << 29)      /* an item for us failed */
#define L4_TAG_KERNEL ((l4_tag_t)1 << 30)        /* the kernel itself sent it */
#define L4_TAG_ERROR ((l4_tag_t)1 << 31)         /* the IPC failed */
#define L4_TAG_KERNEL_BITS ((l4_tag_t)0xf << 28)

/* What a sender may set in the low half beside words and items. */
#define L4_TAG_REQUEST_BITS                                      \
    (L4_TAG_WORDS_MASK | L4_TAG_ITEMS_MASK | L4_TAG_PHASE_MASK | \
     L4_TAG_SEND_TIMEOUT | L4_TAG_WAIT_TIMEOUT)

/* Words, items, phase, timeouts and the kernel's bits. */
#define L4_TAG_LOW_MASK ((l4_tag_t)0xffffffff)

#define L4_TAG_OP_SHIFT 32
#define L4_TAG_OP_MASK ((l4_tag_t)0x3fff << L4_TAG_OP_SHIFT)
#define L4_TAG_RAISED ((l4_tag_t)1 << 46)
#define L4_TAG_REPLY ((l4_tag_t)1 << 47)
#define L4_TAG_PROTO_SHIFT 48

/* A request of `op` in `proto` with that many words and items. Constant if
 * its arguments are. */
#define L4_TAG(proto, op, words, items)          \
    (((l4_tag_t)(proto) << L4_TAG_PROTO_SHIFT) | \
     ((l4_tag_t)(op) << L4_TAG_OP_SHIFT) |       \
     ((l4_tag_t)(items) << L4_TAG_ITEMS_SHIFT) | (l4_tag_t)(words))

/* Protocol numbers below this one are the kernel's. */
#define L4_PROTO_USER 256

static inline unsigned l4_tag_words(l4_tag_t tag)
{
    return (unsigned)(tag & L4_TAG_WORDS_MASK);
}

static inline unsigned l4_tag_items(l4_tag_t tag)
{
    return (unsigned)((tag & L4_TAG_ITEMS_MASK) >> L4_TAG_ITEMS_SHIFT);
}

static inline unsigned l4_tag_op(l4_tag_t tag)
{
    return (unsigned)((tag & L4_TAG_OP_MASK) >> L4_TAG_OP_SHIFT);
}

static inline unsigned l4_tag_proto(l4_tag_t tag)
{
    return (unsigned)(tag >> L4_TAG_PROTO_SHIFT);
}

/* The tag of a failed IPC: the operation field carries the code. */
static inline l4_tag_t l4_tag_error(l4_err_t err)
{
    return L4_TAG_ERROR | L4_TAG_KERNEL |
           (((l4_tag_t)(uint32_t)-err << L4_TAG_OP_SHIFT) & L4_TAG_OP_MASK);
}

/* The error of an IPC as its tag tells it: 0, or a negative code. */
static inline l4_err_t l4_tag_err(l4_tag_t tag)
{
    return (tag & L4_TAG_ERROR) ? -(l4_err_t)l4_tag_op(tag) : 0;
}

#endif
