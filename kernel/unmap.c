/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking back. */

#include <arch/ptab.h>

#include <kernel/assert.h>
#include <kernel/io.h>
#include <kernel/ipc.h>
#include <kernel/leaf.h>
#include <kernel/pool.h>
#include <kernel/preempt.h>

#include "objects_kernel.h"

/* How many descendants are taken away without looking at interrupts. */
#define SHORT_MAX 8u

/* What splitting a leaf costs, in units of preempt_point(). */
#define SPLIT_WORK 26u

/* What to take from where. */
struct unmap_range {
    uint64_t start;
    uint64_t end;
    unsigned take; /* rights */
    bool self;     /* from the task itself, too */
};

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
    if (node_kind(n) == L4_FPAGE_IO) {
        io_drop(n);
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
enum taken {
    TAKEN,
    TAKEN_SPLIT, /* nothing yet, but its leaf became a table */
    TAKEN_GONE,  /* all of it */
    TAKEN_AGAIN  /* not yet all */
};

static enum taken node_gone(struct node *n)
{
    return node_revoke(n, true) ? TAKEN_GONE : TAKEN_AGAIN;
}

/* Takes rights from the leaf of `*n` in `slot`, at `va`. If it is not to go as
 * a whole it is split; if that cannot be, everything goes. */
static enum taken leaf_take(struct node **n, struct ptab_slot *slot,
                            uint64_t va, unsigned take, bool whole)
{
    const struct arch_space *space = &(*n)->task->space;

    if (!whole) {
        return node_split(n, slot, va) ? node_gone(*n) : TAKEN_SPLIT;
    }
    if (!(take & L4_MEM_R)) {
        arch_pte_restrict(slot, ~take);
        arch_tlb_flush(space, va);
        return TAKEN;
    }
    if (!split_of(*n) || split_of(*n)->pieces == 1) {
        return node_gone(*n); /* nothing may be left below it */
    }
    leaf_clear(space, va, slot);
    split_of(*n)->pieces--;
    return TAKEN;
}

/* Takes rights from what of `*n` lies from `*piece` to `end` in its space.
 * `*piece` keeps how far this got. */
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
        enum taken taken = TAKEN;
        if (found && *ptab_node(&slot) == *n) {
            taken = leaf_take(n, &slot, leaf, take,
                              start <= leaf && leaf + size <= end);
        }
        if (taken == TAKEN_GONE || taken == TAKEN_AGAIN) {
            return taken;
        }
        if (taken == TAKEN) {
            *piece = leaf + size;
        }
        if (*piece < end && preempt_point(taken == TAKEN ? 1 : SPLIT_WORK)) {
            return TAKEN_AGAIN;
        }
    }
    return TAKEN;
}

/* A range of memory that is taken from descendants. */
struct frames {
    uint64_t start; /* physical */
    uint64_t end;
    unsigned take; /* rights */
};

/* Takes rights from what a node maps of some frames. */
static enum taken descendant_take(struct node **n, const struct frames *f,
                                  uint64_t *piece)
{
    if (node_is_marker(*n)) {
        return TAKEN;
    }
    uint64_t base = node_base(*n);
    uint64_t from = node_phys(*n);
    uint64_t to = from + (node_end(*n) - base);
    uint64_t start = f->start > from ? f->start : from;
    uint64_t end = f->end < to ? f->end : to;
    if (start >= end) {
        return TAKEN;
    }
    if (*piece < base + (start - from)) {
        *piece = base + (start - from);
    }
    return node_take(n, base + (end - from), f->take, piece);
}

/* The same for all descendants of `top`. False: not yet all. */
static bool descendants_take(struct node *top, const struct frames *f,
                             struct unmap_progress *p)
{
    struct node *n;

