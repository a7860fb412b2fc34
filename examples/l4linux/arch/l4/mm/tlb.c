// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linux's page tables are the truth, and the microkernel's task of an mm is
 * their TLB: filled when an entry is made or a miss is found, cleared when
 * Linux flushes. What concerns the task that runs next waits in the vCPU's
 * queue and is carried out by the resume.
 */
#include <linux/export.h>
#include <linux/irqflags.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <asm/l4.h>
#include <asm/tlbflush.h>

#include "tlb.h"

/* All of user space: 47 bits. */
#define ORDER_ALL 47

/* How many blocks a range is taken apart into; beyond, the smallest block
 * around it goes. Clearing too much only costs misses. */
#define BLOCKS_MAX 8

#define RIGHTS_ALL (L4_MEM_R | L4_MEM_W | L4_MEM_X)

void l4_tlb_drop(void)
{
	l4_vcpu->mapq_n = 0;
	l4_vcpu->map_done = 0;
}

void l4_tlb_settle(void)
{
	u32 i;

	for (i = 0; i < l4_vcpu->mapq_n; i++) {
		const l4_vcpu_map_t *m = &l4_vcpu->mapq[i];

		if (m->op == L4_VCPU_UNMAP)
			l4_platform.task_unmap(l4_vcpu->user_task, m->address,
					       m->order, m->rights);
	}
	l4_tlb_drop();
}

static void queue_unmap(unsigned long address, unsigned int order);

/* Room for one more; a full queue becomes one flush of everything. */
static l4_vcpu_map_t *queue_entry(void)
{
	if (l4_vcpu->mapq_n == L4_VCPU_MAPQ_SIZE) {
		l4_tlb_drop();
		queue_unmap(0, ORDER_ALL);
	}
	return &l4_vcpu->mapq[l4_vcpu->mapq_n++];
}

static void queue_unmap(unsigned long address, unsigned int order)
{
	*queue_entry() = (l4_vcpu_map_t){
		.address = address,
		.order = order,
		.rights = RIGHTS_ALL,
		.op = L4_VCPU_UNMAP,
	};
}

/* What the task may do with a page: only what Linux need not learn of. */
static unsigned int pte_rights(pte_t pte)
{
	unsigned int rights = L4_MEM_R;

	if (pte_write(pte) && pte_dirty(pte))
		rights |= L4_MEM_W;
	if (!(pte_val(pte) & _PAGE_NX))
		rights |= L4_MEM_X;
	return rights;
}

static void queue_map(unsigned long address, pte_t pte)
{
	*queue_entry() = (l4_vcpu_map_t){
		.address = address,
		.order = PAGE_SHIFT,
		.rights = pte_rights(pte),
		.op = L4_VCPU_MAP,
		.host_address =
			(unsigned long)__va(pte_val(pte) & PTE_PFN_MASK),
	};
}

void l4_tlb_fill(struct mm_struct *mm, unsigned long addr, pte_t *ptep,
		 unsigned int nr)
{
	unsigned long flags;

	if (mm->context.task != l4_vcpu->user_task)
		return;
	local_irq_save(flags);
	for (; nr > 0; nr--, ptep++, addr += PAGE_SIZE) {
		pte_t pte = *ptep;

		if (pte_val(pte) & _PAGE_PRESENT && pte_young(pte))
			queue_map(addr, pte);
	}
	local_irq_restore(flags);
}

static void block_flush(struct mm_struct *mm, unsigned long address,
			unsigned int order)
{
	if (mm->context.task == l4_vcpu->user_task)
		queue_unmap(address, order);
	else
		l4_platform.task_unmap(mm->context.task, address, order,
				       RIGHTS_ALL);
}

/* The largest aligned block at `start` that ends by `end`. */
static unsigned int block_order(unsigned long start, unsigned long end)
{
	unsigned int order = ilog2(end - start);

	if (start)
		order = min_t(unsigned int, order, __ffs(start));
	return order;
}

/* The smallest block that holds it all. */
static void flush_around(struct mm_struct *mm, unsigned long start,
			 unsigned long end)
{
	unsigned int order = fls64(start ^ (end - 1));

	block_flush(mm, start & ~((1UL << order) - 1), order);
}

void l4_tlb_flush(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	unsigned long flags;
	unsigned int blocks = 0;
	unsigned long at;

	start &= PAGE_MASK;
	end = min(PAGE_ALIGN(end), TASK_SIZE);
	if (!mm->context.task || start >= end)
		return;
	local_irq_save(flags);
	for (at = start; at < end; at += 1UL << block_order(at, end))
		if (++blocks > BLOCKS_MAX)
			break;
	if (blocks > BLOCKS_MAX) {
		flush_around(mm, start, end);
	} else {
		for (at = start; at < end; at += 1UL << block_order(at, end))
			block_flush(mm, at, block_order(at, end));
	}
	local_irq_restore(flags);
}
EXPORT_SYMBOL(l4_tlb_flush);

void l4_tlb_repair(int error)
{
	static unsigned int failures;

	/* No memory for the microkernel's tables, or a page of ours that it
	 * cannot pass on: start with an empty task, which needs less. */
	if (++failures <= 10)
		pr_warn("tlb: mapping failed with %d, flushing\n", error);
	if (l4_vcpu->mapq_n == 1 && l4_vcpu->mapq[0].op == L4_VCPU_UNMAP)
		panic("tlb: the task cannot be flushed: %d", error);
	l4_tlb_drop();
	queue_unmap(0, ORDER_ALL);
}
