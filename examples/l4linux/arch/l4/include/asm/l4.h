/* SPDX-License-Identifier: GPL-2.0-only */
/* The vCPU and the platform, as the rest of arch/l4 uses them. */
#ifndef _ASM_L4_H
#define _ASM_L4_H

#include <asm/platform.h>
#include <asm/page.h>
#include <asm/vcpu.h>

#ifndef __ASSEMBLY__

/* Rights of memory, as in the microkernel's fpage.h. */
#define L4_MEM_R 1u
#define L4_MEM_W 2u
#define L4_MEM_X 4u

extern struct l4_platform l4_platform;

struct pt_regs;

/* Handles what is pending. Virtual interrupts are masked. */
void l4_handle_irqs(struct pt_regs *regs);

/* A page fault of a process: address and x86's error code. */
void l4_user_fault(struct pt_regs *regs, unsigned long address,
		   unsigned long error);

/* Fills an entry into the task of the active mm. */
struct mm_struct;
void l4_tlb_fill(struct mm_struct *mm, unsigned long addr, pte_t pte);

/* resume stopped at an entry of the queue of mappings. */
void l4_tlb_repair(int error);

void l4_cpu_init(void);
void l4_mm_init(void);
void l4_clock_init(void);

#endif
#endif
