/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"

#include <l4/slots.h>

#define FIRST 11u
#define END 300u

static unsigned unmapped;

void l4_unmap(const l4_fpage_t *fpages, size_t count)
{
    assert_int_equal(count, 1);
    assert_int_equal(l4_fpage_kind(fpages[0]), L4_FPAGE_CAP);
    unmapped += 1u << l4_fpage_order(fpages[0]);
}

static void each_slot_once(void **state)
{
    static unsigned char taken[END];
    unsigned count = 0;
    l4_cap_t slot;

    (void)state;
    l4_slots_init(FIRST, END);
    while ((slot = l4_slot_alloc()) != L4_CAP_NONE) {
        assert_in_range(slot, FIRST, END - 1);
        assert_int_equal(taken[slot]++, 0);
        count++;
    }
    assert_int_equal(count, END - FIRST);

    l4_slot_release(123);
    assert_int_equal(l4_slot_alloc(), 123);
    unmapped = 0;
    l4_slot_free(200);
    assert_int_equal(unmapped, 1);
    assert_int_equal(l4_slot_alloc(), 200);
}

static void runs_are_aligned(void **state)
{
    (void)state;
    for (unsigned order = 0; order <= 6; order++) {
        l4_cap_t slot;
        unsigned count = 0;

        l4_slots_init(FIRST, END);
        while ((slot = l4_slots_alloc(order)) != L4_CAP_NONE) {
            assert_int_equal(slot % (1u << order), 0);
            assert_true(slot >= FIRST && slot + (1u << order) <= END);
            count++;
        }
        assert_true(count >= (END - FIRST) / (1u << order) - 1);
    }
    assert_int_equal(l4_slots_alloc(7), L4_CAP_NONE);
}

static void foreign_slots_stay(void **state)
{
    (void)state;
    l4_slots_init(FIRST, END);
    unmapped = 0;
    l4_slot_free(L4_CAP_NONE);
    l4_slot_free(FIRST - 1);
    l4_slot_free(END);
    l4_slot_release(3);
    l4_slot_release(4000000);
    assert_int_equal(unmapped, 0);
    for (unsigned i = FIRST; i < END; i++)
        assert_true(l4_slot_alloc() >= FIRST);
    assert_int_equal(l4_slot_alloc(), L4_CAP_NONE);
    l4_slots_init(5000, 6000);
    assert_int_equal(l4_slot_alloc(), L4_CAP_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_slot_once),
        cmocka_unit_test(runs_are_aligned),
        cmocka_unit_test(foreign_slots_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
