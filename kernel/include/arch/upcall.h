/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the architecture calls in the portable kernel: on the processor's
 * kernel stack, interrupts off. When one of these returns, the thread that
 * was switched to last goes on; if an interrupt came during arch_idle(),
 * that returns instead.
 */
#ifndef ARCH_UPCALL_H
#define ARCH_UPCALL_H

#include <stdbool.h>
#include <stdint.h>

#include <arch/boot.h>

struct thread;

/* Once, at the end of boot. Must have switched to a thread when it returns. */
void kernel_main(struct boot_info *bi);

/* A system call; the registers are in arch_regs(t). */
void kernel_syscall(struct thread *t);

/* The same, telling the trace. */
void kernel_syscall_traced(struct thread *t);

/* A page fault in user mode: `access` is the one L4_MEM_* right that was
 * used, `error` the processor's error code. */
void kernel_page_fault(struct thread *t, uint64_t address, unsigned access,
                       uint64_t error);

/* Any other exception in user mode. `vector` and `error` are the
 * processor's; an error code that the exception does not have is 0. */
void kernel_exception(struct thread *t, unsigned vector, uint64_t error);

/* A claimed interrupt line fired. It is masked. */
void kernel_interrupt(unsigned line);

/* The deadline given to arch_timer_set() has passed. It is off now. */
void kernel_timer(void);

#endif
