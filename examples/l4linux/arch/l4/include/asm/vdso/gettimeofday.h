/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock in processes: the counter that Linux's own clock reads. */
#ifndef _ASM_L4_VDSO_GETTIMEOFDAY_H
#define _ASM_L4_VDSO_GETTIMEOFDAY_H

#ifndef __ASSEMBLY__

#include <uapi/linux/time.h>
#include <asm/unistd.h>

#define VDSO_HAS_TIME 1
#define VDSO_HAS_CLOCK_GETRES 1

static __always_inline long vdso_syscall(long nr, const void *a, const void *b)
{
	long result;

	asm volatile("syscall"
		     : "=a"(result)
		     : "0"(nr), "D"(a), "S"(b)
		     : "rcx", "r11", "memory");
	return result;
}

static __always_inline long clock_gettime_fallback(clockid_t clock,
						   struct __kernel_timespec *to)
{
	return vdso_syscall(__NR_clock_gettime, (void *)(long)clock, to);
}

static __always_inline long clock_getres_fallback(clockid_t clock,
						  struct __kernel_timespec *to)
{
	return vdso_syscall(__NR_clock_getres, (void *)(long)clock, to);
}

static __always_inline long
gettimeofday_fallback(struct __kernel_old_timeval *to, struct timezone *zone)
{
	return vdso_syscall(__NR_gettimeofday, to, zone);
}

static __always_inline u64 __arch_get_hw_counter(s32 clock_mode,
						 const struct vdso_data *vd)
{
	u32 low, high;

	asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return low | (u64)high << 32;
}

static __always_inline const struct vdso_data *__arch_get_vdso_data(void)
{
	return _vdso_data;
}

#ifdef CONFIG_TIME_NS
static __always_inline const struct vdso_data *
__arch_get_timens_vdso_data(const struct vdso_data *vd)
{
	return _timens_data;
}
#endif

#endif
#endif
