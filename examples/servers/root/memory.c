/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <l4/objects.h>
#include <l4/root.h>

#include "dataspace.h"
#include "env_page.h"
#include "frames.h"
#include "memory.h"
#include "region.h"

#define PAGE_MASK (L4_PAGE_SIZE - 1)
#define RW (L4_MEM_R | L4_MEM_W)

/* Addresses below this are what a null pointer with an offset gives. */
#define NULL_AREA ((uint64_t)0x10000)

/* What is left free between a program's last page and its heap. */
#define HEAP_GAP ((uint64_t)0x10000)

/* The stacks of all threads but the main one. */
static enum memory_kind stack_area_at(uint64_t address)
{
    uint64_t offset = (address - L4_STACK_AREA) % L4_STACK_STRIDE;

    return offset < L4_STACK_GUARD ? MEMORY_GUARD : MEMORY_STACK;
}

static const struct area *area_at(const struct program *p, uint64_t address)
{
    for (unsigned i = 0; i < PROGRAM_AREAS; i++) {
        if (address >= p->areas[i].start && address < p->areas[i].end)
            return &p->areas[i];
    }
    return NULL;
}

/* The addresses that root's layout has, beside the file's. */
static enum memory_kind layout_at(const struct program *p, uint64_t address)
{
    uint64_t stack = L4_STACK_TOP - p->plan->stack;

    if (address < NULL_AREA)
        return MEMORY_NULL;
    if (address - p->heap_start < p->plan->heap)
        return MEMORY_HEAP;
    if (address >= L4_STACK_AREA && address < L4_STACK_AREA_END)
        return stack_area_at(address);
    if (address >= stack && address < L4_STACK_TOP)
        return MEMORY_STACK;
    if (address < stack && address >= stack - HEAP_GAP)
        return MEMORY_GUARD;
    if (address - L4_ENV_ADDRESS < 2 * L4_PAGE_SIZE)
        return MEMORY_SYSTEM;
    if (region_module(p, address) != FRAME_NONE)
        return MEMORY_MODULE;
    return area_at(p, address) ? MEMORY_AREA : MEMORY_NONE;
}

enum memory_kind memory_at(const struct program *p, uint64_t address,
                           unsigned *rights)
{
    const struct elf_segment *s = elf_segment_at(&p->elf, address);
    enum memory_kind kind;

    if (s) {
        *rights = s->rights;
        if (s->rights & L4_MEM_X)
            return MEMORY_CODE;
        return s->rights & L4_MEM_W ? MEMORY_DATA : MEMORY_CONST;
    }
    kind = layout_at(p, address);
    *rights = kind >= MEMORY_HEAP ? RW : 0;
    if (kind == MEMORY_SYSTEM || kind == MEMORY_MODULE)
        *rights = L4_MEM_R;
    if (kind == MEMORY_AREA)
        *rights = area_at(p, address)->rights;
    return kind;
}

/* The frame of the module itself, if the page at `address` can be that: never
 * written, and all of it bytes of the file. FRAME_NONE if not. */
static uint64_t segment_frame(const struct program *p,
                              const struct elf_segment *s, uint64_t address)
{
    uint64_t page = address & ~PAGE_MASK;
    uint64_t offset = s->offset + (page - s->address);

    if (s->rights & L4_MEM_W || (s->offset - s->address) & PAGE_MASK ||
        page < s->address || page + L4_PAGE_SIZE > s->address + s->file_size)
        return FRAME_NONE;
    return (uint64_t)(uintptr_t)p->elf.data - L4_ROOT_RAM + offset;
}

/* Copies what the file has for the page at `address` into a zeroed frame. */
static void segment_fill(const struct program *p, const struct elf_segment *s,
                         uint64_t address, uint64_t frame)
{
    uint64_t page = address & ~PAGE_MASK;
    uint64_t start = page > s->address ? page : s->address;
    uint64_t end = s->address + s->file_size;

    if (end > page + L4_PAGE_SIZE)
        end = page + L4_PAGE_SIZE;
    if (start < end)
        memcpy((char *)frame_at(frame) + (start - page),
               p->elf.data + s->offset + (start - s->address), end - start);
}

