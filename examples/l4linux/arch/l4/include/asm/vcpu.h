/* SPDX-License-Identifier: GPL-2.0-only */
/* The state page of the virtual CPU, as far as all of Linux needs it. */
#ifndef _ASM_L4_VCPU_H
#define _ASM_L4_VCPU_H

#include <asm/layout.h>

#ifndef __ASSEMBLY__

#include <l4/vcpu.h>

#define l4_vcpu ((l4_vcpu_t *)L4_VCPU_ADDRESS)

/* What enters Linux while it runs itself, interrupts apart: its page faults and
 * exceptions. */
#define L4_STATE_LINUX (L4_VCPU_PF | L4_VCPU_EXC)

/* What enabling interrupts does when something was pending meanwhile. */
void l4_irq_replay(void);

#endif
#endif
