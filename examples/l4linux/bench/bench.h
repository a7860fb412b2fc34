/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What L4Linux and Linux on the bare machine are compared with: one static
 * program, that runs on both. Time is the processor's time-stamp counter: with
 * QEMU's -icount it counts instructions, and otherwise the host's cycles.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

/* Instructions of the loop that the time base is checked with. */
#define LOOP_INSTRUCTIONS 10000000ul

static inline uint64_t ticks(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return low | (uint64_t)high << 32;
}

/* Prints what is wrong and ends the program. */
void fail(const char *what) __attribute__((noreturn));

/* Samples: what single operations took. Printed as
 *     bench NAME MEDIAN MINIMUM COUNT
 * less what reading the counter takes. */
void sample(uint64_t taken);
void samples_print(const char *name);

/* All the operations, or the one of that name. */
void ops_run(const char *only);

/* The job mix: `users` processes, each of which does every kind of job once,
 * in an order of its own. Printed as
 *     mix USERS JOBS TICKS USER-TICKS SYSTEM-TICKS
 * the latter two as Linux accounts for them, in 1/100 s. */
void mix_run(unsigned users);

/* The program's own file, and the argument that makes it end at once. */
#define SELF "/bench"
#define SELF_END "end"

#endif
