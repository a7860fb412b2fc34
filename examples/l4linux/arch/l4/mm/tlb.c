// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linux's page tables are the truth, and the microkernel's task of an mm is
 * their TLB: filled when an entry is made or a miss is found, cleared when
 * Linux flushes. What concerns the active mm waits in the vCPU's queue and is
 * carried out by the resume; the others do not run, and their flushes wait
 * with them. Interrupts have no part in this and Linux is not preempted, so
 * nothing is locked.
 */
#include <linux/export.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <asm/l4.h>
#include <asm/tlbflush.h>
#include <asm/uaccess.h>

#include "task.h"
#include "tlb.h"
#include "walk.h"

/* All of user space: 47 bits. */
#define ORDER_ALL 47

/* How many blocks a range is taken apart into; beyond, the smallest block
 * around it goes. Clearing too much only costs misses. */
#define BLOCKS_MAX 24

#define RIGHTS_ALL (L4_MEM_R | L4_MEM_W | L4_MEM_X)

struct mm_struct *l4_active_mm;

/* So many entries of the queue empty the active mm's task of what others had
 * mapped; 0: nothing of them is there. */
static u32 emptying;

static void queue_drop(void)
{
	l4_vcpu->mapq_n = 0;
	l4_vcpu->map_done = 0;
	emptying = 0;
}

/* The queue was carried out since: nothing of others is there any more. */
static void emptied(void)
{
	struct l4_task *task = l4_active_mm->context.task;
	unsigned int i;

	for (i = 0; i < task->regions; i++)
		task->region[i].stale = 0;
	emptying = 0;
}

/* Room for one more; a full queue becomes one flush of everything. */
static l4_vcpu_map_t *queue_entry(void)
{
	u32 n = l4_vcpu->mapq_n;

	if (n == 0 && unlikely(emptying))
		emptied();
	if (unlikely(n == L4_VCPU_MAPQ_SIZE)) {
		emptying = 0;
		l4_vcpu->map_done = 0;
		l4_vcpu->mapq[0] = (l4_vcpu_map_t){
			.order = ORDER_ALL,
			.rights = RIGHTS_ALL,
			.op = L4_VCPU_UNMAP,
		};
		n = 1;
	}
	l4_vcpu->mapq_n = n + 1;
	return &l4_vcpu->mapq[n];
}

