/* SPDX-License-Identifier: GPL-2.0-only */
/* The state page of the vCPU, for assembly; shim.h holds it to l4/vcpu.h. */
#ifndef SHIM_VCPU_LAYOUT_H
#define SHIM_VCPU_LAYOUT_H

#include "layout.h"

#define VCPU_STATE 0xb8
#define VCPU_SAVED_STATE 0xbc
#define VCPU_STICKY 0xc0
#define VCPU_REASON 0xc8
#define VCPU_ENTRY_IP 0xe0
#define VCPU_HOST_REGS 0x140

#define REGS_R15 0
#define REGS_R14 8
#define REGS_R13 16
#define REGS_R12 24
#define REGS_BP 32
#define REGS_BX 40
#define REGS_R11 48
#define REGS_R10 56
#define REGS_R9 64
#define REGS_R8 72
#define REGS_AX 80
#define REGS_CX 88
#define REGS_DX 96
#define REGS_SI 104
#define REGS_DI 112
#define REGS_SP 152

#define STATE_IRQ 1
#define STICKY_PENDING 1
#define REASON_IRQ 4

/* Room for the vector registers of any processor. */
#define SHIM_XSTATE_SIZE 16384
#define SHIM_STACK_SIZE 65536

#endif
