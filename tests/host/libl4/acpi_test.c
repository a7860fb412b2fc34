/* SPDX-License-Identifier: BSD-2-Clause */
/* ACPI tables as firmware writes them, and as it should not. */
#include "test.h"

#include <stdlib.h>

#include <l4/acpi.h>

#define MEMORY 0x110000u
#define RSDP 0xf5a00u
#define RSDT 0x100000u
#define FADT 0x101000u
#define DSDT 0x102000u
#define FADT_SIZE 132u

static uint8_t *memory; /* of its exact size, so that ASan sees the end */
static uint64_t reads;

static bool memory_read(void *data, uint64_t phys, void *to, size_t size)
{
    assert_ptr_equal(data, memory);
    assert_true(size <= 4096 && phys / 4096 == (phys + size - 1) / 4096);
    reads++;
    if (phys > MEMORY - size)
        return false;
    memcpy(to, memory + phys, size);
    return true;
}

static void put(uint32_t at, uint64_t value, unsigned size)
{
    memcpy(memory + at, &value, size);
}

/* Makes the byte at `at` the one that lets the sum be 0. */
static void sum_fix(uint32_t from, uint32_t size, uint32_t at)
{
    uint8_t sum = 0;

    memory[at] = 0;
    for (uint32_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + memory[from + i]);
    memory[at] = (uint8_t)-sum;
}

static void table(uint32_t at, const char *name, uint32_t size)
{
    memcpy(memory + at, name, 4);
    put(at + 4, size, 4);
    sum_fix(at, size, at + 9);
}

static const uint8_t aml[] = {0x08, '_',  'S',  '5',  '_',  0x12, 0x06,
                              0x04, 0x0a, 0x05, 0x01, 0x00, 0x00};

static void aml_put(const uint8_t *code, size_t size)
{
    memcpy(memory + DSDT + 60, code, size);
    table(DSDT, "DSDT", 60 + (uint32_t)size);
}

static int setup(void **state)
{
    (void)state;
    memory = calloc(1, MEMORY);
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): it has no NUL */
    memcpy(memory + RSDP, "RSD PTR ", 8);
    put(RSDP + 16, RSDT, 4);
    sum_fix(RSDP, 20, RSDP + 8);
    put(RSDT + 36, 0x12345, 4); /* nothing valid lies there */
    put(RSDT + 40, FADT, 4);
    table(RSDT, "RSDT", 44);
    put(FADT + 40, DSDT, 4);
    put(FADT + 48, 0xb2, 4);
    memory[FADT + 52] = 0xf1;
    put(FADT + 64, 0x604, 4);
    put(FADT + 68, 0x704, 4);
    put(FADT + 112, 0x400, 4);
    memory[FADT + 116] = 1;
    put(FADT + 120, 0xcf9, 8);
    memory[FADT + 128] = 0xf;
    table(FADT, "FACP", FADT_SIZE);
    aml_put(aml, sizeof(aml));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

static l4_err_t power(l4_acpi_power_t *p)
{
    reads = 0;
    return l4_acpi_power(memory_read, memory, p);
}

static void what_the_tables_say(void **state)
{
    l4_acpi_power_t p;

    (void)state;
    assert_int_equal(power(&p), L4_OK);
    assert_int_equal(p.off_port_a, 0x604);
    assert_int_equal(p.off_port_b, 0x704);
    assert_int_equal(p.off_value_a, 5 << 10 | 0x2000);
    assert_int_equal(p.off_value_b, 1 << 10 | 0x2000);
    assert_int_equal(p.mode_port, 0xb2);
    assert_int_equal(p.mode_value, 0xf1);
    assert_int_equal(p.reset_port, 0xcf9);
    assert_int_equal(p.reset_value, 0xf);
}

static void nothing_without_valid_tables(void **state)
{
    l4_acpi_power_t p;
    const uint32_t broken[] = {RSDP + 3, RSDT + 20, FADT + 70};

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        memory[broken[i]] ^= 1;
        assert_int_equal(power(&p), L4_ENOENT);
        assert_int_equal(p.off_port_a, 0);
        memory[broken[i]] ^= 1;
    }
    memory[DSDT + 62] ^= 1;
    assert_int_equal(power(&p), L4_OK);
    assert_int_equal(p.off_port_a, 0);
    assert_int_equal(p.reset_port, 0xcf9);
}