/* Finds and enters the frame for a page that has none yet. */
static l4_err_t page_make(struct program *p, uint64_t address, uint64_t *frame)
{
    const struct elf_segment *s = elf_segment_at(&p->elf, address);
    uint64_t flags = 0;
    l4_err_t err;

    *frame = s ? segment_frame(p, s, address) : region_module(p, address);
    if (*frame == FRAME_NONE) {
        if (program_memory(p) + L4_PAGE_SIZE > p->plan->memory)
            return L4_EQUOTA;
        *frame = frame_alloc();
        if (*frame == FRAME_NONE)
            return L4_ENOMEM;
        if (s)
            segment_fill(p, s, address, *frame);
        flags = PAGE_OWNED;
    }
    err = pagemap_set(&p->pages, address, *frame, flags);
    if (err && flags)
        frame_free(*frame);
    return err;
}

/* The memory that an area shows of a dataspace: a page of the dataspace's, or
 * 4 KiB of it where that would not lie well. */
static l4_err_t space_page(const struct area *a, uint64_t address,
                           struct place *place)
{
    uint64_t size = (uint64_t)1 << a->space->order;
    uint64_t start = address & ~(size - 1);
    uint64_t offset = a->offset + (address - a->start);
    uint64_t unit = dataspace_unit(a->space, offset);

    if (unit == FRAME_NONE)
        return L4_ENOMEM;
    place->order = a->space->order;
    place->address = start;
    place->frame = unit;
    if (start >= a->start && size <= a->end - start &&
        (offset & (size - 1)) == (address & (size - 1)))
        return 0;
    place->order = L4_PAGE_ORDER;
    place->address = address & ~PAGE_MASK;
    place->frame = unit + (offset & (size - 1) & ~PAGE_MASK);
    return 0;
}

l4_err_t memory_page(struct program *p, uint64_t address, unsigned access,
                     struct place *place)
{
    const struct area *a;
    unsigned rights;
    uint64_t entry;

    if (memory_at(p, address, &rights) == MEMORY_AREA) {
        a = area_at(p, address);
        if (a->space && !(access & ~rights))
            return space_page(a, address, place);
    }
    if (!rights || (access & ~rights))
        return L4_EFAULT;
    place->order = L4_PAGE_ORDER;
    place->address = address & ~PAGE_MASK;
    entry = pagemap_find(&p->pages, address);
    if (entry) {
        place->frame = entry & PAGE_FRAME;
        return 0;
    }
    return page_make(p, address, &place->frame);
}

/* Maps one page of root's to the program, to be read only. */
static l4_err_t page_give(const struct program *p, uint64_t from, uint64_t to)
{
    l4_task_t task = {p->task};
    l4_map_entry_t entry = {l4_fpage_mem(from, L4_PAGE_ORDER, L4_MEM_R), to};
    uint32_t done;
    int32_t error;
    l4_err_t err = l4_task_map(task, &entry, 1, &done, &error, NULL);

    return err ? err : error;
}

l4_err_t memory_create(struct program *p)
{
    uint64_t frame;
    l4_err_t err;

    p->heap_start = (p->elf.end + 2 * HEAP_GAP - 1) & ~(HEAP_GAP - 1);
    if (p->heap_start + p->plan->heap > L4_STACK_AREA)
        return L4_ENOMEM;
    frame = frame_alloc();
    if (frame == FRAME_NONE)
        return L4_ENOMEM;
    err = pagemap_set(&p->pages, L4_ENV_ADDRESS, frame, PAGE_OWNED);
    if (err) {
        frame_free(frame);
        return err;
    }
    env_page_write(p, frame_at(frame));
    err = page_give(p, (uint64_t)(uintptr_t)frame_at(frame), L4_ENV_ADDRESS);
    if (err)
        return err;
    err = page_give(p, L4_INFO_ADDRESS, L4_CLOCK_ADDRESS);
    return err ? err : regions_map(p);
}

