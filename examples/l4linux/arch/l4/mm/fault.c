// SPDX-License-Identifier: GPL-2.0-only
/* Page faults of processes. */
#include <linux/mm.h>
#include <linux/perf_event.h>
#include <linux/sched/signal.h>
#include <asm/l4.h>
#include <asm/ptrace.h>
#include <asm/trap_pf.h>

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
	l4_tlb_fill(mm, address & PAGE_MASK, ptep, 1);
	return true;
}

static bool access_allowed(const struct vm_area_struct *vma,
			   unsigned long error)
{
	if (error & X86_PF_WRITE)
		return vma->vm_flags & VM_WRITE;
	if (error & X86_PF_INSTR)
		return vma->vm_flags & VM_EXEC;
	return vma->vm_flags & (VM_READ | VM_WRITE | VM_EXEC);
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
	if (fault & VM_FAULT_OOM)
		pagefault_out_of_memory();
	else if (fault & VM_FAULT_SIGSEGV)
		fault_signal(SIGSEGV, SEGV_MAPERR, address, error);
	else
		fault_signal(SIGBUS, BUS_ADRERR, address, error);
}

static void handle_fault(struct pt_regs *regs, unsigned long address,
			 unsigned long error)
{
	unsigned int flags = FAULT_FLAG_DEFAULT | FAULT_FLAG_USER;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	vm_fault_t fault;

	if (error & X86_PF_WRITE)
		flags |= FAULT_FLAG_WRITE;
	if (error & X86_PF_INSTR)
		flags |= FAULT_FLAG_INSTRUCTION;
	perf_sw_event(PERF_COUNT_SW_PAGE_FAULTS, 1, regs, address);
	for (;;) {
		vma = lock_mm_and_find_vma(mm, address, regs);
		if (!vma) {
			fault_signal(SIGSEGV, SEGV_MAPERR, address, error);
			return;
		}
		if (!access_allowed(vma, error)) {
			mmap_read_unlock(mm);
			fault_signal(SIGSEGV, SEGV_ACCERR, address, error);
			return;
		}
		fault = handle_mm_fault(vma, address, flags, regs);
		if (fault_signal_pending(fault, regs) ||
		    fault & VM_FAULT_COMPLETED)
			return;
		if (!(fault & VM_FAULT_RETRY))
			break;
		flags |= FAULT_FLAG_TRIED;
	}
	mmap_read_unlock(mm);
	if (fault & VM_FAULT_ERROR)
		fault_failed(fault, address, error);
}

void l4_user_fault(struct pt_regs *regs, unsigned long address,
		   unsigned long error)
{
	if (tlb_miss(current->mm, address, error))
		return;
	local_irq_enable();
	handle_fault(regs, address, error);
	local_irq_disable();
}
