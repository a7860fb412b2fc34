/* SPDX-License-Identifier: BSD-2-Clause */
/* A peer that does not keep to the interface is refused with a clear code, on
 * either side. */
#include "roundtrip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* What to change in a message: a byte of it, the tag, an item. */
static struct {
    int byte; /* -1: none */
    uint8_t value;
    l4_tag_t tag_xor;
    int words; /* added to the number of words */
    int item;  /* -1: none */
    uint64_t control;
    l4_fpage_t fpage;
} harm;

static void harm_none(void)
{
    memset(&harm, 0, sizeof harm);
    harm.byte = -1;
    harm.item = -1;
}

static l4_tag_t tamper(l4_tag_t tag, l4_words_t *w, l4_utcb_t *utcb)
{
    if (harm.byte >= 0) {
        if (harm.byte < 8 * L4_MSG_REGS)
            ((uint8_t *)w->w)[harm.byte] = harm.value;
        else
            ((uint8_t *)utcb->mr)[harm.byte] = harm.value;
    }
    if (harm.item >= 0) {
        utcb->items[harm.item].control = harm.control;
        utcb->items[harm.item].fpage = harm.fpage;
    }
    tag = (tag & ~L4_TAG_WORDS_MASK) |
          (uint64_t)((int)l4_tag_words(tag) + harm.words);
    return tag ^ harm.tag_xor;
}

static rt_all_t victim(bool request)
{
    rt_all_t s = server_start();

    harm_none();
    if (request)
        l4_loopback_tamper_request(tamper);
    else
        l4_loopback_tamper_reply(tamper);
    return s;
}

/* --- the server as victim ---------------------------------------------- */

static l4_err_t call_kinds(rt_all_t s)
{
    shared_mode_t m = 99;
    rt_level_t l = 99;
    rt_wide_t w = 99;
    rt_perm_t p = 99;
    l4_err_t err = rt_all_kinds(s, SHARED_MODE_RD, RT_LEVEL_MID, RT_WIDE_SMALL,
                                0, &m, &l, &w, &p, NULL);

    if (err)
        assert_true(m == 99 && l == 99 && w == 99 && p == 99);
    return err;
}

static l4_err_t call_scalars(rt_all_t s)
{
    int64_t sum = 99;
    bool b = false;
    char g = 'q';
    l4_err_t err = rt_all_scalars(s, 1, 2, 3, 4, true, 'a', &sum, &b, &g, NULL);

    if (err)
        assert_true(sum == 99 && !b && g == 'q');
    return err;
}

static void harm_byte(int at, uint8_t value)
{
    harm_none();
    harm.byte = at;
    harm.value = value;
}

static void test_values(void **state)
{
    rt_all_t s = victim(true);

    (void)state;
    assert_int_equal(call_kinds(s), 0);
    harm_byte(RT_ALL_KINDS_IN_AT_M, 4);
    assert_int_equal(call_kinds(s), L4_EINVAL);
    harm_byte(RT_ALL_KINDS_IN_AT_M, 0);
    assert_int_equal(call_kinds(s), L4_EINVAL);
    harm_byte(RT_ALL_KINDS_IN_AT_L, 1);
    assert_int_equal(call_kinds(s), L4_EINVAL);
    harm_byte(RT_ALL_KINDS_IN_AT_W, 2);
    assert_int_equal(call_kinds(s), L4_EINVAL);
    harm_byte(RT_ALL_KINDS_IN_AT_P, 8);
    assert_int_equal(call_kinds(s), L4_EINVAL);
    harm_byte(RT_ALL_KINDS_IN_AT_P, 7);
    assert_int_equal(call_kinds(s), 0);
    harm_byte(RT_ALL_SCALARS_IN_AT_E, 2);
    assert_int_equal(call_scalars(s), L4_EINVAL);
}

static l4_err_t call_add(rt_all_t s, int32_t x, uint8_t y)
{
    int32_t r;

    return rt_all_add(s, x, &y, &r, NULL);
}

