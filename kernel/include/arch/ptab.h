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

#include <l4/fpage.h>

#include <arch/cpu.h>
#include <arch/mem.h>

struct factory;
struct node;

/* The sizes of a leaf, as orders. */
#define PTAB_ORDER_4K 12u
#define PTAB_ORDER_2M 21u
#define PTAB_ORDER_1G 30u

/* Entries as the processor reads them. */
#define PTE_PRESENT 0x1ull
#define PTE_WRITE 0x2ull
#define PTE_USER 0x4ull
#define PTE_UNCACHED 0x18ull /* PWT and PCD */
#define PTE_ACCESSED 0x20ull
#define PTE_DIRTY 0x40ull
#define PTE_LARGE 0x80ull
#define PTE_GLOBAL 0x100ull
#define PTE_NX (1ull << 63)
#define PTE_ADDRESS 0x000ffffffffff000ull

/* All of a table's entry but its address, and of no other entry. */
#define PTE_TABLE (PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED)

/* Tables have 512 entries. */
#define TABLE_BITS 9u
#define TABLE_SIZE 512u

struct arch_space {
    uint64_t cr3;   /* what the processor loads */
    uint64_t *top;  /* the top table */
    uint64_t freed; /* up to where its tables have been freed */
    uint64_t
        *near; /* the table of smallest leaves that was walked to last ... */
    uint64_t near_index; /* ... whose part of the space this is; ~0: none */
};

/* A place in a page table. */
struct ptab_slot {
    uint64_t *entry;
    unsigned order; /* log2 of the bytes it covers */
};

/* The node pointer beside an entry that is not in the top table. */
static inline struct node **ptab_node(const struct ptab_slot *slot)
{
    return (struct node **)(void *)(slot->entry + TABLE_SIZE);
}

/* An empty space. L4_EQUOTA. */
L4_NODISCARD l4_err_t arch_space_init(struct arch_space *s,
                                      struct factory *pay);

/* Frees tables to `pay`, in which no leaf is left; none of the space's threads
 * is current. False: that was a part of them, call again. */
bool arch_space_free(struct arch_space *s, struct factory *pay);

/* Finds the leaf that covers the user address `va`; false if there is none,
 * and out->order tells how much is missing. */
bool arch_ptab_find(struct arch_space *s, uint64_t va, struct ptab_slot *out);

/*
 * Finds the slot of `order` (a leaf's) that covers `va`; it may be empty.
 * Stops early at a larger leaf: out->order tells. Missing tables are allocated
 * from `pay`, and one that is empty makes room for a large leaf. L4_EQUOTA;
 * L4_EEXIST: the slot holds a table with smaller leaves.
 */
L4_NODISCARD l4_err_t arch_ptab_make(struct arch_space *s, uint64_t va,
                                     unsigned order, struct factory *pay,
                                     struct ptab_slot *out);

/* Finds the leaf or the hole that covers the user address `va`. */
static inline struct ptab_slot arch_ptab_leaf(struct arch_space *s, uint64_t va)
{
    const uint64_t mask = (TABLE_SIZE - 1) * sizeof(uint64_t);
    uint64_t table = (uint64_t)(uintptr_t)s->near;
    uint64_t at;

    if (va >> PTAB_ORDER_2M != s->near_index) {
        table = (uint64_t)(uintptr_t)s->top;
#pragma GCC unroll 3
        for (unsigned order = 39; order > PTAB_ORDER_4K; order -= TABLE_BITS) {
            at = table + (va >> (order - 3) & mask);
            table = *(uint64_t *)(uintptr_t)at + (PHYS_BASE - PTE_TABLE);
            if (table & 0xfff) {
                return (struct ptab_slot){(uint64_t *)(uintptr_t)at, order};
            }
        }
        s->near = (uint64_t *)(uintptr_t)table;
        s->near_index = va >> PTAB_ORDER_2M;
    }
    at = table + (va >> (PTAB_ORDER_4K - 3) & mask);
    return (struct ptab_slot){(uint64_t *)(uintptr_t)at, PTAB_ORDER_4K};
}

/* The place of the smallest leaf that covers the user address `va`, if tables
 * lead there, else NULL. */
static inline uint64_t *arch_ptab_page(struct arch_space *s, uint64_t va)
{
    struct ptab_slot slot = arch_ptab_leaf(s, va);

    return slot.order == PTAB_ORDER_4K ? slot.entry : NULL;
}

