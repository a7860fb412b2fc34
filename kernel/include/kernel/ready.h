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
void ready_append(struct ready *r, struct list *link, unsigned priority);
void ready_remove(struct ready *r, struct list *link, unsigned priority);

/* The first of the highest priority, or NULL. */
struct list *ready_first(struct ready *r);

/* Whether there is another one besides `link` of its priority. */
bool ready_shared(const struct ready *r, const struct list *link,
                  unsigned priority);

#endif
