/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of boot, in the order in which start.c takes them, and what they
 * share. */
#ifndef INIT_H
#define INIT_H

#include <arch/boot.h>
#include <arch/mem.h>

#include "acpi.h"

/* Sets up COM1. Needs nothing. */
void console_init(void);

/* Descriptor tables, stacks and gs of the first processor: from here on an
 * exception says what it was. */
void cpu_init(void);

/* Demands the features that the kernel needs, and turns them on. */
void features_init(void);

/* Reads what a multiboot loader left. Anything wrong with it is fatal. */
void multiboot_read(uint32_t magic, uint32_t info, struct boot_info *bi);

/* Vector state and how to save it. Needs the features. */
void fpu_init(void);

/* Replaces the first page tables. Takes from bi->ram what cannot be mapped. */
void paging_init(struct boot_info *bi);

/* System calls can be taken, on the fast path first or only the other. */
void syscall_init(bool fast);

/* The interrupt controllers, with all lines masked. */
void pic_init(void);
void lapic_init(void);
void ioapic_init(const struct acpi_info *acpi);

/* Measures the clocks. Needs the local APIC. */
void clock_init(void);

/* Up to there all RAM is mapped while the kernel boots. */
#define BOOTMEM_END 0x100000000ull

/* The bytes at `phys`, or NULL if they are not all mapped. */
static inline const void *bootmem(uint64_t phys, uint64_t size)
{
    if (phys >= BOOTMEM_END || size > BOOTMEM_END - phys) {
        return NULL;
    }
    return phys_to_virt(phys);
}

/* A set of physical addresses, as ranges in order that do not touch. */
struct region_set {
    struct boot_region range[BOOT_REGIONS];
    unsigned count;
};

/* Adds or removes [start, end). False, and nothing changed, if that would
 * take too many ranges. */
bool regions_add(struct region_set *set, uint64_t start, uint64_t end);
bool regions_cut(struct region_set *set, uint64_t start, uint64_t end);

/* Whether all, or any, of [start, end) is in the set. */
bool regions_cover(const struct region_set *set, uint64_t start, uint64_t end);
bool regions_touch(const struct region_set *set, uint64_t start, uint64_t end);

#endif
