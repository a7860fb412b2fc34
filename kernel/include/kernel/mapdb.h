/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mapping database: who received what from whom.
 *
 * One node per table entry. The nodes of everything derived from one origin
 * form a list in preorder, each with its depth, so that a node's descendants
 * are those that follow it with a greater depth. Inserting is of constant
 * cost, revoking linear in the subtree. Pure data structure: it knows lists
 * and depths, neither tables nor rights.
 */
#ifndef KERNEL_MAPDB_H
#define KERNEL_MAPDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task;

/* Deeper chains of mappings are refused. */
#define MAPDB_DEPTH_MAX 0xfffeu

struct node {
    struct node *next; /* in preorder, NULL at the end */
    struct node *prev;
    struct task *task; /* whose table the entry is in */
    uint64_t where;    /* depth << 48 | base | kind << 6 | order */
};

static inline unsigned node_depth(const struct node *n)
{
    return (unsigned)(n->where >> 48);
}

static inline unsigned node_kind(const struct node *n)
{
    return (unsigned)(n->where >> 6) & 3;
}

static inline unsigned node_order(const struct node *n)
{
    return (unsigned)n->where & 0x3f;
}

/* The address, or the slot << 12. */
static inline uint64_t node_base(const struct node *n)
{
    return n->where & 0x0000fffffffff000ull;
}

/* Fills a node that is in no list. */
void node_init(struct node *n, struct task *task, unsigned kind, uint64_t base,
               unsigned order);

/* Makes `n` the first child of `parent`, or an origin if that is NULL. False
 * if the chain would become too deep. */
bool mapdb_insert(struct node *parent, struct node *n);

/* Puts `n` in the place of `old`, which leaves the list. */
void mapdb_replace(struct node *old, struct node *n);

/* The node after `n` if it is a descendant of `top`, else NULL. */
struct node *mapdb_next(const struct node *top, const struct node *n);

/* Takes a node without descendants out of its list. */
void mapdb_remove(struct node *n);

#endif
