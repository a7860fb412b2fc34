/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A queue ordered by a 64-bit key: timeouts by deadline, senders by priority
 * and arrival. A pairing heap: adding has constant cost, taking one out is
 * logarithmic, amortised. Pure data structure, no memory of its own.
 */
#ifndef KERNEL_HEAP_H
#define KERNEL_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
    uint64_t key;            /* the smallest is at the root */
    struct heap_node *child; /* first child */
    struct heap_node *next;  /* next sibling */
    struct heap_node **link; /* what points to this one; NULL: not queued */
};

struct heap {
    struct heap_node *root; /* NULL: empty */
};

static inline bool heap_queued(const struct heap_node *n)
{
    return n->link != NULL;
}

/* Adds a node that is not queued, with its key filled in. */
void heap_add(struct heap *h, struct heap_node *n);

/* Takes one out; harmless if it is not queued. */
void heap_remove(struct heap *h, struct heap_node *n);

#endif
