/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel memory: pages from a buddy allocator, small blocks from slabs.
 *
 * Every factory owns a pool of its own: pages are given from a parent's pool
 * to a child's when the child is made and go back when it dies, so nobody can
 * exhaust or fragment what another one was promised. Pure data structure: no
 * architecture, no locks.
 */
#ifndef KERNEL_POOL_H
#define KERNEL_POOL_H

#include <kernel/list.h>

#define POOL_PAGE_SIZE 4096u
#define POOL_ORDERS 16

/* Sizes of small blocks; each is aligned to the smaller of itself and 128. */
#define SLAB_CLASSES 6

/* What is known of a page that starts a block. */
struct frame {
    struct pool *owner; /* whose block starts here, NULL inside a block */
    uint8_t order;      /* of that block */
    bool free;          /* it lies in the owner's free list */
};

/* The memory that all pools share out. */
struct pool_area {
    char *base;           /* page aligned */
    size_t pages;         /* usable, behind the frame table */
    struct frame *frames; /* one per page */
};

struct pool {
    struct pool_area *area;
    struct list free[POOL_ORDERS];     /* free blocks, by order */
    struct list partial[SLAB_CLASSES]; /* slab pages with free blocks */
    size_t total;                      /* pages owned */
    size_t unused;                     /* pages in the free lists */
};

/* Makes `area` of `bytes` at `base` (page aligned); its frame table takes
 * the first pages. */
void pool_area_init(struct pool_area *area, void *base, size_t bytes);

/* An empty pool. */
void pool_init(struct pool *pool, struct pool_area *area);

/* Gives all of the area to `pool`, the first one. */
void pool_take_area(struct pool *pool);

/* 1 << order pages, zeroed, aligned to their size within the area, or
 * NULL. */
void *pool_pages(struct pool *pool, unsigned order);
void pool_pages_free(struct pool *pool, void *block, unsigned order);

/* A zeroed block of at least `size` bytes (at most 1 KiB), or NULL. */
void *pool_block(struct pool *pool, size_t size);

/* Frees a block from any pool; it knows its own. */
void pool_block_free(void *block, struct pool_area *area);

/* Moves `pages` pages from one pool to an empty other; false, and nothing
 * moved, if there are not so many free. */
bool pool_give(struct pool *from, struct pool *to, size_t pages);

/* Gives every page of `pool`, all of which must be free, to `parent`. */
void pool_give_back(struct pool *pool, struct pool *parent);

#endif
