/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/err.h>
#include <l4/tag.h>

#include <arch/ptab.h>

#include <kernel/assert.h>
#include <kernel/factory.h>
#include <kernel/map.h>
#include <kernel/reply.h>

unsigned map_entries(l4_fpage_t fpage)
{
    unsigned order = l4_fpage_order(fpage);
    unsigned too_many = L4_MSG_ITEMS + 1;

    switch (l4_fpage_kind(fpage)) {
    case L4_FPAGE_MEM:
        if (order < L4_PAGE_ORDER || order > L4_PAGE_ORDER + 4) {
            return too_many;
        }
        return 1u << (order - L4_PAGE_ORDER);
    case L4_FPAGE_CAP: return order > 4 ? too_many : 1u << order;
    default: return too_many;
    }
}

/* A node for an entry of `task`, paid for by its factory. */
static struct node *node_new(struct task *task, unsigned kind, uint64_t base,
                             unsigned order)
{
    struct node *n = factory_block(task->object.factory, sizeof(*n));

    if (n) {
        node_init(n, task, kind, base, order);
    }
    return n;
}

/* Links `n` below `parent`, or in its place if the entry is granted. */
static l4_err_t node_link(struct node *parent, struct node *n, bool grant)
{
    if (grant) {
        mapdb_replace(parent, n);
        return L4_OK;
    }
    return mapdb_insert(parent, n) ? L4_OK : L4_E2BIG;
}

l4_err_t cap_derive(const struct cap_dest *dest, struct task *src,
                    uint32_t slot, struct cap cap)
{
    struct node *n =
        node_new(dest->task, L4_FPAGE_CAP, (uint64_t)dest->slot << 12, 0);

    if (!n) {
        return L4_EQUOTA;
    }
    l4_err_t err = node_link(src->table.nodes[slot], n, false);
    if (err) {
        factory_block_free(n);
        return err;
    }
    captab_put(&dest->task->table, dest->slot, cap, n);
    return L4_OK;
}

l4_err_t cap_install(const struct cap_dest *dest, struct object *object,
                     struct cap cap)
{
    struct node *n =
        node_new(dest->task, L4_FPAGE_CAP, (uint64_t)dest->slot << 12, 0);

    if (!n) {
        return L4_EQUOTA;
    }
    object->root = n;
    captab_put(&dest->task->table, dest->slot, cap, n);
    return L4_OK;
}

/* Moves a capability, and its place in the database, to another slot. */
static void cap_grant(const struct map_request *r, uint32_t from, uint32_t to,
                      struct cap cap, struct node *n)
{
    struct captab *src = &r->src->table;
    struct node *old = src->nodes[from];

    if (node_depth(old) == 0) {
        cap_object(&src->caps[from])->root = n;
    }
    mapdb_replace(old, n);
    captab_clear(src, from);
    factory_block_free(old);
    captab_put(&r->dst->table, to, cap, n);
}

static l4_err_t map_cap(const struct map_request *r, uint32_t from, uint32_t to)
{
    const struct cap *cap = captab_get(&r->src->table, from);

    if (!cap) {
        return L4_EFAULT;
    }
    if (!captab_free(&r->dst->table, to)) {
        return to < r->dst->table.size ? L4_EEXIST : L4_EINVAL;
    }
    if (cap_type(cap) == OBJECT_REPLY) {
        if (!(r->dest & L4_ITEM_GRANT)) {
            return L4_EPERM; /* there is only one of it */
        }
        reply_move(&r->src->table.caps[from], &r->dst->table.caps[to]);
        return L4_OK;
    }
    struct cap passed = cap_restrict(*cap, l4_fpage_rights(r->fpage));
    if (!(r->dest & L4_ITEM_GRANT)) {
        const struct cap_dest dest = {.task = r->dst, .slot = to};
        return cap_derive(&dest, r->src, from, passed);
    }
    struct node *n = node_new(r->dst, L4_FPAGE_CAP, (uint64_t)to << 12, 0);
    if (!n) {
        return L4_EQUOTA;
    }
    cap_grant(r, from, to, passed, n);
    return L4_OK;
}

static l4_err_t map_caps(const struct map_request *r)
{
    uint64_t count = 1ull << l4_fpage_order(r->fpage);
    uint64_t from = l4_fpage_base(r->fpage) >> 12;
    uint64_t to = r->dest >> 12;
    l4_err_t result = L4_EFAULT;

    if (to + count > r->dst->table.size || (from & (count - 1))) {
        return L4_EINVAL;
    }
    for (uint64_t i = 0; i < count; i++) {
        l4_err_t err = map_cap(r, (uint32_t)(from + i), (uint32_t)(to + i));
        if (err == L4_EFAULT) {
            continue;
        }
        if (err) {
            return err;
        }
        result = L4_OK;
    }
    return result;
}

/* What a step of mapping memory found at its source. */
struct mem_source {
    struct ptab_slot slot;
    uint64_t phys;
    unsigned rights;
    bool cached;
};

/* Looks up the source page at `va`. L4_EFAULT if it cannot be passed on. */
static l4_err_t mem_source(struct task *src, uint64_t va, struct mem_source *m)
{
    if (arch_ptab_find(&src->space, va, L4_PAGE_ORDER, NULL, &m->slot) ||
        !arch_pte_present(&m->slot) || !*m->slot.node) {
        return L4_EFAULT;
    }
    uint64_t inside = va & ((1ull << m->slot.order) - 1);
    m->phys = arch_pte_phys(&m->slot) + inside;
    m->rights = arch_pte_rights(&m->slot);
    m->cached = arch_pte_cached(&m->slot);
    return L4_OK;
}

