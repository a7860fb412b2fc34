/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes: what they promise, and a peer that does not keep to it. */
#include "roundtrip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "extra.h"

/* What the handlers and the error function saw. */
static struct {
    unsigned gets;
    l4_err_t failure;
    char failed_op[32];
    uint32_t n;
    uint8_t bytes[24];
    bool here[4];
    l4_later_t later;
    l4_time_t t;
    l4_shared_t shared;
    bool other;
} saw;

void ex_failed(const char *op, l4_err_t err)
{
    saw.failure = err;
    strncpy(saw.failed_op, op, sizeof saw.failed_op - 1);
}

static l4_err_t op_get(void *self, l4_req_t *req, uint64_t off,
                       uint32_t *result)
{
    ex_busy_t busy = {7};

    (void)self;
    saw.gets++;
    *result = (uint32_t)off + 1;
    return off == 99 ? ex_raise_busy(req, &busy) : 0;
}

static l4_err_t op_old(void *self, l4_req_t *req, const char *name,
                       uint32_t name_count)
{
    (void)self;
    (void)req;
    return strlen(name) == name_count ? 0 : L4_EINVAL;
}

static l4_err_t op_put(void *self, l4_req_t *req, const uint8_t *d,
                       uint32_t d_count)
{
    (void)self;
    /* The data has not been copied. */
    assert_true((const uint64_t *)(const void *)d > req->utcb->mr &&
                (const uint64_t *)(const void *)d <
                    req->utcb->mr + L4_MSG_WORDS);
    memcpy(saw.bytes, d, d_count);
    saw.n = d_count;
    return 0;
}

/* NOLINTNEXTLINE(readability-function-size): as the interface has it */
static l4_err_t op_wait(void *self, l4_req_t *req, uint32_t what, char *s,
                        uint16_t *q, uint32_t *q_count, ex_point_t *p,
                        uint32_t *result)
{
    (void)self;
    (void)s;
    (void)q;
    (void)q_count;
    (void)p;
    *result = what;
    if (what == 0)
        return 0;
    assert_int_equal(l4_req_defer(req, &saw.later), 0);
    return L4_DEFERRED;
}

/* NOLINTNEXTLINE(readability-function-size): as the interface has it */
static l4_err_t op_maybe(void *self, l4_req_t *req, const char *s,
                         uint32_t s_count, const ex_point_t *p,
                         const uint8_t *d, uint32_t d_count, const uint8_t *m,
                         uint32_t *what)
{
    (void)self;
    (void)req;
    saw.here[0] = s != NULL;
    saw.here[1] = p != NULL;
    saw.here[2] = d != NULL;
    saw.here[3] = m != NULL;
    *what = s_count + d_count + (p ? (uint32_t)p->x : 0) + (m ? m[2] : 0);
    return 0;
}

static l4_err_t op_conv(void *self, l4_req_t *req, l4_time_t t, l4_time_t *u)
{
    (void)self;
    (void)req;
    saw.t = t;
    *u = t + 1;
    return 0;
}

static l4_err_t op_share(void *self, l4_req_t *req, const l4_shared_t *p,
                         l4_item_t *q)
{
    (void)self;
    (void)req;
    saw.shared = *p;
    *q = l4_item_map(l4_fpage_mem(0x9000, 12, L4_MEM_R), 0);
    return 0;
}

static l4_tag_t op_other(void *self, l4_req_t *req)
{
    (void)self;
    saw.other = true;
    return l4_req_fail(req, L4_EBUSY);
}

static const ex_store_ops_t ops = {
    .get = op_get,
    .old = op_old,
    .put = op_put,
    .wait = op_wait,
    .maybe = op_maybe,
    .conv = op_conv,
    .share = op_share,
    .other = op_other,
};

/* The low bits of the label are rights: 1 to read, 2 to write. */
enum { READER = 0x11, WRITER = 0x13 };

