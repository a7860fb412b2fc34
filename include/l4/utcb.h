/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The user-level thread control block: one page per thread, shared with the
 * kernel, at %gs:0. The kernel reads and writes it during IPC and nothing
 * else of user memory. It trusts none of it: counts come from the tag.
 */
#ifndef L4_UTCB_H
#define L4_UTCB_H

#include <l4/fpage.h>
#include <l4/tag.h>

/* Index of the receive windows: kind - 1. */
#define L4_WINDOW_MEM 0
#define L4_WINDOW_IO 1
#define L4_WINDOW_CAP 2
#define L4_WINDOWS 3

typedef struct l4_utcb {
    struct l4_utcb *self;          /* 000 its own address; libl4's to set */
    l4_time_t send_timeout;        /* 008 with L4_TAG_SEND_TIMEOUT */
    l4_time_t wait_timeout;        /* 010 with L4_TAG_WAIT_TIMEOUT */
    l4_fpage_t window[L4_WINDOWS]; /* 018 where items may arrive, by kind */
    uint64_t reserved[2];          /* 030 */
    uint64_t user[24];             /* 040 libl4 and the program; not read */
    l4_item_t items[L4_MSG_ITEMS]; /* 100 typed items, sent and received */
    uint64_t mr[L4_MSG_WORDS];     /* 200 message words; 0-4 are in registers */
    uint8_t free[0x1000 - 0x400];  /* 400 the program's, not read */
} l4_utcb_t;

L4_STATIC_ASSERT(offsetof(l4_utcb_t, window) == 0x18, "UTCB layout");
L4_STATIC_ASSERT(offsetof(l4_utcb_t, user) == 0x40, "UTCB layout");
L4_STATIC_ASSERT(offsetof(l4_utcb_t, items) == 0x100, "UTCB layout");
L4_STATIC_ASSERT(offsetof(l4_utcb_t, mr) == 0x200, "UTCB layout");
L4_STATIC_ASSERT(sizeof(l4_utcb_t) == 0x1000, "UTCB layout");

#endif
