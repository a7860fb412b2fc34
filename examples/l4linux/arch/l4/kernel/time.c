// SPDX-License-Identifier: GPL-2.0-only
/* The platform's clock, and the vCPU's deadline as the timer. */
#include <linux/clockchips.h>
#include <linux/clocksource.h>
#include <linux/interrupt.h>
#include <linux/sched/clock.h>
#include <asm/l4.h>
#include <asm/processor-flags.h>

static u64 clock_read(struct clocksource *cs)
{
	return l4_platform.time();
}

static struct clocksource l4_clocksource = {
	.name = "l4",
	.rating = 400,
	.read = clock_read,
	.mask = CLOCKSOURCE_MASK(64),
	.flags = CLOCK_SOURCE_IS_CONTINUOUS,
};

void l4_timer_kick(void);
asmlinkage void __noreturn l4_resume_host(unsigned long ip, unsigned long sp);

asmlinkage void __noreturn l4_resume_host(unsigned long ip, unsigned long sp)
{
	l4_vcpu->regs.ip = ip;
	l4_vcpu->regs.sp = sp;
	l4_vcpu->regs.flags = X86_EFLAGS_IF;
	l4_vcpu->saved_state = 0;
	l4_platform.resume();
	unreachable();
}

/* The microkernel looks at the deadline on resume and halt only, and Linux
 * may have much to do before. */
static int timer_set(unsigned long delta, struct clock_event_device *dev)
{
	l4_vcpu->deadline = l4_platform.time() + delta;
	l4_timer_kick();
	return 0;
}

static int timer_stop(struct clock_event_device *dev)
{
	l4_vcpu->deadline = 0;
	return 0;
}

static struct clock_event_device l4_timer = {
	.name = "l4",
	.features = CLOCK_EVT_FEAT_ONESHOT,
	.rating = 400,
	.set_next_event = timer_set,
	.set_state_shutdown = timer_stop,
	.irq = L4_VIRQ_TIMER,
};

static irqreturn_t timer_interrupt(int irq, void *data)
{
	l4_timer.event_handler(&l4_timer);
	return IRQ_HANDLED;
}

void __init time_init(void)
{
	l4_timer.cpumask = cpumask_of(0);
	clocksource_register_hz(&l4_clocksource, NSEC_PER_SEC);
	if (request_irq(L4_VIRQ_TIMER, timer_interrupt, IRQF_TIMER, "timer",
			NULL))
		panic("No timer interrupt");
	clockevents_config_and_register(&l4_timer, NSEC_PER_SEC, 1000,
					1UL << 40);
}

unsigned long long sched_clock(void)
{
	return l4_platform.time ? l4_platform.time() : 0;
}
