/* SPDX-License-Identifier: GPL-2.0-only */
/* Segment bases, which the microkernel lets everyone change. They are the
 * running process's. */
#ifndef _ASM_L4_FSBASE_H
#define _ASM_L4_FSBASE_H

static inline unsigned long rdfsbase(void)
{
	unsigned long base;

	asm volatile("rdfsbase %0" : "=r"(base));
	return base;
}

static inline unsigned long rdgsbase(void)
{
	unsigned long base;

	asm volatile("rdgsbase %0" : "=r"(base));
	return base;
}

static inline void wrfsbase(unsigned long base)
{
	asm volatile("wrfsbase %0" : : "r"(base));
}

static inline void wrgsbase(unsigned long base)
{
	asm volatile("wrgsbase %0" : : "r"(base));
}

#endif
