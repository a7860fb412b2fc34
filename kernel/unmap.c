/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/err.h>

#include <arch/ptab.h>

#include <kernel/assert.h>
#include <kernel/factory.h>
#include <kernel/map.h>
#include <kernel/reply.h>

/* Takes the memory entry of a node out of its table. */
static void entry_clear_memory(const struct node *n)
{
    struct ptab_slot slot;
    l4_err_t err = arch_ptab_find(&n->task->space, node_base(n), node_order(n),
                                  NULL, &slot);

    assert(!err && *slot.node == n);
    arch_pte_clear(&slot);
    *slot.node = NULL;
    arch_tlb_flush(&n->task->space, node_base(n));
}

/* Takes the capability of a node out of its table. The first one of an
 * object takes the object along. */
static void entry_clear_cap(const struct node *n)
{
    struct captab *table = &n->task->table;
    uint32_t slot = (uint32_t)(node_base(n) >> 12);

    assert(table->nodes[slot] == n);
    if (node_depth(n) == 0) {
        struct object *o = cap_object(&table->caps[slot]);
        o->root = NULL;
        object_kill(o);
    }
    captab_clear(table, slot);
}

/* Removes a node without descendants, and its entry. */
static void node_drop(struct node *n)
{
    if (node_kind(n) == L4_FPAGE_MEM) {
        entry_clear_memory(n);
    } else {
        entry_clear_cap(n);
    }
    mapdb_remove(n);
    factory_block_free(n);
}

/* The last of the descendants that directly follow `n` downwards: one that
 * has none itself. */
static struct node *first_leaf(struct node *n)
{
    struct node *child;

    while ((child = mapdb_next(n, n))) {
        n = child;
    }
    return n;
}

void node_revoke(struct node *n, bool self)
{
    struct node *leaf;

    /* Descending from where the last one was keeps this linear. */
    for (leaf = first_leaf(n); leaf != n;) {
        struct node *prev = leaf->prev;
        node_drop(leaf);
        leaf = first_leaf(prev);
    }
    if (self) {
        node_drop(n);
    }
}

/* The physical address that a node maps. */
static uint64_t node_phys(const struct node *n)
{
    struct ptab_slot slot;
    l4_err_t err = arch_ptab_find(&n->task->space, node_base(n), node_order(n),
                                  NULL, &slot);

    assert(!err);
    return arch_pte_phys(&slot);
}

/* Revokes those descendants of a large page that lie in a part of it. */
static void node_revoke_part(struct node *top, uint64_t phys, uint64_t size)
{
    struct node *n = mapdb_next(top, top);

    while (n) {
        uint64_t start = node_phys(n);
        uint64_t end = start + (1ull << node_order(n));
        struct node *prev = n->prev;
        if (start < phys + size && phys < end) {
            node_revoke(n, true);
            n = mapdb_next(top, prev);
        } else {
            n = mapdb_next(top, n);
        }
    }
}

static void node_restrict(struct node *n, unsigned rights)
{
    struct ptab_slot slot;
    l4_err_t err = arch_ptab_find(&n->task->space, node_base(n), node_order(n),
                                  NULL, &slot);

    assert(!err);
    arch_pte_restrict(&slot, rights);
    arch_tlb_flush(&n->task->space, node_base(n));
}

/* Takes rights, but not reading, from a node's descendants, and itself. */
static void node_weaken(struct node *top, unsigned rights, bool self)
{
    for (struct node *n = mapdb_next(top, top); n; n = mapdb_next(top, n)) {
        node_restrict(n, rights);
    }
    if (self) {
        node_restrict(top, rights);
    }
}

/* One leaf of the range from `start` to `end`. */
static void unmap_leaf(struct ptab_slot *slot, uint64_t va, uint64_t start,
                       uint64_t end, unsigned take, bool self)
{
    struct node *n = *slot->node;
    uint64_t leaf = va & ~((1ull << slot->order) - 1);

    if (!n) {
        return; /* a UTCB: not to be unmapped */
    }
    if (!(take & L4_MEM_R)) {
        node_weaken(n, L4_RIGHTS_ALL & ~take, self);
        return;
    }
    if (!self && (start > leaf || end < leaf + (1ull << slot->order))) {
        uint64_t from = start > leaf ? start : leaf;
        uint64_t size = end - from;
        node_revoke_part(n, arch_pte_phys(slot) + (from - leaf), size);
        return;
    }
    node_revoke(n, self);
}

static void unmap_memory(struct task *task, l4_fpage_t fpage, bool self)
{
    uint64_t va = l4_fpage_base(fpage);
    uint64_t end = va + (1ull << l4_fpage_order(fpage));
    uint64_t start = va;
    struct ptab_slot slot;

    if (end > L4_USER_END) {
        end = L4_USER_END;
    }
    while (va < end && arch_ptab_next(&task->space, &va, &slot) && va < end) {
        uint64_t next =
            (va & ~((1ull << slot.order) - 1)) + (1ull << slot.order);
        unmap_leaf(&slot, va, start, end, l4_fpage_rights(fpage), self);
        va = next;
    }
}

static void unmap_caps(struct task *task, l4_fpage_t fpage, bool self)
{
    uint64_t slot = l4_fpage_base(fpage) >> 12;
    uint64_t end = slot + (1ull << l4_fpage_order(fpage));

    if (end > task->table.size) {
        end = task->table.size;
    }
    for (; slot < end; slot++) {
        struct node *n = task->table.nodes[slot];
        struct cap *cap = &task->table.caps[slot];
        if (n) {
            node_revoke(n, self);
        } else if (self && cap_type(cap) == OBJECT_REPLY) {
            reply_drop(cap); /* it has no node */
        }
    }
}

l4_err_t unmap_flexpage(struct task *task, l4_fpage_t fpage, bool self)
{
    unsigned order = l4_fpage_order(fpage);
    uint64_t base = l4_fpage_base(fpage);

    if (l4_fpage_kind(fpage) == L4_FPAGE_MEM) {
        if (order < L4_PAGE_ORDER || order > 47 ||
            base & ((1ull << order) - 1) || base >= L4_USER_END) {
            return L4_EINVAL;
        }
        unmap_memory(task, fpage, self);
        return L4_OK;
    }
    if (l4_fpage_kind(fpage) == L4_FPAGE_CAP) {
        if (order > 16 || (base >> 12) & ((1ull << order) - 1)) {
            return L4_EINVAL;
        }
        unmap_caps(task, fpage, self);
        return L4_OK;
    }
    return L4_EINVAL;
}
