/* SPDX-License-Identifier: BSD-2-Clause */
/* Unions, and structs whose fields vary in length: what is in use arrives,
 * nothing else leaves, and what does not fit is refused. */
#include "roundtrip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "types.h"

static struct {
    ty_record_t record;
    bool called;
    bool object;   /* raise an exception */
    bool bad_tag;  /* answer with a value that has no arm */
    bool too_many; /* answer with a count above the room */
    bool wrong_kind;
    l4_fpage_t ports;
} saw;

static l4_err_t op_echo(void *self, l4_req_t *req, const ty_record_t *r,
                        ty_record_t *back)
{
    ty_why_t why = {"because", 77};

    (void)self;
    saw.record = *r;
    saw.called = true;
    *back = *r;
    if (saw.too_many)
        back->points_count = 5;
    return saw.object ? ty_raise_why(req, &why) : 0;
}

static l4_err_t op_turn(void *self, l4_req_t *req, const ty_value_t *v,
                        ty_shape_t *s, ty_value_t *result)
{
    (void)self;
    (void)req;
    saw.called = true;
    *result = *v;
    if (v->tag == TY_KIND_FLAG)
        result->u.on = !v->u.on;
    if (saw.bad_tag)
        result->tag = 9;
    s->form.at.y += s->corners == 3 ? 1 : 0;
    return 0;
}

static l4_err_t op_many(void *self, l4_req_t *req, const ty_value_t *vs,
                        uint32_t vs_count, uint32_t *sum)
{
    (void)self;
    (void)req;
    saw.called = true;
    for (uint32_t i = 0; i < vs_count; i++)
        *sum += vs[i].tag == TY_KIND_NUMBER ? (uint32_t)vs[i].u.n : 1000;
    return 0;
}

static l4_err_t op_old_way(void *self, l4_req_t *req, const ty_old_t *u,
                           uint32_t *result)
{
    (void)self;
    (void)req;
    *result = u->tag == 2 ? u->u.a : u->u.b;
    return 0;
}

static l4_err_t op_ports(void *self, l4_req_t *req, l4_fpage_t p, l4_item_t *q)
{
    (void)self;
    (void)req;
    saw.ports = p;
    *q = l4_item_map(l4_fpage(saw.wrong_kind ? L4_FPAGE_MEM : L4_FPAGE_IO,
                              0x60ull << 12, saw.wrong_kind ? 12 : 2, 0),
                     0);
    return 0;
}

static l4_err_t op_pick(void *self, l4_req_t *req, const ty_few_t *f,
                        uint32_t *result)
{
    (void)self;
    (void)req;
    saw.called = true;
    *result = f->tag == 1 ? f->u.a : f->u.b;
    return 0;
}

static const ty_types_ops_t ops = {
    .echo = op_echo,
    .turn = op_turn,
    .many = op_many,
    .old_way = op_old_way,
    .ports = op_ports,
    .pick = op_pick,
};

static ty_types_t start(void)
{
    ty_types_t s = {1};

    memset(&saw, 0, sizeof saw);
    l4_loopback_reset();
    assert_int_equal(ty_types_register(NULL, 1, 1, &ops, NULL), 0);
    return s;
}

/* Everything that is not in use is 0xee and must not be seen. */
static ty_record_t sample(void)
{
    ty_record_t r;

    memset(&r, 0xee, sizeof r);
    r.id = 7;
    strcpy(r.name, "abc");
    r.points_count = 2;
    r.points[0].x = 1;
    r.points[0].y = 2;
    r.points[1].x = 3;
    r.points[1].y = 4;
    r.v.tag = TY_KIND_TEXT;
    strcpy(r.v.u.text, "text");
    r.n = 3;
    memcpy(r.raw, "xyz", 3);
    strcpy(r.fixed, "seven!!");
    r.switches_count = 1;
    r.switches[0] = true;
    return r;
}

static void test_record(void **state)
{
    ty_types_t s = start();
    ty_record_t r = sample();
    ty_record_t back;

    (void)state;
    assert_int_equal(ty_types_echo(s, &r, &back, NULL), 0);
    assert_int_equal(back.id, 7);
    assert_string_equal(back.name, "abc");
    assert_int_equal(back.points_count, 2);
    assert_int_equal(back.points[1].y, 4);
    assert_int_equal(back.v.tag, TY_KIND_TEXT);
    assert_string_equal(back.v.u.text, "text");
    assert_int_equal(back.n, 3);
    assert_memory_equal(back.raw, "xyz", 3);
    assert_string_equal(back.fixed, "seven!!");
    assert_true(back.switches_count == 1 && back.switches[0]);
    /* Nothing of what is not in use has left. */
    for (unsigned i = 0; i < sizeof r; i++)
        assert_int_not_equal(((uint8_t *)l4_loopback.request)[i], 0xee);
}

