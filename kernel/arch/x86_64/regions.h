/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of physical memory: sorted ranges that neither overlap nor touch. */
#ifndef REGIONS_H
#define REGIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <arch/boot.h>

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
