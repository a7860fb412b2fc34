/* SPDX-License-Identifier: BSD-2-Clause */
/* Root's page frames, against a plain list of who has what. */
#include "test.h"

#include <l4/fpage.h>

#include "frames.h"

#define MIB ((uint64_t)1 << 20)
#define RAM (12 * MIB)
#define PAGES (RAM / 4096)

static _Alignas(4096) unsigned char ram[RAM];
static unsigned char taken[PAGES];

static union {
    l4_info_t info;
    unsigned char bytes[L4_INFO_PAGES * 4096];
} machine;

void *frame_at(uint64_t frame)
{
    assert_in_range(frame, 1, RAM - 1);
    return ram + frame;
}

/* RAM with a hole, and modules in the middle of blocks and across them. */
static int prepare(void **state)
{
    l4_info_t *info = &machine.info;
    l4_module_t *modules = (l4_module_t *)(machine.bytes + L4_INFO_MODULES_AT);

    (void)state;
    memset(&machine, 0, sizeof(machine));
    memset(ram, 0xa5, sizeof(ram));
    memset(taken, 0, sizeof(taken));
    info->region_count = 3;
    info->regions[0] = (l4_region_t){0, 5 * MIB, L4_REGION_RAM, 0};
    info->regions[1] = (l4_region_t){5 * MIB, 6 * MIB, L4_REGION_KERNEL, 0};
    info->regions[2] = (l4_region_t){6 * MIB, RAM, L4_REGION_RAM, 0};
    info->module_count = 2;
    modules[0].start = 4096;
    modules[0].size = 10000;
    modules[1].start = 8 * MIB - 4096;
    modules[1].size = 4097;
    return frames_init(info);
}

/* Enters what was handed out; it must be nobody's, and free of traces. */
static void take(uint64_t at, uint64_t size)
{
    assert_int_not_equal(at, FRAME_NONE);
    assert_int_equal(at & (size - 1), 0);
    assert_in_range(at + size, 1, RAM);
    /* Not a module, not the kernel's. */
    assert_false(at < 4096 + 12288 && at + size > 4096);
    assert_false(at < 6 * MIB && at + size > 5 * MIB);
    assert_false(at < 8 * MIB + 4096 && at + size > 8 * MIB - 4096);
    for (uint64_t i = at; i < at + size; i += 4096) {
        assert_int_equal(taken[i / 4096], 0);
        taken[i / 4096] = 1;
        for (unsigned k = 0; k < 4096; k += 512)
            assert_int_equal(ram[i + k], 0);
        memset(ram + i, 0xa5, 4096);
    }
}

static void give(uint64_t at, uint64_t size)
{
    memset(taken + at / 4096, 0, size / 4096);
    if (size == BLOCK_SIZE)
        block_free(at);
    else
        frame_free(at);
}

static void everything_once(void **state)
{
    uint64_t available = frames_available();
    uint64_t count = 0;
    uint64_t frame;

    (void)state;
    /* All but the kernel's, modules, page 0 and the table. */
    assert_int_equal(available, PAGES - 256 - 3 - 2 - 1 - 1);
    while ((frame = frame_alloc()) != FRAME_NONE) {
        take(frame, 4096);
        count++;
    }
    assert_int_equal(count, available);
    assert_int_equal(frames_available(), 0);
    assert_int_equal(block_alloc(), FRAME_NONE);
    for (uint64_t i = 0; i < PAGES; i++) {
        if (taken[i])
            give(i * 4096, 4096);
    }
    assert_int_equal(frames_available(), available);
    /* Blocks are whole again: 2 to 4, and 10 to 12 MiB. */
    take(block_alloc(), BLOCK_SIZE);
    take(block_alloc(), BLOCK_SIZE);
    assert_int_equal(block_alloc(), FRAME_NONE);
    assert_int_equal(frames_available(), available - 2 * 512);
}

static void at_random(void **state)
{
    static uint64_t held[PAGES];
    static uint64_t size[PAGES];
    uint64_t available = frames_available();
    uint64_t seed = 4711;
    uint64_t out = 0;
    unsigned count = 0;

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        bool large = random_next(&seed) % 16 == 0;
        /* Up and down, so that it is full and empty at times. */
        if (random_next(&seed) % 100 < (i / 4000 % 2 ? 30u : 70u)) {
            uint64_t at = large ? block_alloc() : frame_alloc();

            if (at == FRAME_NONE)
                continue;
            size[count] = large ? BLOCK_SIZE : 4096;
            held[count] = at;
            out += size[count] / 4096;
            take(at, size[count++]);
        } else if (count) {
            unsigned n = random_next(&seed) % count;

            give(held[n], size[n]);
            out -= size[n] / 4096;
            held[n] = held[--count];
            size[n] = size[count];
        }
        assert_int_equal(frames_available(), available - out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(everything_once, prepare),
        cmocka_unit_test_setup(at_random, prepare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
