/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the parts of the kernel lie, as kernel.lds placed them. */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdint.h>

#include <arch/mem.h>

extern char kernel_phys_start[]; /* at its physical address */
extern char kernel_text[];
extern char kernel_rodata[];
extern char kernel_data[];
extern char kernel_end[];

/* The physical address of a static object. */
static inline uint64_t image_phys(const void *object)
{
    return (uint64_t)(uintptr_t)object - KERNEL_BASE;
}

static inline uint64_t image_start(void)
{
    return (uint64_t)(uintptr_t)kernel_phys_start;
}

static inline uint64_t image_end(void)
{
    return image_phys(kernel_end);
}

#endif