    if (!mapdb_next(top, top)) {
        return true;
    }
    if (!marker_valid(&p->marker, top)) {
        if (p->marker.prev) {
            mapdb_remove(&p->marker);
        }
        marker_insert(&p->marker, top, top);
        p->piece = 0;
    }
    while ((n = mapdb_next(top, &p->marker))) {
        enum taken taken = descendant_take(&n, f, &p->piece);
        if (taken == TAKEN_AGAIN) {
            return false;
        }
        if (taken == TAKEN) {
            mapdb_remove(&p->marker);
            marker_insert(&p->marker, n, top);
        }
        p->piece = 0;
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
        const struct frames frames = {.start = phys + (start - base),
                                      .end = phys + (end - base),
                                      .take = r->take};
        if (!descendants_take(n, &frames, p)) {
            return false;
        }
        p->scanned = end;
    }
    return !r->self || node_take(&n, end < leaf + size ? end : leaf + size,
                                 r->take, &piece) != TAKEN_AGAIN;
}

#define ONE_PAGE (L4_FPAGE_MEM << 6 | L4_PAGE_ORDER)

/* Takes the page away that `n` stands for, if that is simple. */
static inline bool page_take(const struct arch_space *s, uint64_t *entry,
                             struct node *n)
{
    struct ptab_slot slot = {entry, L4_PAGE_ORDER};

    if (!pool_small_is_quick(n) || !entry) {
        return false;
    }
    leaf_clear(s, node_base(n), &slot);
    mapdb_unlink(n);
    pool_small_put(n);
    return true;
}

KERNEL_SHORT(task_unmap_short)
{
    struct task *task = self;
    uint64_t va = l4_fpage_base(w1);
    uint64_t *entry;
    struct node *n;
    struct node *d;

    /* One flexpage; the flag in the upper half says whether with self. */
    if ((w0 & ~(1ull << 32)) != 1 || !(label & RIGHT_TASK_MAP) ||
        (w1 & (L4_MEM_R << 8 | 0xff)) != (L4_MEM_R << 8 | ONE_PAGE) ||
        va >= L4_USER_END || !(entry = arch_ptab_page(&task->space, va)) ||
        !(n = *ptab_node(&(struct ptab_slot){entry, L4_PAGE_ORDER})) ||
        (n->where & (NODE_SPLIT | 0xff)) != ONE_PAGE) {
        return kernel_short_decline(w0, w1, w2);
    }
    for (unsigned i = 0; (d = mapdb_next(n, n)); i++) {
        struct arch_space *s = &d->task->space;
        if (i == SHORT_MAX || (d->where & (NODE_SPLIT | 0xff)) != ONE_PAGE ||
            !page_take(s, arch_ptab_page(s, node_base(d)), d)) {
            return kernel_short_decline(w0, w1, w2);
        }
    }
    if (w0 >> 32 && !page_take(&task->space, entry, n)) {
        return kernel_short_decline(w0, w1, w2);
    }
    return (struct kernel_short_reply){.tag = L4_TASK_UNMAP_OUT_TAG, .word = 1};
}

static bool unmap_leaf(struct task *task, struct ptab_slot *slot,
                       const struct unmap_range *r, struct unmap_progress *p)
{
    struct node *n = *ptab_node(slot);

    if (!n) {
        return true; /* a page of the kernel's */
    }
    if (!node_is_simple(n, r) || mapdb_next(n, n)) {
        return unmap_part(n, slot, r, p);
    }
    if (r->self) {
        leaf_clear(&task->space, p->at, slot);
        node_free(n);
    }
    return true;
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
            step = 1ull << slot.order;
            if (!unmap_leaf(task, &slot, r, p)) {
                return MAP_AGAIN;
            }
        } else {
            step = arch_ptab_gap(&slot);
        }
        p->at = (p->at & ~((1ull << slot.order) - 1)) + step;
        if (p->at < r->end && preempt_point(1 + (step >> slot.order) / 64)) {
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
        struct cap *cap = &task->table.caps[p->at];
        if (n && !node_revoke(n, r->self)) {
            return MAP_AGAIN;
        }
        if (!n && r->self && cap_type(cap) == OBJECT_REPLY) {
            reply_drop(cap); /* it has no node */
        }
        if (p->at + 1 < end && (n || p->at % 16 == 15) && preempt_point(2)) {
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
    if (kind == L4_FPAGE_IO) {
        return io_unmap(task, fpage, self);
    }
    return L4_EINVAL;
}
