/* SPDX-License-Identifier: BSD-2-Clause */
/* Page table entries, and the kernel's own half of all address spaces. */
#ifndef PAGING_H
#define PAGING_H

#include <stdbool.h>
#include <stdint.h>

#define PTE_PRESENT 0x1ull
#define PTE_WRITE 0x2ull
#define PTE_USER 0x4ull
#define PTE_UNCACHED 0x18ull /* PWT and PCD */
#define PTE_ACCESSED 0x20ull
#define PTE_DIRTY 0x40ull
#define PTE_LARGE 0x80ull
#define PTE_GLOBAL 0x100ull
#define PTE_NX (1ull << 63)
#define PTE_ADDRESS 0x000ffffffffff000ull

/* Tables have 512 entries; levels are named by log2 of what one covers. */
#define TABLE_BITS 9u
#define TABLE_SIZE 512u
#define ORDER_TOP 39u

/* The first entry of the top table that is the kernel's. */
#define KERNEL_HALF 256u

static inline unsigned table_index(uint64_t va, unsigned order)
{
    return (unsigned)(va >> order) & (TABLE_SIZE - 1);
}

/* The kernel's own address space, which has no user half. */
uint64_t paging_kernel_cr3(void);

/* Fills the kernel half of a top table. */
void paging_copy_kernel(uint64_t *top);

/* Maps a page of an interrupt controller, uncached, for good. */
volatile uint32_t *paging_map_registers(uint64_t phys);

/* Width of a physical address. */
unsigned paging_phys_bits(void);

/* Whether the memory map called any of the page at `phys` RAM. */
bool phys_is_ram(uint64_t phys);

#endif
