/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pools, against a map that says of every page whose it is and whether it is
 * in use. A pool joins all free blocks it can, so the model knows when an
 * allocation has to succeed: exactly if there is an aligned run of free pages.
 */
#include "model.h"

#include <kernel/pool.h>

#define BYTES (600u * POOL_PAGE_SIZE)
#define PAGES 600u
#define POOLS 5u /* pools[0] has the whole area at first */
#define BLOCKS 400u
#define STEPS 60000u
#define ORDERS 6u

static _Alignas(4096) char memory[BYTES];
static struct pool_area area;
static struct pool pools[POOLS];
static unsigned parents[POOLS]; /* POOLS: does not exist */

/* Of each page: its pool, and whether it lies in a block or a slab. */
static unsigned page_pool[PAGES];
static bool page_used[PAGES];

/* What was allocated: pages if size is 0, else a small block. */
struct model_block {
    unsigned char *at; /* NULL: nothing */
    unsigned pool;
    unsigned order;
    size_t size;
    unsigned char fill;
};

static struct model_block blocks[BLOCKS];

static size_t page_of(const void *at)
{
    return (size_t)((const char *)at - area.base) / POOL_PAGE_SIZE;
}

static size_t pages_count(unsigned pool, bool used)
{
    size_t count = 0;

    for (size_t i = 0; i < area.pages; i++) {
        count += page_pool[i] == pool && page_used[i] == used;
    }
    return count;
}

/* Whether an aligned run of 1 << order free pages of `pool` exists. */
static bool model_has(unsigned pool, unsigned order)
{
    size_t run = (size_t)1 << order;

    for (size_t first = 0; first + run <= area.pages; first += run) {
        size_t i = first;
        while (i < first + run && page_pool[i] == pool && !page_used[i]) {
            i++;
        }
        if (i == first + run) {
            return true;
        }
    }
    return false;
}

/* Every free page of the pool is in exactly one block of its lists. */
static void lists_check(unsigned pool)
{
    static bool seen[PAGES];
    size_t free = 0;

    memset(seen, 0, sizeof(seen));
    for (unsigned order = 0; order < POOL_ORDERS; order++) {
        const struct list *head = &pools[pool].free[order];
        for (const struct list *l = head->next; l != head; l = l->next) {
            size_t first = page_of(l);
            assert_true(first % ((size_t)1 << order) == 0);
            assert_true(first + ((size_t)1 << order) <= area.pages);
            assert_ptr_equal(area.frames[first].owner, &pools[pool]);
            assert_true(area.frames[first].free);
            for (size_t i = first; i < first + ((size_t)1 << order); i++) {
                assert_true(page_pool[i] == pool);
                assert_false(page_used[i] || seen[i]);
                seen[i] = true;
                free++;
            }
        }
    }
    assert_true(free == pools[pool].unused);
    assert_true(free == pages_count(pool, false));
    assert_true(free + pages_count(pool, true) == pools[pool].total);
}

static void all_check(void)
{
    size_t total = 0;

    for (unsigned i = 0; i < POOLS; i++) {
        if (parents[i] != POOLS || i == 0) {
            lists_check(i);
            total += pools[i].total;
        }
    }
    assert_true(total == area.pages);
}

static void all_reset(void)
{
    memset(memory, 0xee, sizeof(memory));
    memset(blocks, 0, sizeof(blocks));
    memset(page_pool, 0, sizeof(page_pool));
    memset(page_used, 0, sizeof(page_used));
    pool_area_init(&area, memory, sizeof(memory));
    for (unsigned i = 0; i < POOLS; i++) {
        parents[i] = POOLS;
    }
    pool_init(&pools[0], &area);
    pool_take_area(&pools[0]);
}

/* Fresh memory is zero. Writes all over it, to find out who else does. */
static void block_claim(struct model_block *b, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        assert_true(b->at[i] == 0);
    }
    memset(b->at, b->fill, bytes);
}

static void block_verify(const struct model_block *b, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        assert_true(b->at[i] == b->fill);
    }
}