static void test_ranges(void **state)
{
    rt_all_t s = victim(true);

    (void)state;
    assert_int_equal(call_add(s, 100, 7), 0);
    assert_int_equal(call_add(s, -101, 7), L4_ERANGE);
    assert_int_equal(call_add(s, 101, 7), L4_ERANGE);
    assert_int_equal(call_add(s, 0, 8), L4_ERANGE);
    seen.bad_y = true;
    assert_int_equal(call_add(s, 0, 7), L4_EPROTO);
}

static void test_shape(void **state)
{
    rt_all_t s = victim(true);

    (void)state;
    harm.words = 1;
    assert_int_equal(call_kinds(s), L4_EMSG);
    harm.words = -1;
    assert_int_equal(call_kinds(s), L4_EMSG);
    harm_none();
    harm.tag_xor = 1ull << L4_TAG_ITEMS_SHIFT;
    assert_int_equal(call_kinds(s), L4_EMSG);
    harm.tag_xor = L4_TAG_ITEM_ERR;
    assert_int_equal(call_kinds(s), L4_EITEM);
    harm.tag_xor = L4_TAG_KERNEL;
    assert_int_equal(call_kinds(s), L4_EPERM);
    harm.tag_xor = L4_TAG_REPLY;
    assert_true(call_kinds(s) < 0);
    harm.tag_xor = 1ull << 63;
    assert_true(call_kinds(s) < 0);
    harm.tag_xor = 0x100ull << L4_TAG_OP_SHIFT;
    assert_true(call_kinds(s) < 0);
}

static void test_unknown(void **state)
{
    rt_all_t s = server_start();
    l4_words_t w = {{0}};
    l4_tag_t tag;

    (void)state;
    tag = l4_transport_call(s.cap, L4_TAG(RT_ALL_PROTO, 99, 0, 0), &w, NULL);
    assert_true(
        tag == (L4_TAG(RT_ALL_PROTO, 99, 1, 0) | L4_TAG_REPLY | L4_TAG_RAISED));
    assert_int_equal((int32_t)w.w[0], L4_ENOSYS);
    tag = l4_transport_call(s.cap, L4_TAG(999, 1, 0, 0), &w, NULL);
    assert_int_equal((int32_t)w.w[0], L4_ENOSYS);
    assert_true(tag & L4_TAG_RAISED);
}

static l4_err_t call_text(rt_all_t s, const char *name)
{
    char tag[9] = "ab";
    char upper[17] = "old";
    uint32_t n = 99;
    l4_err_t err =
        rt_all_text(s, name, tag, sizeof tag, upper, sizeof upper, &n, NULL);

    if (err)
        assert_true(n == 99 && strcmp(upper, "old") == 0);
    return err;
}

static void test_strings(void **state)
{
    rt_all_t s = victim(true);

    (void)state;
    assert_int_equal(call_text(s, "hello"), 0);
    harm_byte(RT_ALL_TEXT_IN_AT_NAME, 17); /* above the maximum */
    assert_int_equal(call_text(s, "hello"), L4_ESTR);
    harm_byte(RT_ALL_TEXT_IN_AT_NAME, 9); /* more words than there are */
    assert_int_equal(call_text(s, "hello"), L4_EMSG);
    harm_byte(RT_ALL_TEXT_IN_AT_NAME, 0); /* fewer */
    assert_int_equal(call_text(s, "hello"), L4_EMSG);
    harm_byte(8 + 2, 0); /* a NUL inside */
    assert_int_equal(call_text(s, "hello"), L4_ESTR);
    harm_byte(RT_ALL_TEXT_IN_AT_NAME + 3, 0xff); /* a huge count */
    assert_int_equal(call_text(s, "hello"), L4_ESTR);
    harm_none();
    harm.words = 1;
    assert_int_equal(call_text(s, "hello"), L4_EMSG);
    harm.words = -3;
    assert_int_equal(call_text(s, "hello"), L4_EMSG);
    harm_none();
    harm.tag_xor = 1ull << L4_TAG_ITEMS_SHIFT;
    assert_int_equal(call_text(s, "hello"), L4_EMSG);
    harm.tag_xor = L4_TAG_ITEM_ERR;
    assert_int_equal(call_text(s, "hello"), L4_EITEM);
    harm.tag_xor = L4_TAG_KERNEL;
    assert_int_equal(call_text(s, "hello"), L4_EPERM);
}

