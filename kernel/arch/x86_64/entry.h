/* SPDX-License-Identifier: BSD-2-Clause */
/* What entry.S offers, what it calls, and what that needs. */
#ifndef ENTRY_H
#define ENTRY_H

#include <stdbool.h>

#include <arch/regs.h>

#include "x86.h"

struct cpu;
struct thread;

/* 256 trap entries, TRAP_STUB_SIZE bytes apart; and those that tell the
 * trace. */
extern char trap_stubs[];
extern char trap_stubs_traced[];

/* The fast path of page faults, and what it needs to know of them. */
void page_fault_fast(void);
extern const uint8_t fault_access[];

/* Makes the descriptor table name these entries. */
void trap_entries_set(const char *stubs);

/* The way in for system calls; the second one tries the fast path first. */
void syscall_entry(void);
void syscall_entry_fast(void);

/* The first one, telling the trace. */
void syscall_entry_traced(void);

/* The places of a three-byte nop to be made clac. */
extern const uint64_t clac_sites[];
extern const uint64_t clac_sites_end[];

/* A trap or interrupt, with the registers it came with. */
void trap_handle(struct arch_regs *regs, unsigned vector);

/* The same, telling the trace. */
void trap_handle_traced(struct arch_regs *regs, unsigned vector);

/* One of those that may come at any instruction; debug traps only if they
 * come from kernel mode. */
void trap_handle_ist(struct arch_regs *regs, unsigned vector);

/* C's entry, with the lower 4 GiB mapped. */
void start(uint32_t magic, uint32_t info);

/* From `old` (NULL: nobody whose state counts) to `next`. */
void fpu_switch(struct cpu *cpu, struct thread *old, struct thread *next);

/* The current thread used the FPU while it was off: gives it fresh state.
 * False if its factory's quota does not allow it. */
bool fpu_first_use(struct thread *t);

/* The page that is not mapped, and right behind it the kernel stack. */
extern char cpu0_stack_guard[];
extern char cpu0_stack[KSTACK_SIZE];

#endif
