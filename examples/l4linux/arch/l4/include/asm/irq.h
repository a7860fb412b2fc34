/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_IRQ_H
#define _ASM_L4_IRQ_H

/* As many as the vCPU has virtual interrupts. */
#define NR_IRQS 256
#include <asm-generic/irq.h>

#endif
