// SPDX-License-Identifier: GPL-2.0-only
/* Registers of processes for debuggers and core dumps. */
#include <linux/elf.h>
#include <linux/ptrace.h>
#include <linux/regset.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/fpu/api.h>
#include <asm/fsbase.h>
#include <asm/l4.h>
#include <asm/prctl.h>
#include <asm/user.h>

#define FLAGS_USER                                                       \
	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | \
	 X86_EFLAGS_SF | X86_EFLAGS_TF | X86_EFLAGS_DF | X86_EFLAGS_OF | \
	 X86_EFLAGS_RF | X86_EFLAGS_AC)

static void regs_get(struct task_struct *task, struct user_regs_struct *r)
{
	bool live = task == current;

	memset(r, 0, sizeof(*r));
	memcpy(r, task_pt_regs(task), sizeof(struct pt_regs));
	r->cs = __USER_CS;
	r->ss = __USER_DS;
	r->fs_base = live ? rdfsbase() : task->thread.fsbase;
	r->gs_base = live ? rdgsbase() : task->thread.gsbase;
}

/* The task is stopped: it is not current. */
static int regs_set(struct task_struct *task, const struct user_regs_struct *r)
{
	struct pt_regs *regs = task_pt_regs(task);
	unsigned long flags = regs->flags;

	if (r->fs_base >= TASK_SIZE_MAX || r->gs_base >= TASK_SIZE_MAX)
		return -EIO;
	memcpy(regs, r, sizeof(*regs));
	regs->flags = (flags & ~FLAGS_USER) | (r->flags & FLAGS_USER);
	task->thread.fsbase = r->fs_base;
	task->thread.gsbase = r->gs_base;
	return 0;
}

static int general_get(struct task_struct *target,
		       const struct user_regset *regset, struct membuf to)
{
	struct user_regs_struct r;

	regs_get(target, &r);
	return membuf_write(&to, &r, sizeof(r));
}

static int general_set(struct task_struct *target,
		       const struct user_regset *regset, unsigned int pos,
		       unsigned int count, const void *kbuf,
		       const void __user *ubuf)
{
	struct user_regs_struct r;
	int err;

	regs_get(target, &r);
	err = user_regset_copyin(&pos, &count, &kbuf, &ubuf, &r, 0, sizeof(r));
	return err ?: regs_set(target, &r);
}

static int vector_get(struct task_struct *target,
		      const struct user_regset *regset, struct membuf to)
{
	void *state = target->thread.xstate;

	if (!state)
		return -ENODEV;
	if (target == current)
		l4_fpu_save(state);
	return membuf_write(&to, PTR_ALIGN(state, 64),
			    sizeof(struct user_i387_struct));
}

static int vector_set(struct task_struct *target,
		      const struct user_regset *regset, unsigned int pos,
		      unsigned int count, const void *kbuf,
		      const void __user *ubuf)
{
	struct user_i387_struct fp;
	int err;

	err = user_regset_copyin(&pos, &count, &kbuf, &ubuf, &fp, 0,
				 sizeof(fp));
	return err ?: l4_fpu_set(target, &fp, sizeof(fp));
}

/* The whole area, as XSAVE writes it. */
static int xstate_get(struct task_struct *target,
		      const struct user_regset *regset, struct membuf to)
{
	void *state = target->thread.xstate;

	if (!state || !l4_fpu_features)
		return -ENODEV;
	if (target == current)
		l4_fpu_save(state);
	return membuf_write(&to, l4_fpu_described(state), l4_fpu_size);
}