void memory_destroy(struct program *p)
{
    regions_unmap(p);
    pagemap_clear(&p->pages);
    memset(p->areas, 0, sizeof(p->areas));
}

/* Adds an area, if it may be there. */
static l4_err_t area_enter(struct program *p, const struct area *area)
{
    struct area *unused = NULL;

    if ((area->start | area->end | area->offset) & PAGE_MASK ||
        area->end == area->start || !(area->rights & L4_MEM_R) ||
        area->rights & ~(RW | L4_MEM_X))
        return L4_EINVAL;
    if (area->start < L4_FREE_BASE || area->end < area->start ||
        area->end > L4_USER_END ||
        (area->end > L4_REGION_AREA && area->start < REGION_AREA_END))
        return L4_ERANGE;
    for (unsigned i = 0; i < PROGRAM_AREAS; i++) {
        struct area *a = &p->areas[i];

        if (!a->end)
            unused = a;
        else if (area->start < a->end && a->start < area->end)
            return L4_EEXIST;
    }
    if (!unused)
        return L4_ENOMEM;
    *unused = *area;
    return 0;
}

l4_err_t memory_area_add(struct program *p, uint64_t address, uint64_t size,
                         unsigned rights)
{
    const struct area area = {
        .start = address, .end = address + size, .rights = rights};

    if (size > p->plan->memory)
        return L4_ERANGE;
    return area_enter(p, &area);
}

l4_err_t memory_attach(struct program *p, const struct area *area)
{
    const struct dataspace *d = area->space;
    uint64_t size = area->end - area->start;

    if (!d)
        return L4_ENOENT;
    if (area->end < area->start || area->offset > d->size ||
        size > d->size - area->offset)
        return L4_ERANGE;
    return area_enter(p, area);
}

void memory_detach(const struct dataspace *d, const struct program *except)
{
    for (uint32_t n = 0; n < program_count; n++) {
        struct program *p = &programs[n];

        for (unsigned i = 0; p != except && i < PROGRAM_AREAS; i++) {
            if (p->areas[i].space == d)
                memset(&p->areas[i], 0, sizeof(p->areas[i]));
        }
    }
}

/* Takes what an area shows of a dataspace out of the program, in pieces that
 * are as large as they can. */
static void area_unmap(const struct program *p, const struct area *a)
{
    const l4_task_t task = {p->task};
    uint64_t at = a->start;

    while (at < a->end) {
        unsigned order = (unsigned)__builtin_ctzll(at);
        uint32_t done;
        int32_t error;

        while (((uint64_t)1 << order) > a->end - at)
            order--;
        l4_fpage_t piece = l4_fpage_mem(at, order, L4_RIGHTS_ALL);
        (void)!l4_task_unmap(task, &piece, 1, true, &done, &error, NULL);
        at += (uint64_t)1 << order;
    }
}

l4_err_t memory_area_remove(struct program *p, uint64_t address)
{
    struct area *a = p->areas;
    unsigned i = 0;

    while (i < PROGRAM_AREAS && !(a->end && a->start == address)) {
        i++;
        a++;
    }
    if (i == PROGRAM_AREAS)
        return L4_ENOENT;
    if (a->space)
        area_unmap(p, a);
    for (uint64_t at = a->start; !a->space && at < a->end; at += L4_PAGE_SIZE) {
        if (pagemap_find(&p->pages, at))
            pagemap_remove(&p->pages, at);
    }
    memset(a, 0, sizeof(*a));
    return 0;
}

bool memory_read(const struct program *p, uint64_t address, uint64_t *value)
{
    uint64_t entry = pagemap_find(&p->pages, address);

    if (address % 8 || !entry)
        return false;
    memcpy(value, (char *)frame_at(entry & PAGE_FRAME) + (address & PAGE_MASK),
           sizeof(*value));
    return true;
}
