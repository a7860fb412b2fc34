/* SPDX-License-Identifier: GPL-2.0-only */
/* Where things are in the host task, agreed upon by Linux and its platform. */
#ifndef _ASM_L4_LAYOUT_H
#define _ASM_L4_LAYOUT_H

/* Linux's RAM begins here; physical address 0. */
#define L4_RAM_ADDRESS 0x40000000

/* The vCPU's state page (l4/vcpu.h). Low, so that masking is one instruction
 * with a short address. */
#define L4_VCPU_ADDRESS 0x37fff000

/* Where servers' memory arrives, for processes: windows of 2 MiB. Above all
 * RAM, so that it has page frame numbers, too. */
#define L4_FOREIGN_ADDRESS 0x300000000000

#endif