static void queue_unmap(unsigned long address, unsigned int order,
			unsigned int rights)
{
	l4_vcpu_map_t *m = queue_entry();

	m->address = address;
	m->order = order;
	m->rights = rights;
	m->op = L4_VCPU_UNMAP;
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

static inline void queue_map(unsigned long address, pte_t pte)
{
	l4_vcpu_map_t *m = queue_entry();

	l4_task_mapped(l4_active_mm->context.task, address);
	m->address = address;
	m->order = PAGE_SHIFT;
	m->rights = pte_rights(pte);
	m->op = L4_VCPU_MAP;
	m->host_address = (unsigned long)__va(pte_val(pte) & PTE_PFN_MASK);
}

/* Before the task runs again. */
static void flush_later(mm_context_t *context, unsigned long address,
			unsigned int order, unsigned int rights)
{
	if (context->flushes == L4_FLUSHES) {
		context->flushes = 0;
		address = 0;
		order = ORDER_ALL;
		rights = RIGHTS_ALL;
	}
	context->flush[context->flushes++] = (struct l4_flush){
		.address = address,
		.order = order,
		.rights = rights,
	};
}

/* How many blocks of a region go one by one; of more, the region goes. */
#define STALE_MAX 8u

static void region_empty(const struct l4_region *region)
{
	unsigned long start = region->number << L4_REGION_SHIFT;
	u64 blocks = region->stale;

	if (hweight64(blocks) > STALE_MAX) {
		queue_unmap(start, L4_REGION_SHIFT, RIGHTS_ALL);
		return;
	}
	for (; blocks; blocks &= blocks - 1)
		queue_unmap(start + (__ffs64(blocks) << L4_BLOCK_SHIFT),
			    L4_BLOCK_SHIFT, RIGHTS_ALL);
}

static void queue_empty(const struct l4_task *task)
{
	unsigned int i;

	for (i = 0; i < task->regions; i++)
		region_empty(&task->region[i]);
	emptying = l4_vcpu->mapq_n;
}

/* Flushes of the active mm stay with it; what was to be filled in is
 * forgotten, and will be missed. */
static void deactivate(void)
{
	u32 i;

	if (emptying && l4_vcpu->mapq_n == 0)
		emptied();
	for (i = emptying; i < l4_vcpu->mapq_n; i++) {
		const l4_vcpu_map_t *m = &l4_vcpu->mapq[i];

		if (m->op == L4_VCPU_UNMAP)
			flush_later(&l4_active_mm->context, m->address,
				    m->order, m->rights);
	}
	queue_drop();
	l4_active_mm = NULL;
}

void l4_tlb_activate(struct mm_struct *mm)
{
	const mm_context_t *context = &mm->context;
	unsigned int i;

	if (mm == l4_active_mm)
		return;
	if (l4_active_mm)
		deactivate();
	l4_user_cache_activate(&mm->context);
	l4_vcpu->user_task = context->task ? context->task->cap : 0;
	if (!context->task)
		return;
	l4_active_mm = mm;
	queue_empty(context->task);
	for (i = 0; i < context->flushes; i++)
		queue_unmap(context->flush[i].address, context->flush[i].order,
			    context->flush[i].rights);
	mm->context.flushes = 0;
}

void l4_tlb_forget(struct mm_struct *mm)
{
	if (mm != l4_active_mm)
		return;
	if (emptying && l4_vcpu->mapq_n == 0)
		emptied();
	queue_drop();
	l4_vcpu->user_task = 0;
	l4_active_mm = NULL;
}

/* An old page is not filled in, so that its use is noticed. */
static inline void fill(unsigned long addr, pte_t pte)
{
	const unsigned long used = _PAGE_PRESENT | _PAGE_ACCESSED;

	if ((pte_val(pte) & used) == used)
		queue_map(addr, pte);
}

void l4_tlb_fill(struct mm_struct *mm, unsigned long addr, pte_t pte)
{
	if (mm == l4_active_mm)
		fill(addr, pte);
}

void l4_tlb_update(const struct vm_fault *vmf, struct vm_area_struct *vma,
		   unsigned long addr, pte_t *ptep, unsigned int nr)
{
	unsigned long from = addr;
	unsigned long to = addr + nr * PAGE_SIZE;

	if (vma->vm_mm != l4_active_mm)
		return;
	if (vmf) {
		from = max(from, vmf->address & PAGE_MASK);
		to = min(to, (vmf->address & PAGE_MASK) + L4_FILL_AROUND);
	}
	for (; from < to; from += PAGE_SIZE)
		fill(from, ptep[(from - addr) >> PAGE_SHIFT]);
}
EXPORT_SYMBOL(l4_tlb_update);

static void block_flush(struct mm_struct *mm, unsigned long address,
			unsigned int order, unsigned int rights)
{
	if (mm == l4_active_mm)
		queue_unmap(address, order, rights);
	else
		flush_later(&mm->context, address, order, rights);
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

	block_flush(mm, start & ~((1UL << order) - 1), order, RIGHTS_ALL);
}

static void flush_blocks(struct mm_struct *mm, unsigned long start,
			 unsigned long end)
{
	unsigned int blocks = 0;
	unsigned long at;

	for (at = start; at < end; at += 1UL << block_order(at, end)) {
		if (++blocks > BLOCKS_MAX) {
			flush_around(mm, start, end);
			return;
		}
	}
	for (at = start; at < end; at += 1UL << block_order(at, end))
		block_flush(mm, at, block_order(at, end), RIGHTS_ALL);
}

void l4_tlb_flush(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	start &= PAGE_MASK;
	end = min(PAGE_ALIGN(end), TASK_SIZE);
	if (!mm->context.task || start >= end)
		return;
	l4_user_cache_flush(&mm->context, mm == l4_active_mm);
	if (end - start == PAGE_SIZE)
		block_flush(mm, start, PAGE_SHIFT, RIGHTS_ALL);
	else
		flush_blocks(mm, start, end);
}
EXPORT_SYMBOL(l4_tlb_flush);

void l4_tlb_flush_mm(struct mm_struct *mm)
{
	if (!mm->context.task)
		return;
	l4_user_cache_flush(&mm->context, mm == l4_active_mm);
	/* Those that a fork write-protected have been flushed one by one. */
	if (!mm->context.forked)
		block_flush(mm, 0, ORDER_ALL, RIGHTS_ALL);
	mm->context.forked = false;
}
EXPORT_SYMBOL(l4_tlb_flush_mm);

void l4_tlb_protect(struct mm_struct *mm, unsigned long addr)
{
	if (!mm->context.task)
		return;
	block_flush(mm, addr, PAGE_SHIFT, L4_MEM_W);
}

/* An entry that failed because its server took the memory back goes: the next
 * access faults, and the area's owner says what becomes of that. */
static bool foreign_forget(void)
{
	const l4_vcpu_map_t *m = &l4_vcpu->mapq[l4_vcpu->map_done];
	pte_t *ptep;

	if (l4_vcpu->map_done >= l4_vcpu->mapq_n || m->op != L4_VCPU_MAP ||
	    !l4_active_mm)
		return false;
	ptep = l4_pte_find(l4_active_mm, m->address);
	if (!ptep || !l4_pte_foreign(*ptep))
		return false;
	set_pte(ptep, __pte(0));
	return true;
}

void l4_tlb_repair(int error)
{
	static unsigned int failures;

	if (foreign_forget()) {
		queue_drop();
		queue_unmap(0, ORDER_ALL, RIGHTS_ALL);
		return;
	}
	/* No memory for the microkernel's tables, or a page of ours that it
	 * cannot pass on: start with an empty task, which needs less. */
	if (++failures <= 10)
		pr_warn("tlb: mapping failed with %d, flushing\n", error);
	if (l4_vcpu->mapq_n == 1 && l4_vcpu->mapq[0].op == L4_VCPU_UNMAP)
		panic("tlb: the task cannot be flushed: %d", error);
	l4_tasks_drop();
	queue_drop();
	queue_unmap(0, ORDER_ALL, RIGHTS_ALL);
}
