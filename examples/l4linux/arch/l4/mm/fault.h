/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef L4_MM_FAULT_H
#define L4_MM_FAULT_H

struct mm_struct;

/* Makes a page of the current process accessible for Linux, which is about to
 * copy from or to it. Sleeps. -EFAULT if that is not allowed. */
int l4_fault_in(struct mm_struct *mm, unsigned long address, bool write);

#endif
