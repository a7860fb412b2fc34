/* SPDX-License-Identifier: BSD-2-Clause */
/* A point in time at which something is to be done. */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <kernel/heap.h>

struct timer {
    struct heap_node node;            /* its key is the deadline, ns */
    void (*expired)(struct timer *t); /* called once it has passed */
};

static inline bool timer_is_set(const struct timer *t)
{
    return heap_queued(&t->node);
}

#endif
