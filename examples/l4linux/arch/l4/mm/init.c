// SPDX-License-Identifier: GPL-2.0-only
#include <linux/export.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <asm/l4.h>
#include <asm/pgalloc.h>
#include <asm/sections.h>

pgd_t swapper_pg_dir[PTRS_PER_PGD] __page_aligned_bss;
unsigned long empty_zero_page[PAGE_SIZE / sizeof(long)] __page_aligned_bss;
EXPORT_SYMBOL(empty_zero_page);

void __init l4_mm_init(void)
{
	unsigned long pages = l4_platform.ram_size >> PAGE_SHIFT;
	unsigned long max_zone_pfns[MAX_NR_ZONES] = {[ZONE_NORMAL] = pages};

	min_low_pfn = 0;
	max_low_pfn = pages;
	max_pfn = pages;
	high_memory = __va(l4_platform.ram_size);
	free_area_init(max_zone_pfns);
}

void __init mem_init(void)
{
	max_mapnr = max_pfn;
	memblock_free_all();
}

pgd_t *pgd_alloc(struct mm_struct *mm)
{
	return (pgd_t *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
}

/* By VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8. */
static const pgprot_t protection_map[16] = {
	[0] = PAGE_NONE,	   [1] = PAGE_READONLY,
	[2] = PAGE_COPY,	   [3] = PAGE_COPY,
	[4] = PAGE_READONLY_EXEC,  [5] = PAGE_READONLY_EXEC,
	[6] = PAGE_READONLY_EXEC,  [7] = PAGE_READONLY_EXEC,
	[8] = PAGE_NONE,	   [9] = PAGE_READONLY,
	[10] = PAGE_SHARED,	   [11] = PAGE_SHARED,
	[12] = PAGE_READONLY_EXEC, [13] = PAGE_READONLY_EXEC,
	[14] = PAGE_SHARED_EXEC,   [15] = PAGE_SHARED_EXEC,
};
DECLARE_VM_GET_PAGE_PROT