static void lengths_out_of_bounds(void **state)
{
    const uint32_t lengths[] = {0, 1, 35, 0x100001, 0x7fffffff, 0xffffffff};
    l4_acpi_power_t p;

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        put(RSDT + 4, lengths[i], 4);
        assert_int_equal(power(&p), L4_ENOENT);
        assert_true(reads < 300000);
    }
}

static void a_fadt_too_short_for_a_field(void **state)
{
    l4_acpi_power_t p;

    (void)state;
    for (uint32_t size = 36; size < FADT_SIZE; size++) {
        table(FADT, "FACP", size);
        assert_int_equal(power(&p), L4_OK);
        assert_int_equal(p.off_port_a != 0, size >= 72);
        assert_int_equal(p.reset_port != 0, size > 128);
    }
}

static void a_port_that_cannot_be(void **state)
{
    l4_acpi_power_t p;

    (void)state;
    put(FADT + 64, 0x10604, 4);
    put(FADT + 120, 0x100000cf9, 8);
    table(FADT, "FACP", FADT_SIZE);
    assert_int_equal(power(&p), L4_OK);
    assert_int_equal(p.off_port_a, 0);
    assert_int_equal(p.reset_port, 0);
}

static void code_that_is_no_package(void **state)
{
    static const uint8_t codes[][12] = {
        {0x08, '_', 'S', '5', '_', 0x11, 6, 2, 0, 0},    /* not a package */
        {0x08, '_', 'S', '5', '_', 0x12, 6, 1, 0, 0},    /* one element */
        {0x08, '_', 'S', '5', '_', 0x12, 6, 2, 0x0c, 0}, /* a large number */
        {0x08, '_', 'S', '5', '_', 0x12, 6, 2, 0x0a, 9}, /* no type of sleep */
        {0x14, '_', 'S', '5', '_', 0x12, 6, 2, 0, 0},    /* not a name */
        {0x08, '_', 'S', '5', '_', 0x12, 0xc6, 2, 0, 0}, /* beyond the end */
    };
    l4_acpi_power_t p;

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        aml_put(codes[i], 10);
        assert_int_equal(power(&p), L4_OK);
        assert_int_equal(p.off_port_a, 0);
    }
    /* Cut anywhere. */
    for (size_t size = 0; size < 10; size++) {
        aml_put(aml, size);
        assert_int_equal(power(&p), L4_OK);
        assert_int_equal(p.off_port_a, 0);
    }
    /* Written from the root, it is the same name. */
    static const uint8_t rooted[] = {0x08, '\\', '_', 'S', '5', '_',
                                     0x12, 0x05, 2,   1,   1};
    aml_put(rooted, sizeof(rooted));
    assert_int_equal(power(&p), L4_OK);
    assert_int_equal(p.off_value_a, 1 << 10 | 0x2000);
}

/* Nothing that random tables with right sums can make it do is wrong. */
static void random_tables(void **state)
{
    const uint32_t at[] = {RSDP, RSDT, FADT, DSDT};
    const uint32_t size[] = {20, 44, FADT_SIZE, 60 + sizeof(aml)};
    const uint32_t sum[] = {RSDP + 8, RSDT + 9, FADT + 9, DSDT + 9};
    uint64_t seed = 1;
    l4_acpi_power_t p;

    for (unsigned round = 0; round < 3000; round++) {
        teardown(state);
        setup(state);
        for (unsigned i = 0; i < 3; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            unsigned t = seed >> 60 & 3;
            memory[at[t] + (seed >> 40) % size[t]] = (uint8_t)(seed >> 32);
            sum_fix(at[t], size[t], sum[t]);
        }
        l4_err_t err = power(&p);
        assert_true(err == L4_OK || err == L4_ENOENT);
        assert_true(reads < 300000);
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_the_tables_say),   TEST(nothing_without_valid_tables),
        TEST(lengths_out_of_bounds), TEST(a_fadt_too_short_for_a_field),
        TEST(a_port_that_cannot_be), TEST(code_that_is_no_package),
        TEST(random_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
