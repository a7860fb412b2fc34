/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The consistency check: page tables and the mapping database.
 *
 * Every leaf of every space has to agree with the node beside it; and every
 * node in the list of an origin has to have its leaf, within what its ancestors
 * map and with no more rights. If as many nodes were seen from the leaves as in
 * the lists, then these are the same.
 */
#include <l4/fpage.h>

#include <arch/mem.h>
#include <arch/ptab.h>

#include <kernel/leaf.h>
#include <kernel/task.h>
#include <kernel/thread.h>
#include <kernel/trace.h>

#include <kernel/kdb.h>
#include <kernel/kdb_check.h>

/* Ancestors by depth; those deeper are not compared with. */
#define DEPTH_MAX 32

/* Split pages within one another, of 1 GiB and 2 MiB. */
#define SPLIT_DEPTH 2

/* The split pages that an address lies in, and how many pieces were seen. */
struct splits {
    struct node *node[SPLIT_DEPTH];
    uint64_t pieces[SPLIT_DEPTH];
    unsigned count;
};

static uint64_t walked;   /* nodes in lists */
static uint64_t in_use;   /* nodes beside leaves */
static uint64_t pinned;   /* leaves without a node */
static uint64_t expected; /* how many there have to be */

static uint64_t leaf_size(const struct ptab_slot *slot)
{
    return 1ull << slot->order;
}

/* Where the parent of a mapping has some frame, if it still has it. */
static bool parent_leaf(struct node *parent, uint64_t phys,
                        struct ptab_slot *slot)
{
    uint64_t at = node_base(parent) + (phys - node_phys(parent));

    return arch_ptab_find(&parent->task->space, at, slot) &&
           *ptab_node(slot) == parent;
}

/* One leaf of what was derived from `parent`. */
static void check_derived(struct check *c, struct node *parent,
                          const struct ptab_slot *slot, struct object *o)
{
    uint64_t phys = arch_pte_phys(slot);
    uint64_t from = node_phys(parent);
    struct ptab_slot above;

    if (phys < from || phys + leaf_size(slot) >
                           from + (node_end(parent) - node_base(parent))) {
        check_failed(c, "a derived mapping lies in what it comes from", o);
        return;
    }
    if (parent_leaf(parent, phys, &above)) {
        CHECK(c, !(arch_pte_rights(slot) & ~arch_pte_rights(&above)), o);
        CHECK(c, !(*above.entry & PTE_UNCACHED & ~*slot->entry), o);
    }
}

/* A node in a list has its leaf, or its pieces. */
static void check_leaves(struct check *c, struct node *n, struct node *parent)
{
    struct object *o = &n->task->object;
    struct ptab_slot slot;
    bool split = n->where & NODE_SPLIT;

    for (uint64_t at = node_base(n); at < node_end(n);
         at = (at & ~(leaf_size(&slot) - 1)) + leaf_size(&slot)) {
        bool found = arch_ptab_find(&n->task->space, at, &slot);
        bool ours = found && *ptab_node(&slot) == n;
        if (!split) {
            CHECK(c, ours && slot.order == node_order(n), o);
        }
        if (ours && parent && c->rights) {
            check_derived(c, parent, &slot, o);
        }
    }
}

static void check_list(struct check *c, struct node *head)
{
    struct node *chain[DEPTH_MAX] = {NULL};
    struct node *n = head;
    struct object *o = &head->task->object;

    for (; n; n = n->next) {
        unsigned depth = node_depth(n);
        struct node *parent = NULL;
        CHECK(c, n == head || (n->prev && n->prev->next == n), o);
        if (node_is_marker(n)) {
            continue;
        }
        walked++;
        CHECK(c, (depth == 0) == (n == head), o);
        CHECK(c, node_kind(n) == L4_FPAGE_MEM, o);
        if (node_kind(n) != L4_FPAGE_MEM ||
            n->task->object.type != OBJECT_TASK) {
            check_failed(c, "a node of memory belongs to a task", o);
            return;
        }
        for (unsigned up = depth < DEPTH_MAX ? depth : 0;
             up-- > 0 && !parent;) {
            parent = chain[up];
        }
        check_leaves(c, n, parent);
        for (unsigned i = depth; i < DEPTH_MAX; i++) {
            chain[i] = i == depth ? n : NULL;
        }
    }
}

/* A node is met for the first time. */
static void node_met(struct check *c, struct node *n, struct object *o)
{
    in_use++;
    CHECK(c, (n->prev == NULL) == (node_depth(n) == 0), o);
    check_block(c, o->factory, n, o);
    if (!n->prev) {
        check_list(c, n);
    }
}

