/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock and the one-shot timer. Times are in ns since boot. */
#ifndef ARCH_TIMER_H
#define ARCH_TIMER_H

#include <stdint.h>

#include <l4/info.h>

#define ARCH_TIMER_OFF (~(uint64_t)0)

uint64_t arch_time_now(void);

/* Calls kernel_timer() as soon as `deadline` has passed, at once if it has.
 * Replaces the deadline set before. */
void arch_timer_set(uint64_t deadline);

/* How to compute arch_time_now() from the time stamp counter. */
l4_clock_t arch_clock(void);

#endif
