// SPDX-License-Identifier: GPL-2.0-only
/* Page faults of processes. */
#include <linux/mm.h>
#include <linux/perf_event.h>
#include <linux/sched/signal.h>
#include <asm/l4.h>
#include <asm/ptrace.h>
#include <asm/trap_pf.h>
#include <asm/traps.h>

#include "fault.h"
#include "walk.h"

/* The page table allows it already, and only the microkernel's task does not
 * know: fills that in. handle_mm_fault() would see nothing to do. */
static bool tlb_miss(struct mm_struct *mm, unsigned long address,
		     unsigned long error)
{
	bool write = error & X86_PF_WRITE;
	pte_t *ptep;

	if (address >= TASK_SIZE)
		return false;
	ptep = l4_pte_find(mm, address);
	if (!ptep || (error & X86_PF_INSTR && pte_val(*ptep) & _PAGE_NX))
		return false;
	if (!l4_pte_use(ptep, write))
		return false;
	l4_tlb_fill(mm, address & PAGE_MASK, *ptep);
	return true;
}

static bool access_allowed(const struct vm_area_struct *vma, unsigned int flags)
{
	if (flags & FAULT_FLAG_WRITE)
		return vma->vm_flags & VM_WRITE;
	if (flags & FAULT_FLAG_INSTRUCTION)
		return vma->vm_flags & VM_EXEC;
	return vma->vm_flags & (VM_READ | VM_WRITE | VM_EXEC);
}

/* What a fault comes to: 0, a VM_FAULT_*, or one of these. */
#define FAULT_NO_AREA ((vm_fault_t)1 << 30)
#define FAULT_NO_ACCESS ((vm_fault_t)1 << 31)

static vm_fault_t fault_try(struct mm_struct *mm, unsigned long address,
			    unsigned int flags, struct pt_regs *regs)
{
	struct vm_area_struct *vma;
	vm_fault_t fault;

	for (;;) {
		vma = lock_mm_and_find_vma(mm, address, NULL);
		if (!vma)
			return FAULT_NO_AREA;
		if (!access_allowed(vma, flags)) {
			mmap_read_unlock(mm);
			return FAULT_NO_ACCESS;
		}
		fault = handle_mm_fault(vma, address, flags, regs);
		if (fault & (VM_FAULT_COMPLETED | VM_FAULT_RETRY)) {
			/* The lock is gone already. */
			if (fatal_signal_pending(current) ||
			    (regs && signal_pending(current)) ||
			    fault & VM_FAULT_COMPLETED)
				return fault;
			flags |= FAULT_FLAG_TRIED;
			continue;
		}
		mmap_read_unlock(mm);
		return fault;
	}
}

static void fault_signal(int sig, int code, unsigned long address,
			 unsigned long error)
{
	struct thread_struct *thread = &current->thread;

	thread->cr2 = address;
	thread->error_code = error;
	thread->trap_nr = 14;
	force_sig_fault(sig, code, (void __user *)address);
}

static void fault_failed(vm_fault_t fault, unsigned long address,
			 unsigned long error)
{
	if (fault & FAULT_NO_AREA)
		fault_signal(SIGSEGV, SEGV_MAPERR, address, error);
	else if (fault & FAULT_NO_ACCESS)
		fault_signal(SIGSEGV, SEGV_ACCERR, address, error);
	else if (fault & VM_FAULT_RETRY)
		return; /* a signal is pending */
	else if (fault & VM_FAULT_OOM)
		pagefault_out_of_memory();
	else if (fault & VM_FAULT_SIGSEGV)
		fault_signal(SIGSEGV, SEGV_MAPERR, address, error);
	else
		fault_signal(SIGBUS, BUS_ADRERR, address, error);
}

#define FAULT_FAILED \
	(VM_FAULT_ERROR | VM_FAULT_RETRY | FAULT_NO_AREA | FAULT_NO_ACCESS)

void l4_user_fault(struct pt_regs *regs, unsigned long address,
		   unsigned long error)
{
	unsigned int flags = FAULT_FLAG_DEFAULT | FAULT_FLAG_USER;
	vm_fault_t fault;

	if (tlb_miss(current->mm, address, error))
		return;
	local_irq_enable();
	if (unlikely(address >= TASK_SIZE) && l4_vsyscall(regs, address)) {
		local_irq_disable();
		return;
	}
	if (error & X86_PF_WRITE)
		flags |= FAULT_FLAG_WRITE;
	if (error & X86_PF_INSTR)
		flags |= FAULT_FLAG_INSTRUCTION;
	perf_sw_event(PERF_COUNT_SW_PAGE_FAULTS, 1, regs, address);
	fault = fault_try(current->mm, address, flags, regs);
	if (unlikely(fault & FAULT_FAILED))
		fault_failed(fault, address, error);
	local_irq_disable();
}

int l4_fault_in(struct mm_struct *mm, unsigned long address, bool write)
{
	vm_fault_t fault = fault_try(
		mm, address,
		FAULT_FLAG_DEFAULT | (write ? FAULT_FLAG_WRITE : 0), NULL);

	return fault & FAULT_FAILED ? -EFAULT : 0;
}
