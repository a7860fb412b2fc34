/* SPDX-License-Identifier: BSD-2-Clause */
/* Every kind of value there and back. */
#include "roundtrip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_base(void **state)
{
    rt_all_t s = server_start();
    uint32_t v = 0;
    shared_mode_t m = 0;

    (void)state;
    assert_int_equal(rt_all_version(s, &v, NULL), 0);
    assert_int_equal(v, 42);
    assert_int_equal(
        shared_base_twist(rt_all_as_shared_base(s), SHARED_MODE_RD, &m, NULL),
        0);
    assert_int_equal(m, SHARED_MODE_WR);
    assert_int_equal(l4_loopback.request_tag >> 48, 300);
}

static void test_scalars(void **state)
{
    rt_all_t s = server_start();
    int64_t sum = 0;
    bool not_e = true;
    char g = 0;

    (void)state;
    assert_int_equal(rt_all_scalars(s, 200, -300, 4000000000u, -5, true, 'a',
                                    &sum, &not_e, &g, NULL),
                     0);
    assert_true(sum == 200 - 300 + 4000000000ll - 5);
    assert_false(not_e);
    assert_int_equal(g, 'b');
    /* s64 | u32 s16 u8 bool char: packed by descending alignment. */
    assert_int_equal(RT_ALL_SCALARS_IN_AT_D, 0);
    assert_int_equal(RT_ALL_SCALARS_IN_AT_C, 8);
    assert_int_equal(RT_ALL_SCALARS_IN_AT_B, 12);
    assert_int_equal(RT_ALL_SCALARS_IN_AT_A, 14);
    assert_int_equal(RT_ALL_SCALARS_IN_AT_E, 15);
    assert_int_equal(RT_ALL_SCALARS_IN_AT_F, 16);
    assert_int_equal(l4_tag_words(l4_loopback.request_tag), 3);
    assert_true(l4_loopback.request[1] == (0x01c8fed4ull << 32 | 4000000000u));
    assert_true(l4_loopback.request[2] == 'a');
    assert_true(l4_loopback.request[3] == 0 && l4_loopback.request[4] == 0);
}

static void test_kinds(void **state)
{
    rt_all_t s = server_start();
    shared_mode_t m = 0;
    rt_level_t l = 0;
    rt_wide_t w = 0;
    rt_perm_t p = 0;
    int32_t sum = 0;
    uint8_t y = 3;

    (void)state;
    assert_int_equal(rt_all_kinds(s, SHARED_MODE_RUN, RT_LEVEL_LOW,
                                  RT_WIDE_HUGE, RT_PERM_R | RT_PERM_X, &m, &l,
                                  &w, &p, NULL),
                     0);
    assert_int_equal(m, 7);
    assert_int_equal(l, -2);
    assert_true(w == UINT64_MAX);
    assert_int_equal(p, 5);
    assert_int_equal(rt_all_add(s, -100, &y, &sum, NULL), 0);
    assert_int_equal(sum, -97);
    assert_int_equal(y, 4);
    assert_true(RT_BIG == 1ull << 40 && RT_LOWEST == INT64_MIN);
    assert_true(RT_YES && RT_LETTER == 'x');
}

static void test_structs(void **state)
{
    rt_all_t s = server_start();
    rt_point_t p = {-1, 3};
    rt_padded_t q;
    rt_nest_t n;
    rt_nest_t r;

    (void)state;
    memset(&q, 0xff, sizeof q);
    memset(&n, 0xff, sizeof n);
    q.tag = 1;
    q.big = 10;
    q.on = true;
    q.m = SHARED_MODE_RW;
    n.p = q;
    n.a[0] = n.a[1] = n.a[2] = 7;
    n.b[0] = false;
    n.b[1] = true;
    assert_int_equal(rt_all_structs(s, &p, &n, &q, &r, NULL), 0);
    assert_true(q.big == 11 && !q.on && q.tag == 1);
    assert_true(r.p.big == 12 && r.a[2] == 7 && r.b[1] && !r.b[0]);
    /* No byte of the padding went out. */
    assert_int_equal(RT_ALL_STRUCTS_IN_AT_N, 0);
    assert_true(l4_loopback.request[0] == 1);
    assert_true(l4_loopback.request[2] == (3ull << 32 | 1));
}

