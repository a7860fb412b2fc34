/* SPDX-License-Identifier: BSD-2-Clause */
/* libl4's memory and string functions, compared with the host's. */
#include "test.h"

#include "string/string.h"

#define SIZE 64

static uint64_t seed = 99;

static void bytes_random(char *bytes, size_t size, unsigned alphabet)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(random_next(&seed) % alphabet);
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void copying_and_setting(void **state)
{
    char ours[SIZE];
    char host[SIZE];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t from = random_next(&seed) % SIZE;
        size_t to = random_next(&seed) % SIZE;
        size_t most = SIZE - (from > to ? from : to);
        size_t n = random_next(&seed) % (most + 1);

        bytes_random(ours, SIZE, 256);
        memcpy(host, ours, SIZE);
        assert_ptr_equal(l4_memmove(ours + to, ours + from, n), ours + to);
        memmove(host + to, host + from, n);
        assert_memory_equal(ours, host, SIZE);
        assert_ptr_equal(l4_memset(ours + to, round, n), ours + to);
        memset(host + to, round, n);
        assert_memory_equal(ours, host, SIZE);
        bytes_random(host, SIZE, 256);
        assert_ptr_equal(l4_memcpy(ours, host, n), ours);
        assert_memory_equal(ours, host, n);
    }
}

static void comparing_and_searching(void **state)
{
    char a[SIZE];
    char b[SIZE];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t n = random_next(&seed) % SIZE;
        int c = (int)(random_next(&seed) % 4);

        bytes_random(a, SIZE, 3);
        bytes_random(b, SIZE, 3);
        a[SIZE - 1] = b[SIZE - 1] = '\0';
        if (round % 2)
            memcpy(a, b, n);
        assert_int_equal(sign(l4_memcmp(a, b, n)), sign(memcmp(a, b, n)));
        assert_ptr_equal(l4_memchr(a, c, n), memchr(a, c, n));
        assert_int_equal(l4_strlen(a), strlen(a));
        assert_int_equal(l4_strnlen(a, n), strnlen(a, n));
        assert_int_equal(sign(l4_strcmp(a, b)), sign(strcmp(a, b)));
        assert_int_equal(sign(l4_strncmp(a, b, n)), sign(strncmp(a, b, n)));
        assert_ptr_equal(l4_strchr(a, c), strchr(a, c));
        assert_ptr_equal(l4_strrchr(a, c), strrchr(a, c));
        b[2] = '\0';
        assert_ptr_equal(l4_strstr(a, b), strstr(a, b));
    }
}

static void copying_strings(void **state)
{
    char buffer[8];

    (void)state;
    memset(buffer, '#', sizeof(buffer));
    assert_int_equal(l4_strlcpy(buffer, "abc", 0), 3);
    assert_int_equal(buffer[0], '#');
    assert_int_equal(l4_strlcpy(buffer, "abc", 1), 3);
    assert_string_equal(buffer, "");
    assert_int_equal(l4_strlcpy(buffer, "abc", 4), 3);
    assert_string_equal(buffer, "abc");
    assert_int_equal(l4_strlcpy(buffer, "abcdefghij", 5), 10);
    assert_string_equal(buffer, "abcd");
    assert_int_equal(buffer[5], '#');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copying_and_setting),
        cmocka_unit_test(comparing_and_searching),
        cmocka_unit_test(copying_strings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
