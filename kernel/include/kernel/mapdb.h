/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mapping database: who received what from whom.
 *
 * One node per mapping. The nodes of everything derived from one origin form
 * a list in preorder, each with its depth, so that a node's descendants are
 * those that follow it with a greater depth. Inserting is of constant cost,
 * revoking linear in the subtree. A node whose parent goes first becomes a
 * descendant of the nearest ancestor left, so a subtree can be taken away from
 * its front, without ever descending it.
 *
 * Markers stand in a list for whoever scans it in several steps. They count as
 * descendants of the node before them, whichever that is.
 *
 * Pure data structure: it knows lists and depths, neither tables nor rights.
 */
#ifndef KERNEL_MAPDB_H
#define KERNEL_MAPDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task;

/* Deeper chains of mappings are refused; above is for markers. */
#define MAPDB_DEPTH_MAX 0xfffeull
#define MAPDB_DEPTH_SHIFT 48

/* The node is the head of a struct node_split: see map.h. */
#define NODE_SPLIT 0x100ull

struct node {
    struct node *next; /* in preorder, NULL at the end */
    struct node *prev;
    struct task *task; /* whose table the entry is in */
    uint64_t where;    /* depth << 48 | base | flags | kind << 6 | order */
};

static inline unsigned node_depth(const struct node *n)
{
    return (unsigned)(n->where >> MAPDB_DEPTH_SHIFT);
}

static inline unsigned node_kind(const struct node *n)
{
    return (unsigned)(n->where >> 6) & 3;
}

static inline unsigned node_order(const struct node *n)
{
    return (unsigned)n->where & 0x3f;
}

/* The address, or the slot or port << 12. */
static inline uint64_t node_base(const struct node *n)
{
    return n->where & 0x0000fffffffff000ull;
}

/* Fills a node that is in no list. */
static inline void node_init(struct node *n, struct task *task, unsigned kind,
                             uint64_t base, unsigned order)
{
    n->next = NULL;
    n->prev = NULL;
    n->task = task;
    n->where = (base & 0x0000fffffffff000ull) | (uint64_t)kind << 6 | order;
}

static inline bool node_is_deepest(const struct node *n)
{
    return n->where >= MAPDB_DEPTH_MAX << MAPDB_DEPTH_SHIFT;
}

/* Makes `n` the first child of `parent`, which is not among the deepest. */
static inline void mapdb_link(struct node *parent, struct node *n)
{
    n->where |= (parent->where & ~0ull << MAPDB_DEPTH_SHIFT) +
                (1ull << MAPDB_DEPTH_SHIFT);
    n->next = parent->next;
    n->prev = parent;
    if (n->next) {
        n->next->prev = n;
    }
    parent->next = n;
}

/* The same, or an origin if `parent` is NULL. False if the chain would become
 * too deep. */
static inline bool mapdb_insert(struct node *parent, struct node *n)
{
    if (!parent) {
        return true;
    }
    if (node_is_deepest(parent)) {
        return false;
    }
    mapdb_link(parent, n);
    return true;
}

/* Makes `n` a sibling of `at`, right before it and without descendants. */
static inline void mapdb_insert_before(struct node *at, struct node *n)
{
    n->where |= at->where & ~0ull << MAPDB_DEPTH_SHIFT;
    n->next = at;
    n->prev = at->prev;
    if (n->prev) {
        n->prev->next = n;
    }
    at->prev = n;
}

/* What follows `n` if it is a descendant of `top` or a marker, else NULL. */
static inline struct node *mapdb_next(const struct node *top,
                                      const struct node *n)
{
    struct node *next = n->next;

    return next && node_depth(next) > node_depth(top) ? next : NULL;
}

/* Takes a node that is about to be freed out of its list. */
static inline void mapdb_unlink(const struct node *n)
{
    if (n->prev) {
        n->prev->next = n->next;
    }
    if (n->next) {
        n->next->prev = n->prev;
    }
}

/* Takes a node out of its list. */
static inline void mapdb_remove(struct node *n)
{
    mapdb_unlink(n);
    n->next = NULL;
    n->prev = NULL;
}

/* Puts `n` in the place of `old`, which leaves the list. */
void mapdb_replace(struct node *old, struct node *n);

/* Puts a marker, which is in no list, right behind `n`, in whose name it scans
 * the descendants of `top`. */
void marker_insert(struct node *marker, struct node *n, const struct node *top);

static inline bool node_is_marker(const struct node *n)
{
    return node_depth(n) > MAPDB_DEPTH_MAX;
}

/* The descendants of `top` are taken away, among which the marker stands: it
 * moves out of the way to where its scan will find everything that is left,
 * or ends (marker_valid()) if it scans a part of them. */
void marker_pass(struct node *marker, struct node *top);

/* Whether the marker still stands in the scan of `top`. */
bool marker_valid(const struct node *marker, const struct node *top);

#endif
