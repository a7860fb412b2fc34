/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock of the info page. */
#include <l4/env.h>
#include <l4/thread.h>

static uint64_t tsc_read(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

uint64_t l4_time_now(void)
{
    const l4_clock_t *clock = &l4_info()->clock;
    uint32_t version;
    uint64_t now;

    do {
        version = __atomic_load_n(&clock->version, __ATOMIC_ACQUIRE) & ~1u;
        uint64_t mult = (uint64_t)clock->mult_int << 32 | clock->mult_frac;
        uint64_t ns = (uint64_t)(((unsigned __int128)tsc_read() * mult) >> 32);
        now = ns + (uint64_t)clock->offset_ns;
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while (__atomic_load_n(&clock->version, __ATOMIC_RELAXED) != version);
    return now;
}
