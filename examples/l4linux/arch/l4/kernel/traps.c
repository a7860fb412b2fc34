// SPDX-License-Identifier: GPL-2.0-only
/* Exceptions: signals for processes, an oops for Linux itself. */
#include <linux/bug.h>
#include <linux/extable.h>
#include <linux/irqflags.h>
#include <linux/kdebug.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/vmalloc.h>
#include <asm/fpu/api.h>
#include <asm/l4.h>
#include <asm/traps.h>
#include <uapi/asm/sigcontext.h>

/* The processor's exceptions. */
enum {
	TRAP_DE = 0,
	TRAP_DB = 1,
	TRAP_BP = 3,
	TRAP_OF = 4,
	TRAP_BR = 5,
	TRAP_UD = 6,
	TRAP_SS = 12,
	TRAP_GP = 13,
	TRAP_MF = 16,
	TRAP_AC = 17,
	TRAP_XM = 19,
};

/* The status word's or MXCSR's flags that are not masked: the first counts. */
static int float_code(u32 trap)
{
	const struct _fpstate_64 *fx = l4_fpu_current();
	unsigned int raised;

	if (trap == TRAP_MF)
		raised = fx->swd & ~fx->cwd;
	else
		raised = fx->mxcsr & ~(fx->mxcsr >> 7);
	if (raised & 0x01)
		return FPE_FLTINV;
	if (raised & 0x04)
		return FPE_FLTDIV;
	if (raised & 0x08)
		return FPE_FLTOVF;
	if (raised & 0x12)
		return FPE_FLTUND;
	return raised & 0x20 ? FPE_FLTRES : FPE_FLTUNK;
}

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
	case TRAP_AC:
		force_sig_fault(SIGBUS, BUS_ADRALN, NULL);
		break;
	case TRAP_SS:
		force_sig(SIGBUS);
		break;
	case TRAP_MF:
	case TRAP_XM:
		force_sig_fault(SIGFPE, float_code(trap), ip);
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

bool fixup_exception(struct pt_regs *regs)
{
	const struct exception_table_entry *e =
		search_exception_tables(regs->ip);

	if (!e)
		return false;
	regs->ip = (unsigned long)&e->fixup + e->fixup;
	return true;
}

int is_valid_bugaddr(unsigned long address)
{
	return true;
}

static void oops_begin(void)
{
	oops_enter();
	console_verbose();
	bust_spinlocks(1);
}

void __noreturn die(const char *what, struct pt_regs *regs, long error)
{
	static int count;

	oops_begin();
	pr_emerg("%s: %04lx [#%d]\n", what, error & 0xffff, ++count);
	notify_die(DIE_OOPS, what, regs, error, current->thread.trap_nr,
		   SIGSEGV);
	print_modules();
	show_regs(regs);
	show_stack(NULL, (unsigned long *)regs->sp, KERN_EMERG);
	bust_spinlocks(0);
	add_taint(TAINT_DIE, LOCKDEP_NOW_UNRELIABLE);
	oops_exit();
	if (in_interrupt())
		panic("Fatal exception in interrupt");
	if (panic_on_oops)
		panic("Fatal exception");
	if (!regs_irqs_disabled(regs))
		local_irq_enable();
	make_task_dead(SIGSEGV);
}

/* Whether Linux uses an address, or may be mistaken about it: the rest of the
 * address space is its platform's, who pages it in when it is touched. */
static bool address_is_ours(const struct pt_regs *regs, unsigned long address)
{
	return address < PAGE_SIZE || address >= PAGE_OFFSET ||
	       kernel_text_address(regs->ip);
}

bool l4_host_fault(struct pt_regs *regs, unsigned long address,
		   unsigned long error)
{
	if (!address_is_ours(regs, address))
		return true;
	if (fixup_exception(regs))
		return false;
	pr_emerg("BUG: Linux itself faulted at %016lx%s\n", address,
		 address < PAGE_SIZE ? " (a NULL pointer)" : "");
	die("Page fault", regs, error);
}

void l4_host_exception(struct pt_regs *regs, u32 trap, unsigned long error)
{
	if (trap == TRAP_UD) {
		switch (report_bug(regs->ip, regs)) {
		case BUG_TRAP_TYPE_WARN:
			regs->ip += LEN_UD2;
			return;
		case BUG_TRAP_TYPE_BUG:
			die("Kernel BUG", regs, error);
		default:
			break;
		}
	}
	if (fixup_exception(regs))
		return;
	pr_emerg("Exception %u\n", trap);
	die("Exception", regs, error);
}
