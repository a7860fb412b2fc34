/* SPDX-License-Identifier: BSD-2-Clause */
/* The user half of address spaces. */
#include <arch/ptab.h>

#include <arch/cpu.h>
#include <arch/mem.h>
#include <kernel/factory.h>
#include <l4/err.h>
#include <l4/fpage.h>

#include "paging.h"
#include "x86.h"

/* A table pair, as an order of pages: entries, then node pointers. */
#define PAIR_ORDER 1u

#define PTE_SUBTABLE (PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED)

static uint64_t *subtable(uint64_t entry)
{
    return phys_to_virt(entry & PTE_ADDRESS);
}

/* Whether a present entry at that level is a leaf and not a table. */
static bool is_leaf(uint64_t entry, unsigned order)
{
    return order == PTAB_ORDER_4K || (entry & PTE_LARGE);
}

static void slot_set(struct ptab_slot *slot, uint64_t *entry, unsigned order)
{
    slot->entry = entry;
    slot->node = order == ORDER_TOP
                     ? NULL
                     : (struct node **)(void *)(entry + TABLE_SIZE);
    slot->order = order;
}

l4_err_t arch_space_init(struct arch_space *s, struct factory *pay)
{
    s->top = factory_pages(pay, 0);
    if (s->top == NULL) {
        return L4_EQUOTA;
    }
    paging_copy_kernel(s->top);
    s->cr3 = virt_to_phys(s->top);
    return L4_OK;
}

/* Frees the tables below the first `count` entries of `table`. The depth is
 * that of the page tables. */
static void tables_free(uint64_t *table, unsigned count, unsigned order,
                        struct factory *pay)
{
    for (unsigned i = 0; i < count; i++) {
        if ((table[i] & PTE_PRESENT) && !is_leaf(table[i], order)) {
            uint64_t *lower = subtable(table[i]);

            tables_free(lower, TABLE_SIZE, order - TABLE_BITS, pay);
            factory_pages_free(pay, lower, PAIR_ORDER);
        }
    }
}

void arch_space_free(struct arch_space *s, struct factory *pay)
{
    struct cpu *cpu = this_cpu();

    if (cpu->cr3 == s->cr3) {
        cpu->cr3 = paging_kernel_cr3();
        write_cr3(cpu->cr3);
    }
    tables_free(s->top, KERNEL_HALF, ORDER_TOP, pay);
    factory_pages_free(pay, s->top, 0);
    s->top = NULL;
    s->cr3 = 0;
}

/* Puts a new table into an empty entry. */
static l4_err_t table_add(uint64_t *entry, struct factory *pay)
{
    uint64_t *table;

    if (pay == NULL) {
        return L4_ENOENT;
    }
    table = factory_pages(pay, PAIR_ORDER);
    if (table == NULL) {
        return L4_EQUOTA;
    }
    *entry = virt_to_phys(table) | PTE_SUBTABLE;
    return L4_OK;
}

l4_err_t arch_ptab_find(struct arch_space *s, uint64_t va, unsigned order,
                        struct factory *pay, struct ptab_slot *out)
{
    unsigned level = ORDER_TOP;
    uint64_t *entry = &s->top[table_index(va, level)];

    while (level > order) {
        bool present = *entry & PTE_PRESENT;

        slot_set(out, entry, level);
        if (present && is_leaf(*entry, level)) {
            return L4_OK;
        }
        if (!present) {
            l4_err_t err = table_add(entry, pay);

            if (err != L4_OK) {
                return err;
            }
        }
        level -= TABLE_BITS;
        entry = &subtable(*entry)[table_index(va, level)];
    }
    slot_set(out, entry, level);
    if ((*entry & PTE_PRESENT) && !is_leaf(*entry, level)) {
        return L4_EEXIST;
    }
    return L4_OK;
}

bool arch_ptab_next(struct arch_space *s, uint64_t *va, struct ptab_slot *out)
{
    uint64_t at = *va;

    while (at < L4_USER_END) {
        uint64_t size;

        if (arch_ptab_find(s, at, PTAB_ORDER_4K, NULL, out) == L4_OK &&
            (*out->entry & PTE_PRESENT)) {
            *va = at;
            return true;
        }
        size = (uint64_t)1 << out->order;
        at = (at & ~(size - 1)) + size;
    }
    return false;
}

bool arch_pte_present(const struct ptab_slot *slot)
{
    return *slot->entry & PTE_PRESENT;
}

/* Accessed and dirty are set from the start: nobody reads them, and so the
 * processor need not write them. */
void arch_pte_make(struct ptab_slot *slot, uint64_t phys, unsigned rights,
                   bool cached)
{
    uint64_t entry = phys | PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_DIRTY;

    if (rights & L4_MEM_W) {
        entry |= PTE_WRITE;
    }
    if (!(rights & L4_MEM_X)) {
        entry |= PTE_NX;
    }
    if (!cached) {
        entry |= PTE_UNCACHED;
    }
    if (slot->order > PTAB_ORDER_4K) {
        entry |= PTE_LARGE;
    }
    *slot->entry = entry;
}

uint64_t arch_pte_phys(const struct ptab_slot *slot)
{
    return *slot->entry & PTE_ADDRESS;
}

unsigned arch_pte_rights(const struct ptab_slot *slot)
{
    uint64_t entry = *slot->entry;
    unsigned rights = L4_MEM_R;

    if (!(entry & PTE_PRESENT)) {
        return 0;
    }
    if (entry & PTE_WRITE) {
        rights |= L4_MEM_W;
    }
    if (!(entry & PTE_NX)) {
        rights |= L4_MEM_X;
    }
    return rights;
}

bool arch_pte_cached(const struct ptab_slot *slot)
{
    return !(*slot->entry & PTE_UNCACHED);
}

void arch_pte_clear(struct ptab_slot *slot)
{
    *slot->entry = 0;
}

void arch_pte_restrict(struct ptab_slot *slot, unsigned rights)
{
    if (!(rights & L4_MEM_R)) {
        arch_pte_clear(slot);
        return;
    }
    if (!(rights & L4_MEM_W)) {
        *slot->entry &= ~PTE_WRITE;
    }
    if (!(rights & L4_MEM_X)) {
        *slot->entry |= PTE_NX;
    }
}

void arch_tlb_flush(struct arch_space *s, uint64_t va)
{
    if (this_cpu()->cr3 == s->cr3) {
        __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
    }
}

void arch_tlb_flush_all(struct arch_space *s)
{
    if (this_cpu()->cr3 == s->cr3) {
        write_cr3(s->cr3);
    }
}
