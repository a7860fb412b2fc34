/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/assert.h>
#include <kernel/pool.h>
#include <kernel/string.h>

#define SLAB_HEAD 128u

static const uint16_t slab_size[SLAB_CLASSES] = {32, 128, 256, 384, 640, 1024};

static size_t page_index(const struct pool_area *area, const void *page)
{
    return (size_t)((const char *)page - area->base) / POOL_PAGE_SIZE;
}

static void *page_at(const struct pool_area *area, size_t index)
{
    return area->base + index * POOL_PAGE_SIZE;
}

void pool_area_init(struct pool_area *area, void *base, size_t bytes)
{
    size_t pages = bytes / POOL_PAGE_SIZE;
    size_t table =
        (pages * sizeof(struct frame) + POOL_PAGE_SIZE - 1) / POOL_PAGE_SIZE;

    assert(pages > table);
    /* Not by a string instruction: emulators count and time each step. */
    for (volatile uint64_t *w = base, *end = w + pages * POOL_PAGE_SIZE / 8;
         w < end; w += 8) {
        w[0] = w[1] = w[2] = w[3] = 0;
        w[4] = w[5] = w[6] = w[7] = 0;
    }
    area->frames = base;
    area->base = (char *)base + table * POOL_PAGE_SIZE;
    area->pages = pages - table;
}

void pool_init(struct pool *pool, struct pool_area *area)
{
    pool->area = area;
    pool->total = 0;
    pool->unused = 0;
    for (unsigned i = 0; i < POOL_ORDERS; i++) {
        list_init(&pool->free[i]);
    }
    for (unsigned i = 0; i < SLAB_CLASSES; i++) {
        list_init(&pool->partial[i]);
    }
}

/* Puts a block into the free list it belongs to. */
static void block_put(struct pool *pool, size_t index, unsigned order)
{
    struct frame *frame = &pool->area->frames[index];

    frame->owner = pool;
    frame->order = (uint8_t)order;
    frame->free = true;
    list_insert(&pool->free[order], page_at(pool->area, index));
}

/* Takes a free block out of its list: all of it is zero then. */
static void block_take(struct pool *pool, size_t index)
{
    struct list *link = page_at(pool->area, index);

    list_remove(link);
    *link = (struct list){NULL, NULL};
    pool->area->frames[index].free = false;
}

/* Frees a block of the pool, joined with its free buddies. */
static void block_free(struct pool *pool, size_t index, unsigned order)
{
    struct pool_area *area = pool->area;

    while (order + 1 < POOL_ORDERS) {
        size_t buddy = index ^ ((size_t)1 << order);
        if (buddy >= area->pages) {
            break;
        }
        const struct frame *frame = &area->frames[buddy];
        if (!frame->free || frame->owner != pool || frame->order != order) {
            break;
        }
        block_take(pool, buddy);
        area->frames[index].owner = NULL;
        area->frames[buddy].owner = NULL;
        index &= ~((size_t)1 << order);
        order++;
    }
    block_put(pool, index, order);
}

void pool_take_area(struct pool *pool)
{
    struct pool_area *area = pool->area;

    for (size_t i = 0; i < area->pages; i++) {
        block_free(pool, i, 0);
    }
    pool->total = area->pages;
    pool->unused = area->pages;
}

/* Takes a block of exactly `order` out of the pool; false if none is left. */
static bool block_alloc(struct pool *pool, unsigned order, size_t *index)
{
    unsigned from = order;

    while (from < POOL_ORDERS && list_empty(&pool->free[from])) {
        from++;
    }
    if (from >= POOL_ORDERS) {
        return false;
    }
    *index = page_index(pool->area, pool->free[from].next);
    block_take(pool, *index);
    while (from > order) {
        from--;
        block_put(pool, *index + ((size_t)1 << from), from);
    }
    pool->area->frames[*index].owner = pool;
    pool->area->frames[*index].order = (uint8_t)order;
    pool->unused -= (size_t)1 << order;
    return true;
}

