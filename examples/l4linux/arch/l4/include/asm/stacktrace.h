/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_STACKTRACE_H
#define _ASM_L4_STACKTRACE_H

#include <linux/sched/task_stack.h>

static __always_inline bool on_thread_stack(void)
{
	unsigned long here = (unsigned long)__builtin_frame_address(0);

	return !(((unsigned long)current->stack ^ here) & ~(THREAD_SIZE - 1));
}

#endif