static ex_store_t start(l4_cap_t cap)
{
    ex_store_t s = {cap};

    memset(&saw, 0, sizeof saw);
    l4_loopback_reset();
    assert_int_equal(ex_store_register(NULL, 0x10, 0x1f, &ops, NULL), 0);
    return s;
}

static void test_timeout(void **state)
{
    l4_ctx_t ctx = L4_CTX_TIMEOUT(5);
    ex_store_t s = start(READER);
    uint32_t r = 0;

    (void)state;
    assert_int_equal(ex_store_get(s, 4, &r, NULL), 0);
    assert_int_equal(r, 5);
    assert_true(l4_loopback.timeout == 50000000);
    assert_int_equal(ex_store_get(s, 4, &r, &ctx), 0);
    assert_true(l4_loopback.timeout == 5);
}

static void test_idempotent(void **state)
{
    ex_store_t s = start(READER);
    uint32_t r = 0;

    (void)state;
    l4_loopback.fail = L4_ECANCELED;
    l4_loopback.fail_count = 1;
    assert_int_equal(ex_store_get(s, 4, &r, NULL), 0);
    assert_int_equal(saw.gets, 1);
    l4_loopback.fail_count = 2;
    assert_int_equal(ex_store_get(s, 4, &r, NULL), L4_ECANCELED);
    l4_loopback.fail = L4_EDEAD;
    l4_loopback.fail_count = 1;
    assert_int_equal(ex_store_get(s, 4, &r, NULL), L4_EDEAD);
}

static void test_error_function(void **state)
{
    ex_store_t s = start(READER);
    uint32_t r = 0;

    (void)state;
    assert_int_equal(ex_store_get(s, 99, &r, NULL), EX_BUSY);
    assert_int_equal(saw.failure, 0);
    l4_loopback.fail = L4_EDEAD;
    l4_loopback.fail_count = 1;
    assert_int_equal(ex_store_get(s, 4, &r, NULL), L4_EDEAD);
    assert_int_equal(saw.failure, L4_EDEAD);
    assert_string_equal(saw.failed_op, "ex::store::get");
}

static void test_rights(void **state)
{
    const uint8_t d[3] = {1, 2, 3};

    (void)state;
    assert_int_equal(ex_store_put(start(READER), d, 3, NULL), L4_EPERM);
    assert_int_equal(saw.n, 0);
    assert_int_equal(ex_store_put(start(WRITER), d, 3, NULL), 0);
    assert_int_equal(saw.n, 3);
    assert_int_equal(saw.bytes[2], 3);
}

static void test_fallback(void **state)
{
    ex_store_t s = start(READER);
    l4_words_t w = {{0}};
    l4_tag_t tag;

    (void)state;
    tag = l4_transport_call(s.cap, L4_TAG(EX_STORE_PROTO, 77, 0, 0), &w, NULL);
    assert_true(tag & L4_TAG_RAISED);
    assert_int_equal((int32_t)w.w[0], L4_EBUSY);
    assert_true(saw.other);
    saw.other = false;
    tag = l4_transport_call(s.cap, L4_TAG(9999, 1, 0, 0), &w, NULL);
    assert_true((tag & L4_TAG_RAISED) && saw.other);
}

static void test_optional(void **state)
{
    ex_store_t s = start(READER);
    const ex_point_t p = {100, 0};
    const uint8_t d[2] = {0};
    const uint8_t m[3] = {0, 0, 50};
    uint32_t what = 0;

    (void)state;
    assert_int_equal(ex_store_maybe(s, NULL, NULL, NULL, 5, NULL, &what, NULL),
                     0);
    assert_int_equal(what, 0);
    assert_false(saw.here[0] || saw.here[1] || saw.here[2] || saw.here[3]);
    assert_int_equal(ex_store_maybe(s, "abc", &p, d, 2, m, &what, NULL), 0);
    assert_int_equal(what, 155);
    assert_true(saw.here[0] && saw.here[1] && saw.here[2] && saw.here[3]);
    assert_int_equal(ex_store_maybe(s, "", NULL, d, 0, NULL, &what, NULL), 0);
    assert_true(saw.here[0] && !saw.here[1] && saw.here[2]);
}

