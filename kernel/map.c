/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/tag.h>

#include <kernel/factory.h>
#include <kernel/flexpage.h>
#include <kernel/io.h>
#include <kernel/ipc.h>
#include <kernel/preempt.h>
#include <kernel/thread.h>

#include "objects_kernel.h"

/* The largest flexpage of memory that is passed on at once. */
#define MAP_ORDER_MAX 39u

/* A node for an entry of `task`, paid for by its factory. */
static inline struct node *node_new(struct task *task, unsigned kind,
                                    uint64_t base, unsigned order)
{
    struct node *n = pool_small(&task->object.factory->pool);

    if (n) {
        node_init(n, task, kind, base, order);
    }
    return n;
}

l4_err_t cap_derive(const struct cap_dest *dest, struct node *parent,
                    struct cap cap)
{
    struct node *n =
        node_new(dest->task, L4_FPAGE_CAP, (uint64_t)dest->slot << 12, 0);

    if (!n) {
        return L4_EQUOTA;
    }
    if (!mapdb_insert(parent, n)) {
        pool_small_free(n);
        return L4_E2BIG;
    }
    captab_put(&dest->task->table, dest->slot, cap, n);
    return L4_OK;
}

l4_err_t cap_install(const struct cap_dest *dest, struct object *object,
                     struct cap cap)
{
    l4_err_t err = cap_derive(dest, NULL, cap);

    if (err) {
        object_kill(object);
    } else {
        object->root = dest->task->table.nodes[dest->slot];
    }
    return err;
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
    pool_small_free(old);
    captab_put(&r->dst->table, to, cap, n);
}

/* Who gets such a node with fewer rights would have less than those below. */
static bool node_has_children(const struct node *n)
{
    return mapdb_next(n, n);
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
        return cap_derive(&dest, r->src->table.nodes[from], passed);
    }
    if (cap_rights(&passed) != cap_rights(cap) &&
        node_has_children(r->src->table.nodes[from])) {
        return L4_EBUSY;
    }
    struct node *n = node_new(r->dst, L4_FPAGE_CAP, (uint64_t)to << 12, 0);
    if (!n) {
        return L4_EQUOTA;
    }
    cap_grant(r, from, to, passed, n);
    return L4_OK;
}

/* One entry has been dealt with, and there are more. */
static l4_err_t map_step(struct map_request *r)
{
    if (r->limit > 0 && --r->limit == 0) {
        return L4_E2BIG;
    }
    return preempt_point(3) ? MAP_AGAIN : L4_OK;
}

static l4_err_t map_caps(struct map_request *r)
{
    uint64_t count = 1ull << l4_fpage_order(r->fpage);
    uint64_t from = l4_fpage_base(r->fpage) >> 12;
    uint64_t to = r->dest >> 12;
    bool some = r->done & MAP_SOME;

    if (to + count > r->dst->table.size || (from & (count - 1))) {
        return L4_EINVAL;
    }
    r->done &= ~MAP_SOME;
    while (r->done < count) {
        l4_err_t err =
            map_cap(r, (uint32_t)(from + r->done), (uint32_t)(to + r->done));
        if (err && err != L4_EFAULT) {
            return err;
        }
        some = some || !err;
        r->done++;
        err = r->done < count ? map_step(r) : L4_OK;
        if (err) {
            r->done |= some ? MAP_SOME : 0;
            return err;
        }
    }
    return some ? L4_OK : L4_EFAULT;
}

/* A leaf to be passed on, or a part of it. */
struct mem_source {
    struct ptab_slot slot;
    uint64_t va;
    uint64_t phys; /* at va */
};

#define FPAGE_ONE_PAGE (L4_FPAGE_MEM << 6 | L4_PAGE_ORDER)
#define USER_BITS 47        /* user addresses are below; but the last page */
#define FPAGE_SHAPE 0xffull /* kind and order */

l4_err_t map_page(struct task *src, struct task *dst, l4_fpage_t fpage,
                  uint64_t dest)
{
    uint64_t from = l4_fpage_base(fpage);
    uint64_t to = dest & ~0xfffull;

    if ((fpage & FPAGE_SHAPE) != FPAGE_ONE_PAGE || dest & 0xfff ||
        !(l4_fpage_rights(fpage) & 7) ||
        (from | (to + L4_PAGE_SIZE)) >> USER_BITS) {
        return MAP_GENERAL;
    }
    struct ptab_slot s = arch_ptab_leaf(&src->space, from);
    struct ptab_slot d = {arch_ptab_page(&dst->space, to), L4_PAGE_ORDER};
    if (!d.entry || *d.entry || !arch_pte_present(&s)) {
        return MAP_GENERAL;
    }
    struct node *parent = *ptab_node(&s);
    if (!parent || node_is_deepest(parent)) {
        return MAP_GENERAL;
    }
    struct node *n = pool_small_quick(&dst->object.factory->pool);
    if (!n) {
        return MAP_GENERAL;
    }
    n->task = dst;
    n->where = to | FPAGE_ONE_PAGE;
    mapdb_link(parent, n);
    arch_pte_derive(&d, &s,
                    arch_pte_phys(&s) | (from & ((1ull << s.order) - 1)),
                    l4_fpage_rights(fpage), false);
    *ptab_node(&d) = n;
    return L4_OK;
}

KERNEL_SHORT(task_map_short)
{
    l4_err_t err = MAP_GENERAL;

    if (w0 == 1 && label & RIGHT_TASK_MAP) {
        err = map_page(current_thread()->task, self, w1, w2);
    }
    if (err == MAP_GENERAL) {
        return kernel_short_decline(w0, w1, w2);
    }
    return (struct kernel_short_reply){.tag = L4_TASK_MAP_OUT_TAG,
                                       .word = (uint64_t)(uint32_t)err << 32 |
                                               !err};
}

