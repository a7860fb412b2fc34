/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/assert.h>
#include <kernel/mapdb.h>

void node_init(struct node *n, struct task *task, unsigned kind, uint64_t base,
               unsigned order)
{
    n->next = NULL;
    n->prev = NULL;
    n->task = task;
    n->where = (base & 0x0000fffffffff000ull) | (uint64_t)kind << 6 | order;
}

bool mapdb_insert(struct node *parent, struct node *n)
{
    if (!parent) {
        return true;
    }
    if (node_depth(parent) >= MAPDB_DEPTH_MAX) {
        return false;
    }
    n->where |= (uint64_t)(node_depth(parent) + 1) << 48;
    n->next = parent->next;
    n->prev = parent;
    if (n->next) {
        n->next->prev = n;
    }
    parent->next = n;
    return true;
}

void mapdb_replace(struct node *old, struct node *n)
{
    n->where |= (uint64_t)node_depth(old) << 48;
    n->next = old->next;
    n->prev = old->prev;
    if (n->next) {
        n->next->prev = n;
    }
    if (n->prev) {
        n->prev->next = n;
    }
    old->next = NULL;
    old->prev = NULL;
}

struct node *mapdb_next(const struct node *top, const struct node *n)
{
    struct node *next = n->next;

    return next && node_depth(next) > node_depth(top) ? next : NULL;
}

void mapdb_remove(struct node *n)
{
    assert(!mapdb_next(n, n));
    if (n->prev) {
        n->prev->next = n->next;
    }
    if (n->next) {
        n->next->prev = n->prev;
    }
    n->next = NULL;
    n->prev = NULL;
}
