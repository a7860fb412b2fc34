/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_PROCESSOR_H
#define _ASM_L4_PROCESSOR_H

#include <linux/cache.h>
#include <asm/cpufeature.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/vdso/processor.h>

#define TASK_SIZE 0x7ffffffff000UL
#define TASK_SIZE_MAX TASK_SIZE
#define STACK_TOP TASK_SIZE
#define STACK_TOP_MAX TASK_SIZE
#define TASK_UNMAPPED_BASE PAGE_ALIGN(TASK_SIZE / 3)
#define NET_IP_ALIGN 0

struct task_struct;

struct thread_struct {
	unsigned long sp;     /* of the kernel stack, while not running */
	unsigned long fsbase; /* likewise; live while running */
	unsigned long gsbase;
	unsigned long cr2; /* of the last fault or exception */
	unsigned long trap_nr;
	unsigned long error_code;
	int (*fn)(void *); /* what a kernel thread runs */
	void *fn_arg;
	void *xstate; /* saved vector registers; NULL: none yet */
};

#define INIT_THREAD                                                      \
	{                                                                \
		.sp = (unsigned long)&init_stack[THREAD_SIZE / 8] - 256, \
	}

/* Where the registers of a process are while it does not run. */
#define l4_stack_regs(task)                                        \
	((struct pt_regs *)((unsigned long)task_stack_page(task) + \
			    THREAD_SIZE) -                         \
	 1)
#define task_pt_regs(task) \
	((task) == current ? current_pt_regs() : l4_stack_regs(task))
#define KSTK_EIP(task) (task_pt_regs(task)->ip)
#define KSTK_ESP(task) (task_pt_regs(task)->sp)

void start_thread(struct pt_regs *regs, unsigned long ip, unsigned long sp);
unsigned long __get_wchan(struct task_struct *task);
void show_regs(struct pt_regs *regs);

#define ARCH_HAS_PREFETCHW
static inline void prefetchw(const void *x)
{
	__builtin_prefetch(x, 1);
}

#endif
