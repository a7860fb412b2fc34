/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_THREAD_INFO_H
#define _ASM_L4_THREAD_INFO_H

#include <asm/page.h>

#define THREAD_SIZE_ORDER 2
#define THREAD_SIZE (PAGE_SIZE << THREAD_SIZE_ORDER)

#ifndef __ASSEMBLY__

struct thread_info {
	unsigned long flags;	    /* TIF_* */
	unsigned long syscall_work; /* SYSCALL_WORK_* */
	u32 status;
	int preempt_count;
	u32 cpu;
};

#define INIT_THREAD_INFO(task)                                   \
	{                                                        \
		.flags = 0, .preempt_count = INIT_PREEMPT_COUNT, \
	}

#endif

#define TIF_NOTIFY_RESUME 1
#define TIF_SIGPENDING 2
#define TIF_NEED_RESCHED 3
#define TIF_NOTIFY_SIGNAL 4
#define TIF_UPROBE 5
#define TIF_MEMDIE 6
#define TIF_PATCH_PENDING 7
#define TIF_RESTORE_SIGMASK 8
#define TIF_POLLING_NRFLAG 9
#define TIF_SINGLESTEP 10

#define _TIF_NOTIFY_RESUME (1 << TIF_NOTIFY_RESUME)
#define _TIF_SIGPENDING (1 << TIF_SIGPENDING)
#define _TIF_NEED_RESCHED (1 << TIF_NEED_RESCHED)
#define _TIF_NOTIFY_SIGNAL (1 << TIF_NOTIFY_SIGNAL)
#define _TIF_UPROBE (1 << TIF_UPROBE)
#define _TIF_PATCH_PENDING (1 << TIF_PATCH_PENDING)
#define _TIF_POLLING_NRFLAG (1 << TIF_POLLING_NRFLAG)

#endif
