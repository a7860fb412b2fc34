/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_TLBFLUSH_H
#define _ASM_L4_TLBFLUSH_H

#include <linux/mm.h>

/* Takes what an mm's task has between two addresses away. */
void l4_tlb_flush(struct mm_struct *mm, unsigned long start, unsigned long end);

/* All of it. After a fork, which has write-protected entries and told of each:
 * nothing. */
void l4_tlb_flush_mm(struct mm_struct *mm);

void flush_tlb_kernel_range(unsigned long start, unsigned long end);

/* Mappings of the host task are undone when vmalloc's are. */
#define flush_tlb_all() \
	do {            \
	} while (0)
#define flush_tlb_mm(mm) l4_tlb_flush_mm(mm)
#define flush_tlb_page(vma, addr) \
	l4_tlb_flush((vma)->vm_mm, addr, (addr) + PAGE_SIZE)
#define flush_tlb_range(vma, start, end) l4_tlb_flush((vma)->vm_mm, start, end)

#endif
