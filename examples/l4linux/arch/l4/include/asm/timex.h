/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_TIMEX_H
#define _ASM_L4_TIMEX_H

typedef unsigned long cycles_t;

#define get_cycles get_cycles
static inline cycles_t get_cycles(void)
{
	unsigned int low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high));
	return low | (cycles_t)high << 32;
}

#endif
