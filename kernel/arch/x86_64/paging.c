/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's half of every address space: the kernel image with the rights
 * each part needs, all RAM at PHYS_BASE, and registers of the interrupt
 * controllers. It is complete before the first user space is made.
 */
#include "paging.h"

#include <arch/cpu.h>
#include <arch/ptab.h>
#include <kernel/panic.h>
#include <kernel/string.h>
#include <l4/fpage.h>

#include "entry.h"
#include "image.h"
#include "init.h"
#include "x86.h"

/* Where registers are mapped, one page after the other. */
#define REGISTERS_BASE 0xffffff0000000000ull
#define REGISTERS_PAGES 16u

/* Enough for 32 regions with 1 GiB pages, or for 50 GiB without them. */
#define POOL_TABLES 64

#define KERNEL_PAGE (PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY | PTE_GLOBAL)

static uint64_t pool[POOL_TABLES][TABLE_SIZE] __attribute__((aligned(4096)));
static unsigned pool_used = 1; /* the first is the top table */

/* What registers were mapped, for arch_phys_is_device(). */
static uint64_t registers[REGISTERS_PAGES];
static unsigned register_count;

static bool has_1g;
static unsigned phys_bits = 36;

bool arch_ptab_has_1g(void)
{
    return has_1g;
}

uint64_t paging_kernel_cr3(void)
{
    return image_phys(pool[0]);
}

void paging_copy_kernel(uint64_t *top)
{
    memcpy(top + KERNEL_HALF, pool[0] + KERNEL_HALF,
           (TABLE_SIZE - KERNEL_HALF) * sizeof(*top));
}

/* Maps one page of 1 << order bytes, unless it is mapped. False: no more
 * tables. */
static bool map_page(uint64_t va, uint64_t phys, unsigned order, uint64_t flags)
{
    uint64_t *table = pool[0];

    for (unsigned level = ORDER_TOP; level > order; level -= TABLE_BITS) {
        uint64_t *entry = &table[table_index(va, level)];

        if (!(*entry & PTE_PRESENT)) {
            if (pool_used == POOL_TABLES) {
                return false;
            }
            *entry = image_phys(pool[pool_used++]) | PTE_PRESENT | PTE_WRITE;
        } else if (*entry & PTE_LARGE) {
            return true;
        }
        table = (uint64_t *)(uintptr_t)((*entry & PTE_ADDRESS) + KERNEL_BASE);
    }
    if (order > PTAB_ORDER_4K) {
        flags |= PTE_LARGE;
    }
    table[table_index(va, order)] = phys | flags;
    return true;
}

static void map_image(const char *start, const char *end, uint64_t flags)
{
    for (const char *p = start; p < end; p += L4_PAGE_SIZE) {
        bool guard = p == cpu0_stack_guard;

        if (!guard && !map_page((uint64_t)(uintptr_t)p, image_phys(p),
                                PTAB_ORDER_4K, KERNEL_PAGE | flags)) {
            panic("boot: the kernel is too large");
        }
    }
}

/* Maps a range of RAM; returns where it ended for want of tables. */
static uint64_t map_ram(uint64_t start, uint64_t end)
{
    const uint64_t giant = 1ull << PTAB_ORDER_1G;
    const uint64_t large = 1ull << PTAB_ORDER_2M;
    uint64_t at = start & ~(large - 1);

    while (at < end) {
        bool big = has_1g && at % giant == 0 && end - at >= giant;
        unsigned order = big ? PTAB_ORDER_1G : PTAB_ORDER_2M;

        if (at >> (phys_bits < 46 ? phys_bits : 46) != 0 ||
            !map_page(at + PHYS_BASE, at, order,
                      KERNEL_PAGE | PTE_WRITE | PTE_NX)) {
            return at > start ? at : start;
        }
        at += 1ull << order;
    }
    return end;
}

static void map_all_ram(struct boot_info *bi)
{
    for (unsigned i = 0; i < bi->ram_count; i++) {
        uint64_t end = map_ram(bi->ram[i].start, bi->ram[i].end);

        if (end < bi->ram[i].end) {
            printk("boot: RAM from %llx is not used\n",
                   (unsigned long long)end);
            bi->ram[i].end = end;
            bi->ram_count = end > bi->ram[i].start ? i + 1 : i;
        }
    }
}

void paging_init(struct boot_info *bi)
{
    if (cpuid(0x80000000, 0).eax >= 0x80000008) {
        phys_bits = cpuid(0x80000008, 0).eax & 0xff;
    }
    has_1g = (cpuid(0x80000001, 0).edx & CPUID_1G) != 0;

    map_image(kernel_text, kernel_rodata, 0);
    map_image(kernel_rodata, kernel_data, PTE_NX);
    map_image(kernel_data, kernel_end, PTE_NX | PTE_WRITE);
    if (!map_page(REGISTERS_BASE, 0, PTAB_ORDER_4K, 0)) {
        panic("boot: too few page tables");
    }
    map_all_ram(bi);
    write_cr3(paging_kernel_cr3());
    this_cpu()->cr3 = paging_kernel_cr3();
}

volatile uint32_t *paging_map_registers(uint64_t phys)
{
    uint64_t va = REGISTERS_BASE + register_count * L4_PAGE_SIZE;
    uint64_t page = phys & ~(L4_PAGE_SIZE - 1);

    if (register_count == REGISTERS_PAGES || phys_is_ram(page) ||
        !map_page(va, page, PTAB_ORDER_4K,
                  KERNEL_PAGE | PTE_WRITE | PTE_NX | PTE_UNCACHED)) {
        panic("boot: an interrupt controller at an impossible place, %llx",
              (unsigned long long)phys);
    }
    registers[register_count++] = page;
    return (volatile uint32_t *)(uintptr_t)(va + (phys - page));
}

bool arch_phys_is_device(uint64_t phys)
{
    if (phys >> phys_bits != 0 || phys_is_ram(phys)) {
        return false;
    }
    for (unsigned i = 0; i < register_count; i++) {
        if (registers[i] == phys) {
            return false;
        }
    }
    return true;
}
