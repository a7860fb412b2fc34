/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ready queue: a list per priority and a bitmap of those that are not
 * empty. All operations have constant cost. Pure data structure.
 */
#ifndef KERNEL_READY_H
#define KERNEL_READY_H

#include <kernel/list.h>

#define PRIORITIES 256

struct ready {
    uint64_t bitmap[PRIORITIES / 64]; /* bit set: that list is not empty */
    struct list lists[PRIORITIES];
};

void ready_init(struct ready *r);

static inline void ready_append(struct ready *r, struct list *link,
                                unsigned priority)
{
    list_append(&r->lists[priority], link);
    r->bitmap[priority / 64] |= 1ull << (priority % 64);
}

static inline void ready_remove(struct ready *r, struct list *link,
                                unsigned priority)
{
    list_remove(link);
    if (list_empty(&r->lists[priority])) {
        r->bitmap[priority / 64] &= ~(1ull << (priority % 64));
    }
}

/* The first of the highest priority, or NULL. */
static inline struct list *ready_first(const struct ready *r)
{
#pragma GCC unroll 4
    for (unsigned i = PRIORITIES / 64; i-- > 0;) {
        if (r->bitmap[i]) {
            unsigned bit = 63 - (unsigned)__builtin_clzll(r->bitmap[i]);
            return r->lists[i * 64 + bit].next;
        }
    }
    return NULL;
}

/* Whether `link`, which is queued, has another one besides it. */
static inline bool ready_shared(const struct list *link)
{
    return link->next != link->prev;
}

#endif
