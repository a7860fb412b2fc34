/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking back. */
#include <l4/err.h>

#include <arch/ptab.h>

#include <kernel/assert.h>
#include <kernel/factory.h>
#include <kernel/map.h>
#include <kernel/preempt.h>

/* What splitting a leaf costs, in units of preempt_point(). */
#define SPLIT_WORK 26u

/* What to take from where. */
struct unmap_range {
    uint64_t start;
    uint64_t end;
    unsigned take; /* rights */
    bool self;     /* from the task itself, too */
};

static uint64_t node_end(const struct node *n)
{
    return node_base(n) + (1ull << node_order(n));
}

/* The node as that of a split page, or NULL. */
static struct node_split *split_of(struct node *n)
{
    return n->where & NODE_SPLIT ? container_of(n, struct node_split, node)
                                 : NULL;
}

/* The leaf of a node that is not split. */
static void leaf_find(const struct node *n, struct ptab_slot *slot)
{
    bool found = arch_ptab_find(&n->task->space, node_base(n), slot);

    assert(found && *ptab_node(slot) == n);
}

/* The physical address that a memory node's range starts at. */
static uint64_t node_phys(struct node *n)
{
    struct ptab_slot slot;

    if (split_of(n)) {
        return split_of(n)->phys;
    }
    leaf_find(n, &slot);
    return arch_pte_phys(&slot);
}

static void node_free(struct node *n)
{
    mapdb_remove(n);
    if (split_of(n)) {
        factory_block_free(n);
    } else {
        pool_small_free(n);
    }
}

/* Takes an entry out of its table. */
static inline void leaf_clear(const struct arch_space *s, uint64_t va,
                              struct ptab_slot *slot)
{
    arch_pte_clear(slot);
    *ptab_node(slot) = NULL;
    arch_tlb_flush(s, va);
}

static l4_err_t node_split(struct node **n, struct ptab_slot *slot, uint64_t va)
{
    struct node *old = *n;
    struct factory *pay = old->task->object.factory;
    struct node_split *s = split_of(old);
    uint64_t phys = arch_pte_phys(slot);

    if (!s && !(s = factory_block(pay, sizeof(*s)))) {
        return L4_EQUOTA;
    }
    if (arch_ptab_split(slot, &s->node, pay)) {
        if (&s->node != old) {
            factory_block_free(s);
        }
        return L4_EQUOTA;
    }
    arch_tlb_flush(&old->task->space, va);
    s->pieces += TABLE_SIZE - 1;
    if (&s->node != old) {
        node_init(&s->node, old->task, L4_FPAGE_MEM, node_base(old),
                  node_order(old));
        s->node.where |= NODE_SPLIT;
        s->phys = phys;
        s->pieces++;
        s->from = node_base(old);
        mapdb_replace(old, &s->node);
        pool_small_free(old);
        *n = &s->node;
    }
    return L4_OK;
}

/* How many descendants a split page may have when a part of it is granted. */
#define GIVE_MAX 64u

static bool node_is_inside(struct node *n, uint64_t phys, uint64_t size)
{
    if (node_is_marker(n)) {
        return false;
    }
    uint64_t from = node_phys(n);
    return from >= phys && from + (node_end(n) - node_base(n)) <= phys + size;
}

/* Those descendants of `top` that map some of the `size` bytes at `phys`, and
 * nothing else, follow `to`, which lies right before `top`. */
static void descendants_give(struct node *top, struct node *to, uint64_t phys,
                             uint64_t size)
{
    struct node *n = mapdb_next(top, top);

    while (n) {
        struct node *last = n;
        struct node *next;
        while ((next = mapdb_next(n, last)) && !node_is_marker(next)) {
            last = next;
        }
        next = mapdb_next(top, last);
        if (node_is_inside(n, phys, size)) {
            n->prev->next = last->next;
            if (last->next) {
                last->next->prev = n->prev;
            }
            last->next = to->next;
            to->next->prev = last;
            to->next = n;
            n->prev = to;
        }
        n = next;
    }
}

