// SPDX-License-Identifier: GPL-2.0-only
/* vmalloc's mappings in the host task. */
#include <linux/export.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <asm/l4.h>
#include <asm/tlbflush.h>

#include "walk.h"

/* The host task follows the tables page by page. */
static void page_sync(unsigned long address)
{
	pte_t *ptep = l4_pte_find(&init_mm, address);

	l4_platform.host_unmap(address, PAGE_SIZE);
	if (!ptep || !(pte_val(*ptep) & _PAGE_PRESENT))
		return;
	if (l4_platform.host_map(address, (unsigned long)__va(pte_val(*ptep) &
							      PTE_PFN_MASK)))
		panic("vmalloc: no memory for the microkernel's tables");
}

void arch_sync_kernel_mappings(unsigned long start, unsigned long end)
{
	unsigned long flags;

	local_irq_save(flags);
	for (; start < end; start += PAGE_SIZE)
		page_sync(start);
	local_irq_restore(flags);
}

/* Unmapping has synchronised already. */
void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
}
EXPORT_SYMBOL(flush_tlb_kernel_range);
