/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel info page: what root finds of the machine, read-only, at
 * L4_INFO_ADDRESS. Root may map it on, so that everyone can read the clock.
 */
#ifndef L4_INFO_H
#define L4_INFO_H

#include <l4/types.h>

#define L4_INFO_MAGIC 0x464e494434444c41ull /* "ALD4DNIF" */
#define L4_INFO_VERSION 2u

#define L4_INFO_REGIONS 32
#define L4_INFO_MODULES 64

/* What a range of physical memory is. */
#define L4_REGION_RAM 1u    /* root's, at L4_ROOT_RAM + address */
#define L4_REGION_KERNEL 2u /* the kernel and its pool */

typedef struct l4_region {
    uint64_t start; /* physical, page aligned */
    uint64_t end;   /* exclusive, page aligned */
    uint32_t type;
    uint32_t reserved;
} l4_region_t;

typedef struct l4_module {
    uint64_t start;   /* physical address, page aligned */
    uint64_t size;    /* bytes */
    char cmdline[48]; /* NUL-terminated, cut if longer */
} l4_module_t;

/* Time in ns = ((tsc * mult) >> 32) + offset; consistent while `version`
 * is even and unchanged across the reading. */
typedef struct l4_clock {
    uint32_t version;
    uint32_t mult_frac; /* low half of the 32.32 factor */
    uint32_t mult_int;  /* high half */
    uint32_t tsc_khz;
    int64_t offset_ns;
} l4_clock_t;

typedef struct l4_info {
    uint64_t magic;
    uint32_t version;
    uint32_t region_count;
    uint32_t module_count;
    uint32_t caps_free; /* first free slot of root's table */
    l4_clock_t clock;
    uint64_t trace_size;                  /* of the ring (l4/trace.h), or 0 */
    l4_region_t regions[L4_INFO_REGIONS]; /* sorted, not overlapping */
    /* modules follow in a page of their own, at offset L4_INFO_MODULES_AT */
} l4_info_t;

#define L4_INFO_MODULES_AT 0x1000
#define L4_INFO_PAGES 3

L4_STATIC_ASSERT(sizeof(l4_info_t) <= L4_INFO_MODULES_AT, "info page");
L4_STATIC_ASSERT(sizeof(l4_module_t) * L4_INFO_MODULES <= 0x2000, "modules");

static inline const l4_module_t *l4_info_modules(const l4_info_t *info)
{
    return (const l4_module_t *)((const char *)info + L4_INFO_MODULES_AT);
}

#endif
