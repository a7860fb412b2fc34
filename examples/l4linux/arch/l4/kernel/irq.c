// SPDX-License-Identifier: GPL-2.0-only
/* Virtual interrupts: one each for one of Linux's. */
#include <linux/entry-common.h>
#include <linux/export.h>
#include <linux/hardirq.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/seq_file.h>
#include <asm/irq_regs.h>
#include <asm/l4.h>

static void chip_nothing(struct irq_data *data)
{
}

static struct irq_chip l4_chip = {
	.name = "l4",
	.irq_ack = chip_nothing,
	.irq_mask = chip_nothing,
	.irq_unmask = chip_nothing,
};

void __init init_IRQ(void)
{
	unsigned int irq;

	irq_alloc_descs(0, 0, NR_IRQS, 0);
	for (irq = 0; irq < NR_IRQS; irq++)
		irq_set_chip_and_handler(irq, &l4_chip, handle_edge_irq);
}

/* Those of one word of the state page. */
static void handle_word(unsigned int word)
{
	u64 pending = xchg(&l4_vcpu->virq_pending[word], 0);

	while (pending) {
		generic_handle_irq(word * 64 + __ffs64(pending));
		pending &= pending - 1;
	}
}

void l4_handle_irqs(struct pt_regs *regs)
{
	struct pt_regs *old = set_irq_regs(regs);
	unsigned int word;

	irq_enter_rcu();
	/* First the summary: what comes later sets it again. */
	while (xchg(&l4_vcpu->sticky, 0) & L4_VCPU_PENDING) {
		for (word = 0; word < L4_VCPU_VIRQS / 64; word++)
			handle_word(word);
	}
	irq_exit_rcu();
	set_irq_regs(old);
}

void l4_irq_replay(void)
{
	struct pt_regs regs = {
		.ip = (unsigned long)__builtin_return_address(0),
		.sp = (unsigned long)__builtin_frame_address(0),
		.flags = X86_EFLAGS_IF,
	};
	irqentry_state_t state;

	arch_local_irq_disable();
	state = irqentry_enter(&regs);
	l4_handle_irqs(&regs);
	irqentry_exit(&regs, state);
	arch_local_irq_enable();
}
EXPORT_SYMBOL(l4_irq_replay);

int arch_show_interrupts(struct seq_file *p, int prec)
{
	return 0;
}
