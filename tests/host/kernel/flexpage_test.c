/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel reckons about flexpages (kernel/flexpage.h), and the rights
 * of entries, against a model that tries every place and every size.
 */
#include "model.h"

#include <l4/err.h>
#include <l4/tag.h>

#include <kernel/flexpage.h>

#define STEPS 200000u
#define UNIT_SHIFT 12

/* A number with few bits set or clear at its ends: what arithmetic stumbles
 * over. */
static uint64_t odd_number(struct model_random *r)
{
    uint64_t n = model_random(r);
    unsigned shift = model_below(r, 64);

    switch (model_below(r, 4)) {
    case 0: return n >> shift;
    case 1: return n << shift;
    case 2: return ~0ull << shift;
    default: return (1ull << shift) - model_below(r, 3);
    }
}

/* --- how many entries */

/* Leaf by leaf, as large as the flexpage has any; no more than matters. */
static unsigned entries_model(unsigned kind, unsigned order)
{
    unsigned leaf = kind == L4_FPAGE_CAP ? 0
                    : order < 21         ? 12
                    : order < 30         ? 21
                                         : 30;
    unsigned count = 0;

    if (kind == L4_FPAGE_IO) {
        return 1;
    }
    if (kind == 0 || order < leaf) {
        return L4_MSG_ITEMS + 1;
    }
    for (uint64_t at = 0; at < 1ull << order && count <= L4_MSG_ITEMS;
         count++) {
        at += 1ull << leaf;
    }
    return count;
}

static void check_entries(struct model_random *r)
{
    unsigned kind = model_below(r, 4);
    unsigned order = model_below(r, 64);
    l4_fpage_t f = l4_fpage(kind, model_random(r), order, model_below(r, 16));

    assert_true(flexpage_entries(f) == entries_model(kind, order));
}

/* --- where in a window */

#define WINDOW_UNITS 10u /* a model's window has up to 2^10 units */

/* The only place that the item may have in a window that is one: an item's
 * sizes from its beginning, as far as was asked, going round. */
static bool place_model(uint64_t base, uint64_t size, uint64_t item,
                        uint64_t asked, uint64_t *to)
{
    if (item > size) {
        return false;
    }
    for (*to = base; *to + item <= base + size; *to += item) {
        if ((*to - base) / item == asked % size / item) {
            return true;
        }
    }
    return false;
}

static void check_place(struct model_random *r)
{
    unsigned kind =
        L4_FPAGE_MEM + model_below(r, 2) * (L4_FPAGE_CAP - L4_FPAGE_MEM);
    unsigned least = kind == L4_FPAGE_MEM ? UNIT_SHIFT : 0;
    unsigned order = least + model_below(r, WINDOW_UNITS + 1);
    unsigned item = least + model_below(r, WINDOW_UNITS + 3);
    unsigned shift = kind == L4_FPAGE_MEM ? 0 : UNIT_SHIFT;
    uint64_t size = 1ull << order << shift;
    uint64_t base = (model_random(r) >> 17) / size * size;
    uint64_t asked = odd_number(r);
    uint64_t want = 0;
    uint64_t got = 0;
    l4_err_t err =
        flexpage_place(l4_fpage(kind, base, order, 15),
                       l4_fpage(kind, model_random(r), item, 15), asked, &got);

    if (!place_model(base, size, 1ull << item << shift, asked, &want)) {
        assert_true(err == L4_EWINDOW);
        return;
    }
    assert_true(err == L4_OK);
    assert_true(got == want);
}

/* Whatever the window and the item are: nothing lies outside of the window, nor
 * beyond what a user has. */
static void check_window(struct model_random *r)
{
    l4_fpage_t window = odd_number(r);
    l4_fpage_t f = odd_number(r);
    unsigned shift = l4_fpage_kind(f) == L4_FPAGE_MEM ? 0 : UNIT_SHIFT;
    uint64_t to = 0;

    if (l4_fpage_kind(f) == 0 ||
        flexpage_place(window, f, odd_number(r), &to) != L4_OK) {
        return;
    }
    assert_true(l4_fpage_kind(window) == l4_fpage_kind(f));
    unsigned order = l4_fpage_order(window) + shift;
    uint64_t item = 1ull << (l4_fpage_order(f) + shift);
    uint64_t end = l4_fpage_base(window) + (1ull << order);
    assert_true(order <= 47 && l4_fpage_order(f) + shift <= order);
    assert_true(l4_fpage_base(window) % (1ull << order) == 0);
    assert_true(to >= l4_fpage_base(window) && to < end);
    if (l4_fpage_kind(f) == L4_FPAGE_IO) {
        assert_true(to == l4_fpage_base(f));
    } else {
        assert_true(to % item == 0 && item <= end - to);
    }
}

/* --- what of both spaces */

