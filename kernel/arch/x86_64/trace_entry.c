/* SPDX-License-Identifier: BSD-2-Clause */
/* The entries that tell the trace, which replace the others while it is on. */
#include <arch/cpu.h>
#include <kernel/trace.h>

#include "entry.h"
#include "x86.h"

/* The way in for system calls while the trace is off; 0: it is off. */
static uint64_t plain_entry;

void arch_trace_set(bool on)
{
    if (on == (plain_entry != 0)) {
        return;
    }
    if (on) {
        plain_entry = read_msr(MSR_LSTAR);
        write_msr(MSR_LSTAR, (uint64_t)(uintptr_t)syscall_entry_traced);
        trap_entries_set(trap_stubs_traced);
    } else {
        write_msr(MSR_LSTAR, plain_entry);
        trap_entries_set(trap_stubs);
        plain_entry = 0;
    }
}

void trap_handle_traced(struct arch_regs *regs, unsigned vector)
{
    const struct thread *before = current_thread();

    if (vector >= VECTOR_PIC) {
        trace_put(L4_TRACE_IRQ, vector, before, (const uint64_t[6]){0});
    } else {
        const uint64_t word[6] = {vector == VECTOR_PAGE_FAULT ? read_cr2() : 0,
                                  regs->rip, regs->orig};
        trace_put(L4_TRACE_FAULT, vector, before, word);
    }
    trap_handle(regs, vector);
    if (regs->cs & 3) {
        trace_leave(before);
    }
}
