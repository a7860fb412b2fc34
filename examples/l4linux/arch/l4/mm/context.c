// SPDX-License-Identifier: GPL-2.0-only
/* The microkernel's tasks of processes. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/mmu_context.h>

#include "task.h"
#include "tlb.h"

int init_new_context(struct task_struct *task, struct mm_struct *mm)
{
	memset(&mm->context, 0, sizeof(mm->context));
	mm->context.task = l4_task_get();
	return mm->context.task ? 0 : -ENOMEM;
}

void destroy_context(struct mm_struct *mm)
{
	if (!mm->context.task)
		return;
	l4_tlb_forget(mm);
	l4_task_put(mm->context.task);
	mm->context.task = NULL;
}

void switch_mm(struct mm_struct *prev, struct mm_struct *next,
	       struct task_struct *task)
{
	l4_tlb_activate(next);
}
