/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <l4/fpage.h>
#include <l4/root.h>

#include "frames.h"

static struct frames {
    const l4_info_t *info;
    uint32_t region;    /* where frames never used yet are taken */
    uint64_t next;      /* the first of them, within the region */
    uint64_t returned;  /* list of frames given back, linked in themselves */
    uint64_t available; /* in number */
} frames;

void *frame_at(uint64_t frame)
{
    return (void *)(uintptr_t)(L4_ROOT_RAM + frame);
}

/* Goes to the next region of RAM, from `index` on. */
static void region_enter(uint32_t index)
{
    const l4_info_t *info = frames.info;

    while (index < info->region_count &&
           info->regions[index].type != L4_REGION_RAM)
        index++;
    frames.region = index;
    if (index < info->region_count)
        frames.next = info->regions[index].start;
}

/* The first frame behind a module's last byte. */
static uint64_t module_end(const l4_module_t *m)
{
    return (m->start + m->size + L4_PAGE_SIZE - 1) & ~(L4_PAGE_SIZE - 1);
}

/* How many frames of a region boot modules lie in. */
static uint64_t region_modules(const l4_info_t *info, const l4_region_t *r)
{
    const l4_module_t *modules = l4_info_modules(info);
    uint64_t count = 0;

    for (uint32_t i = 0; i < info->module_count; i++) {
        uint64_t start = modules[i].start;
        uint64_t end = module_end(&modules[i]);

        start = start < r->start ? r->start : start;
        end = end > r->end ? r->end : end;
        if (start < end)
            count += (end - start) / L4_PAGE_SIZE;
    }
    return count;
}

void frames_init(const l4_info_t *info)
{
    memset(&frames, 0, sizeof(frames));
    frames.info = info;
    for (uint32_t i = 0; i < info->region_count; i++) {
        const l4_region_t *r = &info->regions[i];

        if (r->type == L4_REGION_RAM)
            frames.available +=
                (r->end - r->start) / L4_PAGE_SIZE - region_modules(info, r);
    }
    region_enter(0);
}

/* Goes past the module, if any, that the next frame would be part of. */
static bool module_skip(void)
{
    const l4_module_t *modules = l4_info_modules(frames.info);

    for (uint32_t i = 0; i < frames.info->module_count; i++) {
        uint64_t end = module_end(&modules[i]);

        if (frames.next >= modules[i].start && frames.next < end) {
            frames.next = end;
            return true;
        }
    }
    return false;
}

/* A frame nobody had before, or FRAME_NONE. */
static uint64_t frame_fresh(void)
{
    uint64_t frame;

    for (;;) {
        if (frames.region == frames.info->region_count)
            return FRAME_NONE;
        if (frames.next >= frames.info->regions[frames.region].end)
            region_enter(frames.region + 1);
        else if (!module_skip())
            break;
    }
    frame = frames.next;
    frames.next += L4_PAGE_SIZE;
    return frame;
}

uint64_t frame_alloc(void)
{
    uint64_t frame = frames.returned;

    if (frame != FRAME_NONE)
        frames.returned = *(uint64_t *)frame_at(frame);
    else
        frame = frame_fresh();
    if (frame != FRAME_NONE) {
        memset(frame_at(frame), 0, L4_PAGE_SIZE);
        frames.available--;
    }
    return frame;
}

void frame_free(uint64_t frame)
{
    *(uint64_t *)frame_at(frame) = frames.returned;
    frames.returned = frame;
    frames.available++;
}

uint64_t frames_available(void)
{
    return frames.available;
}
