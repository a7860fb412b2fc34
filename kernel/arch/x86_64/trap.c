/* SPDX-License-Identifier: BSD-2-Clause */
/* Sorts traps and interrupts, and hands them to the portable kernel. */
#include <arch/cpu.h>
#include <arch/upcall.h>
#include <kernel/panic.h>
#include <l4/fpage.h>

#include "apic.h"
#include "entry.h"
#include "x86.h"

/* The right that a page fault lacked, by the bits of its error code: present,
 * write, user, reserved, fetch. 0: none, a reserved bit was set. */
const uint8_t fault_access[FAULT_MASK + 1] = {
    L4_MEM_R, L4_MEM_R, L4_MEM_W,
    L4_MEM_W, L4_MEM_R, L4_MEM_R,
    L4_MEM_W, L4_MEM_W, [16 ... 23] = L4_MEM_X};

#define DR6_CLEAR 0xffff0ff0ull

static void interrupt_handle(unsigned vector)
{
    if (vector == VECTOR_TIMER) {
        lapic_timer_fired();
    } else if (vector >= VECTOR_LINES && vector < VECTOR_TIMER) {
        ioapic_fired(vector - VECTOR_LINES);
    } else {
        this_cpu()->spurious++;
    }
}

static void page_fault_handle(const struct arch_regs *regs)
{
    uint64_t address = read_cr2();
    unsigned access = fault_access[regs->orig & FAULT_MASK];

    if (!access) {
        panic("a page table is corrupt at address %llx",
              (unsigned long long)address);
    }
    kernel_page_fault(current_thread(), address, access, regs->orig);
}

_Noreturn static void kernel_fault(struct arch_regs *regs, unsigned vector)
{
    uint64_t into_guard = read_cr2() - (uint64_t)(uintptr_t)cpu0_stack_guard;

    this_cpu()->fault = regs;
    if (vector == VECTOR_DOUBLE_FAULT && into_guard < L4_PAGE_SIZE) {
        panic("the kernel stack is exhausted");
    }
    panic("exception %u in the kernel, error code %llx", vector,
          (unsigned long long)regs->orig);
}

void trap_handle(struct arch_regs *regs, unsigned vector)
{
    if (vector >= VECTOR_PIC) {
        interrupt_handle(vector);
    } else if ((regs->cs & 3) == 0) {
        kernel_fault(regs, vector);
    } else if (vector == VECTOR_PAGE_FAULT) {
        page_fault_handle(regs);
    } else if (vector != VECTOR_NO_FPU || !fpu_first_use(current_thread())) {
        if (vector == VECTOR_DEBUG) {
            __asm__ volatile("movq %0, %%dr6" : : "r"(DR6_CLEAR));
        }
        kernel_exception(current_thread(), vector, regs->orig);
    }
}

void trap_handle_ist(struct arch_regs *regs, unsigned vector)
{
    switch (vector) {
    case VECTOR_NMI: this_cpu()->spurious++; break;
    case VECTOR_DEBUG:
        /* A user's single step that was delayed into the system call. */
        __asm__ volatile("movq %0, %%dr6" : : "r"(DR6_CLEAR));
        break;
    default: kernel_fault(regs, vector);
    }
}
