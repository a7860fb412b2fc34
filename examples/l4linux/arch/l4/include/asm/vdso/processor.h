/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_VDSO_PROCESSOR_H
#define _ASM_L4_VDSO_PROCESSOR_H

#ifndef __ASSEMBLY__

static __always_inline void cpu_relax(void)
{
	asm volatile("rep; nop" ::: "memory");
}

#endif
#endif