static int at;
static uint8_t value;
static const char *name = "abc";

static l4_tag_t tamper(l4_tag_t tag, l4_words_t *w, l4_utcb_t *utcb)
{
    if (at < 8 * L4_MSG_REGS)
        ((uint8_t *)w->w)[at] = value;
    else
        ((uint8_t *)utcb->mr)[at] = value;
    return tag;
}

static l4_err_t harmed_echo(ty_types_t s, size_t where, uint8_t what)
{
    ty_record_t r = sample();
    ty_record_t back;

    strcpy(r.name, name);
    at = (int)where + TY_TYPES_ECHO_IN_AT_R;
    value = what;
    saw.called = false;
    return ty_types_echo(s, &r, &back, NULL);
}

static void test_record_hostile(void **state)
{
    ty_types_t s = start();
    size_t first = offsetof(ty_record_t, name);
    size_t text = offsetof(ty_record_t, v) + offsetof(ty_value_t, u);

    (void)state;
    l4_loopback_tamper_request(tamper);
    assert_int_equal(harmed_echo(s, 0, 8), 0);
    assert_true(saw.called);
    assert_int_equal(harmed_echo(s, offsetof(ty_record_t, points_count), 4), 0);
    assert_int_equal(harmed_echo(s, offsetof(ty_record_t, points_count), 5),
                     L4_EINVAL);
    assert_false(saw.called);
    assert_int_equal(harmed_echo(s, offsetof(ty_record_t, points_count) + 3, 1),
                     L4_EINVAL);
    assert_int_equal(harmed_echo(s, offsetof(ty_record_t, n), 7), L4_EINVAL);
    assert_int_equal(harmed_echo(s, offsetof(ty_record_t, switches), 2),
                     L4_EINVAL);
    /* Not in use, so not looked at. */
    assert_int_equal(harmed_echo(s, offsetof(ty_record_t, switches) + 1, 2), 0);
    /* A string ends, and nothing stands behind its end. */
    assert_int_equal(harmed_echo(s, first + 3, 'd'), 0);
    assert_int_equal(harmed_echo(s, first + 5, 'd'), L4_EINVAL);
    assert_int_equal(harmed_echo(s, first + 1, 0), L4_EINVAL);
    name = "abcde";
    assert_int_equal(harmed_echo(s, first, 'a'), 0);
    saw.called = false;
    assert_int_equal(harmed_echo(s, first + 5, 'f'), L4_EINVAL);
    name = "abc";
    assert_int_equal(harmed_echo(s, text + 11, 'x'), L4_EINVAL);
    /* A value without an arm. */
    assert_int_equal(harmed_echo(s, offsetof(ty_record_t, v), 9), L4_EINVAL);
    assert_int_equal(harmed_echo(s, offsetof(ty_record_t, v), 0), L4_EINVAL);
    assert_false(saw.called);
}

static void test_answer_hostile(void **state)
{
    ty_types_t s = start();
    ty_record_t r = sample();
    ty_record_t back = {.id = 99};
    ty_value_t v = {.tag = TY_KIND_NONE};
    ty_value_t got = {.tag = 77};
    ty_shape_t shape = {.corners = 1};

    (void)state;
    saw.too_many = true;
    assert_int_equal(ty_types_echo(s, &r, &back, NULL), L4_EPROTO);
    assert_int_equal(back.id, 99);
    saw.bad_tag = true;
    assert_int_equal(ty_types_turn(s, &v, &shape, &got, NULL), L4_EPROTO);
    assert_int_equal(got.tag, 77);
}

static void test_union(void **state)
{
    ty_types_t s = start();
    ty_value_t v = {.tag = TY_KIND_FLAG, .u = {.on = true}};
    ty_value_t got;
    ty_shape_t shape = {.corners = 3, .form = {.at = {1, 41}}};

    (void)state;
    assert_int_equal(ty_types_turn(s, &v, &shape, &got, NULL), 0);
    assert_true(got.tag == TY_KIND_FLAG && !got.u.on);
    assert_int_equal(shape.form.at.y, 42);
    memset(&shape, 0xee, sizeof shape);
    shape.corners = -1;
    v.tag = TY_KIND_NONE;
    v.u.n = UINT64_MAX;
    assert_int_equal(ty_types_turn(s, &v, &shape, &got, NULL), 0);
    assert_true(got.tag == TY_KIND_NONE && got.u.n == 0);
    assert_true(shape.corners == -1 && shape.form.at.y == 0);
    /* What has no arm is refused by whoever gets it. */
    saw.called = false;
    v.tag = 0;
    assert_int_equal(ty_types_turn(s, &v, &shape, &got, NULL), L4_EINVAL);
    assert_false(saw.called);
}

