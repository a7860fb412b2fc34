/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_TRAPS_H
#define _ASM_L4_TRAPS_H

#include <linux/types.h>

struct pt_regs;

/* An exception of a process becomes a signal. */
void l4_user_exception(struct pt_regs *regs, u32 trap, unsigned long error);

/* A fault of Linux itself, for that reason (L4_VCPU_REASON_*). */
void __noreturn l4_host_fault(struct pt_regs *regs, u32 reason,
			      unsigned long address);

#endif
