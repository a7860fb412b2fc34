/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <l4/fpage.h>

#include "frames.h"

#define FRAMES 512u /* of a block */
#define INDEX_NONE UINT32_MAX
#define FRAME_END 0xffffu

/* A block's frames are free in two ways: those from `fresh` on were never
 * handed out since it was whole, others hang in a list from `head`, each with
 * the next one's number in it. */
struct block {
    uint32_t next; /* blocks in the list it is in */
    uint32_t previous;
    uint16_t head;
    uint16_t fresh;
    uint16_t available; /* free frames */
    bool listed;        /* in the list that `available` calls for */
};

static struct {
    struct block *blocks; /* by physical address */
    uint32_t count;
    uint32_t whole; /* lists: blocks with all frames free, */
    uint32_t some;  /* and with some */
    uint64_t available;
} frames;

/* --- lists of blocks ----------------------------------------------------- */

static uint32_t *list_of(const struct block *b)
{
    return b->available == FRAMES ? &frames.whole : &frames.some;
}

static void block_leave(struct block *b)
{
    uint32_t *list = list_of(b);

    if (!b->listed)
        return;
    if (b->previous == INDEX_NONE)
        *list = b->next;
    else
        frames.blocks[b->previous].next = b->next;
    if (b->next != INDEX_NONE)
        frames.blocks[b->next].previous = b->previous;
    b->listed = false;
}

static void block_enter(struct block *b)
{
    uint32_t *list = list_of(b);
    uint32_t index = (uint32_t)(b - frames.blocks);

    if (b->available == 0)
        return;
    b->previous = INDEX_NONE;
    b->next = *list;
    if (*list != INDEX_NONE)
        frames.blocks[*list].previous = index;
    *list = index;
    b->listed = true;
}

/* --- frames of a block --------------------------------------------------- */

static uint64_t block_start(const struct block *b)
{
    return (uint64_t)(b - frames.blocks) << BLOCK_ORDER;
}

static struct block *block_of(uint64_t frame)
{
    return &frames.blocks[frame >> BLOCK_ORDER];
}

uint64_t frame_alloc(void)
{
    uint32_t index = frames.some != INDEX_NONE ? frames.some : frames.whole;
    struct block *b;
    uint64_t frame;

    if (index == INDEX_NONE)
        return FRAME_NONE;
    b = &frames.blocks[index];
    block_leave(b);
    if (b->head != FRAME_END) {
        frame = block_start(b) + b->head * L4_PAGE_SIZE;
        b->head = *(uint16_t *)frame_at(frame);
    } else {
        frame = block_start(b) + b->fresh++ * L4_PAGE_SIZE;
    }
    b->available--;
    frames.available--;
    block_enter(b);
    memset(frame_at(frame), 0, L4_PAGE_SIZE);
    return frame;
}

void frame_free(uint64_t frame)
{
    struct block *b = block_of(frame);

    block_leave(b);
    *(uint16_t *)frame_at(frame) = b->head;
    b->head = (uint16_t)(frame / L4_PAGE_SIZE % FRAMES);
    b->available++;
    frames.available++;
    if (b->available == FRAMES) {
        b->head = FRAME_END;
        b->fresh = 0;
    }
    block_enter(b);
}

uint64_t block_alloc(void)
{
    struct block *b;

    if (frames.whole == INDEX_NONE)
        return FRAME_NONE;
    b = &frames.blocks[frames.whole];
    block_leave(b);
    b->available = 0;
    frames.available -= FRAMES;
    memset(frame_at(block_start(b)), 0, BLOCK_SIZE);
    return block_start(b);
}

void block_free(uint64_t block)
{
    struct block *b = block_of(block);

    b->head = FRAME_END;
    b->fresh = 0;
    b->available = FRAMES;
    frames.available += FRAMES;
    block_enter(b);
}

uint64_t frames_available(void)
{
    return frames.available;
}

/* --- what there is at first ---------------------------------------------- */

/* The first frame behind a module's last byte. */
static uint64_t module_end(const l4_module_t *m)
{
    return (m->start + m->size + L4_PAGE_SIZE - 1) & ~(L4_PAGE_SIZE - 1);
}

/* The end of the module that lies, even in part, between two addresses; 0 if
 * there is none. */
static uint64_t module_between(const l4_info_t *info, uint64_t start,
                               uint64_t end)
{
    const l4_module_t *modules = l4_info_modules(info);

    for (uint32_t i = 0; i < info->module_count; i++) {
        if (modules[i].start < end && module_end(&modules[i]) > start)
            return module_end(&modules[i]);
    }
    return 0;
}

/* Finds room for the blocks' table in a region, behind its modules. */
static uint64_t table_place(const l4_info_t *info, const l4_region_t *r,
                            uint64_t size)
{
    uint64_t at = r->start ? r->start : L4_PAGE_SIZE;
    uint64_t next;

    while (at + size <= r->end) {
        next = module_between(info, at, at + size);
        if (!next)
            return at;
        at = next;
    }
    return FRAME_NONE;
}

/* Adds what is free in [start, end), which lies in one block. */
static void block_add(const l4_info_t *info, uint64_t start, uint64_t end,
                      const uint64_t table[2])
{
    struct block *b = block_of(start);
    bool whole = end - start == BLOCK_SIZE && start != 0 &&
                 !module_between(info, start, end) &&
                 !(table[0] < end && table[1] > start);

    if (whole) {
        block_free(start);
        return;
    }
    for (uint64_t at = start; at < end; at += L4_PAGE_SIZE) {
        if (at != 0 && !module_between(info, at, at + L4_PAGE_SIZE) &&
            !(at >= table[0] && at < table[1])) {
            b->fresh = FRAMES;
            frame_free(at);
        }
    }
}

static void region_add(const l4_info_t *info, const l4_region_t *r,
                       const uint64_t table[2])
{
    uint64_t at = r->start;

    while (at < r->end) {
        uint64_t end = (at & ~(BLOCK_SIZE - 1)) + BLOCK_SIZE;

        end = end < r->end ? end : r->end;
        block_add(info, at, end, table);
        at = end;
    }
}

l4_err_t frames_init(const l4_info_t *info)
{
    uint64_t table[2] = {FRAME_NONE, 0};
    uint64_t size;

    memset(&frames, 0, sizeof(frames));
    frames.whole = frames.some = INDEX_NONE;
    for (uint32_t i = 0; i < info->region_count; i++) {
        if (info->regions[i].type == L4_REGION_RAM)
            frames.count = (uint32_t)((info->regions[i].end + BLOCK_SIZE - 1) >>
                                      BLOCK_ORDER);
    }
    size = (frames.count * sizeof(struct block) + L4_PAGE_SIZE - 1) &
           ~(L4_PAGE_SIZE - 1);
    for (uint32_t i = 0; table[0] == FRAME_NONE && i < info->region_count;
         i++) {
        if (info->regions[i].type == L4_REGION_RAM)
            table[0] = table_place(info, &info->regions[i], size);
    }
    if (table[0] == FRAME_NONE)
        return L4_ENOMEM;
    table[1] = table[0] + size;
    frames.blocks = frame_at(table[0]);
    memset(frames.blocks, 0, size);
    for (uint32_t i = 0; i < frames.count; i++)
        frames.blocks[i].head = FRAME_END;
    for (uint32_t i = 0; i < info->region_count; i++) {
        if (info->regions[i].type == L4_REGION_RAM)
            region_add(info, &info->regions[i], table);
    }
    return 0;
}