/* Whether a node has more than GIVE_MAX descendants. */
static bool node_is_big(struct node *top)
{
    unsigned count = 0;

    for (struct node *n = top; (n = mapdb_next(top, n)); count++) {
        if (count == GIVE_MAX) {
            return true;
        }
    }
    return false;
}

l4_err_t leaf_give(struct task *src, struct ptab_slot *slot, uint64_t va,
                   struct node *to)
{
    struct node *n = *ptab_node(slot);

    if (!split_of(n) && slot->order == node_order(to)) {
        mapdb_replace(n, to);
        leaf_clear(&src->space, va, slot);
        node_free(n);
        return L4_OK;
    }
    if (node_is_big(n)) {
        return L4_E2BIG;
    }
    while (slot->order > node_order(to)) {
        l4_err_t err = node_split(&n, slot, va);
        if (err) {
            return err;
        }
        arch_ptab_find(&src->space, va, slot);
    }
    uint64_t phys = arch_pte_phys(slot);
    leaf_clear(&src->space, va, slot);
    mapdb_insert_before(n, to);
    descendants_give(n, to, phys, 1ull << slot->order);
    if (--split_of(n)->pieces == 0) {
        node_free(n);
    }
    return L4_OK;
}

/* Takes the capability of a node out of its table. The first one of an
 * object takes the object along. */
static void cap_drop(struct node *n)
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
    node_free(n);
}

/* Removes all pieces of a split page, and then its node. */
static bool split_drop(struct node_split *s)
{
    struct node *n = &s->node;

    while (s->pieces > 0) {
        struct ptab_slot slot;
        bool found = arch_ptab_find(&n->task->space, s->from, &slot);
        uint64_t size = 1ull << slot.order;
        if (found && *ptab_node(&slot) == n) {
            leaf_clear(&n->task->space, s->from, &slot);
            s->pieces--;
        }
        s->from = (s->from & ~(size - 1)) + size;
        if (preempt_point(1)) {
            return false;
        }
    }
    node_free(n);
    return true;
}

/* Removes a node and its entries; what is derived from it stays. False: not
 * yet all. */
static bool node_drop(struct node *n)
{
    struct ptab_slot slot;

    if (node_kind(n) == L4_FPAGE_CAP) {
        cap_drop(n);
        return true;
    }
    if (split_of(n)) {
        return split_drop(split_of(n));
    }
    leaf_find(n, &slot);
    leaf_clear(&n->task->space, node_base(n), &slot);
    node_free(n);
    return true;
}

bool node_revoke(struct node *n, bool self)
{
    struct node *next;

    while ((next = mapdb_next(n, n))) {
        if (node_is_marker(next)) {
            marker_pass(next, n);
        } else if (!node_drop(next)) {
            return false;
        }
        if (preempt_point(1)) {
            return false;
        }
    }
    return !self || node_drop(n);
}

/* What became of a node of which a part was taken. */
enum taken { TAKEN, TAKEN_GONE, TAKEN_AGAIN };

/*
 * Takes rights from what of `*n` lies between two addresses of its space.
 * Large leaves are split; one that cannot be goes as a whole, with all that was
 * derived from it. `*piece` is where to begin, and keeps how far this got.
 */
