/* SPDX-License-Identifier: BSD-2-Clause */
/* Page table entries, and the kernel's own half of all address spaces. */
#ifndef PAGING_H
#define PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include <arch/ptab.h>

/* Levels are named by log2 of what an entry covers. */
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

/* Whether the memory map called any of the page at `phys` RAM. */
bool phys_is_ram(uint64_t phys);

#endif
