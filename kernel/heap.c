/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/heap.h>

static uint32_t rank(const struct heap_node *n)
{
    return n ? n->rank : 0;
}

/* Puts the shorter child on the right and corrects the rank: false if it was
 * right already. */
static bool node_fix(struct heap_node *n)
{
    uint32_t old = n->rank;

    if (rank(n->left) < rank(n->right)) {
        struct heap_node *left = n->left;
        n->left = n->right;
        n->right = left;
    }
    n->rank = rank(n->right) + 1;
    return n->rank != old;
}

/* Corrects ranks from `n` upwards, as far as they change. */
static void ranks_fix(struct heap_node *n)
{
    while (n && node_fix(n)) {
        n = n->parent;
    }
}

/* Joins two heaps: goes down to the right, always into the smaller one, then
 * corrects the way back. */
static struct heap_node *meld(struct heap_node *a, struct heap_node *b)
{
    struct heap_node *parent = NULL;
    struct heap_node *root = NULL;
    struct heap_node **link = &root;

    while (a && b) {
        if (b->key < a->key) {
            struct heap_node *t = a;
            a = b;
            b = t;
        }
        *link = a;
        a->parent = parent;
        parent = a;
        link = &a->right;
        a = a->right;
    }
    *link = a ? a : b;
    if (*link) {
        (*link)->parent = parent;
    }
    for (struct heap_node *n = parent; n; n = n->parent) {
        node_fix(n);
    }
    return root;
}

void heap_add(struct heap *h, struct heap_node *n)
{
    n->left = NULL;
    n->right = NULL;
    n->parent = NULL;
    n->rank = 1;
    h->root = meld(h->root, n);
}

void heap_remove(struct heap *h, struct heap_node *n)
{
    struct heap_node *parent = n->parent;

    if (!heap_queued(n)) {
        return;
    }
    struct heap_node *rest = meld(n->left, n->right);
    if (rest) {
        rest->parent = parent;
    }
    if (!parent) {
        h->root = rest;
    } else if (parent->left == n) {
        parent->left = rest;
    } else {
        parent->right = rest;
    }
    n->parent = NULL;
    n->rank = 0;
    ranks_fix(parent);
}
