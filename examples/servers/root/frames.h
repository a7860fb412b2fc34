/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page frames: all RAM that the kernel left to root, by physical address.
 * Frames that were never used are taken from the memory map in order, so that
 * starting does not touch all of memory; those given back hang in a list.
 */
#ifndef ROOT_FRAMES_H
#define ROOT_FRAMES_H

#include <l4/info.h>

#define FRAME_NONE ((uint64_t)0)

/* Takes over the RAM of the memory map, boot modules left out. */
void frames_init(const l4_info_t *info);

/* A frame full of zeros; FRAME_NONE if there is none left. */
uint64_t frame_alloc(void);

/* Takes a frame away from everyone it was mapped to, directly or not. A
 * program may have granted it away, so that it outlives the program. */
void frame_revoke(uint64_t frame);

/* Gives a frame back that nobody maps any more. */
void frame_free(uint64_t frame);

/* Where root has that physical memory. */
void *frame_at(uint64_t frame);

/* Frames that are free. */
uint64_t frames_available(void);

#endif