static void test_arrays(void **state)
{
    rt_all_t s = server_start();
    const uint8_t m[6] = {1, 2, 3, 4, 5, 6};
    const bool flags[3] = {true, false, true};
    const shared_mode_t modes[2] = {SHARED_MODE_RD, SHARED_MODE_RUN};
    uint8_t r[6];
    bool inv[3];
    shared_mode_t rev[2];

    (void)state;
    assert_int_equal(rt_all_arrays(s, m, flags, modes, r, inv, rev, NULL), 0);
    assert_int_equal(r[0], 6);
    assert_true(!inv[0] && inv[1] && !inv[2]);
    assert_int_equal(rev[0], SHARED_MODE_RUN);
}

static void test_text(void **state)
{
    rt_all_t s = server_start();
    char tag[9] = "ab";
    char upper[17];
    uint32_t n = 0;

    (void)state;
    assert_int_equal(
        rt_all_text(s, "hello", tag, sizeof tag, upper, sizeof upper, &n, NULL),
        0);
    assert_string_equal(upper, "HELLO");
    assert_string_equal(tag, "ab!");
    assert_int_equal(n, 5);
    assert_int_equal(rt_all_text(s, "", tag, sizeof tag, upper, 1, &n, NULL),
                     0);
    assert_string_equal(upper, "");
    assert_int_equal(rt_all_text(s, "0123456789abcdef", tag, sizeof tag, upper,
                                 sizeof upper, &n, NULL),
                     0);
    assert_int_equal(n, 16);
}

static void test_text_limits(void **state)
{
    rt_all_t s = server_start();
    char tag[9] = "ab";
    char upper[17] = "old";
    uint32_t n = 77;

    (void)state;
    assert_int_equal(rt_all_text(s, "0123456789abcdefg", tag, sizeof tag, upper,
                                 sizeof upper, &n, NULL),
                     L4_ESTR);
    assert_int_equal(l4_loopback.sent, 0);
    assert_int_equal(
        rt_all_text(s, "hello", tag, sizeof tag, upper, 5, &n, NULL),
        L4_EOVERFLOW);
    assert_string_equal(upper, "old");
    assert_string_equal(tag, "ab");
    assert_int_equal(n, 77);
    assert_int_equal(rt_all_text(s, "hello", tag, 0, upper, 17, &n, NULL),
                     L4_EOVERFLOW);
    seen.unterminated = true;
    assert_int_equal(
        rt_all_text(s, "hello", tag, sizeof tag, upper, 17, &n, NULL), L4_ESTR);
}

struct lists {
    uint16_t sizes[7];
    uint32_t sizes_count;
    uint8_t more[32];
    uint32_t more_count;
    rt_odd_t odds[5];
    uint32_t odds_count;
    bool flip[5];
    uint32_t flip_count;
};

static l4_err_t call_lists(rt_all_t s, struct lists *l, uint32_t data_count,
                           uint32_t bits_count)
{
    static const uint8_t data[33] = {9, 8, 7};
    static const uint64_t big[2] = {1, 2};
    static const bool bits[6] = {true, false, true, true, false};
    static const shared_mode_t modes[3] = {7, 1, 2};

    return rt_all_lists(s, data, data_count, big, 2, bits, bits_count, modes, 3,
                        l->sizes, &l->sizes_count, l->more, &l->more_count, 32,
                        l->odds, &l->odds_count, l->flip, &l->flip_count, NULL);
}

