// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time: the processor's counter, at the rate that the microkernel's clock page
 * tells, is the clock of Linux and, through the vDSO, of its processes. The
 * timer is the vCPU's deadline.
 */
#include <linux/clockchips.h>
#include <linux/clocksource.h>
#include <linux/interrupt.h>
#include <linux/math64.h>
#include <linux/sched/clock.h>
#include <linux/timex.h>
#include <asm/l4.h>
#include <asm/processor-flags.h>
#include <vdso/clocksource.h>

/* Nanoseconds per tick of the counter, in units of 2^-32. */
static u64 tick_ns;

static u64 clock_read(struct clocksource *cs)
{
	return get_cycles();
}

static struct clocksource l4_clocksource = {
	.name = "tsc",
	.rating = 400,
	.read = clock_read,
	.mask = CLOCKSOURCE_MASK(64),
	.flags = CLOCK_SOURCE_IS_CONTINUOUS,
	.vdso_clock_mode = VDSO_CLOCKMODE_TSC,
};

void l4_timer_kick(void);
asmlinkage void __noreturn l4_resume_host(unsigned long ip, unsigned long sp);

asmlinkage void __noreturn l4_resume_host(unsigned long ip, unsigned long sp)
{
	l4_vcpu->host_regs.ip = ip;
	l4_vcpu->host_regs.sp = sp;
	l4_vcpu->host_regs.flags = X86_EFLAGS_IF;
	l4_vcpu->saved_state = L4_STATE_LINUX;
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

void __init l4_clock_init(void)
{
	tick_ns = div_u64(1000000ULL << 32, l4_platform.tsc_khz);
}

void __init time_init(void)
{
	l4_timer.cpumask = cpumask_of(0);
	clocksource_register_khz(&l4_clocksource, l4_platform.tsc_khz);
	if (request_irq(L4_VIRQ_TIMER, timer_interrupt, IRQF_TIMER, "timer",
			NULL))
		panic("No timer interrupt");
	clockevents_config_and_register(&l4_timer, NSEC_PER_SEC, 1000,
					1UL << 40);
}

unsigned long long sched_clock(void)
{
	return mul_u64_u64_shr(get_cycles(), tick_ns, 32);
}
