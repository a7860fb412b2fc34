/* SPDX-License-Identifier: BSD-2-Clause */
/* The mapping database, against a tree with a parent for each node. */
#include "model.h"

#include <kernel/mapdb.h>

#define NODES 200u
#define NONE NODES
#define STEPS 60000u

static struct node nodes[NODES];

/* The model: who is whose parent, and when each was made. Children lie behind
 * their parent, the newest first. */
static bool alive[NODES];
static unsigned parents[NODES];
static unsigned depths[NODES];
static uint64_t births[NODES];
static uint64_t clock_now;

static unsigned node_number(const struct node *n)
{
    return (unsigned)(n - nodes);
}

static bool model_below_node(unsigned n, unsigned top)
{
    while (n != NONE && n != top) {
        n = parents[n];
    }
    return n == top;
}

/* Writes the subtree of `top` in preorder to `out`; returns its size. */
static unsigned model_preorder(unsigned top, unsigned *out)
{
    unsigned count = 1;
    uint64_t last = UINT64_MAX;

    out[0] = top;
    for (;;) {
        unsigned child = NONE;
        for (unsigned i = 0; i < NODES; i++) {
            if (alive[i] && parents[i] == top && births[i] < last &&
                (child == NONE || births[i] > births[child])) {
                child = i;
            }
        }
        if (child == NONE) {
            return count;
        }
        last = births[child];
        count += model_preorder(child, out + count);
    }
}

static void subtree_check(unsigned top)
{
    unsigned want[NODES];
    unsigned count = model_preorder(top, want);
    const struct node *n = &nodes[top];

    for (unsigned i = 1; i < count; i++) {
        n = mapdb_next(&nodes[top], n);
        assert_non_null(n);
        assert_true(node_number(n) == want[i]);
        assert_true(node_depth(n) == depths[want[i]]);
        assert_ptr_equal(n->prev->next, n);
    }
    assert_null(mapdb_next(&nodes[top], n));
    if (parents[top] == NONE) {
        assert_null(n->next);
        assert_null(nodes[top].prev);
    }
}

static void node_start(unsigned i)
{
    node_init(&nodes[i], NULL, 1 + i % 3, (uint64_t)i << 12, i % 64);
}

static void node_check_where(unsigned i)
{
    assert_true(node_base(&nodes[i]) == (uint64_t)i << 12);
    assert_true(node_kind(&nodes[i]) == 1 + i % 3);
    assert_true(node_order(&nodes[i]) == i % 64);
}

static void step_insert(unsigned i, unsigned parent)
{
    node_start(i);
    assert_true(
        mapdb_insert(parent == NONE ? NULL : &nodes[parent], &nodes[i]));
    alive[i] = true;
    parents[i] = parent;
    depths[i] = parent == NONE ? 0 : depths[parent] + 1;
    births[i] = ++clock_now;
    node_check_where(i);
}

/* `i` takes the place of `old`, with its children. */
static void step_replace(unsigned old, unsigned i)
{
    node_start(i);
    mapdb_replace(&nodes[old], &nodes[i]);
    assert_null(nodes[old].next);
    assert_null(nodes[old].prev);
    alive[i] = true;
    parents[i] = parents[old];
    depths[i] = depths[old];
    births[i] = births[old];
    alive[old] = false;
    for (unsigned child = 0; child < NODES; child++) {
        if (alive[child] && parents[child] == old) {
            parents[child] = i;
        }
    }
    node_check_where(i);
}

/* Takes away all that came from `top`, innermost first, and itself. */
static void step_revoke(unsigned top)
{
    unsigned order[NODES];
    unsigned count = model_preorder(top, order);

    while (count-- > 0) {
        mapdb_remove(&nodes[order[count]]);
        alive[order[count]] = false;
    }
}

/* The same from the front: a descendant goes before what came from it, which
 * stays below `top`. A marker of somebody else's scan moves out of the way, one
 * of a scan in the subtree ends. */
