// SPDX-License-Identifier: GPL-2.0-only
/* The microkernel's tasks of processes. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/l4.h>
#include <asm/mmu_context.h>

#include "tlb.h"

int init_new_context(struct task_struct *task, struct mm_struct *mm)
{
	unsigned long flags;
	long cap;

	memset(&mm->context, 0, sizeof(mm->context));
	local_irq_save(flags);
	cap = l4_platform.task_create();
	local_irq_restore(flags);
	if (cap < 0)
		return -ENOMEM;
	mm->context.task = cap;
	return 0;
}

void destroy_context(struct mm_struct *mm)
{
	unsigned long flags;

	if (!mm->context.task)
		return;
	local_irq_save(flags);
	l4_tlb_forget(mm);
	l4_platform.task_destroy(mm->context.task);
	local_irq_restore(flags);
	mm->context.task = 0;
}

void switch_mm(struct mm_struct *prev, struct mm_struct *next,
	       struct task_struct *task)
{
	l4_tlb_activate(next);
}