/* The largest leaf that fits both sides, up to `left` bytes. */
static unsigned leaf_order(const struct mem_source *m, uint64_t va, uint64_t to,
                           uint64_t left)
{
    if (m->slot.order >= PTAB_ORDER_2M && left >= 1ull << PTAB_ORDER_2M &&
        ((va | to | m->phys) & ((1ull << PTAB_ORDER_2M) - 1)) == 0) {
        return PTAB_ORDER_2M;
    }
    return PTAB_ORDER_4K;
}

/* The page is there already: fine if it is the same with all the rights. */
static l4_err_t mem_present(const struct ptab_slot *slot, uint64_t to,
                            uint64_t phys, unsigned rights)
{
    uint64_t there = arch_pte_phys(slot) + (to & ((1ull << slot->order) - 1));

    if (there != phys || (rights & ~arch_pte_rights(slot))) {
        return L4_EEXIST;
    }
    return L4_OK;
}

static void mem_grant_source(struct task *src, struct mem_source *m,
                             uint64_t va)
{
    struct node *old = *m->slot.node;

    arch_pte_clear(&m->slot);
    *m->slot.node = NULL;
    arch_tlb_flush(&src->space, va);
    factory_block_free(old);
}

/* Maps one leaf of `order` from `va` to `to`. */
static l4_err_t map_leaf(const struct map_request *r, uint64_t va, uint64_t to,
                         unsigned order, struct mem_source *m)
{
    struct ptab_slot slot;
    bool grant = r->dest & L4_ITEM_GRANT;
    unsigned rights = m->rights & l4_fpage_rights(r->fpage);
    l4_err_t err = arch_ptab_find(&r->dst->space, to, order,
                                  r->dst->object.factory, &slot);

    if (err) {
        return err;
    }
    if (arch_pte_present(&slot)) {
        return mem_present(&slot, to, m->phys, rights);
    }
    if (grant && m->slot.order != order) {
        return L4_EINVAL; /* a part of a larger page cannot leave it */
    }
    struct node *n = node_new(r->dst, L4_FPAGE_MEM, to, order);
    if (!n) {
        return L4_EQUOTA;
    }
    err = node_link(*m->slot.node, n, grant);
    if (err) {
        factory_block_free(n);
        return err;
    }
    if (grant) {
        mem_grant_source(r->src, m, va);
    }
    arch_pte_make(&slot, m->phys, rights | L4_MEM_R,
                  m->cached && !(r->dest & L4_ITEM_NOCACHE));
    *slot.node = n;
    return L4_OK;
}

static l4_err_t map_memory(const struct map_request *r)
{
    uint64_t size = 1ull << l4_fpage_order(r->fpage);
    uint64_t from = l4_fpage_base(r->fpage);
    uint64_t to = r->dest & ~0xfffull;
    l4_err_t result = L4_EFAULT;
    uint64_t done = 0;

    if (from & (size - 1) || from >= L4_USER_END || to >= L4_USER_END ||
        size > L4_USER_END - from || size > L4_USER_END - to) {
        return L4_EINVAL;
    }
    while (done < size) {
        struct mem_source m;
        unsigned order = L4_PAGE_ORDER;
        if (mem_source(r->src, from + done, &m) == L4_OK) {
            order = leaf_order(&m, from + done, to + done, size - done);
            l4_err_t err = map_leaf(r, from + done, to + done, order, &m);
            if (err == L4_EEXIST && order > L4_PAGE_ORDER) {
                /* Small pages have been there, and left their table. */
                order = L4_PAGE_ORDER;
                err = map_leaf(r, from + done, to + done, order, &m);
            }
            if (err) {
                return err;
            }
            result = L4_OK;
        }
        done += 1ull << order;
    }
    return result;
}

l4_err_t map_flexpage(const struct map_request *r)
{
    unsigned order = l4_fpage_order(r->fpage);

    if (r->dest & 0xfff & ~L4_ITEM_FLAGS) {
        return L4_EINVAL;
    }
    switch (l4_fpage_kind(r->fpage)) {
    case L4_FPAGE_MEM:
        if (order < L4_PAGE_ORDER || order > 30 ||
            !(l4_fpage_rights(r->fpage) & 7)) {
            return L4_EINVAL;
        }
        return map_memory(r);
    case L4_FPAGE_CAP: return order > 12 ? L4_EINVAL : map_caps(r);
    default: return L4_EINVAL;
    }
}

l4_err_t map_origin(struct task *dst, uint64_t va, uint64_t phys,
                    unsigned order, unsigned rights, bool cached)
{
    struct ptab_slot slot;
    l4_err_t err =
        arch_ptab_find(&dst->space, va, order, dst->object.factory, &slot);

    if (err) {
        return err;
    }
    if (arch_pte_present(&slot)) {
        return L4_EEXIST;
    }
    struct node *n = node_new(dst, L4_FPAGE_MEM, va, order);
    if (!n) {
        return L4_EQUOTA;
    }
    arch_pte_make(&slot, phys, rights | L4_MEM_R, cached);
    *slot.node = n;
    return L4_OK;
}
