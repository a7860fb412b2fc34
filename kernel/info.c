/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/fpage.h>
#include <l4/root.h>

#include <arch/mem.h>
#include <arch/timer.h>

#include <kernel/factory.h>
#include <kernel/info.h>
#include <kernel/map.h>
#include <kernel/string.h>
#include <kernel/trace.h>

/* Puts a region in at index `at`; the last one is lost if there is no room:
 * RAM unused, but nothing wrong. */
static void region_insert(struct l4_ram *ram, unsigned at, struct boot_region r)
{
    if (r.start >= r.end || at >= RAM_REGIONS) {
        return;
    }
    if (ram->count == RAM_REGIONS) {
        ram->count--;
    }
    memmove(&ram->regions[at + 1], &ram->regions[at],
            (ram->count - at) * sizeof(r));
    ram->regions[at] = r;
    ram->count++;
}

/* Takes a range out of whatever regions it touches. */
static void ram_cut(struct l4_ram *ram, uint64_t start, uint64_t end)
{
    for (unsigned i = 0; i < ram->count; i++) {
        struct boot_region *r = &ram->regions[i];
        if (end <= r->start || start >= r->end) {
            continue;
        }
        const struct boot_region upper = {.start = end, .end = r->end};
        r->end = start > r->start ? start : r->start;
        if (upper.start < upper.end) {
            region_insert(ram, i + 1, upper);
        }
    }
    /* Whatever became empty goes. */
    unsigned kept = 0;
    for (unsigned i = 0; i < ram->count; i++) {
        if (ram->regions[i].start < ram->regions[i].end) {
            ram->regions[kept++] = ram->regions[i];
        }
    }
    ram->count = kept;
}

static uint64_t page_up(uint64_t bytes)
{
    return (bytes + L4_PAGE_SIZE - 1) & ~(L4_PAGE_SIZE - 1);
}

void ram_init(struct l4_ram *ram, const struct boot_info *bi)
{
    const struct boot_module *root = &bi->modules[0];

    memset(ram, 0, sizeof(*ram));
    for (unsigned i = 0; i < bi->ram_count && i < RAM_REGIONS; i++) {
        ram->regions[ram->count++] = bi->ram[i];
    }
    ram->kernel.start = bi->kernel_start;
    ram->kernel.end = bi->kernel_end;
    ram_cut(ram, bi->kernel_start, bi->kernel_end);
    ram_cut(ram, root->start, page_up(root->start + root->size));
}

/* Where the highest module in [start, end) ends, or `start`. */
static uint64_t modules_end(const struct boot_info *bi, uint64_t start,
                            uint64_t end)
{
    uint64_t top = start;

    for (unsigned i = 0; i < bi->module_count; i++) {
        const struct boot_module *m = &bi->modules[i];
        uint64_t last = page_up(m->start + m->size);
        if (m->start < end && last > top) {
            top = last;
        }
    }
    return top;
}

uint64_t ram_take_top(struct l4_ram *ram, const struct boot_info *bi,
                      uint64_t size)
{
    for (unsigned i = ram->count; i-- > 0;) {
        uint64_t end = ram->regions[i].end;
        uint64_t low = modules_end(bi, ram->regions[i].start, end);
        if (end < low || end - low < size) {
            continue;
        }
        ram->pool.start = end - size;
        ram->pool.end = end;
        ram_cut(ram, ram->pool.start, end);
        return ram->pool.start;
    }
    return 0;
}

uint64_t ram_bytes(const struct l4_ram *ram)
{
    uint64_t bytes = 0;

    for (unsigned i = 0; i < ram->count; i++) {
        bytes += ram->regions[i].end - ram->regions[i].start;
    }
    return bytes;
}

/* Adds a region, in order. */
static void info_region(l4_info_t *info, struct boot_region r, uint32_t type)
{
    unsigned at = info->region_count;

    if (r.start >= r.end || at >= L4_INFO_REGIONS) {
        return;
    }
    while (at > 0 && info->regions[at - 1].start > r.start) {
        info->regions[at] = info->regions[at - 1];
        at--;
    }
    info->regions[at] =
        (l4_region_t){.start = r.start, .end = r.end, .type = type};
    info->region_count++;
}

static void info_fill(l4_info_t *info, const struct boot_info *bi,
                      const struct l4_ram *ram)
{
    l4_module_t *modules =
        (l4_module_t *)(void *)((char *)info + L4_INFO_MODULES_AT);

    info->magic = L4_INFO_MAGIC;
    info->version = L4_INFO_VERSION;
    info->caps_free = L4_ROOT_CAP_FREE;
    info->clock = arch_clock();
    info->trace_size = authority_trace.size;
    for (unsigned i = 0; i < ram->count; i++) {
        info_region(info, ram->regions[i], L4_REGION_RAM);
    }
    info_region(info, ram->kernel, L4_REGION_KERNEL);
    info_region(info, ram->pool, L4_REGION_KERNEL);
    for (unsigned i = 0; i < bi->module_count && i < L4_INFO_MODULES; i++) {
        modules[i].start = bi->modules[i].start;
        modules[i].size = bi->modules[i].size;
        memcpy(modules[i].cmdline, bi->modules[i].cmdline,
               sizeof(modules[i].cmdline));
        info->module_count++;
    }
}

l4_err_t info_map(struct task *root, const struct boot_info *bi,
                  const struct l4_ram *ram)
{
    char *pages = factory_pages(&factory_root, 2);

    if (!pages) {
        return L4_EQUOTA;
    }
    info_fill((l4_info_t *)(void *)pages, bi, ram);
    for (uint64_t at = 0; at < L4_INFO_PAGES * L4_PAGE_SIZE;
         at += L4_PAGE_SIZE) {
        l4_err_t err =
            map_origin(root, L4_INFO_ADDRESS + at, virt_to_phys(pages + at),
                       L4_PAGE_ORDER, L4_MEM_R, true);
        if (err) {
            return err;
        }
    }
    return L4_OK;
}
