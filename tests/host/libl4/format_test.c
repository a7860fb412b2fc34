/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted text, compared with what the host's snprintf() makes of it. */
#include "test.h"

#include <l4/log.h>

#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-truncation"
#pragma GCC diagnostic ignored "-Wformat-overflow"

#define SAME(...)                                                 \
    do {                                                          \
        char ours_[256];                                          \
        char host_[256];                                          \
        size_t n_ = l4_format(ours_, sizeof(ours_), __VA_ARGS__); \
        int m_ = snprintf(host_, sizeof(host_), __VA_ARGS__);     \
        assert_string_equal(ours_, host_);                        \
        assert_int_equal(n_, m_);                                 \
    } while (0)

static void plain_conversions(void **state)
{
    (void)state;
    SAME("nothing to do");
    SAME("%d %i %u %x %X %o %c %s %%", -1, 42, 7u, 0xbeefu, 0xbeefu, 8u, 'q',
         "text");
    SAME("%ld %lu %llx %zu", -5l, 5ul, 0x123456789abcdefull, (size_t)77);
    SAME("%hhd %hd %hhu %hu", 300, 70000, 300, 70000);
    SAME("%d %d %ld", INT32_MIN, INT32_MAX, INT64_MIN);
    SAME("%u %lu", UINT32_MAX, UINT64_MAX);
    SAME("%p", (void *)0x1234);
    SAME("%#x %#X %#x", 255u, 255u, 0u);
}

/* One combination of flags, width and precision. */
static void combination(const char *flags, const char *width,
                        const char *precision)
{
    static const long numbers[] = {0, 1, -1, 12345, -98765};
    char format[32];

    snprintf(format, sizeof(format), "[%%%s%s%sld]", flags, width, precision);
    for (size_t n = 0; n < 5; n++)
        SAME(format, numbers[n]);
    snprintf(format, sizeof(format), "[%%%s%s%slx]", *flags == '0' ? "0" : "",
             width, precision);
    SAME(format, 0xabcdul);
    snprintf(format, sizeof(format), "[%%%s%s%ss]", *flags == '-' ? "-" : "",
             width, precision);
    SAME(format, "seven77");
}

static void flags_widths_precisions(void **state)
{
    static const char *const flags[] = {"", "-", "0", "+", " ", "-+", "+0"};
    static const char *const widths[] = {"", "1", "5", "12"};
    static const char *const precisions[] = {"", ".", ".0", ".3", ".9"};

    (void)state;
    for (size_t f = 0; f < 7; f++) {
        for (size_t w = 0; w < 4; w++) {
            for (size_t p = 0; p < 5; p++)
                combination(flags[f], widths[w], precisions[p]);
        }
    }
}

static void arguments_as_width(void **state)
{
    (void)state;
    SAME("[%*d]", 6, 42);
    SAME("[%*d]", -6, 42);
    SAME("[%.*s]", 3, "abcdef");
    SAME("[%-*.*s]", 8, 2, "abcdef");
}

static void never_beyond_the_buffer(void **state)
{
    char buffer[8];

    (void)state;
    for (size_t size = 0; size <= sizeof(buffer); size++) {
        memset(buffer, '#', sizeof(buffer));
        assert_int_equal(l4_format(buffer, size, "%s-%d", "abc", 12345), 9);
        for (size_t i = size; i < sizeof(buffer); i++)
            assert_int_equal(buffer[i], '#');
        if (size)
            assert_int_equal(strlen(buffer), size - 1);
    }
}

static void strange_formats(void **state)
{
    char buffer[64];

    (void)state;
    l4_format(buffer, sizeof(buffer), "100%");
    assert_string_equal(buffer, "100%");
    l4_format(buffer, sizeof(buffer), "%y %5q");
    assert_string_equal(buffer, "%y %5q");
    l4_format(buffer, sizeof(buffer), "%s", (const char *)NULL);
    assert_string_equal(buffer, "(null)");
    assert_int_equal(l4_format(buffer, 4, "%99999999999d", 1), 100000);
}

/* Nothing but its length may come of a format of random bytes. */
static void random_formats(void **state)
{
    static const char alphabet[] = "%%%%diuxXoc -+0#.*123hlzq";
    uint64_t seed = 4711;
    char format[24];
    char buffer[32];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t n = random_next(&seed) % (sizeof(format) - 1);

        for (size_t i = 0; i < n; i++)
            format[i] = alphabet[random_next(&seed) % (sizeof(alphabet) - 1)];
        format[n] = '\0';
        l4_format(buffer, sizeof(buffer), format, 1l, 2l, 3l, 4l, 5l, 6l, 7l,
                  8l, 9l, 10l, 11l, 12l, 13l, 14l, 15l, 16l, 17l, 18l, 19l, 20l,
                  21l, 22l, 23l, 24l);
        assert_true(strlen(buffer) < sizeof(buffer));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_conversions),
        cmocka_unit_test(flags_widths_precisions),
        cmocka_unit_test(arguments_as_width),
        cmocka_unit_test(never_beyond_the_buffer),
        cmocka_unit_test(strange_formats),
        cmocka_unit_test(random_formats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
