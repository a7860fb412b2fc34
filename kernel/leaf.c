/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/assert.h>
#include <kernel/factory.h>
#include <kernel/leaf.h>

void leaf_find(const struct node *n, struct ptab_slot *slot)
{
    bool found = arch_ptab_find(&n->task->space, node_base(n), slot);

    assert(found && *ptab_node(slot) == n);
}

uint64_t node_phys(struct node *n)
{
    struct ptab_slot slot;

    if (split_of(n)) {
        return split_of(n)->phys;
    }
    leaf_find(n, &slot);
    return arch_pte_phys(&slot);
}

void node_free(struct node *n)
{
    mapdb_remove(n);
    if (split_of(n)) {
        factory_block_free(n);
    } else {
        pool_small_free(n);
    }
}

l4_err_t node_split(struct node **n, struct ptab_slot *slot, uint64_t va)
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
#define GIVE_MAX 8u

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