static void step_pages(struct model_block *b, unsigned pool, unsigned order)
{
    bool can = model_has(pool, order);
    unsigned char *at = pool_pages(&pools[pool], order);

    assert_true((at != NULL) == can);
    if (!at) {
        return;
    }
    b->at = at;
    b->pool = pool;
    b->order = order;
    b->size = 0;
    size_t first = page_of(at);
    assert_true(first % ((size_t)1 << order) == 0);
    for (size_t i = first; i < first + ((size_t)1 << order); i++) {
        assert_true(page_pool[i] == pool && !page_used[i]);
        page_used[i] = true;
    }
    block_claim(b, (size_t)POOL_PAGE_SIZE << order);
}

/* How the alignment of a block follows from its size. */
static size_t block_align(size_t size)
{
    return size > 32 ? 128 : 32;
}

static void step_block(struct model_block *b, unsigned pool, size_t size)
{
    size_t unused = pools[pool].unused;
    unsigned char *at = pool_block(&pools[pool], size);

    if (!at) {
        assert_true(unused == 0);
        return;
    }
    b->at = at;
    b->pool = pool;
    b->size = size;
    size_t page = page_of(at);
    assert_true(page_pool[page] == pool);
    assert_true(page_of(at + size - 1) == page);
    assert_true((uintptr_t)at % block_align(size) == 0);
    page_used[page] = true; /* perhaps it was: then a slab with room */
    assert_true(pools[pool].unused == pages_count(pool, false));
    block_claim(b, size);
}

static void step_free(struct model_block *b)
{
    size_t page = page_of(b->at);

    if (b->size == 0) {
        block_verify(b, (size_t)POOL_PAGE_SIZE << b->order);
        pool_pages_free(&pools[b->pool], b->at, b->order);
        for (size_t i = page; i < page + ((size_t)1 << b->order); i++) {
            page_used[i] = false;
        }
    } else {
        block_verify(b, b->size);
        pool_block_free(b->at);
        page_used[page] = false;
        for (unsigned i = 0; i < BLOCKS; i++) {
            const struct model_block *other = &blocks[i];
            if (other != b && other->at && page_of(other->at) == page) {
                page_used[page] = true;
            }
        }
    }
    b->at = NULL;
}

/* Pages in free blocks of two and more. */
static size_t pairs_of(const struct pool *pool)
{
    size_t pages = 0;

    for (unsigned order = 1; order < POOL_ORDERS; order++) {
        const struct list *head = &pool->free[order];
        for (const struct list *l = head->next; l != head; l = l->next) {
            pages += (size_t)1 << order;
        }
    }
    return pages;
}

static void step_give(struct model_random *r, unsigned from, unsigned to)
{
    size_t unused = pools[from].unused;
    size_t pairs = pairs_of(&pools[from]);
    size_t pages = model_below(r, (unsigned)unused + 10);

    pool_init(&pools[to], &area);
    bool given = pool_give(&pools[from], &pools[to], pages);
    assert_true(pages <= unused || !given);
    assert_true(pages > pairs || pages > POOL_PIECES || given);
    if (!given) {
        assert_true(pools[from].unused == unused && pools[to].total == 0);
        return;
    }
    parents[to] = from;
    assert_true(pools[to].total == pages && pools[to].unused == pages);
    for (unsigned order = 0; order < POOL_ORDERS; order++) {
        const struct list *head = &pools[to].free[order];
        for (const struct list *l = head->next; l != head; l = l->next) {
            size_t first = page_of(l);
            for (size_t i = 0; i < (size_t)1 << order; i++) {
                assert_true(page_pool[first + i] == from);
                assert_false(page_used[first + i]);
                page_pool[first + i] = to;
            }
        }
    }
}

/* Frees all that `pool` and its children have, and gives it back. */
static void step_give_back(unsigned pool)
{
    for (unsigned i = 1; i < POOLS; i++) {
        if (parents[i] == pool) {
            step_give_back(i);
        }
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (blocks[i].at && blocks[i].pool == pool) {
            step_free(&blocks[i]);
        }
    }
    while (!pool_give_back(&pools[pool], &pools[parents[pool]])) {
    }
    assert_true(pools[pool].total == 0 && pools[pool].unused == 0);
    for (size_t i = 0; i < area.pages; i++) {
        if (page_pool[i] == pool) {
            page_pool[i] = parents[pool];
        }
    }
    parents[pool] = POOLS;
}