static l4_tag_t bad_presence(l4_tag_t tag, l4_words_t *w, l4_utcb_t *utcb)
{
    (void)utcb;
    ((uint8_t *)w->w)[EX_STORE_MAYBE_IN_AT_S_HERE] = 2;
    return tag;
}

static void test_optional_hostile(void **state)
{
    ex_store_t s = start(READER);
    uint32_t what = 3;

    (void)state;
    l4_loopback_tamper_request(bad_presence);
    assert_int_equal(ex_store_maybe(s, "a", NULL, NULL, 0, NULL, &what, NULL),
                     L4_EINVAL);
    assert_int_equal(what, 3);
}

static void test_conversion(void **state)
{
    ex_store_t s = start(READER);
    l4_time_t u = 0;

    (void)state;
    assert_int_equal(EX_STORE_CONV_IN_WORDS, 1);
    assert_int_equal(ex_store_conv(s, 0x100000005ull, &u, NULL), 0);
    assert_true(saw.t == 5 && u == 6);
}

static void test_deferred(void **state)
{
    ex_store_t s = start(READER);
    const uint16_t q[2] = {8, 9};
    const ex_point_t p = {1, 2};
    ex_busy_t busy = {33};
    char text[9];
    uint16_t got[4];
    uint32_t got_count = 4;
    ex_point_t point;
    uint32_t r = 0;

    (void)state;
    assert_int_equal(ex_store_wait(s, 0, text, sizeof text, got, &got_count,
                                   &point, &r, NULL),
                     0);
    /* Nobody answers here: the caller would block. */
    assert_int_equal(ex_store_wait(s, 1, text, sizeof text, got, &got_count,
                                   &point, &r, NULL),
                     L4_EDEAD);
    assert_int_equal(
        ex_store_wait_answer(&saw.later, "far too long", q, 2, &p, 5), L4_ESTR);
    assert_int_equal(ex_store_wait_answer(&saw.later, "1 above 8", q, 2, &p, 5),
                     L4_ESTR);
    assert_int_equal(ex_store_wait_answer(&saw.later, "abc", q, 5, &p, 5),
                     L4_ERANGE);
    assert_int_equal(ex_store_wait_answer(&saw.later, "abc", q, 2, &p, 5), 0);
    assert_true((l4_loopback.later_tag & ~L4_TAG_WORDS_MASK) ==
                EX_STORE_WAIT_OUT_TAG);
    assert_int_equal(l4_tag_words(l4_loopback.later_tag), 5);
    assert_int_equal(
        ((uint8_t *)l4_loopback.later)[EX_STORE_WAIT_OUT_AT_RESULT], 5);
    assert_memory_equal(&l4_loopback.later[3], "abc\0\0\0\0", 8);
    /* The right is used up. */
    assert_int_equal(ex_store_wait_refuse(&saw.later, L4_EBUSY), L4_ENOCAP);
    saw.later.right = 1;
    assert_int_equal(ex_store_wait_refuse(&saw.later, EX_GONE), 0);
    assert_int_equal(l4_loopback.later[0], EX_GONE);
    saw.later.right = 1;
    assert_int_equal(ex_store_wait_refuse(&saw.later, 1234), 0);
    assert_int_equal((int32_t)l4_loopback.later[0], L4_EPROTO);
    saw.later.right = 1;
    assert_int_equal(ex_store_wait_refuse_busy(&saw.later, &busy), 0);
    assert_int_equal(l4_loopback.later[0], EX_BUSY);
    assert_int_equal(l4_loopback.later[1], 33);
}

