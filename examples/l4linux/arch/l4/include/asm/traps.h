/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_TRAPS_H
#define _ASM_L4_TRAPS_H

#include <linux/types.h>

struct pt_regs;

/* An exception of a process becomes a signal. */
void l4_user_exception(struct pt_regs *regs, u32 trap, unsigned long error);

/* A page fault or an exception of Linux itself. Returns if it can go on, true
 * if the fault was none of Linux's, but of its platform. */
bool l4_host_fault(struct pt_regs *regs, unsigned long address,
		   unsigned long error);
void l4_host_exception(struct pt_regs *regs, u32 trap, unsigned long error);

/* Ends what runs, with a report on the console. */
void __noreturn die(const char *what, struct pt_regs *regs, long error);

/* A call of the page at the end of memory that x86-64 once had. True if it was
 * one, and is done. */
bool l4_vsyscall(struct pt_regs *regs, unsigned long address);

#endif