/* Replaces a large leaf by a table of leaves one size smaller, all with `node`
 * beside them. L4_EQUOTA. */
L4_NODISCARD l4_err_t arch_ptab_split(struct ptab_slot *slot, struct node *node,
                                      struct factory *pay);

/* Whether 1 GiB leaves can be used; 2 MiB always can. */
bool arch_ptab_has_1g(void);

/* Entries: rights are L4_MEM_*. Any right implies R. */
static inline bool arch_pte_present(const struct ptab_slot *slot)
{
    return *slot->entry & PTE_PRESENT;
}

static inline uint64_t arch_pte_phys(const struct ptab_slot *slot)
{
    return *slot->entry & PTE_ADDRESS;
}

static inline unsigned arch_pte_rights(const struct ptab_slot *slot)
{
    return L4_MEM_R | (*slot->entry & PTE_WRITE ? L4_MEM_W : 0) |
           (*slot->entry & PTE_NX ? 0 : L4_MEM_X);
}

/* Takes away what is not in `rights`, but never reading. */
static inline void arch_pte_restrict(struct ptab_slot *slot, unsigned rights)
{
    uint64_t entry = *slot->entry;

    if (!(rights & L4_MEM_W)) {
        entry &= ~PTE_WRITE;
    }
    if (!(rights & L4_MEM_X)) {
        entry |= PTE_NX;
    }
    *slot->entry = entry;
}

static inline void arch_pte_clear(struct ptab_slot *slot)
{
    *slot->entry = 0;
}

/* Fills an empty slot. */
static inline void arch_pte_make(struct ptab_slot *slot, uint64_t phys,
                                 unsigned rights, bool cached)
{
    *slot->entry = phys | PTE_PRESENT | PTE_USER | PTE_WRITE |
                   (cached ? 0 : PTE_UNCACHED) |
                   (slot->order > PTAB_ORDER_4K ? PTE_LARGE : 0);
    arch_pte_restrict(slot, rights);
}

/* Fills an empty slot with the part of another leaf that starts at `phys`, with
 * no more than `rights`, and uncached if that is or is asked for. */
static inline void arch_pte_derive(struct ptab_slot *slot,
                                   const struct ptab_slot *from, uint64_t phys,
                                   unsigned rights, bool uncached)
{
    uint64_t entry = *from->entry & (PTE_NX | PTE_WRITE | PTE_USER |
                                     PTE_PRESENT | PTE_UNCACHED);

    entry |= phys;
    if (slot->order > PTAB_ORDER_4K) {
        entry |= PTE_LARGE;
    }
    if (uncached) {
        entry |= PTE_UNCACHED;
    }
    if (!(rights & L4_MEM_W)) {
        entry &= ~PTE_WRITE;
    }
    if (!(rights & L4_MEM_X)) {
        entry |= PTE_NX;
    }
    *slot->entry = entry;
}

/* Whether the leaf was used at all, and written: L4_MEM_R, L4_MEM_W. And a
 * new beginning of that. */
static inline unsigned arch_pte_used(const struct ptab_slot *slot)
{
    return (*slot->entry & PTE_ACCESSED ? L4_MEM_R : 0) |
           (*slot->entry & PTE_DIRTY ? L4_MEM_W : 0);
}

static inline void arch_pte_reset_used(struct ptab_slot *slot)
{
    *slot->entry &= ~(PTE_ACCESSED | PTE_DIRTY);
}

/* The bytes from an empty slot to the next used one, or to where the table's
 * next quarter begins. A cache line's eight entries are looked at together. */
static inline uint64_t arch_ptab_gap(const struct ptab_slot *slot)
{
    const uint64_t *e = slot->entry;

    do {
        e++;
        while ((uintptr_t)e % 64 == 0 && (uintptr_t)e % (TABLE_SIZE * 2) &&
               !(e[0] | e[1] | e[2] | e[3] | e[4] | e[5] | e[6] | e[7])) {
            e += 8;
        }
    } while ((uintptr_t)e % (TABLE_SIZE * 2) && !*e);
    return (uint64_t)(e - slot->entry) << slot->order;
}

/* After an entry lost rights: forgets the leaf at `va`. Does nothing if the
 * space is not loaded. */
static inline void arch_tlb_flush(const struct arch_space *s, uint64_t va)
{
    if (this_cpu()->cr3 == s->cr3) {
        __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
    }
}

#endif
