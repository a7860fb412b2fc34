/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities and their tables, against plain structures. */
#include "model.h"

#include <kernel/cap.h>

#define SLOTS 64u
#define OBJECTS 8u
#define STEPS 200000u
#define RIGHTS 7u /* there are three */

/* What the capability in a slot should be. */
struct model_cap {
    unsigned object; /* OBJECTS: the slot is empty */
    enum object_type type;
    unsigned rights;
    uint64_t label; /* of a gate; of others what stands above the rights */
};

static _Alignas(OBJECT_ALIGN) char objects[OBJECTS][OBJECT_ALIGN];
static char node_marks[SLOTS];
static struct cap caps[SLOTS];
static struct node *nodes[SLOTS];
static struct captab table;
static struct model_cap model[SLOTS];

static void table_reset(void)
{
    memset(caps, 0, sizeof(caps));
    memset(nodes, 0, sizeof(nodes));
    table = (struct captab){.caps = caps, .nodes = nodes, .size = SLOTS};
    for (unsigned i = 0; i < SLOTS; i++) {
        model[i].object = OBJECTS;
    }
}

/* The tables only keep node pointers; any address will do. */
static struct node *node_of(unsigned slot)
{
    return (struct node *)(void *)&node_marks[slot];
}

static void slot_check(unsigned slot)
{
    const struct model_cap *want = &model[slot];
    const struct cap *got = captab_get(&table, slot);

    if (want->object == OBJECTS) {
        assert_null(got);
        assert_null(nodes[slot]);
        assert_true(captab_free(&table, slot) == (slot > 0));
        return;
    }
    assert_ptr_equal(got, &caps[slot]);
    assert_ptr_equal(nodes[slot], node_of(slot));
    assert_false(captab_free(&table, slot));
    assert_false(cap_empty(got));
    assert_ptr_equal(cap_target(got), objects[want->object]);
    assert_true(cap_type(got) == want->type);
    assert_true(cap_rights(got) == want->rights);
    if (want->type == OBJECT_GATE) {
        assert_true(got->label == want->label);
    } else {
        assert_true((got->label & ~0xfull) == (want->label & ~0xfull));
    }
}

/* Puts a random capability into a free slot. */
static void slot_fill(struct model_random *r, unsigned slot)
{
    struct model_cap *m = &model[slot];
    unsigned rights = model_below(r, 16);

    m->object = model_below(r, OBJECTS);
    m->type = (enum object_type)(1 + model_below(r, OBJECT_CONSOLE));
    m->rights = rights & RIGHTS;
    m->label = model_random(r);
    struct cap cap = cap_make(objects[m->object], m->type, rights, m->label);
    captab_put(&table, slot, cap, node_of(slot));
}

/* Copies the capability of `from` with fewer rights to the free slot `to`. */
static void slot_copy(struct model_random *r, unsigned from, unsigned to)
{
    unsigned mask = (unsigned)model_random(r); /* more bits than rights */
    const struct cap *cap = captab_get(&table, from);

    if (cap) {
        captab_put(&table, to, cap_restrict(*cap, mask), node_of(to));
        model[to] = model[from];
        model[to].rights &= mask;
    }
}

void test_random(void **state)
{
    struct model_random r = model_random_start("cap");

    (void)state;
    table_reset();
    for (unsigned step = 0; model_goes_on(step, STEPS); step++) {
        unsigned slot = model_below(&r, SLOTS);
        if (slot == 0) {
            assert_false(captab_free(&table, slot));
        } else if (model[slot].object != OBJECTS) {
            captab_clear(&table, (uint32_t)slot);
            model[slot].object = OBJECTS;
        } else if (model_below(&r, 2)) {
            slot_fill(&r, slot);
        } else {
            slot_copy(&r, model_below(&r, SLOTS), slot);
        }
        slot_check(slot);
        slot_check(model_below(&r, SLOTS));
    }
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        slot_check(slot);
    }
}

static void test_bounds(void **state)
{
    const uint64_t outside[] = {SLOTS,      SLOTS + 1,        UINT32_MAX,
                                1ull << 32, (1ull << 32) + 1, UINT64_MAX};

    (void)state;
    table_reset();
    captab_put(&table, 1, cap_make(objects[0], OBJECT_TASK, 7, 0), node_of(1));
    for (unsigned i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        assert_null(captab_get(&table, outside[i]));
        assert_false(captab_free(&table, outside[i]));
    }
    assert_true(captab_free(&table, SLOTS - 1));
    assert_false(captab_free(&table, 0));
}

/* Rights never grow, whatever a mask says, and a label is never lost. */
static void test_restrict(void **state)
{
    (void)state;
    for (unsigned type = 1; type <= OBJECT_CONSOLE; type++) {
        for (unsigned rights = 0; rights <= 2 * RIGHTS; rights++) {
            for (unsigned mask = 0; mask < 32; mask++) {
                struct cap cap = cap_make(objects[1], (enum object_type)type,
                                          rights, 0xabcdef0123456780);
                cap = cap_restrict(cap, mask);
                assert_true(cap_rights(&cap) == (rights & mask & RIGHTS));
                assert_true((cap.label & ~0xfull) == 0xabcdef0123456780);
                assert_ptr_equal(cap_target(&cap), objects[1]);
                assert_true(cap_type(&cap) == type);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_restrict),
        cmocka_unit_test(test_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
