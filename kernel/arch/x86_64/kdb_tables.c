/* SPDX-License-Identifier: BSD-2-Clause */
/* The consistency check: page tables as the processor reads them, and what
 * threads keep for it. */
#include <arch/mem.h>
#include <arch/ptab.h>

#include <kernel/task.h>
#include <kernel/thread.h>

#include <kernel/kdb_check.h>

#include "paging.h"

/* What a user's leaf may have set: bits of users' and the address. */
#define LEAF_MASK                                                       \
    (PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_UNCACHED | PTE_ACCESSED | \
     PTE_DIRTY | PTE_NX | PTE_ADDRESS)

static bool is_table(uint64_t entry)
{
    return (entry & (PTE_PRESENT | PTE_LARGE)) == PTE_PRESENT;
}

static void check_entry(struct check *c, uint64_t entry, unsigned order,
                        const struct node *n, struct object *o)
{
    uint64_t allowed = LEAF_MASK | (order > PTAB_ORDER_4K ? PTE_LARGE : 0);

    if (!entry) {
        CHECK(c, !n, o);
        return;
    }
    CHECK(c, !(entry & ~allowed), o);
    CHECK(c, entry & PTE_PRESENT && entry & PTE_USER, o);
    CHECK(c, !(entry & PTE_LARGE) == (order == PTAB_ORDER_4K), o);
    CHECK(c, !(entry & PTE_ADDRESS & ((1ull << order) - 1)), o);
}

/* A table below the top, whose entries cover 1 << order bytes each. */
static void check_table(struct check *c, struct task *t, const uint64_t *table,
                        unsigned order)
{
    struct node *const *nodes =
        (struct node *const *)(const void *)(table + TABLE_SIZE);
    struct object *o = &t->object;

    check_pages(c, o->factory, table, o);
    for (unsigned i = 0; i < TABLE_SIZE; i++) {
        if (order == PTAB_ORDER_4K || !is_table(table[i])) {
            check_entry(c, table[i], order, nodes[i], o);
            continue;
        }
        CHECK(c, (table[i] & ~PTE_ADDRESS) == PTE_TABLE && !nodes[i], o);
        check_table(c, t, phys_to_virt(table[i] & PTE_ADDRESS),
                    order - TABLE_BITS); /* twice at most */
    }
}

void check_tables(struct check *c, struct task *t)
{
    struct object *o = &t->object;
    const uint64_t *kernel = phys_to_virt(paging_kernel_cr3());

    check_pages(c, o->factory, t->space.top, o);
    CHECK(c, t->space.cr3 == virt_to_phys(t->space.top), o);
    for (unsigned i = 0; i < KERNEL_HALF; i++) {
        uint64_t entry = t->space.top[i];
        if (!entry) {
            continue;
        }
        CHECK(c, (entry & ~PTE_ADDRESS) == PTE_TABLE, o);
        check_table(c, t, phys_to_virt(entry & PTE_ADDRESS), PTAB_ORDER_1G);
    }
    for (unsigned i = KERNEL_HALF; i < TABLE_SIZE; i++) {
        CHECK(c, t->space.top[i] == kernel[i], o);
    }
}

void check_thread_space(struct check *c, struct thread *t)
{
    const struct task *task = t->task;
    bool guest = t->status & THREAD_GUEST;
    bool ports = t->status & THREAD_PORTS;

    CHECK(c, t->caps == task->table.caps, &t->object);
    CHECK(c, t->ncaps == task->table.size, &t->object);
    CHECK(c, t->cr3 == (guest ? t->guest : task)->space.cr3, &t->object);
    CHECK(c, ports == (task->io_denied != NULL), &t->object);
    CHECK(c, t->ports == (ports && !guest ? task->io_denied : NULL),
          &t->object);
}
