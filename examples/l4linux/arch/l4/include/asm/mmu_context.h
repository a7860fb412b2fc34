/* SPDX-License-Identifier: GPL-2.0-only */
/* Each mm has a task of the microkernel, which caches its page table. */
#ifndef _ASM_L4_MMU_CONTEXT_H
#define _ASM_L4_MMU_CONTEXT_H

#include <linux/mm_types.h>

#define init_new_context init_new_context
int init_new_context(struct task_struct *task, struct mm_struct *mm);

#define destroy_context destroy_context
void destroy_context(struct mm_struct *mm);

void switch_mm(struct mm_struct *prev, struct mm_struct *next,
	       struct task_struct *task);

/* The copy of a page table is made: entries of the original that changed were
 * write-protected, and nothing else. */
static inline int arch_dup_mmap(struct mm_struct *oldmm, struct mm_struct *mm)
{
	oldmm->context.forked = true;
	return 0;
}

static inline void arch_exit_mmap(struct mm_struct *mm)
{
}

static inline bool arch_vma_access_permitted(struct vm_area_struct *vma,
					     bool write, bool execute,
					     bool foreign)
{
	return true;
}

#include <asm-generic/mmu_context.h>

#endif
