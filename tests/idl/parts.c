/* SPDX-License-Identifier: BSD-2-Clause */
/* The pure parts of the compiler: scanner and places, values of expressions,
 * layout of messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "eval.h"
#include "layout.h"
#include "parse.h"
#include "scope.h"

/* Compiles TEXT quietly; the declarations are in c->units. */
static void compile(struct idl *c, const char *text)
{
    struct unit *u;

    memset(c, 0, sizeof *c);
    u = arena_alloc(&c->arena, sizeof *u);
    u->src = source_from_text(&c->arena, "test.idl", text, strlen(text));
    u->main = true;
    u->decls = parse_source(&c->arena, &c->diag, u->src, c->dialect);
    c->units = u;
    idl_check(c);
}

static struct decl *find(struct idl *c, const char *scope, const char *name)
{
    struct decl *d = c->root;

    if (scope)
        d = scope_find(c, d, scope, ~0u);
    assert_non_null(d);
    d = scope_find(c, d, name, ~0u);
    assert_non_null(d);
    return d;
}

/* --- places ------------------------------------------------------------ */

static void test_places(void **state)
{
    struct arena a = {0};
    const char *text = "one\ntwo\r\n\nfour";
    struct source *s = source_from_text(&a, "f", text, strlen(text));
    struct place p = source_place(s, 5);

    (void)state;
    assert_int_equal(p.line, 2);
    assert_int_equal(p.col, 2);
    assert_int_equal(p.text_len, 3);
    p = source_place(s, 9);
    assert_int_equal(p.line, 3);
    assert_int_equal(p.text_len, 0);
    p = source_place(s, 1000);
    assert_int_equal(p.line, 4);
    assert_int_equal(p.col, 5);
    source_add_marker(&a, s, 4, 70, "other");
    p = source_place(s, 10);
    assert_int_equal(p.line, 72);
    assert_string_equal(p.file, "other");
    arena_free(&a);
}

static void test_arena(void **state)
{
    struct arena a = {0};
    char *big = arena_alloc(&a, 1 << 20);
    char *small = arena_printf(&a, "%s-%d", "x", 7);

    (void)state;
    assert_string_equal(small, "x-7");
    assert_int_equal(big[(1 << 20) - 1], 0);
    assert_int_equal((uintptr_t)small % 16, 0);
    arena_free(&a);
    assert_null(a.blocks);
}

/* --- the scanner ------------------------------------------------------- */

static void assert_compiles(const char *text, unsigned errors)
{
    struct idl c;

    compile(&c, text);
    assert_int_equal(c.diag.errors, errors);
    arena_free(&c.arena);
}

static void test_scanner(void **state)
{
    (void)state;
    assert_compiles("", 0);
    assert_compiles("/* a * b ** / */ // c\nconst u32 X = 0xFFul;", 0);
    assert_compiles("const char C = '\\''; const char D = '\\0';", 0);
    assert_compiles("const char C = '\\q';", 1);
    assert_compiles("/*", 1);
    assert_compiles("\"", 2);
    assert_compiles("const u64 X = 18446744073709551615;", 0);
    assert_compiles("const u64 X = 18446744073709551616;", 1);
    assert_compiles("struct flags { u8 rights; };", 0);
    assert_compiles("flags f { A };", 0);
    assert_compiles("# 1 \"x\nconst u32 X = 1;", 0);
    assert_compiles("# 99999999999999999999 \"x\"\n", 1);
    assert_compiles("const u32 X = 1\x80;", 1);
}

/* --- values ------------------------------------------------------------ */

static void assert_value(const char *type, const char *expr, int64_t expected)
{
    struct idl c;
    char text[256];

    snprintf(text, sizeof text, "const %s X = %s;", type, expr);
    compile(&c, text);
    assert_int_equal(c.diag.errors, 0);
    assert_true((int64_t)find(&c, NULL, "X")->result.bits == expected);
    arena_free(&c.arena);
}

static void assert_no_value(const char *type, const char *expr)
{
    struct idl c;
    char text[256];

    snprintf(text, sizeof text, "const %s X = %s;", type, expr);
    compile(&c, text);
    assert_true(c.diag.errors > 0);
    arena_free(&c.arena);
}

static void test_values(void **state)
{
    (void)state;
    assert_value("u32", "1 + 2 * 3", 7);
    assert_value("u32", "(1 + 2) * 3", 9);
    assert_value("u32", "1 << 4 | 3 & 2 ^ 1", 19);
    assert_value("s32", "-7 / 2", -3);
    assert_value("s32", "-7 % 2", -1);
    assert_value("s32", "-8 >> 1", -4);
    assert_value("s32", "10 - 3 - 2", 5);
    assert_value("u8", "~0x0f", 0xf0);
    assert_value("u32", "~0", 0xffffffff);
    assert_value("s8", "~0", -1);
    assert_value("u64", "~0", -1);
    assert_value("u64", "1 << 63", INT64_MIN);
    assert_value("s64", "-1 << 63", INT64_MIN);
    assert_value("bool", "2 - 1", 1);
    assert_no_value("u64", "1 << 63 << 1");
    assert_no_value("s64", "1 << 63");
    assert_no_value("u32", "1 << -1");
    assert_no_value("u32", "5 % 0");
    assert_no_value("s64", "-9223372036854775808 - 1");
    assert_no_value("u64", "0xffffffffffffffff * 0xffffffffffffffff");
    assert_no_value("s64", "-9223372036854775808 * 0xffffffffffffffff");
}

