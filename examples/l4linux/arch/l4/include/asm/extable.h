/* SPDX-License-Identifier: GPL-2.0-only */
/* Entries as arch/x86's assembly makes them. */
#ifndef _ASM_L4_EXTABLE_H
#define _ASM_L4_EXTABLE_H

#include <linux/types.h>

/* All relative to where they are. */
struct exception_table_entry {
	int insn;
	int fixup;
	int data; /* what else there is to do: only where to go on is used */
};

#define ARCH_HAS_RELATIVE_EXTABLE

#define swap_ex_entry_fixup(a, b, tmp, delta)       \
	do {                                        \
		(a)->fixup = (b)->fixup + (delta);  \
		(b)->fixup = (tmp).fixup - (delta); \
		(a)->data = (b)->data;              \
		(b)->data = (tmp).data;             \
	} while (0)

struct pt_regs;

/* Makes Linux go on where the table says. False if it says nothing. */
bool fixup_exception(struct pt_regs *regs);

#endif
