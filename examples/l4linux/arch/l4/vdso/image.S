/* SPDX-License-Identifier: GPL-2.0-only */
#include <asm/page.h>
#include <linux/linkage.h>

	.section .rodata, "a"
	.balign PAGE_SIZE
	.globl l4_vdso_start, l4_vdso_end
l4_vdso_start:
	.incbin "arch/l4/vdso/vdso.so"
	.balign PAGE_SIZE
l4_vdso_end:

	.section .note.GNU-stack, "", @progbits