/* Something is there already: fine if it is the same with all the rights. */
static l4_err_t mem_present(const struct ptab_slot *slot, uint64_t to,
                            uint64_t phys, unsigned rights)
{
    uint64_t there = arch_pte_phys(slot) + (to & ((1ull << slot->order) - 1));

    if (there != phys || (rights & ~arch_pte_rights(slot))) {
        return L4_EEXIST;
    }
    return L4_OK;
}

/* Maps one leaf of `order` from `m` to `to`. */
static inline l4_err_t map_leaf(const struct map_request *r,
                                struct mem_source *m, uint64_t to,
                                unsigned order)
{
    struct ptab_slot slot;
    unsigned rights = l4_fpage_rights(r->fpage);
    l4_err_t err = arch_ptab_make(&r->dst->space, to, order,
                                  r->dst->object.factory, &slot);

    if (err) {
        return err;
    }
    if (*slot.entry) {
        return mem_present(&slot, to, m->phys,
                           rights & arch_pte_rights(&m->slot));
    }
    struct node *n = node_new(r->dst, L4_FPAGE_MEM, to, order);
    if (!n) {
        return L4_EQUOTA;
    }
    arch_pte_derive(&slot, &m->slot, m->phys, rights,
                    r->dest & L4_ITEM_NOCACHE);
    if (r->dest & L4_ITEM_GRANT) {
        err = arch_pte_rights(&m->slot) & ~rights & ~L4_MEM_R &&
                      node_has_children(*ptab_node(&m->slot))
                  ? L4_EBUSY
                  : leaf_give(r->src, &m->slot, m->va, n);
    } else if (!mapdb_insert(*ptab_node(&m->slot), n)) {
        err = L4_E2BIG;
    }
    if (err) {
        arch_pte_clear(&slot);
        pool_small_free(n);
        return err;
    }
    *ptab_node(&slot) = n;
    return L4_OK;
}

/* Maps what of the leaf `m` can be mapped at once; `*order` becomes the size
 * of that. */
static inline l4_err_t map_part(const struct map_request *r,
                                struct mem_source *m, uint64_t to,
                                uint64_t left, unsigned *order)
{
    l4_err_t err;
    unsigned limit = m->slot.order + 1;

    do {
        *order = flexpage_leaf(m->va | to | m->phys, left, limit,
                               arch_ptab_has_1g());
        err = map_leaf(r, m, to, *order);
        limit = *order;
        /* Where smaller leaves are, a larger one does not fit. */
    } while (err == L4_EEXIST && *order > L4_PAGE_ORDER);
    return err;
}

static l4_err_t map_memory(struct map_request *r)
{
    uint64_t size = 1ull << l4_fpage_order(r->fpage);
    uint64_t from = l4_fpage_base(r->fpage);
    uint64_t to = r->dest & ~0xfffull;
    bool some = r->done & MAP_SOME;

    /* What has been done was counted in slots if the flexpage was of another
     * kind when this was preempted. */
    if (r->done & (L4_PAGE_SIZE - 1) || !flexpage_fits(from, to, size)) {
        return L4_EINVAL;
    }
    r->done &= ~MAP_SOME;
    while (r->done < size) {
        struct mem_source m = {.va = from + r->done};
        unsigned order;
        l4_err_t err;
        if (arch_ptab_find(&r->src->space, m.va, &m.slot) &&
            *ptab_node(&m.slot)) {
            m.phys =
                arch_pte_phys(&m.slot) + (m.va & ((1ull << m.slot.order) - 1));
            err = map_part(r, &m, to + r->done, size - r->done, &order);
            if (err) {
                return err;
            }
            some = true;
            r->done += 1ull << order;
        } else {
            order = m.slot.order;
            r->done = (m.va & ~((1ull << order) - 1)) + (1ull << order) - from;
        }
        err = r->done < size ? map_step(r) : L4_OK;
        if (err) {
            r->done |= some ? MAP_SOME : 0;
            return err;
        }
    }
    return some ? L4_OK : L4_EFAULT;
}

l4_err_t map_flexpage(struct map_request *r)
{
    unsigned order = l4_fpage_order(r->fpage);
    l4_err_t err;

    if (r->dest & 0xfff & ~L4_ITEM_FLAGS) {
        return L4_EINVAL;
    }
    switch (l4_fpage_kind(r->fpage)) {
    case L4_FPAGE_MEM:
        if (order - L4_PAGE_ORDER > MAP_ORDER_MAX - L4_PAGE_ORDER ||
            !(l4_fpage_rights(r->fpage) & 7)) {
            return L4_EINVAL;
        }
        err = map_page(r->src, r->dst, r->fpage, r->dest);
        return err == MAP_GENERAL ? map_memory(r) : err;
    case L4_FPAGE_CAP: return order > 12 ? L4_EINVAL : map_caps(r);
    case L4_FPAGE_IO: return io_map(r);
    default: return L4_EINVAL;
    }
}

l4_err_t map_origin(struct task *dst, uint64_t va, uint64_t phys,
                    unsigned order, unsigned rights, bool cached)
{
    struct ptab_slot slot;
    l4_err_t err =
        arch_ptab_make(&dst->space, va, order, dst->object.factory, &slot);

    if (err) {
        return err;
    }
    if (*slot.entry) {
        return L4_EEXIST;
    }
    struct node *n = node_new(dst, L4_FPAGE_MEM, va, order);
    if (!n) {
        return L4_EQUOTA;
    }
    arch_pte_make(&slot, phys, rights | L4_MEM_R, cached);
    *ptab_node(&slot) = n;
    return L4_OK;
}
