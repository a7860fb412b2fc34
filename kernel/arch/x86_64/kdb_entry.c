/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ways into the kernel debugger, for the debug kernel alone. The linker
 * puts these functions (__wrap_) before those of the kernel (__real_), so the
 * kernel itself knows nothing of it.
 *
 * Escape on the serial line enters the debugger. If a driver reads the line,
 * the character is noticed on its way; what nobody reads for a while, the
 * debugger takes. An NMI enters it too, and so does a panic.
 */
#include <arch/ports.h>
#include <arch/timer.h>
#include <arch/upcall.h>

#include <kernel/panic.h>
#include <kernel/thread.h>

#include "entry.h"
#include "x86.h"
#include <kernel/kdb.h>

#define UART_STATUS (COM1 + 5)
#define STATUS_RECEIVED 1

#define ESCAPE 0x1b

/* How often the line is looked at, and how many times in a row something has
 * to wait there until it is ours. */
#define POLL_NS 10000000ull
#define POLLS_PATIENT 5

#define BACKTRACE_MAX 32

void __wrap_trap_handle(struct arch_regs *regs, unsigned vector);
void __real_trap_handle(struct arch_regs *regs, unsigned vector);
void __wrap_trap_handle_ist(struct arch_regs *regs, unsigned vector);
void __real_trap_handle_ist(struct arch_regs *regs, unsigned vector);
void __wrap_arch_timer_set(uint64_t deadline);
void __real_arch_timer_set(uint64_t deadline);
uint32_t __wrap_arch_port_read(uint16_t port, unsigned size);
uint32_t __real_arch_port_read(uint16_t port, unsigned size);
_Noreturn void __wrap_arch_panic(void);
_Noreturn void __real_arch_panic(void);

static const char *wanted; /* why the debugger is to be entered, or NULL */
static unsigned polls;

char kdb_getc(void)
{
    while (!(in8(UART_STATUS) & STATUS_RECEIVED)) {
        __asm__ volatile("pause");
    }
    return (char)in8(COM1);
}

static void line_poll(void)
{
    if (!(in8(UART_STATUS) & STATUS_RECEIVED)) {
        polls = 0;
    } else if (++polls >= POLLS_PATIENT) {
        if (in8(COM1) == ESCAPE) {
            wanted = "escape was typed";
        }
    }
}

/* Comes from user mode, from idling or from a preemption point, where all is
 * consistent. */
void __wrap_trap_handle(struct arch_regs *regs, unsigned vector)
{
    const char *why;

    if (vector == VECTOR_TIMER) {
        line_poll();
    }
    if ((regs->cs & 3 || vector >= VECTOR_PIC) && wanted) {
        why = wanted;
        wanted = NULL;
        kdb_enter(why);
    }
    __real_trap_handle(regs, vector);
    if (this_cpu()->deadline == ARCH_TIMER_OFF) {
        __real_arch_timer_set(arch_time_now() + POLL_NS);
    }
}

void __wrap_trap_handle_ist(struct arch_regs *regs, unsigned vector)
{
    if (vector == VECTOR_NMI) {
        wanted = "NMI";
    }
    __real_trap_handle_ist(regs, vector);
}

/* The timer keeps going, so that the line is looked at. */
void __wrap_arch_timer_set(uint64_t deadline)
{
    uint64_t poll = arch_time_now() + POLL_NS;

    __real_arch_timer_set(deadline < poll ? deadline : poll);
}

uint32_t __wrap_arch_port_read(uint16_t port, unsigned size)
{
    uint32_t value = __real_arch_port_read(port, size);

    if (port == COM1 && size == 1 && value == ESCAPE) {
        wanted = "escape was typed";
    }
    return value;
}

_Noreturn void __wrap_arch_panic(void)
{
    kdb_enter("panic");
    __real_arch_panic();
}

bool kdb_read_user(struct task *t, uint64_t address, uint64_t *value)
{
    struct ptab_slot slot;

    if (address >= L4_USER_END || address % 8 != 0 ||
        !arch_ptab_find(&t->space, address, &slot)) {
        return false;
    }
    uint64_t phys =
        arch_pte_phys(&slot) + (address & ((1ull << slot.order) - 1));
    if (arch_phys_is_device(phys & ~0xfffull)) {
        return false;
    }
    *value = *(const uint64_t *)phys_to_virt(phys);
    return true;
}

void kdb_print_regs(struct thread *t)
{
    static const char *const names[ARCH_REGS_WORDS] = {
        "r15", "r14", "r13", "r12", "rbp", "rbx", "r11",   "r10", "r9", "r8",
        "rax", "rcx", "rdx", "rsi", "rdi", "rip", "flags", "rsp", "fs", "gs"};
    uint64_t regs[ARCH_REGS_WORDS];

    arch_regs_get(t, regs);
    for (unsigned i = 0; i < ARCH_REGS_WORDS; i++) {
        printk("%5s %016llx%s", names[i], (unsigned long long)regs[i],
               i % 3 == 2 ? "\n" : "  ");
    }
    printk("\n");
}

void kdb_print_backtrace(struct thread *t)
{
    uint64_t frame = arch_regs(t)->rbp;

    printk("%llx", (unsigned long long)arch_regs(t)->rip);
    for (unsigned i = 0; t->task && i < BACKTRACE_MAX; i++) {
        uint64_t next;
        uint64_t from;
        if (!kdb_read_user(t->task, frame, &next) ||
            !kdb_read_user(t->task, frame + 8, &from)) {
            break;
        }
        printk(" %llx", (unsigned long long)from);
        if (next <= frame) {
            break;
        }
        frame = next;
    }
    printk("\n");
}