static enum taken node_take(struct node **n, uint64_t end, unsigned take,
                            uint64_t *piece)
{
    struct arch_space *space = &(*n)->task->space;
    uint64_t start = *piece;

    while (*piece < end) {
        struct ptab_slot slot;
        bool found = arch_ptab_find(space, *piece, &slot);
        uint64_t size = 1ull << slot.order;
        uint64_t leaf = *piece & ~(size - 1);
        if (found && *ptab_node(&slot) == *n) {
            if ((leaf < start || leaf + size > end) &&
                slot.order > L4_PAGE_ORDER) {
                if (node_split(n, &slot, leaf) == L4_OK) {
                    if (preempt_point(SPLIT_WORK)) {
                        return TAKEN_AGAIN;
                    }
                    continue;
                }
                return node_revoke(*n, true) ? TAKEN_GONE : TAKEN_AGAIN;
            }
            if (!(take & L4_MEM_R)) {
                arch_pte_restrict(&slot, ~take);
                arch_tlb_flush(space, leaf);
            } else if (!split_of(*n) || split_of(*n)->pieces == 1) {
                /* The last one: nothing may be left below it. */
                return node_revoke(*n, true) ? TAKEN_GONE : TAKEN_AGAIN;
            } else {
                leaf_clear(space, leaf, &slot);
                split_of(*n)->pieces--;
            }
        }
        *piece = leaf + size;
        if (*piece < end && preempt_point(1)) {
            return TAKEN_AGAIN;
        }
    }
    return TAKEN;
}

/* Takes rights from those descendants of `top` that map some of the `size`
 * bytes at `phys`. False: not yet all. */
static bool descendants_take(struct node *top, uint64_t phys, uint64_t size,
                             unsigned take, struct unmap_progress *p)
{
    struct node *n;

    if (!marker_valid(&p->marker, top)) {
        if (!mapdb_next(top, top)) {
            return true;
        }
        if (p->marker.prev) {
            mapdb_remove(&p->marker);
        }
        marker_insert(&p->marker, top, top);
        p->piece = 0;
    }
    while ((n = mapdb_next(top, &p->marker))) {
        struct node *behind = n;
        if (!node_is_marker(n)) {
            uint64_t from = node_phys(n);
            uint64_t last = from + (node_end(n) - node_base(n));
            uint64_t start = phys > from ? phys : from;
            uint64_t end = phys + size < last ? phys + size : last;
            enum taken taken = TAKEN;
            if (start < end) {
                if (p->piece < node_base(n) + (start - from)) {
                    p->piece = node_base(n) + (start - from);
                }
                taken = node_take(&behind, node_base(n) + (end - from), take,
                                  &p->piece);
            }
            if (taken == TAKEN_AGAIN) {
                return false;
            }
            if (taken == TAKEN_GONE) {
                behind = NULL;
            }
        }
        p->piece = 0;
        if (behind) {
            mapdb_remove(&p->marker);
            marker_insert(&p->marker, behind, top);
        }
        if (preempt_point(3)) {
            return false;
        }
    }
    mapdb_remove(&p->marker);
    return true;
}

/* Whether a node, which has one leaf, goes whole. */
static bool node_is_simple(const struct node *n, const struct unmap_range *r)
{
    return r->take & L4_MEM_R && !(n->where & NODE_SPLIT) &&
           r->start <= node_base(n) && node_end(n) <= r->end;
}

/* One leaf of the range from `start` to `end`: that of `n` at p->at. False:
 * not yet all. */
static bool unmap_part(struct node *n, struct ptab_slot *slot,
                       const struct unmap_range *r, struct unmap_progress *p)
{
    uint64_t size = 1ull << slot->order;
    uint64_t leaf = p->at & ~(size - 1);
    uint64_t base = node_base(n);
    uint64_t start = r->start > base ? r->start : base;
    uint64_t end = r->end < node_end(n) ? r->end : node_end(n);
    uint64_t piece = p->at;

    if (r->take & L4_MEM_R && start == base && end == node_end(n)) {
        return node_revoke(n, r->self);
    }
    if (p->scanned <= p->at) {
        uint64_t phys = split_of(n) ? split_of(n)->phys : arch_pte_phys(slot);
        if (!descendants_take(n, phys + (start - base), end - start, r->take,
                              p)) {
            return false;
        }
        p->scanned = end;
    }
    return !r->self || node_take(&n, end < leaf + size ? end : leaf + size,
                                 r->take, &piece) != TAKEN_AGAIN;
}

