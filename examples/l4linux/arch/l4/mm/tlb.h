/* SPDX-License-Identifier: GPL-2.0-only */
/* The active mm is the one whose task runs next (vcpu->user_task); what its
 * task is to learn waits in the vCPU's queue. */
#ifndef L4_MM_TLB_H
#define L4_MM_TLB_H

struct mm_struct;

/* Makes an mm the active one. */
void l4_tlb_activate(struct mm_struct *mm);

/* Its task is about to go: nothing has to be flushed any more. */
void l4_tlb_forget(struct mm_struct *mm);

#endif
