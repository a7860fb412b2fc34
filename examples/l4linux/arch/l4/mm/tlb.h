/* SPDX-License-Identifier: GPL-2.0-only */
/* The queue of mappings of the task that runs next (vcpu->user_task). Virtual
 * interrupts are masked. */
#ifndef L4_MM_TLB_H
#define L4_MM_TLB_H

/* Forgets it: the task is gone. */
void l4_tlb_drop(void);

/* Carries out now what takes memory away, and forgets the rest, which will
 * fault again: another task runs next. */
void l4_tlb_settle(void);

#endif