static void test_lists(void **state)
{
    rt_all_t s = server_start();
    struct lists l = {.sizes_count = 7,
                      .more = {1, 2},
                      .more_count = 2,
                      .odds_count = 5,
                      .flip_count = 5};

    (void)state;
    assert_int_equal(call_lists(s, &l, 3, 5), 0);
    assert_int_equal(l.sizes_count, 3);
    assert_true(l.sizes[0] == 3 && l.sizes[1] == 2 && l.sizes[2] == 7);
    assert_int_equal(l.more_count, 3);
    assert_true(l.more[0] == 2 && l.more[1] == 3 && l.more[2] == 9);
    assert_int_equal(l.odds_count, 5);
    assert_true(l.odds[4].value == 104 && l.odds[4].kind == 4);
    assert_true(!l.flip[0] && l.flip[1]);
    l.sizes_count = l.odds_count = l.flip_count = l.more_count = 7;
    l.odds_count = l.flip_count = 0;
    assert_int_equal(call_lists(s, &l, 0, 0), 0);
    assert_true(l.odds_count == 0 && l.flip_count == 0);
}

static void test_lists_limits(void **state)
{
    rt_all_t s = server_start();
    struct lists l = {
        .sizes_count = 2, .more_count = 2, .odds_count = 5, .flip_count = 5};

    (void)state;
    assert_int_equal(call_lists(s, &l, 33, 0), L4_ERANGE);
    assert_int_equal(call_lists(s, &l, 0, 6), L4_ERANGE);
    l.more_count = 33;
    assert_int_equal(call_lists(s, &l, 0, 0), L4_ERANGE);
    assert_int_equal(l4_loopback.sent, 0);
    l.more_count = 2;
    assert_int_equal(call_lists(s, &l, 3, 5), L4_EOVERFLOW);
    assert_int_equal(l.sizes_count, 2);
    assert_int_equal(l.more_count, 2);
    l.sizes_count = 7;
    seen.too_many = true;
    assert_int_equal(call_lists(s, &l, 3, 5), L4_ERANGE);
}

static void test_items(void **state)
{
    rt_all_t s = server_start();
    rt_all_t a = {5};
    shared_base_t c = {0};
    l4_cap_t d = 0;
    l4_fpage_t q = 0;

    (void)state;
    assert_int_equal(rt_all_caps(s, a, 6, 20, &c, &d, NULL), 0);
    assert_int_equal(seen.a, 5 + L4_LOOPBACK_SHIFT);
    assert_int_equal(seen.b, 6 + L4_LOOPBACK_SHIFT);
    assert_int_equal(c.cap, 20 + L4_LOOPBACK_SHIFT);
    assert_int_equal(d, 21 + L4_LOOPBACK_SHIFT);
    assert_int_equal(rt_all_pages(s, l4_fpage_mem(0x5000, 12, 7), &q, NULL), 0);
    assert_int_equal(l4_fpage_rights(seen.page), L4_MEM_R);
    assert_int_equal(l4_fpage_rights(q), L4_MEM_R | L4_MEM_W);
    assert_true(l4_fpage_base(q) == 0x7000);
}

static void test_oneway(void **state)
{
    rt_all_t s = server_start();
    rt_all_t none = {L4_CAP_NONE};

    (void)state;
    assert_int_equal(rt_all_hint(s, 3, "because", NULL), 0);
    assert_int_equal(seen.hint, 3);
    assert_string_equal(seen.why, "because");
    assert_int_equal(rt_all_hint(none, 3, "because", NULL), L4_ENOCAP);
    assert_int_equal(rt_all_nothing(none, NULL), L4_ENOCAP);
}

static void test_exceptions(void **state)
{
    rt_all_t s = server_start();
    rt_busy_t busy;
    rt_all_mine_t mine;
    uint32_t r = 55;

    (void)state;
    assert_int_equal(rt_all_risky(s, 0, &r, NULL), 0);
    r = 55;
    assert_int_equal(rt_all_risky(s, 1, &r, NULL), RT_GONE);
    assert_int_equal(rt_all_risky(s, 2, &r, NULL), RT_BUSY);
    assert_int_equal(rt_get_busy(&busy), 0);
    assert_true(busy.retry_ms == 250 && busy.hard && busy.when[4] == 5);
    assert_int_equal(busy.m, SHARED_MODE_RUN);
    assert_int_equal(rt_all_get_mine(&mine), L4_EPROTO);
    assert_int_equal(rt_all_risky(s, 3, &r, NULL), RT_ALL_MINE);
    assert_int_equal(rt_all_get_mine(&mine), 0);
    assert_int_equal(mine.code, -7);
    assert_int_equal(rt_all_risky(s, 4, &r, NULL), L4_EPROTO);
    assert_int_equal(rt_all_risky(s, 5, &r, NULL), L4_EPROTO);
    assert_int_equal(rt_all_risky(s, 6, &r, NULL), L4_ENOENT);
    assert_int_equal(rt_all_risky(s, 7, &r, NULL), RT_GONE);
    assert_int_equal(r, 55);
    assert_true(RT_GONE != RT_BUSY && RT_BUSY != RT_ALL_MINE);
}

