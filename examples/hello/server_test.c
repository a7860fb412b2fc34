/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calculator's server on the build machine: its main() as it is, and its
 * client's stubs above the loopback transport. Nothing is booted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <l4/expect.h>

int calc_server_main(void);
#define main calc_server_main
/* NOLINTNEXTLINE(bugprone-suspicious-include): with its main() renamed */
#include "server.c"
#undef main

static const calc_t server = {1};

/* What libl4 has beside stubs and loop, as far as the server uses it. */
const l4_env_port_t *l4_env_port(const char *name)
{
    static const l4_env_port_t port = {.first_label = 1, .last_label = 1};

    assert_string_equal(name, "calc");
    return &port;
}

void l4_log(l4_log_level_t level, const char *format, ...)
{
    (void)level;
    (void)format;
}

static int start(void **state)
{
    (void)state;
    l4_loopback_reset();
    return calc_server_main();
}

static void test_results(void **state)
{
    const uint64_t values[] = {1, 2, 3};
    calc_quotient_t q;
    uint64_t n = 0;
    char text[CALC_TEXT_MAX + 1];

    (void)state;
    l4_assert_ok(calc_add(server, 2, 3, &n, NULL));
    assert_int_equal(n, 5);
    l4_assert_ok(calc_sum(server, values, 3, &n, NULL));
    assert_int_equal(n, 6);
    l4_assert_ok(calc_divide(server, 17, 5, &q, NULL));
    assert_true(q.whole == 3 && q.remainder == 2);
    l4_assert_ok(calc_describe(server, 255, text, sizeof text, NULL));
    assert_string_equal(text, "255, or 0xff");
}

static void test_exception(void **state)
{
    calc_quotient_t q = {7, 7};
    calc_division_by_zero_t why;

    (void)state;
    assert_int_equal(calc_divide(server, 17, 0, &q, NULL),
                     CALC_DIVISION_BY_ZERO);
    l4_assert_ok(calc_get_division_by_zero(&why));
    assert_int_equal(why.dividend, 17);
    assert_true(q.whole == 7); /* results are written on success only */
}

static void test_limits(void **state)
{
    const uint64_t values[CALC_VALUES_MAX + 1] = {0};
    uint64_t n = 0;
    char text[4];

    (void)state;
    l4_assert_err(calc_sum(server, values, CALC_VALUES_MAX + 1, &n, NULL),
                  L4_ERANGE);
    l4_assert_sent(0);
    l4_assert_err(calc_describe(server, 255, text, sizeof text, NULL),
                  L4_EOVERFLOW);
}

/* The other way round: a client against a server that plays a script. */
static void test_script(void **state)
{
    uint64_t n = 0;

    (void)state;
    l4_expect_call(CALC_ADD_IN_TAG, (const uint64_t[]){2, 3}, 2);
    l4_will_answer(CALC_ADD_OUT_TAG & ~L4_TAG_WORDS_MASK, (const uint64_t[]){6},
                   1);
    l4_expect_call(CALC_ADD_IN_TAG, (const uint64_t[]){1, 1}, 2);
    l4_will_fail(L4_EBUSY);
    l4_loopback_serve(l4_expect_dispatch, NULL, NULL);
    l4_assert_ok(calc_add(server, 2, 3, &n, NULL));
    assert_int_equal(n, 6);
    l4_assert_err(calc_add(server, 1, 1, &n, NULL), L4_EBUSY);
    l4_assert_expected();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_results, start),
        cmocka_unit_test_setup(test_exception, start),
        cmocka_unit_test_setup(test_limits, start),
        cmocka_unit_test_setup(test_script, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