static l4_err_t call_lists(rt_all_t s)
{
    static const uint8_t data[8] = {1};
    static const uint64_t big[1] = {1};
    static const bool bits[3] = {true};
    static const shared_mode_t modes[2] = {1, 1};
    uint16_t sizes[7];
    uint32_t sizes_count = 7;
    uint8_t more[32] = {0};
    uint32_t more_count = 1;
    rt_odd_t odds[5];
    uint32_t odds_count = 5;
    bool flip[5];
    uint32_t flip_count = 5;
    l4_err_t err = rt_all_lists(s, data, 8, big, 1, bits, 3, modes, 2, sizes,
                                &sizes_count, more, &more_count, 32, odds,
                                &odds_count, flip, &flip_count, NULL);

    if (err)
        assert_true(sizes_count == 7 && odds_count == 5 && more_count == 1);
    return err;
}

static void test_sequences(void **state)
{
    rt_all_t s = victim(true);

    (void)state;
    assert_int_equal(call_lists(s), 0);
    harm_byte(RT_ALL_LISTS_IN_AT_BIG, 5);
    assert_int_equal(call_lists(s), L4_ERANGE);
    harm_byte(RT_ALL_LISTS_IN_AT_BIG, 2);
    assert_int_equal(call_lists(s), L4_EMSG);
    harm_byte(RT_ALL_LISTS_IN_AT_MORE + 3, 0x80);
    assert_int_equal(call_lists(s), L4_ERANGE);
    /* 3 words fixed, 1 of data, 1 of big, then the bits and the modes. */
    harm_byte(5 * 8 + 1, 2);
    assert_int_equal(call_lists(s), L4_EINVAL);
    harm_byte(6 * 8 + 4, 9);
    assert_int_equal(call_lists(s), L4_EINVAL);
}

static l4_err_t call_structs(rt_all_t s)
{
    rt_point_t p = {0, 0};
    rt_padded_t q = {1, 2, true, SHARED_MODE_RD};
    rt_nest_t n = {{1, 2, true, SHARED_MODE_RD}, {0}, {true, false}};
    rt_nest_t r;

    return rt_all_structs(s, &p, &n, &q, &r, NULL);
}

static l4_err_t call_arrays(rt_all_t s)
{
    static const uint8_t m[6];
    static const bool flags[3];
    static const shared_mode_t modes[2] = {1, 1};
    uint8_t r[6];
    bool inv[3];
    shared_mode_t rev[2];

    return rt_all_arrays(s, m, flags, modes, r, inv, rev, NULL);
}

static void test_inside_structs(void **state)
{
    rt_all_t s = victim(true);

    (void)state;
    assert_int_equal(call_structs(s), 0);
    harm_byte(RT_ALL_STRUCTS_IN_AT_N + (int)offsetof(rt_nest_t, b) + 1, 2);
    assert_int_equal(call_structs(s), L4_EINVAL);
    harm_byte(RT_ALL_STRUCTS_IN_AT_N + (int)offsetof(rt_nest_t, p.m), 5);
    assert_int_equal(call_structs(s), L4_EINVAL);
    harm_byte(RT_ALL_STRUCTS_IN_AT_Q + (int)offsetof(rt_padded_t, on), 255);
    assert_int_equal(call_structs(s), L4_EINVAL);
    harm_byte(RT_ALL_ARRAYS_IN_AT_FLAGS + 2, 3);
    assert_int_equal(call_arrays(s), L4_EINVAL);
    harm_byte(RT_ALL_ARRAYS_IN_AT_MODES + 4, 0);
    assert_int_equal(call_arrays(s), L4_EINVAL);
}