static int xstate_set(struct task_struct *target,
		      const struct user_regset *regset, unsigned int pos,
		      unsigned int count, const void *kbuf,
		      const void __user *ubuf)
{
	void *copy;
	int err;

	if (!l4_fpu_features || pos != 0 || count != l4_fpu_size)
		return -EINVAL;
	copy = kmalloc(l4_fpu_size, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	err = user_regset_copyin(&pos, &count, &kbuf, &ubuf, copy, 0,
				 l4_fpu_size);
	err = err ?: l4_fpu_set(target, copy, l4_fpu_size);
	kfree(copy);
	return err;
}

/* Its size is not known before the processor has been asked. */
static int xstate_active(struct task_struct *target,
			 const struct user_regset *regset);

enum {
	REGSET_GENERAL,
	REGSET_VECTOR,
	REGSET_XSTATE,
};

static struct user_regset regsets[] = {
	[REGSET_GENERAL] =
		{
			.core_note_type = NT_PRSTATUS,
			.n = sizeof(struct user_regs_struct) / 8,
			.size = 8,
			.align = 8,
			.regset_get = general_get,
			.set = general_set,
		},
	[REGSET_VECTOR] =
		{
			.core_note_type = NT_PRFPREG,
			.n = sizeof(struct user_i387_struct) / 8,
			.size = 8,
			.align = 8,
			.regset_get = vector_get,
			.set = vector_set,
		},
	[REGSET_XSTATE] =
		{
			.core_note_type = NT_X86_XSTATE,
			.size = 8,
			.align = 8,
			.regset_get = xstate_get,
			.set = xstate_set,
			.active = xstate_active,
		},
};

static int __init regsets_init(void)
{
	regsets[REGSET_XSTATE].n = l4_fpu_size / 8;
	return 0;
}
core_initcall(regsets_init);

static int xstate_active(struct task_struct *target,
			 const struct user_regset *regset)
{
	return l4_fpu_features ? regset->n : 0;
}

static const struct user_regset_view view = {
	.name = "x86_64",
	.e_machine = EM_X86_64,
	.regsets = regsets,
	.n = ARRAY_SIZE(regsets),
};

const struct user_regset_view *task_user_regset_view(struct task_struct *task)
{
	return &view;
}

void user_enable_single_step(struct task_struct *task)
{
	set_tsk_thread_flag(task, TIF_SINGLESTEP);
	task_pt_regs(task)->flags |= X86_EFLAGS_TF;
}

void user_disable_single_step(struct task_struct *task)
{
	clear_tsk_thread_flag(task, TIF_SINGLESTEP);
	task_pt_regs(task)->flags &= ~X86_EFLAGS_TF;
}

void ptrace_disable(struct task_struct *child)
{
	user_disable_single_step(child);
}

/* One word of `struct user`, of which only the registers exist. */
static long word_peek(struct task_struct *child, unsigned long addr,
		      unsigned long __user *data)
{
	struct user_regs_struct r;
	unsigned long value = 0;

	if (addr % sizeof(long) || addr >= sizeof(struct user))
		return -EIO;
	regs_get(child, &r);
	if (addr < sizeof(r))
		value = ((unsigned long *)&r)[addr / sizeof(long)];
	return put_user(value, data);
}

/* Hardware breakpoints are the microkernel's to give, and it gives none: that
 * there are none may be said, and addresses for later. A debugger that is told
 * so watches in software. */
static long debug_register_poke(unsigned int number, unsigned long data)
{
	if (number == 4 || number == 5)
		return -EIO;
	if (number < 4)
		return data < TASK_SIZE_MAX ? 0 : -EIO;
	return number == 7 && data & 0xff ? -ENOSPC : 0;
}

static long word_poke(struct task_struct *child, unsigned long addr,
		      unsigned long data)
{
	const unsigned long debug = offsetof(struct user, u_debugreg);
	struct user_regs_struct r;

	if (addr % sizeof(long) || addr >= sizeof(struct user))
		return -EIO;
	if (addr >= debug && addr < debug + 8 * sizeof(long))
		return debug_register_poke((addr - debug) / sizeof(long), data);
	if (addr >= sizeof(r))
		return -EIO;
	regs_get(child, &r);
	((unsigned long *)&r)[addr / sizeof(long)] = data;
	return regs_set(child, &r);
}

/* The segment bases of a stopped process. */
static long arch_prctl_of(struct task_struct *child, unsigned long option,
			  unsigned long arg)
{
	unsigned long __user *to = (unsigned long __user *)arg;

	switch (option) {
	case ARCH_SET_FS:
	case ARCH_SET_GS:
		if (arg >= TASK_SIZE_MAX)
			return -EPERM;
		if (option == ARCH_SET_FS)
			child->thread.fsbase = arg;
		else
			child->thread.gsbase = arg;
		return 0;
	case ARCH_GET_FS:
		return put_user(child->thread.fsbase, to);
	case ARCH_GET_GS:
		return put_user(child->thread.gsbase, to);
	default:
		return -EINVAL;
	}
}

long arch_ptrace(struct task_struct *child, long request, unsigned long addr,
		 unsigned long data)
{
	void __user *to = (void __user *)data;
	unsigned int size = sizeof(struct user_regs_struct);

	switch (request) {
	case PTRACE_PEEKUSR:
		return word_peek(child, addr, to);
	case PTRACE_POKEUSR:
		return word_poke(child, addr, data);
	case PTRACE_GETREGS:
		return copy_regset_to_user(child, &view, REGSET_GENERAL, 0,
					   size, to);
	case PTRACE_SETREGS:
		return copy_regset_from_user(child, &view, REGSET_GENERAL, 0,
					     size, to);
	case PTRACE_GETFPREGS:
		return copy_regset_to_user(child, &view, REGSET_VECTOR, 0,
					   sizeof(struct user_i387_struct), to);
	case PTRACE_SETFPREGS:
		return copy_regset_from_user(child, &view, REGSET_VECTOR, 0,
					     sizeof(struct user_i387_struct),
					     to);
	case PTRACE_ARCH_PRCTL:
		return arch_prctl_of(child, data, addr);
	default:
		return ptrace_request(child, request, addr, data);
	}
}
