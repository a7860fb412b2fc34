/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads what a multiboot 1 loader left in memory. None of it is believed:
 * every address is checked before it is read, everything is copied.
 */
#include <kernel/panic.h>
#include <kernel/string.h>
#include <l4/fpage.h>

#include "image.h"
#include "init.h"
#include "paging.h"

#define MULTIBOOT_MAGIC 0x2badb002u

#define HAS_CMDLINE 0x04u
#define HAS_MODULES 0x08u
#define HAS_MEMMAP 0x40u

#define MEMMAP_RAM 1u
#define MEMMAP_SIZE_MAX 0x10000u
#define LOW_MEMORY_END 0x100000u

struct multiboot_info {
    uint32_t flags;
    uint32_t mem_lower;
    uint32_t mem_upper;
    uint32_t boot_device;
    uint32_t cmdline;
    uint32_t mods_count;
    uint32_t mods_addr;
    uint32_t syms[4];
    uint32_t mmap_length;
    uint32_t mmap_addr;
};

struct multiboot_module {
    uint32_t start;
    uint32_t end;
    uint32_t cmdline;
    uint32_t reserved;
};

/* One entry of the memory map. `size` does not count itself. */
struct multiboot_range {
    uint32_t size;
    uint64_t start;
    uint64_t length;
    uint32_t type;
} __attribute__((packed));

/* All that the memory map calls RAM, and what of it may be used. */
static struct region_set ram_known;
static struct region_set ram_usable;

static uint64_t page_down(uint64_t address)
{
    return address & ~(L4_PAGE_SIZE - 1);
}

static uint64_t page_up(uint64_t address)
{
    return page_down(address + L4_PAGE_SIZE - 1);
}

static void copy_string(char *to, size_t size, uint32_t phys)
{
    size_t i = 0;

    for (; i + 1 < size; i++) {
        const char *from = bootmem((uint64_t)phys + i, 1);

        if (from == NULL || *from == '\0') {
            break;
        }
        to[i] = *from;
    }
    to[i] = '\0';
}

/* Enters a range into the sets: pass 0 takes RAM, pass 1 what is none, for
 * that wins where the map contradicts itself. */
static void range_enter(const struct multiboot_range *r, unsigned pass)
{
    uint64_t limit = ~(uint64_t)0 - L4_PAGE_SIZE;
    uint64_t start = r->start < limit ? r->start : limit;
    uint64_t end = r->length < limit - start ? start + r->length : limit;
    bool ram = r->type == MEMMAP_RAM;
    bool good = true;

    if (pass == 0 && ram) {
        good = regions_add(&ram_known, page_down(start), page_up(end)) &&
               (page_up(start) >= page_down(end) ||
                regions_add(&ram_usable, page_up(start), page_down(end)));
    } else if (pass == 1 && !ram && start < end) {
        good = regions_cut(&ram_usable, page_down(start), page_up(end));
    }
    if (!good) {
        panic("boot: the memory map has too many ranges");
    }
}

static void read_memmap(const struct multiboot_info *mbi, unsigned pass)
{
    const char *map = bootmem(mbi->mmap_addr, mbi->mmap_length);
    uint32_t at = 0;

    if (map == NULL || mbi->mmap_length > MEMMAP_SIZE_MAX) {
        panic("boot: the memory map lies at an impossible place");
    }
    while (mbi->mmap_length - at >= sizeof(struct multiboot_range)) {
        struct multiboot_range range;

        memcpy(&range, map + at, sizeof(range));
        if (range.size < sizeof(range) - sizeof(range.size) ||
            range.size > mbi->mmap_length - at - sizeof(range.size)) {
            panic("boot: the memory map is malformed at byte %u", at);
        }
        range_enter(&range, pass);
        at += range.size + (uint32_t)sizeof(range.size);
    }
}

static void read_ram(const struct multiboot_info *mbi, struct boot_info *bi)
{
    read_memmap(mbi, 0);
    read_memmap(mbi, 1);
    if (!regions_cut(&ram_usable, 0, LOW_MEMORY_END)) {
        panic("boot: the memory map has too many ranges");
    }
    for (unsigned i = 0; i < ram_usable.count; i++) {
        bi->ram[i] = ram_usable.range[i];
    }
    bi->ram_count = ram_usable.count;
    bi->kernel_start = image_start();
    bi->kernel_end = image_end();
    if (!regions_cover(&ram_usable, bi->kernel_start, bi->kernel_end)) {
        panic("boot: the kernel does not lie in RAM");
    }
}

static void read_module(const struct multiboot_module *from,
                        struct region_set *taken, struct boot_info *bi)
{
    unsigned number = bi->module_count;
    struct boot_module *module = &bi->modules[number];
    uint64_t end = page_up(from->end);

    if (from->start >= from->end || from->start % L4_PAGE_SIZE != 0) {
        panic("boot: module %u is empty or not on a page", number);
    }
    if (!regions_cover(&ram_usable, from->start, end)) {
        panic("boot: module %u does not lie in RAM", number);
    }
    if (regions_touch(taken, from->start, end)) {
        panic("boot: module %u overlaps the kernel or another", number);
    }
    if (!regions_add(taken, from->start, end)) {
        panic("boot: the modules are scattered too much");
    }
    module->start = from->start;
    module->size = from->end - from->start;
    copy_string(module->cmdline, sizeof(module->cmdline), from->cmdline);
    bi->module_count++;
}

static void read_modules(const struct multiboot_info *mbi, struct boot_info *bi)
{
    const struct multiboot_module *modules;
    struct region_set taken = {.count = 0};

    if (mbi->mods_count > BOOT_MODULES) {
        panic("boot: %u modules, but only %u are possible", mbi->mods_count,
              BOOT_MODULES);
    }
    modules = bootmem(mbi->mods_addr, mbi->mods_count * sizeof(*modules));
    if (modules == NULL) {
        panic("boot: the list of modules lies at an impossible place");
    }
    (void)regions_add(&taken, bi->kernel_start, bi->kernel_end);
    for (uint32_t i = 0; i < mbi->mods_count; i++) {
        struct multiboot_module module;

        memcpy(&module, &modules[i], sizeof(module));
        read_module(&module, &taken, bi);
    }
}

void multiboot_read(uint32_t magic, uint32_t info, struct boot_info *bi)
{
    struct multiboot_info mbi;
    const void *from = bootmem(info, sizeof(mbi));

    if (magic != MULTIBOOT_MAGIC || from == NULL) {
        panic("boot: not started by a multiboot 1 loader");
    }
    memcpy(&mbi, from, sizeof(mbi));
    if (!(mbi.flags & HAS_MEMMAP)) {
        panic("boot: the loader gave no memory map");
    }
    if (mbi.flags & HAS_CMDLINE) {
        copy_string(bi->cmdline, sizeof(bi->cmdline), mbi.cmdline);
    }
    read_ram(&mbi, bi);
    if (mbi.flags & HAS_MODULES) {
        read_modules(&mbi, bi);
    }
}

bool phys_is_ram(uint64_t phys)
{
    return regions_touch(&ram_known, phys, phys + L4_PAGE_SIZE);
}
