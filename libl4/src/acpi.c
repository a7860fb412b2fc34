/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/acpi.h>

#define CHUNK 256u

#define TABLE_HEADER 36u
#define TABLE_MAX 0x100000u
#define TABLES 64u /* entries of the root table that are looked at */

/* Of the FADT. */
#define FADT_DSDT 40u
#define FADT_MODE_PORT 48u
#define FADT_MODE_ENABLE 52u
#define FADT_PM1A 64u
#define FADT_PM1B 68u
#define FADT_FLAGS 112u
#define FADT_RESET_SPACE 116u
#define FADT_RESET_ADDRESS 120u
#define FADT_RESET_VALUE 128u
#define FADT_DSDT_64 140u
#define FLAG_RESET 0x400u
#define SPACE_PORTS 1u

#define SLEEP_TYPE 10 /* shift in the control register */
#define SLEEP_ENABLE 0x2000u

/* Of the language in the DSDT. */
#define AML_NAME 0x08
#define AML_ROOT '\\'
#define AML_PACKAGE 0x12
#define AML_ZERO 0x00
#define AML_ONE 0x01
#define AML_BYTE 0x0a
#define AML_WORD 0x0b

/* Physical memory, a chunk at a time. What cannot be read is 0, and noted. */
struct memory {
    l4_acpi_read_fn *read;
    void *data;
    bool any;
    uint64_t base; /* of the chunk, if `any` */
    bool failed;
    uint8_t chunk[CHUNK];
};

static uint8_t byte_at(struct memory *m, uint64_t phys)
{
    uint64_t base = phys & ~(uint64_t)(CHUNK - 1);

    if (!m->any || m->base != base) {
        m->any = m->read(m->data, base, m->chunk, CHUNK);
        m->base = base;
        m->failed |= !m->any;
    }
    return m->any ? m->chunk[phys % CHUNK] : 0;
}

static uint64_t number_at(struct memory *m, uint64_t phys, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)byte_at(m, phys + i) << 8 * i;
    return value;
}

static bool text_at(struct memory *m, uint64_t phys, const char *text)
{
    for (unsigned i = 0; text[i]; i++) {
        if (byte_at(m, phys + i) != (uint8_t)text[i])
            return false;
    }
    return true;
}

static bool sum_is_zero(struct memory *m, uint64_t phys, uint32_t size)
{
    uint8_t sum = 0;

    m->failed = false;
    for (uint32_t i = 0; i < size && !m->failed; i++)
        sum = (uint8_t)(sum + byte_at(m, phys + i));
    return sum == 0 && !m->failed;
}

/* The length of the table at `phys` if it is one of that name and valid,
 * else 0. */
static uint32_t table_check(struct memory *m, uint64_t phys, const char *name)
{
    if (phys == 0 || phys > UINT64_MAX - TABLE_MAX || !text_at(m, phys, name))
        return 0;
    uint32_t length = (uint32_t)number_at(m, phys + 4, 4);
    if (length < TABLE_HEADER || length > TABLE_MAX ||
        !sum_is_zero(m, phys, length))
        return 0;
    return length;
}

static uint64_t rsdp_scan(struct memory *m, uint64_t from, uint64_t size)
{
    for (uint64_t at = from; at < from + size; at += 16) {
        if (text_at(m, at, "RSD PTR ") && sum_is_zero(m, at, 20))
            return at;
    }
    return 0;
}

static uint64_t rsdp_find(struct memory *m)
{
    uint64_t found = rsdp_scan(m, 0xe0000, 0x20000);

    if (found == 0)
        found = rsdp_scan(m, number_at(m, 0x40e, 2) << 4, 0x400);
    return found;
}

/* Looks a table up in the root table at `phys`, whose entries have `size`
 * bytes. */
static uint64_t table_in(struct memory *m, uint64_t phys, const char *root,
                         unsigned size, const char *name)
{
    uint32_t length = table_check(m, phys, root);

    if (length > TABLE_HEADER + TABLES * size)
        length = TABLE_HEADER + TABLES * size;
    for (uint32_t at = TABLE_HEADER; at + size <= length; at += size) {
        uint64_t entry = number_at(m, phys + at, size);
        if (table_check(m, entry, name))
            return entry;
    }
    return 0;
}

static uint64_t fadt_find(struct memory *m)
{
    uint64_t rsdp = rsdp_find(m);
    uint64_t fadt = 0;

    if (rsdp == 0)
        return 0;
    if (byte_at(m, rsdp + 15) >= 2)
        fadt = table_in(m, number_at(m, rsdp + 24, 8), "XSDT", 8, "FACP");
    if (fadt == 0)
        fadt = table_in(m, number_at(m, rsdp + 16, 4), "RSDT", 4, "FACP");
    return fadt;
}

