// SPDX-License-Identifier: GPL-2.0-only
/* Tasks: made, switched, idle. */
#include <linux/cpu.h>
#include <linux/elfcore.h>
#include <linux/entry-common.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <asm/fpu/api.h>
#include <asm/fsbase.h>
#include <asm/l4.h>
#include <asm/switch_to.h>

static_assert(sizeof(struct pt_regs) == sizeof(l4_vcpu_regs_t));
static_assert(offsetof(l4_vcpu_t, regs) == 0);

struct task_struct *l4_switch_stack(struct task_struct *prev,
				    struct task_struct *next);
void l4_fork_return(void);
asmlinkage void l4_task_begin(struct task_struct *prev);

/* The registers that processes have and Linux does not use; and the others,
 * which lie in the state page. */
static void user_state_save(struct task_struct *task)
{
	if (!task->thread.xstate)
		return;
	*l4_stack_regs(task) = *current_pt_regs();
	task->thread.fsbase = rdfsbase();
	task->thread.gsbase = rdgsbase();
	l4_fpu_save(task->thread.xstate);
}

static void user_state_load(struct task_struct *task)
{
	if (!task->thread.xstate)
		return;
	*current_pt_regs() = *l4_stack_regs(task);
	wrfsbase(task->thread.fsbase);
	wrgsbase(task->thread.gsbase);
	l4_fpu_load(task->thread.xstate);
}

struct task_struct *__switch_to(struct task_struct *prev,
				struct task_struct *next)
{
	user_state_save(prev);
	user_state_load(next);
	l4_vcpu->entry_sp = (unsigned long)l4_stack_regs(next);
	l4_current = next;
	return l4_switch_stack(prev, next);
}

asmlinkage void l4_task_begin(struct task_struct *prev)
{
	struct thread_struct *thread = &current->thread;

	schedule_tail(prev);
	if (thread->fn) {
		/* Returns if it has become a process by exec. */
		thread->fn(thread->fn_arg);
		thread->fn = NULL;
	}
	syscall_exit_to_user_mode(current_pt_regs());
}

/* What l4_switch_stack() pops. */
static unsigned long stack_prepare(struct pt_regs *regs)
{
	unsigned long *sp = (unsigned long *)regs;

	*--sp = 0;
	*--sp = (unsigned long)l4_fork_return;
	sp -= 6;
	memset(sp, 0, 6 * sizeof(*sp));
	return (unsigned long)sp;
}

int copy_thread(struct task_struct *p, const struct kernel_clone_args *args)
{
	struct pt_regs *regs = l4_stack_regs(p);

	memset(&p->thread, 0, sizeof(p->thread));
	p->thread.sp = stack_prepare(regs);
	if (args->fn) {
		memset(regs, 0, sizeof(*regs));
		p->thread.fn = args->fn;
		p->thread.fn_arg = args->fn_arg;
		return 0;
	}

	p->thread.xstate = kzalloc(L4_FPU_ALLOC, GFP_KERNEL);
	if (!p->thread.xstate)
		return -ENOMEM;
	user_state_save(p); /* the live registers are the parent's */
	regs->ax = 0;
	if (args->stack)
		regs->sp = args->stack;
	if (args->flags & CLONE_SETTLS)
		p->thread.fsbase = args->tls;
	return 0;
}

/* The copy must not share, and at last free, its parent's state. */
int arch_dup_task_struct(struct task_struct *dst, struct task_struct *src)
{
	*dst = *src;
	dst->thread.xstate = NULL;
	return 0;
}

void arch_release_task_struct(struct task_struct *task)
{
	kfree(task->thread.xstate);
}

void start_thread(struct pt_regs *regs, unsigned long ip, unsigned long sp)
{
	memset(regs, 0, sizeof(*regs));
	regs->ip = ip;
	regs->sp = sp;
	regs->cs = __USER_CS;
	regs->ss = __USER_DS;
	regs->flags = X86_EFLAGS_IF;
}

/* exec: the registers of the new program. */
void flush_thread(void)
{
	struct thread_struct *thread = &current->thread;

	if (!thread->xstate)
		thread->xstate =
			kzalloc(L4_FPU_ALLOC, GFP_KERNEL | __GFP_NOFAIL);
	wrfsbase(0);
	wrgsbase(0);
	l4_fpu_reset();
}

void arch_cpu_idle(void)
{
	l4_platform.halt();
}

unsigned long __get_wchan(struct task_struct *task)
{
	return 0;
}

void show_regs(struct pt_regs *regs)
{
	show_regs_print_info(KERN_DEFAULT);
	pr_info("ip: %pS sp: %016lx flags: %08lx\n", (void *)regs->ip, regs->sp,
		regs->flags);
	pr_info("ax: %016lx bx: %016lx cx: %016lx dx: %016lx\n", regs->ax,
		regs->bx, regs->cx, regs->dx);
	pr_info("si: %016lx di: %016lx bp: %016lx r8: %016lx\n", regs->si,
		regs->di, regs->bp, regs->r8);
}

/* What looks like a return address on the stack. */
void show_stack(struct task_struct *task, unsigned long *sp, const char *loglvl)
{
	unsigned long *end;

	if (!sp)
		sp = task && task != current
			     ? (unsigned long *)task->thread.sp
			     : (unsigned long *)__builtin_frame_address(0);
	end = (unsigned long *)ALIGN((unsigned long)sp + 1, THREAD_SIZE);
	printk("%sCall trace, guessed:\n", loglvl);
	for (; sp < end; sp++) {
		if (__kernel_text_address(*sp))
			printk("%s  %pS\n", loglvl, (void *)*sp);
	}
}
