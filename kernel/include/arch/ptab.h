/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address spaces: page tables, and beside each entry a pointer to the
 * mapping database's node. Every table below the top is a pair of pages: the
 * table, and right behind it 512 node pointers. Nothing here flushes the TLB
 * but the functions named so.
 */
#ifndef ARCH_PTAB_H
#define ARCH_PTAB_H

#include <stdbool.h>
#include <stdint.h>

#include <l4/types.h>

struct factory;
struct node;

/* The sizes of a leaf, as orders. */
#define PTAB_ORDER_4K 12u
#define PTAB_ORDER_2M 21u
#define PTAB_ORDER_1G 30u

struct arch_space {
    uint64_t cr3;  /* what the processor loads */
    uint64_t *top; /* the top table */
};

/* A place in a page table. */
struct ptab_slot {
    uint64_t *entry;
    struct node **node; /* NULL in the top table */
    unsigned order;     /* log2 of the bytes it covers */
};

/* An empty space. L4_EQUOTA. */
L4_NODISCARD l4_err_t arch_space_init(struct arch_space *s,
                                      struct factory *pay);

/* Frees all tables to `pay`. No leaf is left in them, and none of its threads
 * is current. */
void arch_space_free(struct arch_space *s, struct factory *pay);

/*
 * Finds the slot of `order` (a leaf's) that covers the user address `va`.
 * The slot may be empty. Stops early at a larger leaf: out->order tells.
 * Missing tables are allocated from `pay`; if that is NULL, a missing table is
 * L4_ENOENT and out->order the order of what is missing. L4_EEXIST: the slot
 * holds a table with smaller slots. L4_EQUOTA.
 */
L4_NODISCARD l4_err_t arch_ptab_find(struct arch_space *s, uint64_t va,
                                     unsigned order, struct factory *pay,
                                     struct ptab_slot *out);

/* The first present leaf that covers or follows *va, which becomes the
 * leaf's address unless it lies within the leaf. False if there is none. */
bool arch_ptab_next(struct arch_space *s, uint64_t *va, struct ptab_slot *out);

/* Whether 1 GiB leaves can be used; 2 MiB always can. */
bool arch_ptab_has_1g(void);

/* Entries: rights are L4_MEM_*. Any right implies R. */
bool arch_pte_present(const struct ptab_slot *slot);
void arch_pte_make(struct ptab_slot *slot, uint64_t phys, unsigned rights,
                   bool cached);
uint64_t arch_pte_phys(const struct ptab_slot *slot);
unsigned arch_pte_rights(const struct ptab_slot *slot);
bool arch_pte_cached(const struct ptab_slot *slot);
void arch_pte_clear(struct ptab_slot *slot);

/* Takes away what is not in `rights`; without R in them, clears the entry. */
void arch_pte_restrict(struct ptab_slot *slot, unsigned rights);

/* After an entry lost rights: forgets the leaf at `va`, or everything. Does
 * nothing if the space is not loaded. */
void arch_tlb_flush(struct arch_space *s, uint64_t va);
void arch_tlb_flush_all(struct arch_space *s);

#endif
