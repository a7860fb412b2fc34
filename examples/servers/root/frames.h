/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page frames: all RAM that the kernel left to root, by physical address, in
 * blocks of 2 MiB. Whole blocks are handed out as such or cut into frames; a
 * block all of whose frames are free again is whole again. A block that was
 * never used is not touched, so that starting does not touch all of memory.
 */
#ifndef ROOT_FRAMES_H
#define ROOT_FRAMES_H

#include <l4/err.h>
#include <l4/info.h>

#define FRAME_NONE ((uint64_t)0)
#define BLOCK_ORDER 21u
#define BLOCK_SIZE ((uint64_t)1 << BLOCK_ORDER)

/* Takes over the RAM of the memory map, boot modules left out. L4_ENOMEM if
 * there is no room for what it must remember. */
l4_err_t frames_init(const l4_info_t *info);

/* A frame full of zeros; FRAME_NONE if there is none left. */
uint64_t frame_alloc(void);

/* Gives a frame back that nobody maps any more. */
void frame_free(uint64_t frame);

/* The same for a block. */
uint64_t block_alloc(void);
void block_free(uint64_t block);

/* Takes 1 << order bytes away from everyone they were mapped to, directly or
 * not. A program may have granted them away, so that they outlive it. */
void frame_revoke(uint64_t frame, unsigned order);

/* Where root has that physical memory. */
void *frame_at(uint64_t frame);

/* Frames that are free. */
uint64_t frames_available(void);

#endif
