/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on memory that take the kernel long. */
#include "irqoff.h"

#define FROM RAM
#define TO ((uint64_t)0x8500000000)
#define MANY 300u
#define TASK IRQOFF_SLOTS
#define SPREAD ((uint64_t)1 << 41) /* each page needs three tables */

static l4_task_t space;

static uint64_t copy(unsigned i)
{
    return TO + i * L4_PAGE_SIZE;
}

static void unmap_all(void)
{
    DONE(unmap(FROM, ORDER_2M, false));
}

static void map_wide(void)
{
    for (unsigned i = 0; i < MANY; i++) {
        DONE(map(FROM, ORDER_4K, copy(i)));
    }
}

static void map_deep(void)
{
    for (unsigned i = 0; i < MANY; i++) {
        DONE(map(i == 0 ? FROM : copy(i - 1), ORDER_4K, copy(i)));
    }
}

static void protect_all(void)
{
    DONE(unmap_in(alone_task, l4_fpage_mem(FROM, ORDER_4K, L4_MEM_W), false));
}

/* A part of a page that is passed on whole: both sides are small pages. */
static void map_shifted(void)
{
    DONE(map(FROM, ORDER_2M, TO + L4_PAGE_SIZE));
}

static void map_aligned(void)
{
    DONE(map(FROM, ORDER_2M, TO));
}

static void unmap_copies(void)
{
    DONE(unmap(TO, ORDER_2M + 1, true));
}

static void unmap_part(void)
{
    DONE(unmap(FROM + L4_PAGE_SIZE, ORDER_4K, false));
}

static void space_new(void)
{
    DONE(l4_factory_create_task(alone_factory, 4, &space, INTO(TASK)));
}

static void space_drop(void)
{
    DONE(drop(TASK));
}

/* As many pages as one call takes, none near another one. */
static void map_spread(void)
{
    l4_map_entry_t entries[L4_MAP_MAX];
    uint32_t done = 0;
    int32_t error = 0;

    for (unsigned i = 0; i < L4_MAP_MAX; i++) {
        entries[i] =
            (l4_map_entry_t){l4_fpage_mem(FROM, ORDER_4K, 7), i * SPREAD};
    }
    DONE(l4_task_map(space, entries, L4_MAP_MAX, &done, &error, NULL));
    CHECK_EQ(done, L4_MAP_MAX);
}

static void space_fill(void)
{
    space_new();
    map_spread();
}

/* A large page in another space of which a part is granted away. */
static void grant_prepare(void)
{
    space_new();
    map_aligned();
    for (unsigned i = 0; i < 7; i++) {
        DONE(map_in(space, l4_fpage_mem(copy(i % 8), ORDER_4K, 7),
                    i * L4_PAGE_SIZE));
    }
}

static void grant_part(void)
{
    DONE(map_in(space, l4_fpage_mem(TO, ORDER_4K, 7), SPREAD | L4_ITEM_GRANT));
}

static void grant_restore(void)
{
    space_drop();
    unmap_all();
}

static void unmap_nothing(void)
{
    DONE(unmap((uint64_t)1 << 46, 46, true));
}

const struct irqoff_op irqoff_memory[] = {
    {"unmap.wide", map_wide, unmap_all, NULL},
    {"unmap.deep", map_deep, unmap_all, NULL},
    {"protect.deep", map_deep, protect_all, unmap_all},
    {"map.small", NULL, map_shifted, unmap_copies},
    {"unmap.small", map_shifted, unmap_copies, NULL},
    {"map.large", NULL, map_aligned, unmap_copies},
    {"unmap.split", map_aligned, unmap_part, unmap_all},
    {"map.spread", space_new, map_spread, space_drop},
    {"task.destroy", space_fill, space_drop, NULL},
    {"grant.part", grant_prepare, grant_part, grant_restore},
    {"unmap.nothing", NULL, unmap_nothing, NULL},
};
const size_t irqoff_memory_count =
    sizeof(irqoff_memory) / sizeof(irqoff_memory[0]);
