/* SPDX-License-Identifier: BSD-2-Clause */
#include "acpi.h"

#include <kernel/panic.h>
#include <kernel/string.h>

#include "init.h"

#define RSDP_SIZE 20u
#define RSDP_RSDT 16u
#define RSDP_REVISION 15u
#define RSDP_XSDT 24u
#define RSDP_SIZE_2 36u
#define TABLE_HEADER 36u
#define TABLE_LENGTH 4u
#define TABLE_SIZE_MAX 0x100000u
#define MADT_ENTRIES 44u

#define MADT_IOAPIC 1u
#define MADT_OVERRIDE 2u

#define FLAG_POLARITY_LOW 0x3u
#define FLAG_TRIGGER_LEVEL 0xcu

static uint32_t read32(const uint8_t *p)
{
    uint32_t value;

    memcpy(&value, p, sizeof(value));
    return value;
}

static bool sum_is_zero(const uint8_t *p, uint32_t size)
{
    uint8_t sum = 0;

    for (uint32_t i = 0; i < size; i++) {
        sum = (uint8_t)(sum + p[i]);
    }
    return sum == 0;
}

/* The table at `phys` with that signature, whole and valid, or NULL. */
static const uint8_t *table_at(uint64_t phys, const char *signature)
{
    const uint8_t *table = bootmem(phys, TABLE_HEADER);
    uint32_t length;

    if (phys == 0 || table == NULL || memcmp(table, signature, 4) != 0) {
        return NULL;
    }
    length = read32(table + TABLE_LENGTH);
    if (length < TABLE_HEADER || length > TABLE_SIZE_MAX ||
        bootmem(phys, length) == NULL || !sum_is_zero(table, length)) {
        return NULL;
    }
    return table;
}

static uint64_t rsdp_scan(uint64_t start, uint64_t size)
{
    for (uint64_t at = start; at + RSDP_SIZE <= start + size; at += 16) {
        const uint8_t *p = bootmem(at, RSDP_SIZE);

        if (p != NULL && memcmp(p, "RSD PTR ", 8) == 0 &&
            sum_is_zero(p, RSDP_SIZE)) {
            return at;
        }
    }
    return 0;
}

static uint64_t rsdp_find(void)
{
    uint16_t ebda;
    uint64_t found;

    memcpy(&ebda, bootmem(0x40e, sizeof(ebda)), sizeof(ebda));
    found = rsdp_scan((uint64_t)ebda << 4, 0x400);
    return found != 0 ? found : rsdp_scan(0xe0000, 0x20000);
}

/* Looks the MADT up in the RSDT, or in the XSDT, whose entries are 8 bytes. */
static const uint8_t *madt_in(const uint8_t *table, unsigned entry_size)
{
    uint32_t length = read32(table + TABLE_LENGTH);

    for (uint32_t at = TABLE_HEADER; length - at >= entry_size;
         at += entry_size) {
        uint64_t phys = 0;
        const uint8_t *madt;

        memcpy(&phys, table + at, entry_size);
        madt = table_at(phys, "APIC");
        if (madt != NULL) {
            return madt;
        }
    }
    return NULL;
}

static const uint8_t *madt_find(uint64_t rsdp)
{
    const uint8_t *p = bootmem(rsdp, RSDP_SIZE_2);
    const uint8_t *table;
    uint64_t xsdt;

    if (p == NULL) {
        return NULL;
    }
    table = table_at(read32(p + RSDP_RSDT), "RSDT");
    if (table != NULL) {
        return madt_in(table, 4);
    }
    memcpy(&xsdt, p + RSDP_XSDT, sizeof(xsdt));
    table = p[RSDP_REVISION] >= 2 ? table_at(xsdt, "XSDT") : NULL;
    return table != NULL ? madt_in(table, 8) : NULL;
}

static void read_ioapic(struct acpi_info *info, const uint8_t *entry)
{
    if (info->ioapic_count < ACPI_IOAPICS) {
        info->ioapics[info->ioapic_count++] = (struct acpi_ioapic){
            .phys = read32(entry + 4),
            .first_line = read32(entry + 8),
        };
    }
}

static void read_override(struct acpi_info *info, const uint8_t *entry)
{
    uint8_t irq = entry[3];

    if (entry[2] == 0 && irq < ACPI_ISA_IRQS) {
        info->isa[irq] = (struct acpi_isa_irq){
            .line = read32(entry + 4),
            .level = (entry[8] & FLAG_TRIGGER_LEVEL) == FLAG_TRIGGER_LEVEL,
            .low = (entry[8] & FLAG_POLARITY_LOW) == FLAG_POLARITY_LOW,
        };
    }
}

uint64_t acpi_read(struct acpi_info *info)
{
    uint64_t rsdp = rsdp_find();
    const uint8_t *madt = rsdp != 0 ? madt_find(rsdp) : NULL;
    uint32_t length;

    if (madt == NULL) {
        panic("boot: the firmware has no ACPI table of interrupts (MADT)");
    }
    for (unsigned i = 0; i < ACPI_ISA_IRQS; i++) {
        info->isa[i] = (struct acpi_isa_irq){.line = i};
    }
    length = read32(madt + TABLE_LENGTH);
    for (uint32_t at = MADT_ENTRIES; at + 2 <= length;) {
        const uint8_t *entry = madt + at;
        uint8_t size = entry[1];

        if (size < 2 || size > length - at) {
            break;
        }
        if (entry[0] == MADT_IOAPIC && size >= 12) {
            read_ioapic(info, entry);
        } else if (entry[0] == MADT_OVERRIDE && size >= 10) {
            read_override(info, entry);
        }
        at += size;
    }
    return rsdp;
}
