/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical memory as the kernel sees it. All RAM is mapped at PHYS_BASE,
 * writable and never executable. The kernel's own image is mapped elsewhere,
 * so the address of a static object is not to be passed to virt_to_phys().
 */
#ifndef ARCH_MEM_H
#define ARCH_MEM_H

#define PHYS_BASE 0xffff800000000000

/* Where the kernel is linked; physical address 0 would be here. */
#define KERNEL_BASE 0xffffffff80000000

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

/* The kernel's address of the RAM at `phys`. */
static inline void *phys_to_virt(uint64_t phys)
{
    return (void *)(uintptr_t)(phys + PHYS_BASE);
}

/* The physical address of memory that phys_to_virt() names. */
static inline uint64_t virt_to_phys(const void *virt)
{
    return (uint64_t)(uintptr_t)virt - PHYS_BASE;
}

/* Whether the page at `phys` (page aligned) may be given to a driver: it
 * exists, is not RAM and not an interrupt controller of the kernel's. */
bool arch_phys_is_device(uint64_t phys);

#endif

#endif
