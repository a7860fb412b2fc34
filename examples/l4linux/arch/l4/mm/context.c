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
	if (l4_vcpu->user_task == mm->context.task) {
		l4_tlb_drop();
		l4_vcpu->user_task = 0;
	}
	l4_platform.task_destroy(mm->context.task);
	local_irq_restore(flags);
	mm->context.task = 0;
}

void switch_mm(struct mm_struct *prev, struct mm_struct *next,
	       struct task_struct *task)
{
	unsigned long flags;

	if (l4_vcpu->user_task == next->context.task)
		return;
	local_irq_save(flags);
	l4_tlb_settle();
	l4_vcpu->user_task = next->context.task;
	local_irq_restore(flags);
}