static bool pool_exists(unsigned pool)
{
    return pool == 0 || parents[pool] != POOLS;
}

static void step(struct model_random *r)
{
    static const size_t sizes[] = {1,   31,  32,  33,  128, 129, 256,
                                   300, 384, 385, 640, 641, 1024};
    struct model_block *b = &blocks[model_below(r, BLOCKS)];
    unsigned pool = model_below(r, POOLS);
    unsigned other = model_below(r, POOLS);

    b->fill = b->at ? b->fill : (unsigned char)(1 + model_below(r, 255));
    if (model_below(r, 500) == 0 && pool_exists(pool) && !pool_exists(other)) {
        step_give(r, pool, other);
    } else if (model_below(r, 1000) == 0 && pool && pool_exists(pool)) {
        step_give_back(pool);
    } else if (b->at) {
        step_free(b);
    } else if (!pool_exists(pool)) {
        return;
    } else if (model_below(r, 3) == 0) {
        step_pages(b, pool, model_below(r, ORDERS));
    } else {
        step_block(b, pool,
                   sizes[model_below(r, sizeof(sizes) / sizeof(sizes[0]))]);
    }
}

void test_random(void **state)
{
    struct model_random r = model_random_start("pool");

    (void)state;
    all_reset();
    for (unsigned i = 0; model_goes_on(i, STEPS); i++) {
        step(&r);
        if (i % 32 == 0) {
            all_check();
        }
    }
    for (unsigned i = 1; i < POOLS; i++) {
        if (pool_exists(i)) {
            step_give_back(i);
        }
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (blocks[i].at) {
            step_free(&blocks[i]);
        }
    }
    all_check();
    assert_true(pools[0].unused == area.pages);
}

/* Whatever was split and passed around joins to what it was. */
static void test_joins_again(void **state)
{
    size_t free_blocks[2] = {0, 0};

    (void)state;
    all_reset();
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned order = 0; order < POOL_ORDERS; order++) {
            const struct list *head = &pools[0].free[order];
            for (const struct list *l = head->next; l != head; l = l->next) {
                free_blocks[round]++;
            }
        }
        if (round == 0) {
            pool_init(&pools[1], &area);
            assert_true(pool_give(&pools[0], &pools[1], 101));
            void *a = pool_pages(&pools[1], 0);
            void *b = pool_block(&pools[1], 640);
            pool_pages_free(&pools[1], a, 0);
            pool_block_free(b);
            while (!pool_give_back(&pools[1], &pools[0])) {
            }
        }
    }
    assert_true(free_blocks[0] == free_blocks[1]);
}

/* Single pages are not given: whoever has a quota can make page tables. */
static void test_pairs(void **state)
{
    void *page[64];

    (void)state;
    all_reset();
    while (pools[0].unused > 64) {
        assert_non_null(pool_pages(&pools[0], 0));
    }
    for (unsigned i = 0; i < 64; i++) {
        page[i] = pool_pages(&pools[0], 0);
    }
    for (unsigned i = 0; i < 64; i++) {
        if (page_of(page[i]) % 2 == 0) {
            pool_pages_free(&pools[0], page[i], 0);
        }
    }
    pool_init(&pools[1], &area);
    assert_true(pools[0].unused >= 4);
    assert_false(pool_give(&pools[0], &pools[1], 4));
    assert_true(pool_give(&pools[0], &pools[1], 1));
}

/* A pool has what it was given, to the last page, and not one more. */
static void test_exhaustion(void **state)
{
    (void)state;
    all_reset();
    pool_init(&pools[1], &area);
    assert_false(pool_give(&pools[0], &pools[1], area.pages + 1));
    assert_true(pool_give(&pools[0], &pools[1], 7));
    for (unsigned i = 0; i < 7; i++) {
        assert_non_null(pool_pages(&pools[1], 0));
    }
    assert_null(pool_pages(&pools[1], 0));
    assert_null(pool_block(&pools[1], 32));
    assert_null(pool_pages(&pools[0], POOL_ORDERS));
    assert_non_null(pool_pages(&pools[0], 3));
    assert_true(pools[0].total == area.pages - 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_exhaustion),
        cmocka_unit_test(test_joins_again),
        cmocka_unit_test(test_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