static l4_err_t call_caps(rt_all_t s)
{
    rt_all_t a = {5};
    shared_base_t c = {0};
    l4_cap_t d = 0;
    l4_err_t err = rt_all_caps(s, a, 6, 20, &c, &d, NULL);

    if (err)
        assert_true(c.cap == 0 && d == 0);
    return err;
}

static l4_err_t call_pages(rt_all_t s)
{
    l4_fpage_t q = 0;

    return rt_all_pages(s, l4_fpage_mem(0x5000, 12, 7), &q, NULL);
}

static void harm_item(int item, uint64_t control, l4_fpage_t fpage)
{
    harm_none();
    harm.item = item;
    harm.control = control;
    harm.fpage = fpage;
}

static void test_items_in(void **state)
{
    rt_all_t s = victim(true);

    (void)state;
    harm_item(1, L4_ITEM_FAILED, 0);
    assert_int_equal(call_caps(s), L4_EITEM);
    harm_item(0, L4_ITEM_MAPPED, l4_fpage_mem(0x1000, 12, 7));
    assert_int_equal(call_caps(s), L4_EITEM);
    harm_item(0, L4_ITEM_LABEL, 77);
    assert_int_equal(call_caps(s), 0);
    assert_int_equal(seen.a, L4_CAP_NONE);
    harm_item(0, L4_ITEM_MAPPED, l4_fpage_cap(7, 0, 7));
    assert_int_equal(call_pages(s), L4_EITEM);
    harm_item(0, L4_ITEM_LABEL, l4_fpage_mem(0x1000, 12, 7));
    assert_int_equal(call_pages(s), L4_EITEM);
}

static void test_oneway(void **state)
{
    rt_all_t s = victim(true);

    (void)state;
    harm.words = 1;
    assert_int_equal(rt_all_hint(s, 5, "x", NULL), 0);
    assert_int_equal(seen.hint, 0);
    harm_byte(8, 0);
    assert_int_equal(rt_all_hint(s, 5, "x", NULL), 0);
    assert_int_equal(seen.hint, 0);
}

/* --- the client as victim ---------------------------------------------- */

static void test_reply_values(void **state)
{
    rt_all_t s = victim(false);

    (void)state;
    harm_byte(RT_ALL_KINDS_OUT_AT_M2, 4);
    assert_int_equal(call_kinds(s), L4_EPROTO);
    harm_byte(RT_ALL_KINDS_OUT_AT_W2, 9);
    assert_int_equal(call_kinds(s), L4_EPROTO);
    harm_byte(RT_ALL_KINDS_OUT_AT_P2 + 1, 1);
    assert_int_equal(call_kinds(s), L4_EPROTO);
    harm_byte(RT_ALL_SCALARS_OUT_AT_NOT_E, 2);
    assert_int_equal(call_scalars(s), L4_EPROTO);
    harm_byte(RT_ALL_STRUCTS_OUT_AT_R + (int)offsetof(rt_nest_t, b), 2);
    assert_int_equal(call_structs(s), L4_EPROTO);
    harm_byte(RT_ALL_ARRAYS_OUT_AT_INVERTED, 2);
    assert_int_equal(call_arrays(s), L4_EPROTO);
}

static void test_reply_shape(void **state)
{
    rt_all_t s = victim(false);

    (void)state;
    harm.words = -1;
    assert_int_equal(call_kinds(s), L4_EPROTO);
    assert_int_equal(call_text(s, "hello"), L4_EPROTO);
    assert_int_equal(call_lists(s), L4_EPROTO);
    harm.words = 1;
    assert_int_equal(call_kinds(s), L4_EPROTO);
    assert_int_equal(call_text(s, "hello"), L4_EPROTO);
    assert_int_equal(call_lists(s), L4_EPROTO);
    harm.words = -2;
    assert_int_equal(call_lists(s), L4_EPROTO);
    harm_none();
    harm.tag_xor = 1ull << L4_TAG_OP_SHIFT;
    assert_int_equal(call_kinds(s), L4_EPROTO);
    harm.tag_xor = 1ull << L4_TAG_PROTO_SHIFT;
    assert_int_equal(call_text(s, "hello"), L4_EPROTO);
    harm.tag_xor = L4_TAG_REPLY;
    assert_int_equal(call_kinds(s), L4_EPROTO);
    harm.tag_xor = 2ull << L4_TAG_ITEMS_SHIFT;
    assert_int_equal(call_kinds(s), L4_EPROTO);
    harm.tag_xor = L4_TAG_ITEM_ERR;
    assert_int_equal(call_caps(s), L4_EITEM);
}

