/* SPDX-License-Identifier: GPL-2.0-only */
/* Masking interrupts is a bit in the vCPU's state page; the microkernel looks
 * at it before it enters us. */
#ifndef _ASM_L4_IRQFLAGS_H
#define _ASM_L4_IRQFLAGS_H

#ifndef __ASSEMBLY__

#include <linux/compiler.h>
#include <asm/vcpu.h>

static __always_inline unsigned long arch_local_save_flags(void)
{
	return READ_ONCE(l4_vcpu->state) & L4_VCPU_IRQ;
}

static __always_inline void arch_local_irq_disable(void)
{
	asm volatile("andl %1, %0"
		     : "+m"(l4_vcpu->state)
		     : "i"(~L4_VCPU_IRQ)
		     : "memory", "cc");
}

/* What came while they were masked is sticky, and ours to handle. */
static __always_inline void arch_local_irq_enable(void)
{
	asm volatile("orl %1, %0"
		     : "+m"(l4_vcpu->state)
		     : "i"(L4_VCPU_IRQ)
		     : "memory", "cc");
	if (unlikely(READ_ONCE(l4_vcpu->sticky) & L4_VCPU_PENDING))
		l4_irq_replay();
}

static __always_inline unsigned long arch_local_irq_save(void)
{
	unsigned long flags = arch_local_save_flags();

	arch_local_irq_disable();
	return flags;
}

static __always_inline bool arch_irqs_disabled_flags(unsigned long flags)
{
	return !flags;
}

static __always_inline bool arch_irqs_disabled(void)
{
	return !arch_local_save_flags();
}

static __always_inline void arch_local_irq_restore(unsigned long flags)
{
	if (flags)
		arch_local_irq_enable();
	else
		arch_local_irq_disable();
}

#endif
#endif
