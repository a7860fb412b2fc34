/* SPDX-License-Identifier: BSD-2-Clause */
/* The ready queue, against one list that is searched. */
#include "model.h"

#include <kernel/ready.h>

#define ENTRIES 64u
#define STEPS 300000u

static struct ready ready;
static struct list links[ENTRIES];

/* The model: entries in order of arrival, with their priorities. */
static unsigned order[ENTRIES];
static unsigned order_count;
static unsigned priority[ENTRIES];
static bool queued[ENTRIES];

/* The first of the highest priority, or ENTRIES. */
static unsigned model_first(void)
{
    unsigned best = ENTRIES;

    for (unsigned i = 0; i < order_count; i++) {
        if (best == ENTRIES || priority[order[i]] > priority[best]) {
            best = order[i];
        }
    }
    return best;
}

static bool model_shared(unsigned entry)
{
    for (unsigned i = 0; i < order_count; i++) {
        if (order[i] != entry && priority[order[i]] == priority[entry]) {
            return true;
        }
    }
    return false;
}

static void model_remove(unsigned entry)
{
    unsigned i = 0;

    while (order[i] != entry) {
        i++;
    }
    order_count--;
    memmove(&order[i], &order[i + 1], (order_count - i) * sizeof(order[0]));
}

static void entry_add(unsigned entry, unsigned with)
{
    priority[entry] = with;
    order[order_count++] = entry;
    queued[entry] = true;
    ready_append(&ready, &links[entry], with);
}

static void entry_remove(unsigned entry)
{
    model_remove(entry);
    queued[entry] = false;
    ready_remove(&ready, &links[entry], priority[entry]);
}

static void ready_check(void)
{
    const struct list *first = ready_first(&ready);
    unsigned want = model_first();

    if (want == ENTRIES) {
        assert_null(first);
        return;
    }
    assert_ptr_equal(first, &links[want]);
    assert_true(ready_shared(first) == model_shared(want));
}

static void ready_reset(void)
{
    ready_init(&ready);
    for (unsigned i = 0; i < ENTRIES; i++) {
        list_init(&links[i]);
    }
    memset(queued, 0, sizeof(queued));
    order_count = 0;
}

void test_random(void **state)
{
    struct model_random r = model_random_start("ready");

    (void)state;
    ready_reset();
    for (unsigned step = 0; model_goes_on(step, STEPS); step++) {
        unsigned entry = model_below(&r, ENTRIES);
        if (queued[entry]) {
            entry_remove(entry);
        } else {
            unsigned spread = step & 4096 ? PRIORITIES : 3;
            entry_add(entry, PRIORITIES - 1 - model_below(&r, spread));
        }
        ready_check();
    }
}

/* Every priority alone, then all of them at once from the top down. */
static void test_every_priority(void **state)
{
    static struct list all[PRIORITIES];

    (void)state;
    ready_reset();
    for (unsigned p = 0; p < PRIORITIES; p++) {
        list_init(&all[p]);
        ready_append(&ready, &all[p], p);
        assert_ptr_equal(ready_first(&ready), &all[p]);
        assert_false(ready_shared(&all[p]));
        ready_remove(&ready, &all[p], p);
        assert_null(ready_first(&ready));
    }
    for (unsigned p = 0; p < PRIORITIES; p++) {
        ready_append(&ready, &all[p], p);
    }
    for (unsigned p = PRIORITIES; p-- > 0;) {
        assert_ptr_equal(ready_first(&ready), &all[p]);
        ready_remove(&ready, &all[p], p);
    }
    assert_null(ready_first(&ready));
}

/* First come, first served, and going to the end is going behind all. */
static void test_round_robin(void **state)
{
    (void)state;
    ready_reset();
    for (unsigned i = 0; i < 3; i++) {
        entry_add(i, 7);
    }
    for (unsigned turn = 0; turn < 30; turn++) {
        assert_ptr_equal(ready_first(&ready), &links[turn % 3]);
        assert_true(ready_shared(&links[turn % 3]));
        entry_remove(turn % 3);
        entry_add(turn % 3, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_priority),
        cmocka_unit_test(test_round_robin),
        cmocka_unit_test(test_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
