/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel memory: pages from a buddy allocator, small blocks from slabs.
 *
 * Every factory owns a pool of its own: pages are given from a parent's pool
 * to a child's when the child is made and go back when it dies, so nobody can
 * exhaust or fragment what another one was promised. Pure data structure: no
 * architecture, no locks.
 *
 * What is free is zeroed, but for the link in the first page of a block: so
 * allocating pages has constant cost, and who frees many can do so piece by
 * piece.
 */
#ifndef KERNEL_POOL_H
#define KERNEL_POOL_H

#include <kernel/list.h>

#define POOL_PAGE_SIZE 4096u
#define POOL_ORDERS 16
#define POOL_PIECES 32u

/* Sizes of small blocks; each is aligned to the smaller of itself and 128. */
#define SLAB_CLASSES 6

/* The head of a slab page. */
struct slab {
    struct list link; /* in the pool's partial list, unless full */
    struct pool *pool;
    void *free; /* chain of free blocks */
    uint16_t class;
    uint16_t used;
};

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

/* Makes `area` of `bytes` at `base` (page aligned), which is zeroed; its frame
 * table takes the first pages. */
void pool_area_init(struct pool_area *area, void *base, size_t bytes);

/* An empty pool. */
void pool_init(struct pool *pool, struct pool_area *area);

/* Gives all of the area to `pool`, the first one. */
void pool_take_area(struct pool *pool);

/* 1 << order pages, zeroed, aligned to their size within the area, or
 * NULL. */
void *pool_pages(struct pool *pool, unsigned order);
void pool_pages_free(struct pool *pool, void *block, unsigned order);

/* The same for pages that are all zero already. */
void pool_pages_free_clean(struct pool *pool, void *block, unsigned order);

/* A zeroed block of at least `size` bytes (at most 1 KiB), or NULL. */
void *pool_block(struct pool *pool, size_t size);

/* Frees a block from any pool; it knows its own. */
void pool_block_free(void *block);

/* A block of the smallest size, not zeroed, or NULL; and back. The inline parts
 * are what nearly always happens; the first one does nothing else. */
static inline void *pool_small_quick(struct pool *pool)
{
    struct slab *slab = (struct slab *)(void *)pool->partial[0].next;
    void **block;

    if (list_empty(&pool->partial[0]) || !*(block = slab->free)) {
        return NULL;
    }
    slab->free = *block;
    slab->used++;
    return block;
}

static inline void *pool_small(struct pool *pool)
{
    void *block = pool_small_quick(pool);

    return block ? block : pool_block(pool, 1);
}

static inline struct slab *pool_small_slab(const void *block)
{
    return (struct slab *)((uintptr_t)block & ~(uintptr_t)(POOL_PAGE_SIZE - 1));
}

/* Whether freeing such a block is nothing but pool_small_put(). */
static inline bool pool_small_is_quick(const void *block)
{
    const struct slab *slab = pool_small_slab(block);

    return slab->free && slab->used != 1;
}

static inline void pool_small_put(void *block)
{
    struct slab *slab = pool_small_slab(block);

    *(void **)block = slab->free;
    slab->free = block;
    slab->used--;
}

static inline void pool_small_free(void *block)
{
    if (pool_small_is_quick(block)) {
        pool_small_put(block);
    } else {
        pool_block_free(block);
    }
}

/* Moves `pages` pages from one pool to an empty other; false, and nothing
 * moved, if there are not so many free, or only in single pages or in more
 * than POOL_PIECES pieces: this is not preempted. */
bool pool_give(struct pool *from, struct pool *to, size_t pages);

/* Gives pages of `pool`, all of which must be free, to `parent`. True: it had
 * none left; else call again. */
bool pool_give_back(struct pool *pool, struct pool *parent);

#endif
