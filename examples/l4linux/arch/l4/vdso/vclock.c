// SPDX-License-Identifier: GPL-2.0-only
/* Functions that Linux maps into each process. */
#include <linux/time.h>
#include <linux/types.h>

#include "../../../lib/vdso/gettimeofday.c"

int __vdso_gettimeofday(struct __kernel_old_timeval *tv, struct timezone *zone);
int __vdso_clock_gettime(clockid_t clock, struct __kernel_timespec *ts);
int __vdso_clock_getres(clockid_t clock, struct __kernel_timespec *ts);
__kernel_old_time_t __vdso_time(__kernel_old_time_t *time);
long __vdso_getcpu(unsigned int *cpu, unsigned int *node, void *unused);

int __vdso_gettimeofday(struct __kernel_old_timeval *tv, struct timezone *zone)
{
	return __cvdso_gettimeofday(tv, zone);
}

int __vdso_clock_gettime(clockid_t clock, struct __kernel_timespec *ts)
{
	return __cvdso_clock_gettime(clock, ts);
}

int __vdso_clock_getres(clockid_t clock, struct __kernel_timespec *ts)
{
	return __cvdso_clock_getres(clock, ts);
}

__kernel_old_time_t __vdso_time(__kernel_old_time_t *time)
{
	return __cvdso_time(time);
}

/* There is one. */
long __vdso_getcpu(unsigned int *cpu, unsigned int *node, void *unused)
{
	if (cpu)
		*cpu = 0;
	if (node)
		*node = 0;
	return 0;
}
