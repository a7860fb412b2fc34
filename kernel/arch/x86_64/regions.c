/* SPDX-License-Identifier: BSD-2-Clause */
#include "init.h"

/* Replaces the `old` ranges from `at` by `count` new ones. */
static bool regions_replace(struct region_set *set, unsigned at, unsigned old,
                            const struct boot_region *ranges, unsigned count)
{
    unsigned rest = set->count - at - old;

    if (set->count - old + count > BOOT_REGIONS) {
        return false;
    }
    if (count <= old) {
        for (unsigned i = 0; i < rest; i++) {
            set->range[at + count + i] = set->range[at + old + i];
        }
    } else {
        for (unsigned i = rest; i-- > 0;) {
            set->range[at + count + i] = set->range[at + old + i];
        }
    }
    for (unsigned i = 0; i < count; i++) {
        set->range[at + i] = ranges[i];
    }
    set->count = set->count - old + count;
    return true;
}

bool regions_add(struct region_set *set, uint64_t start, uint64_t end)
{
    struct boot_region merged = {start, end};
    unsigned at = 0;
    unsigned old = 0;

    if (start >= end) {
        return true;
    }
    while (at < set->count && set->range[at].end < start) {
        at++;
    }
    while (at + old < set->count && set->range[at + old].start <= end) {
        old++;
    }
    if (old > 0) {
        const struct boot_region *first = &set->range[at];
        const struct boot_region *last = &set->range[at + old - 1];

        merged.start = first->start < start ? first->start : start;
        merged.end = last->end > end ? last->end : end;
    }
    return regions_replace(set, at, old, &merged, 1);
}

bool regions_cut(struct region_set *set, uint64_t start, uint64_t end)
{
    struct boot_region left[2];
    unsigned kept = 0;
    unsigned at = 0;
    unsigned old = 0;

    while (at < set->count && set->range[at].end <= start) {
        at++;
    }
    while (at + old < set->count && set->range[at + old].start < end) {
        old++;
    }
    if (start >= end || old == 0) {
        return true;
    }
    if (set->range[at].start < start) {
        left[kept++] = (struct boot_region){set->range[at].start, start};
    }
    if (set->range[at + old - 1].end > end) {
        left[kept++] = (struct boot_region){end, set->range[at + old - 1].end};
    }
    return regions_replace(set, at, old, left, kept);
}

bool regions_cover(const struct region_set *set, uint64_t start, uint64_t end)
{
    for (unsigned i = 0; i < set->count; i++) {
        if (set->range[i].start <= start && end <= set->range[i].end) {
            return true;
        }
    }
    return false;
}

bool regions_touch(const struct region_set *set, uint64_t start, uint64_t end)
{
    for (unsigned i = 0; i < set->count; i++) {
        if (set->range[i].start < end && start < set->range[i].end) {
            return true;
        }
    }
    return false;
}