void *pool_pages(struct pool *pool, unsigned order)
{
    size_t index;

    if (order >= POOL_ORDERS || !block_alloc(pool, order, &index)) {
        return NULL;
    }
    return page_at(pool->area, index);
}

void pool_pages_free(struct pool *pool, void *block, unsigned order)
{
    memset(block, 0, (size_t)POOL_PAGE_SIZE << order);
    pool_pages_free_clean(pool, block, order);
}

void pool_pages_free_clean(struct pool *pool, void *block, unsigned order)
{
    size_t index = page_index(pool->area, block);
    const struct frame *frame = &pool->area->frames[index];

    assert(!frame->free && frame->owner == pool && frame->order == order);
    pool->unused += (size_t)1 << order;
    block_free(pool, index, order);
}

static struct slab *slab_new(struct pool *pool, unsigned class)
{
    struct slab *slab = pool_pages(pool, 0);
    size_t size = slab_size[class];

    if (!slab) {
        return NULL;
    }
    slab->pool = pool;
    slab->class = (uint16_t) class;
    for (size_t at = SLAB_HEAD; at + size <= POOL_PAGE_SIZE; at += size) {
        void **block = (void **)(void *)((char *)slab + at);
        *block = slab->free;
        slab->free = block;
    }
    list_insert(&pool->partial[class], &slab->link);
    return slab;
}

void *pool_block(struct pool *pool, size_t size)
{
    unsigned class = 0;

    while (class < SLAB_CLASSES && slab_size[class] < size) {
        class ++;
    }
    assert(class < SLAB_CLASSES);
    struct slab *slab;
    if (list_empty(&pool->partial[class])) {
        slab = slab_new(pool, class);
        if (!slab) {
            return NULL;
        }
    } else {
        slab = container_of(pool->partial[class].next, struct slab, link);
    }
    void **block = slab->free;
    slab->free = *block;
    slab->used++;
    if (!slab->free) {
        list_remove(&slab->link);
    }
    memset(block, 0, slab_size[class]);
    return block;
}

void pool_block_free(void *block)
{
    struct slab *slab =
        (struct slab *)((uintptr_t)block & ~(uintptr_t)(POOL_PAGE_SIZE - 1));
    struct pool *pool = slab->pool;

    assert(slab->used > 0);
    if (!slab->free) {
        list_insert(&pool->partial[slab->class], &slab->link);
    }
    *(void **)block = slab->free;
    slab->free = block;
    slab->used--;
    if (slab->used == 0) {
        list_remove(&slab->link);
        pool_pages_free(pool, slab, 0);
    }
}

bool pool_give(struct pool *from, struct pool *to, size_t pages)
{
    if (pages > from->unused) {
        return false;
    }
    unsigned order = POOL_ORDERS - 1;
    size_t left = pages;
    for (unsigned pieces = 0; left > 0 && pieces < POOL_PIECES;) {
        size_t index;
        while (((size_t)1 << order) > left) {
            order--;
        }
        if (!block_alloc(from, order, &index)) {
            /* Fragmented: smaller blocks sum up to it all the same, but
             * for single pages, of which no page table can be made. */
            if (order <= 1) {
                break;
            }
            order--;
            continue;
        }
        block_put(to, index, order);
        left -= (size_t)1 << order;
        pieces++;
    }
    to->total += pages - left;
    to->unused += pages - left;
    from->total -= pages - left;
    if (left == 0) {
        return true;
    }
    while (!pool_give_back(to, from)) {
    }
    return false;
}

bool pool_give_back(struct pool *pool, struct pool *parent)
{
    unsigned order = 0;

    while (order < POOL_ORDERS && list_empty(&pool->free[order])) {
        order++;
    }
    if (order == POOL_ORDERS) {
        assert(pool->total == 0 && pool->unused == 0);
        return true;
    }
    size_t pages = (size_t)1 << order;
    size_t index = page_index(pool->area, pool->free[order].next);
    block_take(pool, index);
    pool->area->frames[index].owner = NULL;
    block_free(parent, index, order);
    pool->total -= pages;
    pool->unused -= pages;
    parent->total += pages;
    parent->unused += pages;
    return false;
}
