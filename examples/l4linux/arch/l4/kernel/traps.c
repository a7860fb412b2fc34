// SPDX-License-Identifier: GPL-2.0-only
#include <linux/irqflags.h>
#include <linux/panic.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/signal.h>
#include <asm/l4.h>
#include <asm/traps.h>

/* The processor's exceptions. */
enum {
	TRAP_DE = 0,
	TRAP_DB = 1,
	TRAP_BP = 3,
	TRAP_OF = 4,
	TRAP_BR = 5,
	TRAP_UD = 6,
	TRAP_SS = 12,
	TRAP_MF = 16,
	TRAP_AC = 17,
	TRAP_XM = 19,
};

static void trap_signal(struct pt_regs *regs, u32 trap)
{
	void __user *ip = (void __user *)regs->ip;

	switch (trap) {
	case TRAP_DE:
		force_sig_fault(SIGFPE, FPE_INTDIV, ip);
		break;
	case TRAP_DB:
		regs->flags &= ~X86_EFLAGS_TF;
		force_sig_fault(SIGTRAP, TRAP_TRACE, ip);
		break;
	case TRAP_BP:
		force_sig(SIGTRAP);
		break;
	case TRAP_UD:
		force_sig_fault(SIGILL, ILL_ILLOPN, ip);
		break;
	case TRAP_SS:
	case TRAP_AC:
		force_sig(SIGBUS);
		break;
	case TRAP_MF:
	case TRAP_XM:
		force_sig_fault(SIGFPE, FPE_FLTUNK, ip);
		break;
	default:
		force_sig(SIGSEGV);
	}
}

void l4_user_exception(struct pt_regs *regs, u32 trap, unsigned long error)
{
	current->thread.trap_nr = trap;
	current->thread.error_code = error;
	local_irq_enable();
	trap_signal(regs, trap);
	local_irq_disable();
}

void __noreturn l4_host_fault(struct pt_regs *regs, u32 reason,
			      unsigned long address)
{
	console_verbose();
	pr_emerg("vCPU: Linux itself faulted: reason %u, address %016lx\n",
		 reason, address);
	show_regs(regs);
	show_stack(NULL, (unsigned long *)regs->sp, KERN_EMERG);
	panic("Fatal fault");
}