static void test_shared(void **state)
{
    ex_store_t s = start(READER);
    uint8_t memory[64] = {5, 0, 0, 0, 1};
    l4_shared_t here = {(uintptr_t)memory, sizeof memory};
    l4_shared_t q;
    ex_head_t h = {9, true};

    (void)state;
    assert_int_equal(ex_store_share(s, l4_fpage_mem(0x5000, 13, 3), &q, NULL),
                     0);
    assert_true(saw.shared.base == 0x4000 || saw.shared.size == 0x2000);
    assert_true(q.base == 0x9000 && q.size == 0x1000);
    assert_int_equal(ex_head_snapshot(&here, 0, &h), 0);
    assert_true(h.n == 5 && h.on);
    memory[4] = 2;
    assert_int_equal(ex_head_snapshot(&here, 0, &h), L4_EINVAL);
    assert_int_equal(ex_head_snapshot(&here, 57, &h), L4_ERANGE);
    assert_int_equal(ex_head_snapshot(&here, UINT64_MAX - 3, &h), L4_ERANGE);
    assert_int_equal(ex_head_publish(&here, 60, &h), L4_ERANGE);
    memset(memory, 0xff, sizeof memory);
    assert_int_equal(ex_head_publish(&here, 8, &h), 0);
    assert_true(memory[7] == 0xff && memory[8] == 5 && memory[12] == 1 &&
                memory[13] == 0 && memory[15] == 0 && memory[16] == 0xff);
}

static l4_tag_t newer_server(l4_tag_t tag, l4_words_t *w, l4_utcb_t *utcb)
{
    (void)utcb;
    w->w[0]++;
    w->w[1]++; /* a minor version later */
    return tag;
}

static l4_tag_t other_server(l4_tag_t tag, l4_words_t *w, l4_utcb_t *utcb)
{
    (void)utcb;
    w->w[0]++;
    return tag;
}

static l4_tag_t short_answer(l4_tag_t tag, l4_words_t *w, l4_utcb_t *utcb)
{
    (void)w;
    (void)utcb;
    return tag - 1;
}

static void test_connect(void **state)
{
    ex_store_t s = start(READER);
    l4_interface_t found;
    rt_all_t all = {1};

    (void)state;
    assert_int_equal(l4_connect(s.cap, EX_STORE_INTERFACE, &found, NULL), 0);
    assert_string_equal(found.name, "ex::store");
    assert_true(found.hash == EX_STORE_HASH && found.proto == EX_STORE_PROTO);
    assert_int_equal(found.version, 0x10002);
    l4_loopback_tamper_reply(newer_server);
    assert_int_equal(l4_connect(s.cap, EX_STORE_INTERFACE, NULL, NULL), 0);
    l4_loopback_tamper_reply(other_server);
    assert_int_equal(l4_connect(s.cap, EX_STORE_INTERFACE, NULL, NULL),
                     L4_EVERSION);
    l4_loopback_tamper_reply(short_answer);
    assert_int_equal(l4_connect(s.cap, EX_STORE_INTERFACE, NULL, NULL),
                     L4_EPROTO);
    l4_loopback_tamper_reply(NULL);
    assert_int_equal(l4_connect(0, EX_STORE_INTERFACE, NULL, NULL), L4_ENOCAP);
    all = server_start();
    assert_int_equal(l4_connect(all.cap, RT_ALL_INTERFACE, NULL, NULL), 0);
    assert_int_equal(l4_connect(all.cap, SHARED_BASE_INTERFACE, NULL, NULL), 0);
    assert_int_equal(l4_connect(all.cap, EX_STORE_INTERFACE, NULL, NULL),
                     L4_EPROTO);
}

int extra_run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_idempotent),
        cmocka_unit_test(test_error_function),
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_fallback),
        cmocka_unit_test(test_optional),
        cmocka_unit_test(test_optional_hostile),
        cmocka_unit_test(test_conversion),
        cmocka_unit_test(test_deferred),
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_connect),
    };

    return cmocka_run_group_tests_name("extra", tests, NULL, NULL);
}
