/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_MMU_H
#define _ASM_L4_MMU_H

typedef struct {
	unsigned long task; /* capability of the address space, 0: none */
	unsigned long vdso;
} mm_context_t;

#endif