static void step_revoke_front(unsigned top, struct model_random *r)
{
    unsigned order[NODES];
    unsigned count = model_preorder(top, order);
    unsigned scanned = order[model_below(r, count)];
    unsigned above = parents[top];
    struct node *next;
    struct node markers[2];

    marker_insert(&markers[0], &nodes[order[model_below(r, count)]],
                  &nodes[scanned]);
    if (above != NONE) {
        marker_insert(&markers[1], &nodes[order[model_below(r, count)]],
                      &nodes[above]);
    }
    for (unsigned i = 1; (next = mapdb_next(&nodes[top], &nodes[top]));) {
        if (node_is_marker(next)) {
            marker_pass(next, &nodes[top]);
        } else {
            assert_true(node_number(next) == order[i]);
            alive[order[i++]] = false;
            mapdb_remove(next);
        }
    }
    assert_false(marker_valid(&markers[0], &nodes[scanned]));
    if (above != NONE) {
        assert_true(marker_valid(&markers[1], &nodes[above]));
        assert_false(marker_valid(&markers[1], &nodes[top]));
        assert_ptr_equal(markers[1].next, &nodes[top]);
        mapdb_remove(&markers[1]);
    }
    mapdb_remove(&nodes[top]);
    alive[top] = false;
}

/* A living node, or NONE. */
static unsigned pick(struct model_random *r)
{
    for (unsigned tries = 0; tries < 8; tries++) {
        unsigned i = model_below(r, NODES);
        if (alive[i]) {
            return i;
        }
    }
    return NONE;
}

static void step(struct model_random *r)
{
    unsigned i = model_below(r, NODES);
    unsigned other = pick(r);

    if (!alive[i]) {
        if (other != NONE && model_below(r, 4) == 0) {
            step_replace(other, i);
        } else {
            step_insert(i, model_below(r, 20) == 0 ? NONE : other);
        }
        other = i;
    } else if (model_below(r, 3) == 0) {
        other = parents[i];
        if (model_below(r, 2) == 0) {
            step_revoke_front(i, r);
        } else {
            step_revoke(i);
        }
    }
    if (other != NONE && alive[other]) {
        subtree_check(other);
    }
}

static void all_check(void)
{
    for (unsigned top = 0; top < NODES; top++) {
        if (alive[top]) {
            subtree_check(top);
        }
    }
}

void test_random(void **state)
{
    struct model_random r = model_random_start("mapdb");

    (void)state;
    memset(alive, 0, sizeof(alive));
    for (unsigned i = 0; model_goes_on(i, STEPS); i++) {
        step(&r);
        if (i % 64 == 0) {
            all_check();
        }
    }
}

/* An origin's descendants are its own: a neighbour's are never among them. */
static void test_origins_apart(void **state)
{
    (void)state;
    memset(alive, 0, sizeof(alive));
    step_insert(0, NONE);
    step_insert(1, NONE);
    step_insert(2, 0);
    step_insert(3, 1);
    step_insert(4, 2);
    subtree_check(0);
    subtree_check(1);
    assert_true(model_below_node(4, 0));
    assert_false(model_below_node(3, 0));
    step_revoke(0);
    subtree_check(1);
}

/* A chain may be MAPDB_DEPTH_MAX long and no longer. */
static void test_depth(void **state)
{
    const unsigned length = MAPDB_DEPTH_MAX + 1;
    struct node *chain = calloc(length + 1, sizeof(*chain));

    (void)state;
    assert_non_null(chain);
    node_init(&chain[0], NULL, 1, 0, 12);
    assert_true(mapdb_insert(NULL, &chain[0]));
    for (unsigned i = 1; i < length; i++) {
        node_init(&chain[i], NULL, 1, 0x0000fffffffff000, 63);
        assert_true(mapdb_insert(&chain[i - 1], &chain[i]));
        assert_true(node_depth(&chain[i]) == i);
        assert_true(node_base(&chain[i]) == 0x0000fffffffff000);
    }
    node_init(&chain[length], NULL, 1, 0, 12);
    assert_false(mapdb_insert(&chain[length - 1], &chain[length]));
    assert_null(chain[length].prev);
    assert_null(chain[length - 1].next);

    /* In the place of the last one there is room for one. */
    mapdb_replace(&chain[length - 1], &chain[length]);
    assert_true(node_depth(&chain[length]) == MAPDB_DEPTH_MAX);
    mapdb_remove(&chain[length]);
    assert_null(chain[length - 2].next);
    free(chain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_origins_apart),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