l4_err_t unmap_page(struct task *task, l4_fpage_t fpage, bool self)
{
    const unsigned shape = L4_FPAGE_MEM << 6 | L4_PAGE_ORDER;
    uint64_t va = l4_fpage_base(fpage);

    if ((fpage & 0xff) != shape || !(l4_fpage_rights(fpage) & L4_MEM_R) ||
        va >= L4_USER_END) {
        return MAP_GENERAL;
    }
    struct ptab_slot slot = {arch_ptab_page(&task->space, va), L4_PAGE_ORDER};
    if (!slot.entry) {
        return MAP_GENERAL;
    }
    struct node *n = *ptab_node(&slot);
    if (!n) {
        return L4_OK;
    }
    if ((n->where & (NODE_SPLIT | 0xff)) != shape || mapdb_next(n, n)) {
        return MAP_GENERAL;
    }
    if (self) {
        leaf_clear(&task->space, va, &slot);
        mapdb_unlink(n);
        pool_small_free(n);
    }
    return L4_OK;
}

static l4_err_t unmap_memory(struct task *task, const struct unmap_range *r,
                             struct unmap_progress *p)
{
    if (p->at < r->start) {
        p->at = r->start;
    }
    while (p->at < r->end) {
        struct ptab_slot slot;
        uint64_t step;
        if (arch_ptab_find(&task->space, p->at, &slot)) {
            struct node *n = *ptab_node(&slot);
            step = 1ull << slot.order;
            if (!n) {
                /* a UTCB: not to be unmapped */
            } else if (node_is_simple(n, r) && !mapdb_next(n, n)) {
                if (r->self) {
                    leaf_clear(&task->space, p->at, &slot);
                    node_free(n);
                }
            } else if (!unmap_part(n, &slot, r, p)) {
                return MAP_AGAIN;
            }
        } else {
            step = arch_ptab_gap(&slot);
        }
        p->at = (p->at & ~((1ull << slot.order) - 1)) + step;
        if (p->at < r->end && preempt_point(1 + (step >> slot.order) / 32)) {
            return MAP_AGAIN;
        }
    }
    return L4_OK;
}

static l4_err_t unmap_caps(struct task *task, const struct unmap_range *r,
                           struct unmap_progress *p)
{
    uint64_t end = r->end >> 12;

    if (end > task->table.size) {
        end = task->table.size;
    }
    if (p->at < r->start >> 12) {
        p->at = r->start >> 12;
    }
    for (; p->at < end; p->at++) {
        struct node *n = task->table.nodes[p->at];
        if (n && !node_revoke(n, r->self)) {
            return MAP_AGAIN;
        }
        if (p->at + 1 < end && (p->at & 15) == 15 && preempt_point(1)) {
            p->at++;
            return MAP_AGAIN;
        }
    }
    return L4_OK;
}

l4_err_t unmap_flexpage(struct task *task, l4_fpage_t fpage, bool self,
                        struct unmap_progress *p)
{
    unsigned order = l4_fpage_order(fpage);
    unsigned kind = l4_fpage_kind(fpage);
    struct unmap_range r = {.start = l4_fpage_base(fpage),
                            .take = l4_fpage_rights(fpage),
                            .self = self};

    if (kind == L4_FPAGE_MEM) {
        r.end = r.start + (1ull << order);
        if (order < L4_PAGE_ORDER || order > 47 ||
            r.start & ((1ull << order) - 1) || r.start >= L4_USER_END) {
            return L4_EINVAL;
        }
        if (r.end > L4_USER_END) {
            r.end = L4_USER_END;
        }
        return unmap_memory(task, &r, p);
    }
    if (kind == L4_FPAGE_CAP) {
        if (order > 16 || (r.start >> 12) & ((1ull << order) - 1)) {
            return L4_EINVAL;
        }
        r.end = r.start + (1ull << (order + 12));
        return unmap_caps(task, &r, p);
    }
    return L4_EINVAL;
}