static void test_sequence(void **state)
{
    ty_types_t s = start();
    ty_value_t vs[3] = {{.tag = TY_KIND_NUMBER, .u = {.n = 30}},
                        {.tag = TY_KIND_NUMBER, .u = {.n = 4}},
                        {.tag = TY_KIND_TEXT, .u = {.text = "no"}}};
    uint32_t sum = 0;

    (void)state;
    assert_int_equal(ty_types_many(s, vs, 3, &sum, NULL), 0);
    assert_int_equal(sum, 1034);
    vs[1].tag = 5;
    saw.called = false;
    assert_int_equal(ty_types_many(s, vs, 3, &sum, NULL), L4_EINVAL);
    assert_false(saw.called);
    assert_int_equal(ty_types_many(s, vs, 1, &sum, NULL), 0);
    assert_int_equal(sum, 30);
}

static void test_old_way(void **state)
{
    ty_types_t s = start();
    ty_old_t u = {.tag = 2, .u = {.a = 12}};
    uint32_t r = 0;

    (void)state;
    assert_int_equal(ty_types_old_way(s, &u, &r, NULL), 0);
    assert_int_equal(r, 12);
    u.tag = 9;
    u.u.b = 5;
    assert_int_equal(ty_types_old_way(s, &u, &r, NULL), 0);
    assert_int_equal(r, 5);
}

static void test_no_arm(void **state)
{
    ty_types_t s = start();
    ty_few_t f = {.tag = 7, .u = {.b = true}};
    uint32_t r = 0;

    (void)state;
    assert_int_equal(ty_types_pick(s, &f, &r, NULL), 0);
    assert_int_equal(r, 1);
    /* A number that the type can hold and no arm has. */
    f.tag = 2;
    saw.called = false;
    assert_int_equal(ty_types_pick(s, &f, &r, NULL), L4_EINVAL);
    assert_false(saw.called);
}

static void test_exception(void **state)
{
    ty_types_t s = start();
    ty_record_t r = sample();
    ty_record_t back;
    ty_why_t why;

    (void)state;
    saw.object = true;
    assert_int_equal(ty_types_echo(s, &r, &back, NULL), TY_WHY);
    assert_int_equal(ty_get_why(&why), 0);
    assert_string_equal(why.text, "because");
    assert_int_equal(why.code, 77);
    /* Its text without an end. */
    l4_loopback_tamper_reply(tamper);
    at = 8 + offsetof(ty_why_t, text) + 20;
    value = 'x';
    assert_int_equal(ty_types_echo(s, &r, &back, NULL), TY_WHY);
    assert_int_equal(ty_get_why(&why), L4_EPROTO);
    for (at = 8; at < 8 + 20; at++) {
        assert_int_equal(ty_types_echo(s, &r, &back, NULL), TY_WHY);
        assert_int_equal(ty_get_why(&why), at <= 8 + 7 ? 0 : L4_EPROTO);
    }
}

static void test_ports(void **state)
{
    ty_types_t s = start();
    l4_fpage_t p = l4_fpage(L4_FPAGE_IO, 0x3f8ull << 12, 3, 0);
    l4_fpage_t q = 5;

    (void)state;
    assert_int_equal(ty_types_ports(s, p, &q, NULL), 0);
    assert_true(saw.ports == p && l4_fpage_base(q) == 0x60ull << 12);
    saw.ports = 0;
    assert_int_equal(ty_types_ports(s, l4_fpage_mem(0x5000, 12, 1), &q, NULL),
                     L4_EITEM);
    assert_true(saw.ports == 0);
    saw.wrong_kind = true;
    q = 5;
    assert_int_equal(ty_types_ports(s, p, &q, NULL), L4_EPROTO);
    assert_true(q == 5);
}

int types_run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_record_hostile),
        cmocka_unit_test(test_answer_hostile),
        cmocka_unit_test(test_union),
        cmocka_unit_test(test_sequence),
        cmocka_unit_test(test_old_way),
        cmocka_unit_test(test_no_arm),
        cmocka_unit_test(test_exception),
        cmocka_unit_test(test_ports),
    };

    return cmocka_run_group_tests_name("types", tests, NULL, NULL);
}
