/* SPDX-License-Identifier: BSD-2-Clause */
/* Page maps, against a plain list of what was entered. */
#include "test.h"

#include <l4/fpage.h>

#include "frames.h"
#include "pagemap.h"

#define FRAMES 600u
#define ENTRIES 300u

/* Frame n lies at (n + 1) pages, so that no frame is FRAME_NONE. */
static _Alignas(4096) char memory[FRAMES][4096];
static unsigned char used[FRAMES];
static unsigned char revoked[FRAMES];
static unsigned left;

static unsigned number_of(uint64_t frame)
{
    assert_int_equal(frame % 4096, 0);
    assert_in_range(frame / 4096, 1, FRAMES);
    return (unsigned)(frame / 4096 - 1);
}

uint64_t frame_alloc(void)
{
    for (unsigned i = 0; left && i < FRAMES; i++) {
        if (!used[i]) {
            used[i] = 1;
            revoked[i] = 0;
            left--;
            memset(memory[i], 0, sizeof(memory[i]));
            return (i + 1) * 4096ull;
        }
    }
    return FRAME_NONE;
}

void frame_free(uint64_t frame)
{
    unsigned n = number_of(frame);

    assert_int_equal(used[n], 1);
    used[n] = 0;
    left++;
}

void frame_revoke(uint64_t frame, unsigned order)
{
    assert_int_equal(order, L4_PAGE_ORDER);
    revoked[number_of(frame)] = 1;
}

void *frame_at(uint64_t frame)
{
    return memory[number_of(frame)];
}

static void reset(unsigned frames)
{
    memset(used, 0, sizeof(used));
    left = frames;
}

static uint64_t random_address(uint64_t *seed)
{
    uint64_t page = random_next(seed) % 512;

    /* Close together, and far apart. */
    if (random_next(seed) % 4 == 0)
        page |= (uint64_t)(random_next(seed) % 3) << 9 |
                (uint64_t)(random_next(seed) % 3) << 18 |
                (uint64_t)(random_next(seed) % 2) << 35;
    return page << 12;
}

struct entry {
    uint64_t address;
    uint64_t value; /* 0: none */
};

static struct entry *entry_find(struct entry *entries, uint64_t address)
{
    for (unsigned i = 0; i < ENTRIES; i++) {
        if (entries[i].value && entries[i].address == address)
            return &entries[i];
    }
    return NULL;
}

static void entry_add(struct pagemap *map, struct entry *entries,
                      uint64_t address, bool owned)
{
    struct entry *e = entry_find(entries, address);
    uint64_t frame = owned ? frame_alloc() : 4096;
    l4_err_t err;

    if (frame == FRAME_NONE)
        return;
    err = pagemap_set(map, address + 123, frame, owned ? PAGE_OWNED : 0);
    if (e)
        assert_int_equal(err, L4_EEXIST);
    for (unsigned i = 0; !e && !err && i < ENTRIES; i++) {
        if (!entries[i].value) {
            entries[i].address = address;
            entries[i].value = frame | PAGE_MAPPED | (owned ? PAGE_OWNED : 0);
            return;
        }
    }
    if (!err)
        pagemap_remove(map, address);
    else if (owned)
        frame_free(frame);
}

static void random_use(void **state)
{
    struct pagemap map = {0};
    struct entry entries[ENTRIES] = {{0, 0}};
    uint64_t seed = 8;

    (void)state;
    reset(FRAMES);
    for (unsigned step = 0; step < 50000; step++) {
        uint64_t address = random_address(&seed);
        struct entry *e = entry_find(entries, address);

        assert_int_equal(pagemap_find(&map, address + step % 4096),
                         e ? e->value : 0);
        if (random_next(&seed) % 3) {
            entry_add(&map, entries, address, random_next(&seed) % 2);
        } else {
            pagemap_remove(&map, address);
            if (e && e->value & PAGE_OWNED)
                assert_true(revoked[number_of(e->value & PAGE_FRAME)]);
            if (e)
                e->value = 0;
        }
        assert_int_equal(map.frames, FRAMES - left);
    }
    pagemap_clear(&map);
    assert_int_equal(left, FRAMES);
    assert_int_equal(map.frames, 0);
    for (unsigned i = 0; i < ENTRIES; i++)
        assert_int_equal(pagemap_find(&map, entries[i].address), 0);
    pagemap_clear(&map);
}

static void without_frames(void **state)
{
    struct pagemap map = {0};

    (void)state;
    for (unsigned frames = 0; frames < 4; frames++) {
        reset(frames);
        assert_int_equal(pagemap_set(&map, 0x400000, 4096, 0), L4_ENOMEM);
        assert_int_equal(pagemap_find(&map, 0x400000), 0);
        pagemap_clear(&map);
        assert_int_equal(left, frames);
    }
    reset(4);
    assert_int_equal(pagemap_set(&map, 0x400000, 4096, 0), 0);
    pagemap_clear(&map);
    assert_int_equal(left, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_use),
        cmocka_unit_test(without_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
