/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers at random, the same ones for the same seed. */
#ifndef FUZZ_RANDOM_H
#define FUZZ_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state; /* not 0 */
};

static inline uint64_t random_next(struct random *r)
{
    r->state ^= r->state << 13;
    r->state ^= r->state >> 7;
    r->state ^= r->state << 17;
    return r->state * 0x2545f4914f6cdd1dull;
}

/* 0 to limit - 1. */
static inline uint64_t random_below(struct random *r, uint64_t limit)
{
    return (random_next(r) >> 11) % limit;
}

/* True one time in `n`. */
static inline bool random_one_in(struct random *r, uint64_t n)
{
    return random_below(r, n) == 0;
}

/* Seeds that are close give sequences that are not. */
static inline struct random random_seed(uint64_t seed)
{
    struct random r = {seed * 0x9e3779b97f4a7c15ull + 0x632be59bd9b4e019ull};

    r.state |= r.state == 0;
    for (unsigned i = 0; i < 8; i++)
        (void)random_next(&r);
    return r;
}

#endif
