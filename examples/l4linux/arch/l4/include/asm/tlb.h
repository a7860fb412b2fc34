/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_TLB_H
#define _ASM_L4_TLB_H

struct mmu_gather;
static void tlb_flush(struct mmu_gather *tlb);
#define tlb_flush tlb_flush

#include <asm-generic/tlb.h>

/* An mm that goes as a whole runs no more: its task is destroyed with it. */
static inline void tlb_flush(struct mmu_gather *tlb)
{
	if (tlb->fullmm)
		return;
	if (tlb->need_flush_all)
		flush_tlb_mm(tlb->mm);
	else if (tlb->end)
		l4_tlb_flush(tlb->mm, tlb->start, tlb->end);
}

#endif
