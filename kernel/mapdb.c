/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/assert.h>
#include <kernel/mapdb.h>

void mapdb_replace(struct node *old, struct node *n)
{
    n->where |= (uint64_t)node_depth(old) << MAPDB_DEPTH_SHIFT;
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

/* A marker's base holds the depth of its scan's top, its task the top. */
void marker_insert(struct node *marker, struct node *n, const struct node *top)
{
    node_init(marker, (struct task *)(uintptr_t)top, 0,
              (uint64_t)node_depth(top) << 12, 0);
    marker->where |= ~0ull << MAPDB_DEPTH_SHIFT;
    marker->next = n->next;
    marker->prev = n;
    if (marker->next) {
        marker->next->prev = marker;
    }
    n->next = marker;
}

void marker_pass(struct node *marker, struct node *top)
{
    const struct node *scanned = (const struct node *)marker->task;
    bool above = node_base(marker) >> 12 < node_depth(top);
    uint64_t where = marker->where;

    mapdb_remove(marker);
    if (above) {
        assert(top->prev);
        marker_insert(marker, top->prev, scanned);
        marker->where = where;
    }
}

bool marker_valid(const struct node *marker, const struct node *top)
{
    return marker->prev &&
           marker->task == (const struct task *)(const void *)top;
}
