/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counting instructions: under QEMU's -icount shift=0 a tick of the time-stamp
 * counter is one. An operation is measured alone, from one rdtsc to the next,
 * 1001 times; the median counts.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#define MEASURE_SAMPLES 1001u
#define MEASURE_WARM_UP 50u /* what is touched first costs page faults */
#define MEASURE_TURNS (MEASURE_WARM_UP + MEASURE_SAMPLES)

/* A loop of known length, and by how many parts in a thousand it may be off:
 * timer interrupts. */
#define MEASURE_LOOP ((uint64_t)10000000)
#define MEASURE_TOLERANCE 1u

/* What a benchmark says when measure_is_counted() is false. */
#define MEASURE_NOT_COUNTED                                              \
    "the TSC does not count instructions: this needs QEMU with -icount " \
    "shift=0,sleep=off"

static inline __attribute__((always_inline)) uint64_t measure_now(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

/* How long the loop takes. */
static inline uint64_t measure_loop(void)
{
    uint64_t turns = MEASURE_LOOP / 2;
    uint64_t start = measure_now();

    __asm__ volatile("1: dec %0; jnz 1b" : "+r"(turns) : : "cc");
    return measure_now() - start;
}

/* Whether a tick is an instruction, by what measure_loop() took. */
static inline bool measure_is_counted(uint64_t took)
{
    return took >= MEASURE_LOOP &&
           took - MEASURE_LOOP <= MEASURE_LOOP / 1000 * MEASURE_TOLERANCE;
}

/* Puts the samples of one operation into `samples`, MEASURE_SAMPLES of them,
 * in the function that calls this. */
#define MEASURE(samples, ...)                                \
    for (unsigned i_ = 0; i_ < MEASURE_TURNS; i_++) {        \
        uint64_t start_ = measure_now();                     \
        __VA_ARGS__;                                         \
        uint64_t end_ = measure_now();                       \
        if (i_ >= MEASURE_WARM_UP)                           \
            (samples)[i_ - MEASURE_WARM_UP] = end_ - start_; \
    }

/* The median of the samples; sorts them. */
static inline uint64_t measure_median(uint64_t *samples)
{
    for (unsigned gap = MEASURE_SAMPLES / 2; gap > 0; gap /= 2) {
        for (unsigned i = gap; i < MEASURE_SAMPLES; i++) {
            uint64_t sample = samples[i];
            unsigned at = i;

            for (; at >= gap && samples[at - gap] > sample; at -= gap)
                samples[at] = samples[at - gap];
            samples[at] = sample;
        }
    }
    return samples[MEASURE_SAMPLES / 2];
}

#endif