/* Those split pages end that `at` lies behind. */
static void splits_end(struct check *c, struct splits *s, uint64_t at,
                       struct object *o)
{
    while (s->count > 0 && node_end(s->node[s->count - 1]) <= at) {
        s->count--;
        CHECK(c, split_of(s->node[s->count])->pieces == s->pieces[s->count], o);
    }
}

static void split_met(struct check *c, struct splits *s, struct node *n,
                      struct object *o)
{
    for (unsigned i = 0; i < s->count; i++) {
        if (s->node[i] == n) {
            s->pieces[i]++;
            return;
        }
    }
    if (s->count == SPLIT_DEPTH) {
        check_failed(c, "split pages lie within one another", o);
        return;
    }
    s->node[s->count] = n;
    s->pieces[s->count++] = 1;
    node_met(c, n, o);
}

/* The kernel's own memory is in nobody's reach, but for the pages that
 * tell of the machine, which nobody may write. */
static void check_frame(struct check *c, const struct ptab_slot *slot,
                        struct object *o)
{
    const struct pool_area *area = factory_root.pool.area;
    uint64_t base = virt_to_phys(area->frames);
    uint64_t end = virt_to_phys(area->base) + area->pages * POOL_PAGE_SIZE;
    uint64_t phys = arch_pte_phys(slot);

    if (phys < end && phys + leaf_size(slot) > base) {
        CHECK(c, arch_pte_rights(slot) == L4_MEM_R, o);
    }
}

static void check_leaf(struct check *c, struct splits *s, struct task *t,
                       uint64_t at, const struct ptab_slot *slot)
{
    struct object *o = &t->object;
    struct node *n = *ptab_node(slot);

    if (!n) {
        pinned++;
        return;
    }
    if (n->task != t || node_kind(n) != L4_FPAGE_MEM || at < node_base(n) ||
        at + leaf_size(slot) > node_end(n)) {
        check_failed(c, "a leaf lies in the range of its node", o);
        return;
    }
    check_frame(c, slot, o);
    if (n->where & NODE_SPLIT) {
        CHECK(c, arch_pte_phys(slot) == split_of(n)->phys + (at - node_base(n)),
              o);
        split_met(c, s, n, o);
    } else {
        CHECK(c, at == node_base(n) && slot->order == node_order(n), o);
        node_met(c, n, o);
    }
}

static void visit_space(struct check *c, struct object *o)
{
    struct task *t = kdb_thing(o);
    struct splits s = {.count = 0};
    struct ptab_slot slot;
    uint64_t step;

    if (o->type != OBJECT_TASK) {
        return;
    }
    check_tables(c, t);
    for (uint64_t at = 0; at < L4_USER_END;
         at = (at & ~(leaf_size(&slot) - 1)) + step) {
        splits_end(c, &s, at, o);
        if (arch_ptab_find(&t->space, at, &slot)) {
            check_leaf(c, &s, t, at, &slot);
            step = leaf_size(&slot);
        } else {
            step = arch_ptab_gap(&slot);
        }
    }
    splits_end(c, &s, L4_USER_END, o);
}

/* A page of the kernel's that a task sees. */
static void check_pin(struct check *c, struct task *t, uint64_t at,
                      const void *page, struct object *o)
{
    struct ptab_slot slot;

    expected++;
    CHECK(c,
          arch_ptab_find(&t->space, at, &slot) && !*ptab_node(&slot) &&
              arch_pte_phys(&slot) == virt_to_phys(page) &&
              slot.order == PTAB_ORDER_4K,
          o);
}

static void visit_pins(struct check *c, struct object *o)
{
    struct thread *t = kdb_thing(o);

    if (o->type != OBJECT_THREAD || !t->task) {
        return;
    }
    check_pin(c, t->task, t->utcb_user, t->utcb, o);
    if (t->vcpu) {
        check_pin(c, t->task, t->vcpu_user, t->vcpu, o);
    }
}

void check_memory(struct check *c)
{
    walked = in_use = pinned = expected = 0;
    check_each(c, visit_space);
    check_each(c, visit_pins);
    if (authority_trace.ring) {
        check_pages(c, &factory_root, authority_trace.ring, NULL);
    }
    CHECK(c, walked == in_use, NULL);
    CHECK(c, pinned == expected, NULL);
    c->mappings += in_use;
}