static void test_compare(void **state)
{
    struct value minus = {true, (uint64_t)-1};
    struct value zero = {false, 0};
    struct value huge = {false, UINT64_MAX};

    (void)state;
    assert_int_equal(value_compare(minus, zero), -1);
    assert_int_equal(value_compare(huge, minus), 1);
    assert_int_equal(value_compare(huge, huge), 0);
    assert_true(value_fits(minus, (struct int_range){8, true}));
    assert_false(value_fits(minus, (struct int_range){64, false}));
    assert_true(value_fits(huge, (struct int_range){64, false}));
    assert_false(value_fits(huge, (struct int_range){64, true}));
}

/* --- layout ------------------------------------------------------------ */

static const struct slot *slot_of(const struct message *m, const char *name)
{
    for (uint32_t i = 0; i < m->slot_count; i++)
        if (strcmp(m->slots[i].name, name) == 0)
            return &m->slots[i];
    fail_msg("no slot %s", name);
    return NULL;
}

static void test_packing(void **state)
{
    struct idl c;
    const struct message *m;

    (void)state;
    compile(&c, "[proto(400)] interface i { [op(1)] u8 f(in u8 a, in u64 b, "
                "in bool c, in u32 d, in s16 e, in u64 f); };");
    assert_int_equal(c.diag.errors, 0);
    m = find(&c, "i", "f")->request;
    assert_int_equal(slot_of(m, "b")->offset, 0);
    assert_int_equal(slot_of(m, "f")->offset, 8);
    assert_int_equal(slot_of(m, "d")->offset, 16);
    assert_int_equal(slot_of(m, "e")->offset, 20);
    assert_int_equal(slot_of(m, "a")->offset, 22);
    assert_int_equal(slot_of(m, "c")->offset, 23);
    assert_int_equal(m->fixed_words, 3);
    assert_true(m->scalar);
    m = find(&c, "i", "f")->reply;
    assert_int_equal(slot_of(m, "result")->offset, 0);
    assert_int_equal(m->fixed_words, 1);
    arena_free(&c.arena);
}

static void test_variable_parts(void **state)
{
    struct idl c;
    const struct message *m;

    (void)state;
    compile(&c, "struct s { u32 a; u8 b; };"
                "[proto(400)] interface i { [op(1)] void f(in string<9> n, "
                "in cap a, in sequence<s, 3> l, in u64 x, in fpage p, "
                "in cap<i> b); };");
    assert_int_equal(c.diag.errors, 0);
    m = find(&c, "i", "f")->request;
    assert_int_equal(slot_of(m, "x")->offset, 0);
    assert_int_equal(slot_of(m, "n")->offset, 8);
    assert_int_equal(slot_of(m, "l")->offset, 12);
    assert_true(slot_of(m, "n")->is_count);
    assert_false(m->scalar);
    assert_int_equal(m->part_count, 2);
    assert_int_equal(m->parts[0].max_words, 2);
    assert_int_equal(m->parts[1].max_words, 3);
    assert_int_equal(m->parts[1].count_at, 12);
    assert_int_equal(m->max_words, 7);
    assert_int_equal(m->item_count, 3);
    assert_int_equal(m->items[2].cap_index, 1);
    arena_free(&c.arena);
}

static void test_structs(void **state)
{
    struct idl c;
    const struct type *t;

    (void)state;
    compile(&c, "struct a { u8 x; u64 y; bool z; };"
                "struct b { a m[2]; u16 n; }; struct d { u32 x; u16 y[2]; };");
    assert_int_equal(c.diag.errors, 0);
    t = find(&c, NULL, "a")->type;
    assert_int_equal(t->size, 24);
    assert_int_equal(t->align, 8);
    assert_true(t->padded && t->validated);
    t = find(&c, NULL, "b")->type;
    assert_int_equal(t->size, 56);
    assert_true(t->padded && t->validated);
    t = find(&c, NULL, "d")->type;
    assert_int_equal(t->size, 8);
    assert_false(t->padded || t->validated);
    arena_free(&c.arena);
}

static void test_limits(void **state)
{
    (void)state;
    assert_compiles("[proto(400)] interface i { [op(1)] void f("
                    "in sequence<u8, 504> s); };",
                    0);
    assert_compiles("[proto(400)] interface i { [op(1)] void f("
                    "in sequence<u8, 505> s); };",
                    1);
    assert_compiles("[proto(400)] interface i { [op(1)] void f("
                    "in u64 a[64]); };",
                    0);
    assert_compiles("struct s { u64 a[8192]; }; struct t { s a[2]; };", 1);
}

static void test_codes(void **state)
{
    struct idl c;

    (void)state;
    compile(&c, "exception a {}; "
                "[proto(400)] interface i { exception b {}; "
                "[code(7)] exception d {}; };"
                "[proto(401)] interface j : i { exception e { u8 x; }; };");
    assert_int_equal(c.diag.errors, 0);
    assert_int_equal(find(&c, NULL, "a")->code, 1);
    assert_int_equal(find(&c, "i", "b")->code, 2);
    assert_int_equal(find(&c, "i", "d")->code, 7);
    assert_int_equal(find(&c, "j", "e")->code, 8);
    assert_int_equal(find(&c, "j", "e")->payload_words, 1);
    arena_free(&c.arena);
}

static void test_guess(void **state)
{
    struct guess g = {.word = "raneg"};

    (void)state;
    guess_try(&g, "rights");
    assert_null(g.best);
    guess_try(&g, "range");
    assert_string_equal(g.best, "range");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),         cmocka_unit_test(test_arena),
        cmocka_unit_test(test_scanner),        cmocka_unit_test(test_values),
        cmocka_unit_test(test_compare),        cmocka_unit_test(test_packing),
        cmocka_unit_test(test_variable_parts), cmocka_unit_test(test_structs),
        cmocka_unit_test(test_limits),         cmocka_unit_test(test_codes),
        cmocka_unit_test(test_guess),
    };

    return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
