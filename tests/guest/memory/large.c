/* SPDX-License-Identifier: BSD-2-Clause */
/* Large pages: used where they fit, split where a part of them goes. */
#include "alone.h"

#define A ((uint64_t)0x8000000000) /* the large page that is tested, */
#define B ((uint64_t)0x8200000000) /* a large one derived from it, */
#define C ((uint64_t)0x8100000000) /* small ones derived from it, */
#define D ((uint64_t)0x8300000000) /* and what is granted */

#define PAGE(base, n) ((base) + (n)*L4_PAGE_SIZE)

static l4_err_t protect(uint64_t at, unsigned order, bool self)
{
    return unmap_in(alone_task, l4_fpage_mem(at, order, L4_MEM_W), self);
}

static void family_make(void)
{
    DONE(map(RAM, ORDER_2M, A));
    DONE(map(A, ORDER_2M, B));
    DONE(map(PAGE(A, 3), ORDER_4K, PAGE(C, 3)));
    DONE(map(PAGE(A, 5), ORDER_4K, PAGE(C, 5)));
    DONE(map(PAGE(B, 5), ORDER_4K, PAGE(C, 6)));
}

static void family_end(void)
{
    DONE(unmap(RAM, ORDER_2M, false));
    CHECK(!is_mapped(A));
    CHECK(!is_mapped(PAGE(B, 1)));
    CHECK(!is_mapped(PAGE(C, 3)));
    CHECK(!is_mapped(PAGE(D, 9)));
    CHECK(is_mapped(RAM));
}

/* A large page takes no table of small ones. */
static void used_where_it_fits(void)
{
    DONE(map(RAM, ORDER_4K, A));
    DONE(unmap(A, ORDER_4K, true));
    uint64_t before = kernel_used();
    DONE(map(RAM, ORDER_2M + 3, A + (1ull << 30)));
    uint64_t large = kernel_used() - before;
    DONE(map(RAM + L4_PAGE_SIZE, ORDER_4K, A + (2ull << 30)));
    DONE(map(RAM, ORDER_2M, PAGE(A + (3ull << 30), 1)));
    CHECK(large <= 3 * L4_PAGE_SIZE);
    CHECK(kernel_used() - before > 10 * L4_PAGE_SIZE);
    *word(RAM + 5 * SIZE_2M) = 5;
    CHECK_EQ(*word(A + (1ull << 30) + 5 * SIZE_2M), 5);
    *word(PAGE(A + (3ull << 30), 512)) = 7;
    CHECK_EQ(*word(PAGE(RAM, 511)), 7);
    DONE(unmap(RAM, 24, false));
    CHECK(!is_mapped(A + (1ull << 30)));

    /* Where small ones have been, too. */
    before = kernel_used();
    DONE(map(RAM, ORDER_2M, A));
    CHECK(kernel_used() <= before);
    family_end();
}

static void part_taken(void)
{
    family_make();
    DONE(unmap(PAGE(A, 5), ORDER_4K, true));
    for (unsigned i = 3; i < 8; i++) {
        CHECK_EQ(is_mapped(PAGE(A, i)), i != 5);
        CHECK_EQ(is_mapped(PAGE(B, i)), i != 5);
    }
    CHECK(is_mapped(PAGE(C, 3)));
    CHECK(!is_mapped(PAGE(C, 5)));
    CHECK(!is_mapped(PAGE(C, 6)));
    CHECK(is_mapped(PAGE(RAM, 5)));
    *word(PAGE(B, 6)) = 9;
    CHECK_EQ(*word(PAGE(RAM, 6)), 9);
    family_end();
}

static void part_taken_from_others(void)
{
    family_make();
    DONE(unmap(PAGE(A, 4), ORDER_4K + 1, false));
    CHECK(is_mapped(PAGE(A, 4)));
    CHECK(is_mapped(PAGE(A, 5)));
    CHECK(!is_mapped(PAGE(B, 4)));
    CHECK(!is_mapped(PAGE(B, 5)));
    CHECK(!is_mapped(PAGE(C, 5)));
    CHECK(!is_mapped(PAGE(C, 6)));
    CHECK(is_mapped(PAGE(C, 3)));
    CHECK(is_mapped(PAGE(B, 3)));
    family_end();
}

static void part_protected(void)
{
    family_make();
    DONE(protect(PAGE(A, 6), ORDER_4K, false));
    CHECK(is_writable(PAGE(A, 6)));
    CHECK(!is_writable(PAGE(B, 6)));
    CHECK(is_writable(PAGE(B, 7)));
    DONE(protect(A, ORDER_2M, true));
    CHECK(!is_writable(PAGE(A, 6)));
    CHECK(!is_writable(PAGE(B, 7)));
    CHECK(!is_writable(PAGE(C, 3)));
    CHECK(is_writable(PAGE(RAM, 3)));
    family_end();
}

