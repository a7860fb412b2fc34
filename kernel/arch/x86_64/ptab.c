/* SPDX-License-Identifier: BSD-2-Clause */
/* The user half of address spaces. */
#include <arch/ptab.h>

#include <arch/cpu.h>
#include <arch/mem.h>
#include <kernel/factory.h>
#include <l4/err.h>

#include "paging.h"
#include "x86.h"

/* A table pair, as an order of pages: entries, then node pointers. */
#define PAIR_ORDER 1u

static uint64_t *subtable(uint64_t entry)
{
    return phys_to_virt(entry - PTE_TABLE);
}

/* Whether an entry above the smallest size names a table. */
static inline bool is_table(uint64_t entry)
{
    return (entry & (PTE_PRESENT | PTE_LARGE)) == PTE_PRESENT;
}

l4_err_t arch_space_init(struct arch_space *s, struct factory *pay)
{
    s->top = factory_pages(pay, 0);
    if (s->top == NULL) {
        return L4_EQUOTA;
    }
    paging_copy_kernel(s->top);
    s->cr3 = virt_to_phys(s->top);
    s->near_index = ~0ull;
    return L4_OK;
}

/* Frees the table that an entry names. */
static void table_free(uint64_t *entry, struct factory *pay)
{
    uint64_t *table = subtable(*entry);

    *entry = 0;
    factory_pages_free_clean(pay, table, PAIR_ORDER);
}

bool arch_space_free(struct arch_space *s, struct factory *pay)
{
    struct ptab_slot slot = {&s->top[table_index(s->freed, ORDER_TOP)],
                             ORDER_TOP};
    uint64_t *above[2]; /* the entries of the tables on the way */
    unsigned depth = 0;

    s->near_index = ~0ull;
    if (this_cpu()->cr3 == s->cr3) {
        this_cpu()->cr3 = paging_kernel_cr3();
        write_cr3(this_cpu()->cr3);
    }
    if (table_index(s->freed, ORDER_TOP) == KERNEL_HALF) {
        factory_pages_free(pay, s->top, 0);
        return true;
    }
    while (slot.order > PTAB_ORDER_2M && is_table(*slot.entry)) {
        above[depth++] = slot.entry;
        slot.order -= TABLE_BITS;
        slot.entry = &subtable(*slot.entry)[table_index(s->freed, slot.order)];
    }
    if (is_table(*slot.entry)) {
        table_free(slot.entry, pay);
    }
    s->freed += arch_ptab_gap(&slot);
    /* The tables that end here. */
    while (depth > 0 && s->freed % (1ull << (slot.order + TABLE_BITS)) == 0) {
        slot.order += TABLE_BITS;
        table_free(above[--depth], pay);
    }
    return false;
}

bool arch_ptab_find(struct arch_space *s, uint64_t va, struct ptab_slot *out)
{
    *out = arch_ptab_leaf(s, va);
    return *out->entry & PTE_PRESENT;
}

static bool table_is_empty(const uint64_t *table)
{
    uint64_t any = 0;

    for (const uint64_t *e = table; e < table + TABLE_SIZE; e += 8) {
        any |= e[0] | e[1] | e[2] | e[3] | e[4] | e[5] | e[6] | e[7];
    }
    this_cpu()->work += 8; /* see preempt_point() */
    return any == 0;
}

/* A table instead of an empty entry. */
static l4_err_t table_add(uint64_t *entry, struct factory *pay)
{
    uint64_t *table = factory_pages(pay, PAIR_ORDER);

    if (table == NULL) {
        return L4_EQUOTA;
    }
    *entry = virt_to_phys(table) | PTE_TABLE;
    return L4_OK;
}

l4_err_t arch_ptab_make(struct arch_space *s, uint64_t va, unsigned order,
                        struct factory *pay, struct ptab_slot *out)
{
    unsigned level = ORDER_TOP;
    uint64_t *entry = &s->top[table_index(va, level)];

    while (level > order) {
        if (!is_table(*entry)) {
            if (*entry != 0) {
                break; /* a larger leaf */
            }
            l4_err_t err = table_add(entry, pay);

            if (err != L4_OK) {
                return err;
            }
        }
        level -= TABLE_BITS;
        entry = &subtable(*entry)[table_index(va, level)];
    }
    out->entry = entry;
    out->order = level;
    if (level == PTAB_ORDER_4K || !is_table(*entry)) {
        return L4_OK;
    }

    uint64_t *table = subtable(*entry);

    if (!table_is_empty(table)) {
        return L4_EEXIST;
    }
    *entry = 0;
    s->near_index = ~0ull;
    arch_tlb_flush(s, va);
    factory_pages_free_clean(pay, table, PAIR_ORDER);
    return L4_OK;
}

l4_err_t arch_ptab_split(struct ptab_slot *slot, struct node *node,
                         struct factory *pay)
{
    uint64_t *table = factory_pages(pay, PAIR_ORDER);
    struct node **nodes = (struct node **)(void *)(table + TABLE_SIZE);
    unsigned order = slot->order - TABLE_BITS;
    uint64_t entry = *slot->entry;
    uint64_t size = 1ull << order;

    if (table == NULL) {
        return L4_EQUOTA;
    }
    if (order == PTAB_ORDER_4K) {
        entry &= ~PTE_LARGE;
    }
    /* Four at a time: this is the longest loop that is not preempted. */
    for (unsigned i = 0; i < TABLE_SIZE; i += 4, entry += 4 * size) {
        table[i] = entry;
        table[i + 1] = entry + size;
        table[i + 2] = entry + 2 * size;
        table[i + 3] = entry + 3 * size;
        nodes[i] = nodes[i + 1] = nodes[i + 2] = nodes[i + 3] = node;
    }
    *slot->entry = virt_to_phys(table) | PTE_TABLE;
    *ptab_node(slot) = NULL;
    return L4_OK;
}
