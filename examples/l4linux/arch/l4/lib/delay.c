// SPDX-License-Identifier: GPL-2.0-only
/* Delays, by the platform's clock. */
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/sched/clock.h>
#include <asm/l4.h>

void __delay(unsigned long loops)
{
	while (loops--)
		barrier();
}
EXPORT_SYMBOL(__delay);

void __ndelay(unsigned long ns)
{
	u64 end = sched_clock() + ns;

	while (sched_clock() < end)
		cpu_relax();
}
EXPORT_SYMBOL(__ndelay);

void __udelay(unsigned long us)
{
	__ndelay(us * 1000);
}
EXPORT_SYMBOL(__udelay);

/* In units of 2^-32 s, rounded up. */
void __const_udelay(unsigned long xloops)
{
	__udelay((xloops * 15625 >> 26) + 1);
}
EXPORT_SYMBOL(__const_udelay);
