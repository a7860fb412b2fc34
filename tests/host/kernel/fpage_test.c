/* SPDX-License-Identifier: BSD-2-Clause */
/* Flexpages, items and tags: every field comes back, and none spills. */
#include "model.h"

#include <l4/err.h>
#include <l4/fpage.h>
#include <l4/tag.h>

#define STEPS 200000u

void test_random(void **state)
{
    struct model_random r = model_random_start("fpage");

    (void)state;
    for (unsigned step = 0; model_goes_on(step, STEPS); step++) {
        unsigned kind = 1 + model_below(&r, 3);
        uint64_t base = model_random(&r);
        unsigned order = model_below(&r, 64);
        unsigned rights = model_below(&r, 16);
        l4_fpage_t f = l4_fpage(kind, base, order, rights);
        assert_true(l4_fpage_kind(f) == kind);
        assert_true(l4_fpage_base(f) == base - base % 4096);
        assert_true(l4_fpage_order(f) == order);
        assert_true(l4_fpage_rights(f) == rights);
        assert_true(f == base - base % 4096 + rights * 256 + kind * 64 + order);
    }
}

/* Fields that are too large are cut and do not reach their neighbours. */
static void test_no_spill(void **state)
{
    (void)state;
    l4_fpage_t f = l4_fpage(5, 0xfff, 64 + 3, 0x1f);
    assert_true(l4_fpage_kind(f) == 1);
    assert_true(l4_fpage_base(f) == 0);
    assert_true(l4_fpage_order(f) == 3);
    assert_true(l4_fpage_rights(f) == 0xf);
}

static void test_caps(void **state)
{
    const l4_cap_t slots[] = {0, 1, 63, 4095, 65535, UINT32_MAX};

    (void)state;
    for (unsigned i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
        l4_fpage_t f = l4_fpage_cap(slots[i], 2, 5);
        assert_true(l4_fpage_slot(f) == slots[i]);
        assert_true(l4_fpage_kind(f) == L4_FPAGE_CAP);
        assert_true(l4_fpage_order(f) == 2);
        assert_true(l4_fpage_rights(f) == 5);
    }
}

static void test_memory(void **state)
{
    (void)state;
    l4_fpage_t f = l4_fpage_mem(L4_USER_END - L4_PAGE_SIZE, L4_PAGE_ORDER,
                                L4_MEM_R | L4_MEM_X);
    assert_true(l4_fpage_kind(f) == L4_FPAGE_MEM);
    assert_true(l4_fpage_base(f) == 0x7fffffffe000);
    assert_true(l4_fpage_order(f) == 12);
    assert_true(f != L4_FPAGE_NONE);
    assert_true(l4_fpage_kind(L4_FPAGE_NONE) == 0);
    assert_true(L4_USER_END % L4_PAGE_SIZE == 0);
    assert_true(L4_USER_END + L4_PAGE_SIZE == 1ull << 47);
}

static void test_items(void **state)
{
    (void)state;
    l4_item_t item = l4_item_map(0x1234, 0x12345fff);
    assert_true(item.fpage == 0x1234);
    assert_true(item.control == 0x12345000);
    assert_true((L4_ITEM_FLAGS & ~0xfffull) == 0);
}

/* Every error there is survives the way through a tag. */
static void test_tag_errors(void **state)
{
    (void)state;
    for (l4_err_t err = -1; err >= L4_ERR_LAST; err--) {
        l4_tag_t tag = l4_tag_error(err);
        assert_true(l4_tag_err(tag) == err);
        assert_true(tag & L4_TAG_KERNEL);
        assert_true(l4_tag_words(tag) == 0 && l4_tag_items(tag) == 0);
        assert_true(l4_tag_proto(tag) == 0);
    }
    assert_true(l4_tag_err(L4_TAG(300, 0x3fff, 64, 16)) == 0);
}

static void test_tag_fields(void **state)
{
    struct model_random r = model_random_start("tag");

    (void)state;
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned proto = model_below(&r, 65536);
        unsigned op = model_below(&r, 0x4000);
        unsigned words = model_below(&r, L4_MSG_WORDS + 1);
        unsigned items = model_below(&r, L4_MSG_ITEMS + 1);
        l4_tag_t tag = L4_TAG(proto, op, words, items) | L4_TAG_REPLY |
                       L4_TAG_RAISED | L4_PHASE_REPLY_WAIT |
                       L4_TAG_SEND_TIMEOUT | L4_TAG_WAIT_TIMEOUT;
        assert_true(l4_tag_proto(tag) == proto);
        assert_true(l4_tag_op(tag) == op);
        assert_true(l4_tag_words(tag) == words);
        assert_true(l4_tag_items(tag) == items);
        assert_true((tag & L4_TAG_PHASE_MASK) == L4_PHASE_REPLY_WAIT);
        assert_false(tag & L4_TAG_LOW_MASK & ~L4_TAG_REQUEST_BITS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),     cmocka_unit_test(test_no_spill),
        cmocka_unit_test(test_caps),       cmocka_unit_test(test_memory),
        cmocka_unit_test(test_items),      cmocka_unit_test(test_tag_errors),
        cmocka_unit_test(test_tag_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
