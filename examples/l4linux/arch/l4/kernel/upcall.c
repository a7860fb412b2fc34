// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries from the microkernel, and the way back to processes. The state page
 * holds the registers; they move to the task's kernel stack, where the rest of
 * Linux looks for them.
 */
#include <linux/entry-common.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/task_stack.h>
#include <asm/l4.h>
#include <asm/syscall.h>
#include <asm/traps.h>

static_assert(sizeof(struct pt_regs) == sizeof(l4_vcpu_regs_t));

asmlinkage void l4_upcall(void);

void __noreturn l4_return_to_user(struct pt_regs *regs)
{
	*(struct pt_regs *)&l4_vcpu->regs = *regs;
	l4_vcpu->saved_state = L4_VCPU_USER | L4_VCPU_IRQ;
	l4_platform.resume();
	unreachable();
}

static void system_call(struct pt_regs *regs)
{
	long nr;

	regs->ax = -ENOSYS;
	nr = syscall_enter_from_user_mode(regs, regs->orig_ax);
	if (likely((unsigned long)nr < l4_nr_syscalls))
		regs->ax = sys_call_table[nr](regs->di, regs->si, regs->dx,
					      regs->r10, regs->r8, regs->r9);
	else if (nr != -1)
		regs->ax = -ENOSYS;
	syscall_exit_to_user_mode(regs);
}

/* Everything but system calls. */
static void user_event(struct pt_regs *regs, u32 reason)
{
	unsigned long address = l4_vcpu->address;
	unsigned long error = l4_vcpu->error;
	u32 trap = l4_vcpu->trapno;
	irqentry_state_t state;

	regs->orig_ax = -1;
	state = irqentry_enter(regs);
	switch (reason) {
	case L4_VCPU_REASON_PF:
		l4_user_fault(regs, address, error);
		break;
	case L4_VCPU_REASON_EXC:
		l4_user_exception(regs, trap, error);
		break;
	case L4_VCPU_REASON_IRQ:
		l4_handle_irqs(regs);
		break;
	default:
		panic("vCPU: reason %u, error %ld", reason, (long)error);
	}
	irqentry_exit(regs, state);
}

static void __noreturn enter_from_user(u32 reason)
{
	struct pt_regs *regs = task_pt_regs(current);

	if (reason == L4_VCPU_REASON_MAP) {
		/* The registers never left the page. */
		l4_tlb_repair((int)(long)l4_vcpu->error);
		l4_platform.resume();
		unreachable();
	}
	*regs = *(struct pt_regs *)&l4_vcpu->regs;
	regs->cs = __USER_CS;
	regs->ss = __USER_DS;
	if (likely(reason == L4_VCPU_REASON_SYSCALL))
		system_call(regs);
	else
		user_event(regs, reason);
	l4_return_to_user(regs);
}

/* Linux itself was interrupted, on the stack that we are on. */
static void __noreturn enter_from_host(u32 reason)
{
	struct pt_regs regs = *(struct pt_regs *)&l4_vcpu->regs;
	unsigned long address = l4_vcpu->address;
	irqentry_state_t state;

	regs.cs = 0;
	regs.flags |= X86_EFLAGS_IF;
	if (reason != L4_VCPU_REASON_IRQ) {
		l4_host_fault(&regs, reason, address);
		unreachable();
	}
	state = irqentry_enter(&regs);
	l4_handle_irqs(&regs);
	irqentry_exit(&regs, state);
	arch_local_irq_disable();
	*(struct pt_regs *)&l4_vcpu->regs = regs;
	l4_vcpu->saved_state = L4_VCPU_IRQ;
	l4_platform.resume();
	unreachable();
}

asmlinkage void l4_upcall(void)
{
	u32 reason = l4_vcpu->reason;

	if (l4_vcpu->saved_state & L4_VCPU_USER)
		enter_from_user(reason);
	else
		enter_from_host(reason);
}