/* Who gets a part gets what was derived from it along. */
static void part_granted(void)
{
    family_make();
    DONE(map(PAGE(A, 9), ORDER_4K, PAGE(C, 9)));
    DONE(map(PAGE(A, 9), ORDER_4K, PAGE(D, 9) | L4_ITEM_GRANT));
    CHECK(!is_mapped(PAGE(A, 9)));
    CHECK(is_mapped(PAGE(D, 9)));
    CHECK(is_mapped(PAGE(C, 9)));
    DONE(unmap(A, ORDER_2M, true));
    CHECK(!is_mapped(PAGE(A, 8)));
    CHECK(!is_mapped(PAGE(B, 9)));
    CHECK(!is_mapped(PAGE(C, 3)));
    CHECK(is_mapped(PAGE(C, 9)));
    DONE(unmap(PAGE(D, 9), ORDER_4K, true));
    CHECK(!is_mapped(PAGE(C, 9)));
    family_end();
}

/* Nobody's quota has to be large enough for a page of his to be split: it
 * goes as a whole. */
static void no_quota_to_split(void)
{
    const l4_cap_t slots = 40;
    l4_factory_t poor;
    l4_task_t task;
    l4_factory_info_t info;

    DONE(l4_factory_create_factory(alone_factory, 12 * L4_PAGE_SIZE, 0, &poor,
                                   INTO(slots)));
    DONE(l4_factory_create_task(poor, 4, &task, INTO(slots + 1)));
    DONE(map_in(task, l4_fpage_mem(RAM, ORDER_2M, L4_RIGHTS_ALL), A));
    l4_fpage_t page = l4_fpage_mem(RAM, ORDER_4K, L4_RIGHTS_ALL);
    for (uint64_t at = B; map_in(task, page, at) != L4_EQUOTA;) {
        at += 1ull << 30;
    }
    DONE(l4_factory_info(poor, &info, NULL));
    CHECK(info.quota - info.used < 2 * L4_PAGE_SIZE);
    uint64_t accessed = 0;
    uint64_t dirty = 0;
    DONE(unmap(PAGE(RAM, 7), ORDER_4K, false));
    DONE(l4_task_usage(task, l4_fpage_mem(A, ORDER_4K, 0), false, &accessed,
                       &dirty, NULL));
    /* Again whole: there is nothing in the way. */
    DONE(map_in(task, l4_fpage_mem(RAM, ORDER_2M, L4_RIGHTS_ALL), A));
    DONE(drop(slots));
    family_end();
}

static void usage(void)
{
    const l4_fpage_t four = l4_fpage_mem(A, ORDER_4K + 2, 0);
    uint64_t accessed = 0;
    uint64_t dirty = 0;

    DONE(map(RAM, ORDER_4K + 2, A));
    DONE(l4_task_usage(alone_task, four, true, &accessed, &dirty, NULL));
    CHECK_EQ(accessed, 0);
    (void)*(volatile uint32_t *)word(PAGE(A, 1));
    *(volatile uint32_t *)word(PAGE(A, 2)) = 1;
    for (unsigned round = 0; round < 2; round++) {
        DONE(l4_task_usage(alone_task, four, round, &accessed, &dirty, NULL));
        CHECK_EQ(accessed, 6);
        CHECK_EQ(dirty, 4);
    }
    DONE(l4_task_usage(alone_task, four, false, &accessed, &dirty, NULL));
    CHECK_EQ(accessed, 0);
    CHECK_EQ(dirty, 0);
    *(volatile uint32_t *)word(PAGE(A, 2)) = 2;
    DONE(l4_task_usage(alone_task, four, false, &accessed, &dirty, NULL));
    CHECK_EQ(dirty, 4);
    CHECK_EQ(l4_task_usage(alone_task, l4_fpage_mem(A, 19, 0), false, &accessed,
                           &dirty, NULL),
             L4_EINVAL);
    family_end();
}

void root_main(void);
void root_main(void)
{
    static const struct alone_test tests[] = {
        ALONE_TEST(used_where_it_fits),
        ALONE_TEST(part_taken),
        ALONE_TEST(part_taken_from_others),
        ALONE_TEST(part_protected),
        ALONE_TEST(part_granted),
        ALONE_TEST(no_quota_to_split),
        ALONE_TEST(usage),
    };

    alone_run("memory-large", tests, sizeof(tests) / sizeof(tests[0]));
}
