/* SPDX-License-Identifier: GPL-2.0-only */
/* There is one virtual CPU, so the running task is a variable. */
#ifndef _ASM_L4_CURRENT_H
#define _ASM_L4_CURRENT_H

#ifndef __ASSEMBLY__

struct task_struct;
extern struct task_struct *l4_current;

static __always_inline struct task_struct *get_current(void)
{
	return l4_current;
}

#define current get_current()

#endif
#endif