/* What `risky` answers to `what`, before any client makes something of it. */
static void assert_answer(uint64_t what, l4_err_t want)
{
    rt_all_t s = server_start();
    l4_words_t w = {{what}};
    l4_tag_t tag = l4_transport_call(s.cap, RT_ALL_RISKY_IN_TAG, &w, NULL);

    assert_true(tag & L4_TAG_RAISED);
    assert_int_equal((int32_t)w.w[0], want);
}

/* The server itself lets nothing undeclared out, and no exception without its
 * payload. */
static void test_undeclared(void **state)
{
    (void)state;
    assert_answer(2, RT_BUSY);
    assert_answer(4, L4_EPROTO);
    assert_answer(5, L4_EPROTO);
}

static void test_kernel_message(void **state)
{
    rt_all_t s = server_start();
    uint32_t answer = 0;

    (void)state;
    assert_int_equal(rt_all_event(s, 4, &answer, NULL), L4_EPERM);
    l4_loopback.kernel_bits = L4_TAG_KERNEL;
    assert_int_equal(rt_all_event(s, 4, &answer, NULL), 0);
    assert_int_equal(answer, 5);
    assert_int_equal(rt_all_nothing(s, NULL), L4_EPERM);
}

static void test_the_rest(void **state)
{
    rt_all_t s = server_start();
    uint64_t o[7] = {0};
    l4_time_t t = 0;
    uint32_t x = 0;
    uint32_t y = 0;

    (void)state;
    assert_int_equal(rt_all_many(s, 1, 2, 3, 4, 5, 6, 7, &o[0], &o[1], &o[2],
                                 &o[3], &o[4], &o[5], &o[6], NULL),
                     0);
    for (unsigned i = 0; i < 7; i++)
        assert_true(o[i] == i + 1);
    assert_int_equal(rt_all_when(s, 1ull << 50, 5, &t, NULL), 0);
    assert_true(t == (1ull << 50) + 5);
    assert_int_equal(rt_all_self(s, 8, 9, &x, &y, NULL), 0);
    assert_true(x == 8 && y == 9);
    assert_int_equal(rt_all_nothing(s, NULL), 0);
    assert_ptr_equal(seen.self, &seen);
    assert_int_equal(rt_all_spread(s, 1, "abc", 2, 1000, &o[0], NULL), 0);
    assert_true(o[0] == 1006);
}

/* Out of the compiler's sight, which would not have it. */
static const rt_all_ops_t *volatile incomplete;

static void test_incomplete_server(void **state)
{
    rt_all_ops_t ops = server_ops;

    (void)state;
    incomplete = &ops;
    ops.many = NULL;
    assert_int_equal(rt_all_register(NULL, 1, 1, incomplete, NULL), L4_EINVAL);
    ops = server_ops;
    ops.base.twist = NULL;
    assert_int_equal(rt_all_register(NULL, 1, 1, incomplete, NULL), L4_EINVAL);
}

int good_run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base),
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_structs),
        cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_limits),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_lists_limits),
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_oneway),
        cmocka_unit_test(test_exceptions),
        cmocka_unit_test(test_undeclared),
        cmocka_unit_test(test_kernel_message),
        cmocka_unit_test(test_the_rest),
        cmocka_unit_test(test_incomplete_server),
    };

    return cmocka_run_group_tests_name("good", tests, NULL, NULL);
}
