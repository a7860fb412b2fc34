/* SPDX-License-Identifier: BSD-2-Clause */
/* The leaves of mapping nodes, and how large ones are split: what taking back
 * stands on. */
#ifndef KERNEL_LEAF_H
#define KERNEL_LEAF_H

#include <arch/ptab.h>

#include <kernel/map.h>

static inline uint64_t node_end(const struct node *n)
{
    return node_base(n) + (1ull << node_order(n));
}

/* The node as that of a split page, or NULL. */
static inline struct node_split *split_of(struct node *n)
{
    return n->where & NODE_SPLIT ? container_of(n, struct node_split, node)
                                 : NULL;
}

/* Takes an entry out of its table. */
static inline void leaf_clear(const struct arch_space *s, uint64_t va,
                              struct ptab_slot *slot)
{
    arch_pte_clear(slot);
    *ptab_node(slot) = NULL;
    arch_tlb_flush(s, va);
}

/* The leaf of a memory node that is not split. */
void leaf_find(const struct node *n, struct ptab_slot *slot);

/* The physical address that a memory node's range starts at. */
uint64_t node_phys(struct node *n);

/* Takes a node out of its list, and frees it. */
void node_free(struct node *n);

/* Splits the leaf of `*n` (which changes) in `slot`, at `va`. L4_EQUOTA. */
l4_err_t node_split(struct node **n, struct ptab_slot *slot, uint64_t va);

#endif