/* A small constant at *at, which moves behind it. False: it is none. */
static bool aml_number(struct memory *m, uint64_t *at, uint64_t end,
                       uint32_t *value)
{
    uint8_t op = *at < end ? byte_at(m, *at) : 0xff;
    unsigned size = op == AML_BYTE ? 1 : op == AML_WORD ? 2 : 0;

    if ((size == 0 && op != AML_ZERO && op != AML_ONE) || end - *at <= size)
        return false;
    *value = size ? (uint32_t)number_at(m, *at + 1, size) : op;
    *at += 1 + size;
    return true;
}

/* A package of at least two numbers at `at`, right behind the name _S5_. */
static bool sleep_package(struct memory *m, uint64_t at, uint64_t end,
                          uint32_t type[2])
{
    if (end - at < 3 || byte_at(m, at) != AML_PACKAGE)
        return false;
    unsigned more = byte_at(m, at + 1) >> 6; /* further bytes of the length */
    at += 2 + more;
    if (at >= end || byte_at(m, at) < 2)
        return false;
    at++;
    return aml_number(m, &at, end, &type[0]) &&
           aml_number(m, &at, end, &type[1]) && type[0] < 8 && type[1] < 8;
}

/* The types of sleep of the state S5, as the DSDT names them. */
static bool sleep_find(struct memory *m, uint64_t dsdt, uint32_t type[2])
{
    uint64_t end = dsdt + table_check(m, dsdt, "DSDT");

    for (uint64_t at = dsdt + TABLE_HEADER; at + 4 < end; at++) {
        if (byte_at(m, at) != '_' || !text_at(m, at, "_S5_"))
            continue;
        uint8_t before = byte_at(m, at - 1);
        if (before == AML_ROOT)
            before = byte_at(m, at - 2);
        if (before == AML_NAME && sleep_package(m, at + 4, end, type))
            return true;
    }
    return false;
}

static uint16_t port_at(struct memory *m, uint64_t phys)
{
    uint64_t port = number_at(m, phys, 4);

    return port <= UINT16_MAX - 1 ? (uint16_t)port : 0;
}

static void off_read(struct memory *m, uint64_t fadt, uint32_t length,
                     l4_acpi_power_t *out)
{
    uint32_t type[2];
    bool found = false;

    if (length < FADT_PM1B + 4)
        return;
    if (length >= FADT_DSDT_64 + 8)
        found = sleep_find(m, number_at(m, fadt + FADT_DSDT_64, 8), type);
    if (!found)
        found = sleep_find(m, number_at(m, fadt + FADT_DSDT, 4), type);
    if (!found)
        return;
    out->off_port_a = port_at(m, fadt + FADT_PM1A);
    out->off_port_b = port_at(m, fadt + FADT_PM1B);
    out->off_value_a = (uint16_t)(type[0] << SLEEP_TYPE | SLEEP_ENABLE);
    out->off_value_b = (uint16_t)(type[1] << SLEEP_TYPE | SLEEP_ENABLE);
    out->mode_port = port_at(m, fadt + FADT_MODE_PORT);
    out->mode_value = byte_at(m, fadt + FADT_MODE_ENABLE);
}

static void reset_read(struct memory *m, uint64_t fadt, uint32_t length,
                       l4_acpi_power_t *out)
{
    uint64_t port;

    if (length <= FADT_RESET_VALUE ||
        !(number_at(m, fadt + FADT_FLAGS, 4) & FLAG_RESET) ||
        byte_at(m, fadt + FADT_RESET_SPACE) != SPACE_PORTS)
        return;
    port = number_at(m, fadt + FADT_RESET_ADDRESS, 8);
    if (port <= UINT16_MAX) {
        out->reset_port = (uint16_t)port;
        out->reset_value = byte_at(m, fadt + FADT_RESET_VALUE);
    }
}

l4_err_t l4_acpi_power(l4_acpi_read_fn *read, void *data, l4_acpi_power_t *out)
{
    struct memory m = {.read = read, .data = data};
    uint64_t fadt = fadt_find(&m);
    uint32_t length = fadt ? table_check(&m, fadt, "FACP") : 0;

    *out = (l4_acpi_power_t){0};
    if (length == 0)
        return L4_ENOENT;
    off_read(&m, fadt, length, out);
    reset_read(&m, fadt, length, out);
    return L4_OK;
}
