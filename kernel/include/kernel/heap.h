/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A queue ordered by a 64-bit key: timers by deadline, senders by priority
 * and arrival. A leftist heap: the way down to the right is at most
 * logarithmic in length, so that adding and taking out any node are
 * logarithmic too, every time and not on average. Pure data structure, no
 * memory of its own.
 */
#ifndef KERNEL_HEAP_H
#define KERNEL_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
    uint64_t key;           /* the smallest is at the root */
    struct heap_node *left; /* the deeper one of its children */
    struct heap_node *right;
    struct heap_node *parent; /* NULL: the root, or not queued */
    uint32_t rank;            /* nodes on the way to the right; 0: not queued */
};

struct heap {
    struct heap_node *root; /* NULL: empty */
};

static inline bool heap_queued(const struct heap_node *n)
{
    return n->rank != 0;
}

/* Adds a node that is not queued, with its key filled in. */
void heap_add(struct heap *h, struct heap_node *n);

/* Takes one out; harmless if it is not queued. */
void heap_remove(struct heap *h, struct heap_node *n);

#endif
