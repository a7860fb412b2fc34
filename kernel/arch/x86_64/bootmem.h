/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory during boot, when the lower 4 GiB are mapped. */
#ifndef BOOTMEM_H
#define BOOTMEM_H

#include <stddef.h>
#include <stdint.h>

#include <arch/mem.h>

#define BOOTMEM_END 0x100000000ull

/* The bytes at `phys`, or NULL if they are not all mapped. */
static inline const void *bootmem(uint64_t phys, uint64_t size)
{
    if (phys >= BOOTMEM_END || size > BOOTMEM_END - phys) {
        return NULL;
    }
    return phys_to_virt(phys);
}

#endif
