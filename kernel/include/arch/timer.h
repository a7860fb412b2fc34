/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock and the one-shot timer. Times are in ns since boot. */
#ifndef ARCH_TIMER_H
#define ARCH_TIMER_H

#include <stdint.h>

#include <l4/info.h>

__extension__ typedef unsigned __int128 arch_wide_t;

/* a * b >> 32, with the product in full. */
static inline uint64_t arch_scale(uint64_t a, uint64_t b)
{
    return (uint64_t)(((arch_wide_t)a * b) >> 32);
}

#define ARCH_TIMER_OFF (~(uint64_t)0)

/* ns since boot are the time stamp counter * arch_tsc_mult >> 32, less what
 * that was at boot. */
extern uint64_t arch_tsc_mult;
extern uint64_t arch_tsc_offset;

static inline uint64_t arch_time_now(void)
{
    uint64_t low;
    uint64_t high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return arch_scale(high << 32 | low, arch_tsc_mult) + arch_tsc_offset;
}

/* Calls kernel_timer() as soon as `deadline` has passed, at once if it has.
 * Replaces the deadline set before. */
void arch_timer_set(uint64_t deadline);

/* How to compute arch_time_now() from the time stamp counter. */
l4_clock_t arch_clock(void);

#endif
