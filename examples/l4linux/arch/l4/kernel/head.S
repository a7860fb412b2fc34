/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/init.h>
#include <linux/linkage.h>
#include <asm/thread_info.h>

/* The loader jumps here with rdi pointing to its struct l4_platform. */
	__HEAD
SYM_CODE_START(_start)
	movq $(init_stack + THREAD_SIZE - 256), %rsp
	xorl %ebp, %ebp
	call l4_start_kernel
	ud2
SYM_CODE_END(_start)
