/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel needs of ACPI: the interrupt routing in the MADT. */
#ifndef ACPI_H
#define ACPI_H

#include <stdbool.h>
#include <stdint.h>

#define ACPI_IOAPICS 8
#define ACPI_ISA_IRQS 16

struct acpi_ioapic {
    uint32_t phys;
    uint32_t first_line;
};

/* Where an ISA interrupt arrives, and how. */
struct acpi_isa_irq {
    uint32_t line;
    bool level; /* else edge */
    bool low;   /* else high */
};

struct acpi_info {
    struct acpi_ioapic ioapics[ACPI_IOAPICS];
    unsigned ioapic_count;
    struct acpi_isa_irq isa[ACPI_ISA_IRQS];
};

/* Finds and reads the MADT through the first page tables. Returns the
 * physical address of the RSDP. Fatal if there is no MADT. */
uint64_t acpi_read(struct acpi_info *info);

#endif