static bool is_below(uint64_t first, uint64_t size, uint64_t end)
{
    return first + size > first && first + size <= end;
}

static void check_ranges(struct model_random *r)
{
    unsigned order = UNIT_SHIFT + model_below(r, 36);
    uint64_t size = 1ull << order;
    uint64_t from = odd_number(r) & ~0xfffull;
    uint64_t to = odd_number(r) & ~0xfffull;
    bool want = from % size == 0 && is_below(from, size, L4_USER_END) &&
                is_below(to, size, L4_USER_END);

    assert_true(flexpage_fits(from, to, size) == want);
}

/* --- which leaf */

static unsigned leaf_model(uint64_t va, uint64_t to, uint64_t phys,
                           uint64_t left, unsigned below, bool giant)
{
    unsigned best = UNIT_SHIFT;

    for (unsigned order = UNIT_SHIFT; order < below && order < 64; order++) {
        uint64_t size = 1ull << order;
        bool is_leaf = order == 21 || (order == 30 && giant);
        if (is_leaf && va % size == 0 && to % size == 0 && phys % size == 0 &&
            left >= size) {
            best = order;
        }
    }
    return best;
}

static void check_leaf(struct model_random *r)
{
    static const unsigned limits[] = {12, 13, 21, 22, 30, 31, 64};
    uint64_t mask = ~0ull << model_below(r, 40);
    uint64_t va = model_random(r) & mask;
    uint64_t to = model_random(r) & mask;
    uint64_t phys = model_random(r) & mask;
    uint64_t left = odd_number(r);
    unsigned below = limits[model_below(r, 7)];
    bool giant = model_below(r, 2);

    assert_true(flexpage_leaf(va | to | phys, left, below, giant) ==
                leaf_model(va, to, phys, left, below, giant));
}

/* --- what an entry allows */

static void check_rights(struct model_random *r)
{
    uint64_t entries[2] = {0, 0};
    struct ptab_slot from = {&entries[0], model_below(r, 2) ? 12 : 21};
    struct ptab_slot to = {&entries[1], 12};
    unsigned has = model_below(r, 8);
    unsigned asked = model_below(r, 8);
    bool cached = model_below(r, 2);
    bool uncached = model_below(r, 2);
    uint64_t frame = (model_random(r) >> 34) << 21; /* 51 bits */
    uint64_t part = from.order == 21 ? (uint64_t)model_below(r, 512) << 12 : 0;

    arch_pte_make(&from, frame, has, cached);
    assert_true(arch_pte_present(&from));
    assert_true(arch_pte_rights(&from) == (has | L4_MEM_R));
    *from.entry |= model_random(r) & 0x60; /* accessed, dirty: its own */
    arch_pte_derive(&to, &from, frame + part, asked, uncached);
    assert_true(arch_pte_rights(&to) == ((has & asked) | L4_MEM_R));
    assert_true(arch_pte_phys(&to) == frame + part);
    assert_true(arch_pte_used(&to) == 0);
    struct ptab_slot plain = {&entries[0], 12};
    arch_pte_make(&plain, frame + part, has & asked, cached && !uncached);
    assert_true(entries[0] == entries[1]);
    unsigned kept = model_below(r, 8);
    arch_pte_restrict(&to, kept);
    assert_true(arch_pte_rights(&to) == ((has & asked & kept) | L4_MEM_R));
}

void test_random(void **state)
{
    static void (*const checks[])(struct model_random *) = {
        check_entries, check_place, check_window,
        check_ranges,  check_leaf,  check_rights};
    struct model_random r = model_random_start("flexpage");

    (void)state;
    for (unsigned step = 0; model_goes_on(step, STEPS); step++) {
        checks[model_below(&r, sizeof(checks) / sizeof(checks[0]))](&r);
    }
}

/* Each order once, and the corners of the windows. */
static void test_orders(void **state)
{
    uint64_t to = 0;

    (void)state;
    for (unsigned order = 0; order < 64; order++) {
        for (unsigned kind = 0; kind < 4; kind++) {
            assert_true(flexpage_entries(l4_fpage(kind, 0, order, 7)) ==
                        entries_model(kind, order));
        }
        /* A capability item that is too large in any window. */
        assert_true(flexpage_place(l4_fpage(L4_FPAGE_CAP, 0, 3, 15),
                                   l4_fpage(L4_FPAGE_CAP, 0, order, 15), 0,
                                   &to) == (order <= 3 ? L4_OK : L4_EWINDOW));
        assert_true(flexpage_place(l4_fpage(L4_FPAGE_CAP, 0, order, 15),
                                   l4_fpage(L4_FPAGE_CAP, 0, 0, 15), 0,
                                   &to) == (order <= 35 ? L4_OK : L4_EWINDOW));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_orders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
