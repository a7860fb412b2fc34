/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt lines, numbered as ACPI's global system interrupts. The numbers
 * that ISA devices use are the same but for those that the firmware moves
 * (the PIT's 0 is usually line 2).
 */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H

#include <stdbool.h>

#include <l4/types.h>

/* How a line signals; numbered as l4::device::irq_mode. */
enum {
    ARCH_IRQ_DEFAULT = 0, /* as the firmware says */
    ARCH_IRQ_EDGE_HIGH = 1,
    ARCH_IRQ_LEVEL_LOW = 2
};

/* Lines are numbered below this; not all of them need exist. */
unsigned arch_irq_lines(void);

/* Takes a line, masked. L4_ENOENT, L4_EBUSY, L4_EINVAL (mode). */
L4_NODISCARD l4_err_t arch_irq_claim(unsigned line, unsigned mode);

/* Takes a line that no pin leads to, for a device that signals by writing
 * `data` to `address`. It is edge-triggered. L4_EBUSY if there is none. */
L4_NODISCARD l4_err_t arch_irq_claim_msi(unsigned *line, uint64_t *address,
                                         uint32_t *data);

/* Gives a claimed line back, masked. */
void arch_irq_release(unsigned line);

/* Of a claimed line. A line is masked when kernel_interrupt() is called. */
void arch_irq_mask(unsigned line);

/* Returns true if the line fired while it was masked, an edge that would be
 * lost otherwise: then it is masked again, and the caller does what it does
 * in kernel_interrupt(). */
L4_NODISCARD bool arch_irq_unmask(unsigned line);

#endif
