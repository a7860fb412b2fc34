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
    struct list lists[PRIORITIES];
    uint64_t bitmap[PRIORITIES / 64]; /* bit set: that list is not empty */
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

/* Appends one that will be alone in its list; false if it would not be. */
static inline bool ready_add_only(struct ready *r, struct list *link,
                                  unsigned priority)
{
    struct list *head = &r->lists[priority];

    if (!list_empty(head)) {
        return false;
    }
    *link = (struct list){head, head};
    *head = (struct list){link, link};
    r->bitmap[priority / 64] |= 1ull << (priority % 64);
    return true;
}

/* Removes one that is alone in its list; its link is left as it is. */
static inline void ready_remove_only(struct ready *r, struct list *link,
                                     unsigned priority)
{
    list_init(link->next);
    r->bitmap[priority / 64] &= ~(1ull << (priority % 64));
}

/* The first of the highest priority, or NULL. */
static inline struct list *ready_first(const struct ready *r)
{
#pragma GCC unroll 4
    for (unsigned i = PRIORITIES / 64; i-- > 0;) {
        if (r->bitmap[i]) {
            unsigned empty = (unsigned)__builtin_clzll(r->bitmap[i]);
            struct list *first = r->lists[(i * 64 + 63) ^ empty].next;
            if (!first) {
                __builtin_unreachable(); /* spares the caller a look */
            }
            return first;
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
