/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of the kernel's data structures share: CMocka, and random
 * numbers that are the same in every run. MODEL_SEED in the environment
 * chooses another sequence.
 */
#ifndef TESTS_MODEL_H
#define TESTS_MODEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct model_random {
    uint64_t state;
};

/* Starts a sequence and prints its seed. */
static inline struct model_random model_random_start(const char *what)
{
    const char *seed = getenv("MODEL_SEED");
    struct model_random r = {0x9e3779b97f4a7c15u};

    if (seed) {
        r.state = strtoull(seed, NULL, 0) | 1;
    }
    printf("%s: seed 0x%llx\n", what, (unsigned long long)r.state);
    return r;
}

/* xorshift64*, by Marsaglia and Vigna. */
static inline uint64_t model_random(struct model_random *r)
{
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return r->state * 0x2545f4914f6cdd1du;
}

/* A number from 0 to `end`, exclusive. */
static inline unsigned model_below(struct model_random *r, unsigned end)
{
    return (unsigned)((model_random(r) >> 32) % end);
}

#endif
