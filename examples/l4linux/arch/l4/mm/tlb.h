/* SPDX-License-Identifier: GPL-2.0-only */
/* The active mm is the one whose task runs next (vcpu->user_task); what its
 * task is to learn waits in the vCPU's queue. */
#ifndef L4_MM_TLB_H
#define L4_MM_TLB_H

struct mm_struct;

/* NULL: none, or init_mm, which has no task. */
extern struct mm_struct *l4_active_mm;

/* Makes an mm the active one. */
void l4_tlb_activate(struct mm_struct *mm);

/* Its task is about to go: nothing has to be flushed any more. */
void l4_tlb_forget(struct mm_struct *mm);

#endif
