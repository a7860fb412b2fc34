// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries from the microkernel. Each returns to l4_resume, which goes on where
 * saved_state says: with the process, its registers in the state page, or with
 * what of Linux was interrupted.
 */
#include <linux/entry-common.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <asm/l4.h>
#include <asm/syscall.h>
#include <asm/traps.h>

asmlinkage void l4_system_call(void);
asmlinkage void l4_user_event(void);
asmlinkage void l4_host_event(void);

asmlinkage noinstr void l4_system_call(void)
{
	struct pt_regs *regs = current_pt_regs();
	unsigned long nr;

	regs->ax = -ENOSYS;
	nr = syscall_enter_from_user_mode(regs, regs->orig_ax);
	instrumentation_begin();
	if (likely(nr < NR_syscalls))
		regs->ax = sys_call_table[nr](regs);
	if (likely(!(READ_ONCE(current_thread_info()->syscall_work) &
		     SYSCALL_WORK_EXIT))) {
		local_irq_disable();
		exit_to_user_mode_prepare(regs);
		exit_to_user_mode();
	} else {
		syscall_exit_to_user_mode(regs);
	}
	instrumentation_end();
}

/* The queue of mappings could not be carried out. The registers are still
 * those of the process. */
static void map_failed(void)
{
	l4_tlb_repair((int)(long)l4_vcpu->error);
}

/* Everything but system calls. */
asmlinkage void l4_user_event(void)
{
	struct pt_regs *regs = current_pt_regs();
	unsigned long address = l4_vcpu->address;
	unsigned long error = l4_vcpu->error;
	u32 reason = l4_vcpu->reason;
	u32 trap = l4_vcpu->trapno;
	irqentry_state_t state;

	if (reason == L4_VCPU_REASON_MAP) {
		map_failed();
		return;
	}
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

/* Linux itself was interrupted, on the stack that we are on. From here on it
 * can be again. */
asmlinkage void l4_host_event(void)
{
	struct pt_regs regs = *(struct pt_regs *)&l4_vcpu->host_regs;
	unsigned long address = l4_vcpu->address;
	unsigned long error = l4_vcpu->error;
	u32 saved = l4_vcpu->saved_state;
	u32 reason = l4_vcpu->reason;
	u32 trap = l4_vcpu->trapno;
	irqentry_state_t state;

	l4_vcpu->state = L4_STATE_LINUX;
	regs.cs = 0;
	regs.flags &= ~X86_EFLAGS_IF;
	if (saved & L4_VCPU_IRQ)
		regs.flags |= X86_EFLAGS_IF;
	state = irqentry_enter(&regs);
	switch (reason) {
	case L4_VCPU_REASON_IRQ:
		l4_handle_irqs(&regs);
		break;
	case L4_VCPU_REASON_HOST_PF:
		/* Again, without us. */
		if (l4_host_fault(&regs, address, error))
			saved &= ~L4_VCPU_PF;
		break;
	case L4_VCPU_REASON_EXC:
		l4_host_exception(&regs, trap, error);
		break;
	default:
		panic("vCPU: reason %u, error %ld", reason, (long)error);
	}
	irqentry_exit(&regs, state);
	l4_vcpu->state = 0;
	*(struct pt_regs *)&l4_vcpu->host_regs = regs;
	l4_vcpu->saved_state = saved;
}
