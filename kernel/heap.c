/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/heap.h>

/* Joins two heaps without siblings; the later one becomes a child. */
static struct heap_node *meld(struct heap_node *a, struct heap_node *b)
{
    if (!a) {
        return b;
    }
    if (!b) {
        return a;
    }
    if (b->key < a->key) {
        struct heap_node *t = a;
        a = b;
        b = t;
    }
    b->next = a->child;
    if (b->next) {
        b->next->link = &b->next;
    }
    a->child = b;
    b->link = &a->child;
    return a;
}

/* Joins a chain of siblings into one heap, in two passes: pairs from the
 * left, then all from the right. */
static struct heap_node *meld_siblings(struct heap_node *first)
{
    struct heap_node *pairs = NULL;
    struct heap_node *heap = NULL;

    while (first) {
        struct heap_node *a = first;
        struct heap_node *b = a->next;
        first = b ? b->next : NULL;
        a->next = NULL;
        if (b) {
            b->next = NULL;
        }
        a = meld(a, b);
        a->next = pairs;
        pairs = a;
    }
    while (pairs) {
        struct heap_node *a = pairs;
        pairs = a->next;
        a->next = NULL;
        heap = meld(heap, a);
    }
    return heap;
}

static void root_set(struct heap *h, struct heap_node *heap)
{
    h->root = heap;
    if (heap) {
        heap->next = NULL;
        heap->link = &h->root;
    }
}

void heap_add(struct heap *h, struct heap_node *n)
{
    n->child = NULL;
    n->next = NULL;
    root_set(h, meld(h->root, n));
}

void heap_remove(struct heap *h, struct heap_node *n)
{
    if (!n->link) {
        return;
    }
    *n->link = n->next;
    if (n->next) {
        n->next->link = n->link;
    }
    struct heap_node *children = meld_siblings(n->child);
    n->child = NULL;
    n->next = NULL;
    n->link = NULL;
    root_set(h, meld(h->root, children));
}
