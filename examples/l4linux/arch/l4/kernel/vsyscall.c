// SPDX-License-Identifier: GPL-2.0-only
/* The vsyscall page: three functions at fixed addresses, which old static
 * programs call. Nothing is there; the fault is the call. */
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/seccomp.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/traps.h>
#include <asm/unistd.h>
#include <uapi/asm/vsyscall.h>

#define FUNCTION_SIZE 1024

extern long __x64_sys_gettimeofday(const struct pt_regs *regs);
extern long __x64_sys_time(const struct pt_regs *regs);
extern long __x64_sys_getcpu(const struct pt_regs *regs);

static const struct {
	unsigned int nr;
	long (*function)(const struct pt_regs *regs);
} functions[] = {
	{__NR_gettimeofday, __x64_sys_gettimeofday},
	{__NR_time, __x64_sys_time},
	{__NR_getcpu, __x64_sys_getcpu},
};

bool l4_vsyscall(struct pt_regs *regs, unsigned long address)
{
	unsigned long offset = address - VSYSCALL_ADDR;
	unsigned long which = offset / FUNCTION_SIZE;
	unsigned long back;

	if (address != regs->ip || offset % FUNCTION_SIZE ||
	    which >= ARRAY_SIZE(functions))
		return false;
	if (get_user(back, (unsigned long __user *)regs->sp)) {
		force_sig(SIGSEGV);
		return true;
	}
	regs->orig_ax = functions[which].nr;
	regs->ax = -ENOSYS;
	if (secure_computing() == 0)
		regs->ax = functions[which].function(regs);
	regs->orig_ax = -1;
	if ((long)regs->ax == -EFAULT)
		force_sig(SIGSEGV);
	regs->ip = back;
	regs->sp += sizeof(back);
	return true;
}
