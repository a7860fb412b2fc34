/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"

#include <l4/log.h>

static void every_error_has_a_name_and_a_sentence(void **state)
{
    (void)state;
    for (l4_err_t err = 0; err >= L4_ERR_LAST; err--) {
        assert_memory_equal(l4_err_name(err), "L4_", 3);
        assert_true(strlen(l4_err_text(err)) > 5);
        for (l4_err_t other = 0; other > err; other--)
            assert_string_not_equal(l4_err_name(err), l4_err_name(other));
    }
    assert_string_equal(l4_err_name(L4_OK), "L4_OK");
    assert_string_equal(l4_err_name(L4_ENOENT), "L4_ENOENT");
    assert_string_equal(l4_err_name(L4_ESTATE), "L4_ESTATE");
}

static void other_codes_have_texts_too(void **state)
{
    const l4_err_t codes[] = {L4_ERR_LAST - 1, INT32_MIN, -16384, 1, INT32_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        assert_non_null(l4_err_name(codes[i]));
        assert_non_null(l4_err_text(codes[i]));
    }
    assert_string_equal(l4_err_name(7), "exception");
    assert_string_equal(l4_err_name(INT32_MIN), "unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_name_and_a_sentence),
        cmocka_unit_test(other_codes_have_texts_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