static void test_reply_strings(void **state)
{
    rt_all_t s = victim(false);

    (void)state;
    harm_byte(RT_ALL_TEXT_OUT_AT_UPPER, 17);
    assert_int_equal(call_text(s, "hello"), L4_EPROTO);
    harm_byte(RT_ALL_TEXT_OUT_AT_UPPER, 9);
    assert_int_equal(call_text(s, "hello"), L4_EPROTO);
    harm_byte(RT_ALL_TEXT_OUT_AT_UPPER + 3, 0x80);
    assert_int_equal(call_text(s, "hello"), L4_EPROTO);
    harm_byte(2 * 8, 0); /* the first byte of the tag */
    assert_int_equal(call_text(s, "hello"), L4_EPROTO);
    harm_byte(RT_ALL_LISTS_OUT_AT_ODDS, 6);
    assert_int_equal(call_lists(s), L4_EPROTO);
    harm_byte(RT_ALL_LISTS_OUT_AT_SIZES + 2, 1);
    assert_int_equal(call_lists(s), L4_EPROTO);
}

/* What arrived with a bad answer is deleted. */
static void test_reply_items(void **state)
{
    rt_all_t s = victim(false);

    (void)state;
    harm_item(0, L4_ITEM_MAPPED, l4_fpage_mem(0x1000, 12, 7));
    assert_int_equal(call_caps(s), L4_EPROTO);
    assert_int_equal(l4_loopback.dropped, 2);
    harm_item(1, L4_ITEM_LABEL, 4);
    assert_int_equal(call_caps(s), L4_EPROTO);
    assert_int_equal(l4_loopback.dropped, 3);
    harm_none();
    harm.words = 1;
    assert_int_equal(call_caps(s), L4_EPROTO);
    assert_int_equal(l4_loopback.dropped, 5);
}

static void test_reply_exceptions(void **state)
{
    rt_all_t s = victim(false);
    rt_busy_t busy;
    uint32_t r = 0;

    (void)state;
    harm_byte(0, 77); /* a code the operation does not raise */
    assert_int_equal(rt_all_risky(s, 1, &r, NULL), L4_EPROTO);
    harm_byte(0, RT_BUSY); /* one with a payload, without it */
    assert_int_equal(rt_all_risky(s, 1, &r, NULL), L4_EPROTO);
    harm_none();
    harm.words = -1;
    assert_int_equal(rt_all_risky(s, 2, &r, NULL), L4_EPROTO);
    harm_none();
    /* Payload: when[5] in words 1 to 5, retry_ms and m in 6, hard in 7. */
    harm_byte(7 * 8, 2);
    assert_int_equal(rt_all_risky(s, 2, &r, NULL), RT_BUSY);
    assert_int_equal(rt_get_busy(&busy), L4_EPROTO);
    harm_byte(0, 77); /* an operation that raises nothing */
    l4_loopback_tamper_request(NULL);
    harm.tag_xor = L4_TAG_RAISED;
    assert_int_equal(call_add(s, 0, 0), L4_EPROTO);
}

int hostile_run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_sequences),
        cmocka_unit_test(test_inside_structs),
        cmocka_unit_test(test_items_in),
        cmocka_unit_test(test_oneway),
        cmocka_unit_test(test_reply_values),
        cmocka_unit_test(test_reply_shape),
        cmocka_unit_test(test_reply_strings),
        cmocka_unit_test(test_reply_items),
        cmocka_unit_test(test_reply_exceptions),
    };

    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
