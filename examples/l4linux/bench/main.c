/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bench            everything
 * bench ops [NAME] the operations, or one of them
 * bench mix        the job mix
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define SAMPLES 4096

static uint64_t samples[SAMPLES];
static unsigned count;
static uint64_t overhead;

void fail(const char *what)
{
    printf("bench failed: %s: %m\n", what);
    fflush(stdout);
    exit(1);
}

void sample(uint64_t taken)
{
    if (count < SAMPLES)
        samples[count++] = taken;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static uint64_t less_overhead(uint64_t taken)
{
    return taken > overhead ? taken - overhead : 0;
}

void samples_print(const char *name)
{
    qsort(samples, count, sizeof(samples[0]), compare);
    printf("bench %s %lu %lu %u\n", name,
           (unsigned long)less_overhead(samples[count / 2]),
           (unsigned long)less_overhead(samples[0]), count);
    fflush(stdout);
    count = 0;
}

/* What it takes to take the time. */
static void calibrate(void)
{
    uint64_t loop = LOOP_INSTRUCTIONS / 2;

    for (unsigned i = 0; i < 1001; i++) {
        uint64_t start = ticks();

        sample(ticks() - start);
    }
    qsort(samples, count, sizeof(samples[0]), compare);
    overhead = samples[count / 2];
    count = 0;

    for (unsigned i = 0; i < 5; i++) {
        uint64_t n = loop;
        uint64_t start = ticks();

        __asm__ volatile("1: dec %0; jnz 1b" : "+r"(n) : : "cc");
        sample(ticks() - start);
    }
    samples_print("loop");
}

static void mix_all(void)
{
    static const unsigned users[] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32};

    for (unsigned i = 0; i < sizeof(users) / sizeof(users[0]); i++)
        mix_run(users[i]);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    if (strcmp(what, SELF_END) == 0)
        _exit(0);
    calibrate();
    if (strcmp(what, "mix") != 0)
        ops_run(argc > 2 ? argv[2] : NULL);
    if (strcmp(what, "ops") != 0)
        mix_all();
    printf("bench done\n");
    return 0;
}
