/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue by key, against an array that is searched. */
#include "model.h"

#include <kernel/heap.h>

#define NODES 300u
#define STEPS 200000u

static struct heap heap;
static struct heap_node nodes[NODES];
static bool queued[NODES];

/* The smallest key of the model; false if it is empty. */
static bool model_least(uint64_t *key)
{
    bool any = false;

    for (unsigned i = 0; i < NODES; i++) {
        if (queued[i] && (!any || nodes[i].key < *key)) {
            *key = nodes[i].key;
            any = true;
        }
    }
    return any;
}

/* Checks the tree below `n`, whose parent has `key`; returns how many nodes
 * there are. Recursion is at most as deep as there are nodes. */
static unsigned tree_check(const struct heap_node *n,
                           const struct heap_node *parent, uint64_t key)
{
    if (!n) {
        return 0;
    }
    uint32_t left = n->left ? n->left->rank : 0;
    uint32_t right = n->right ? n->right->rank : 0;
    assert_ptr_equal(n->parent, parent);
    assert_true(n->key >= key);
    assert_true(left >= right && n->rank == right + 1);
    return 1 + tree_check(n->left, n, n->key) + tree_check(n->right, n, n->key);
}

static void heap_check(void)
{
    unsigned count = 0;
    uint64_t key;

    for (unsigned i = 0; i < NODES; i++) {
        assert_true(heap_queued(&nodes[i]) == queued[i]);
        count += queued[i];
    }
    assert_true(tree_check(heap.root, NULL, 0) == count);
    if (model_least(&key)) {
        assert_true(heap.root->key == key);
    } else {
        assert_null(heap.root);
    }
}

static void heap_reset(void)
{
    memset(&heap, 0, sizeof(heap));
    memset(nodes, 0, sizeof(nodes));
    memset(queued, 0, sizeof(queued));
}

void test_random(void **state)
{
    struct model_random r = model_random_start("heap");

    (void)state;
    heap_reset();
    for (unsigned step = 0; model_goes_on(step, STEPS); step++) {
        unsigned i = model_below(&r, NODES);
        if (queued[i]) {
            heap_remove(&heap, &nodes[i]);
        } else {
            /* Few different keys, so that equal ones are common. */
            nodes[i].key = model_below(&r, step & 1024 ? 50 : 1000000);
            heap_add(&heap, &nodes[i]);
        }
        queued[i] = !queued[i];
        if (step % 16 == 0) {
            heap_check();
        }
    }
    heap_check();
}

/* Fills the heap, then takes the first one until it is empty: sorted. */
static void test_sorts(void **state)
{
    struct model_random r = model_random_start("heap, sorting");

    (void)state;
    for (unsigned round = 0; round < 100; round++) {
        uint64_t last = 0;
        heap_reset();
        for (unsigned i = 0; i < NODES; i++) {
            nodes[i].key = model_random(&r);
            heap_add(&heap, &nodes[i]);
        }
        for (unsigned i = 0; i < NODES; i++) {
            struct heap_node *first = heap.root;
            assert_true(first->key >= last);
            last = first->key;
            heap_remove(&heap, first);
            assert_false(heap_queued(first));
        }
        assert_null(heap.root);
    }
}

static void test_edges(void **state)
{
    (void)state;
    heap_reset();
    heap_remove(&heap, &nodes[0]); /* not queued: harmless */
    assert_null(heap.root);

    nodes[0].key = UINT64_MAX;
    nodes[1].key = 0;
    heap_add(&heap, &nodes[0]);
    assert_ptr_equal(heap.root, &nodes[0]);
    heap_add(&heap, &nodes[1]);
    assert_ptr_equal(heap.root, &nodes[1]);
    heap_remove(&heap, &nodes[0]);
    assert_false(heap_queued(&nodes[0]));
    heap_remove(&heap, &nodes[0]);
    assert_ptr_equal(heap.root, &nodes[1]);
    heap_remove(&heap, &nodes[1]);
    assert_null(heap.root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_sorts),
        cmocka_unit_test(test_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
