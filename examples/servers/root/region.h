/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that the plan gives a program beside its own: registers of devices,
 * mapped when it starts, and boot modules, paged in and read only. The n-th
 * region of a program is at the n-th stride of its region area.
 */
#ifndef ROOT_REGION_H
#define ROOT_REGION_H

#include "program.h"

#define REGION_AREA_END (L4_REGION_AREA + L4_PLAN_REGIONS * L4_REGION_STRIDE)

struct region {
    uint64_t address; /* in the program */
    uint64_t size;
};

/* Where the n-th region is. */
struct region region_at(const struct program *p, uint32_t n);

/* Looks for the boot modules of a program; says which is missing. */
l4_err_t regions_init(struct program *p, const l4_info_t *info);

/* The frame of a boot module that belongs at an address; FRAME_NONE if there
 * is none. */
uint64_t region_module(const struct program *p, uint64_t address);

/* Maps the device memory of a program that is about to start. */
l4_err_t regions_map(struct program *p);

/* Takes it away again. */
void regions_unmap(struct program *p);

#endif
