/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of the kernel's data structures share: CMocka, and random
 * numbers that are the same in every run. In the environment MODEL_SEED chooses
 * another sequence, and MODEL_STEPS another number of steps. Under libFuzzer
 * (kernel-NAME-fuzz, where clang is) the numbers are its input, and the end of
 * that is the end of the steps.
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

/* What libFuzzer gives, or NULL. */
struct model_input {
    const uint8_t *data;
    size_t size;
};

extern struct model_input model_input;

/* The part that runs against the model: each test has one. */
void test_random(void **state);

/* Whether there is to be one more after so many steps, of which usually there
 * are `steps`. */
bool model_goes_on(unsigned step, unsigned steps);

/* Starts a sequence and prints its seed. */
static inline struct model_random model_random_start(const char *what)
{
    const char *seed = getenv("MODEL_SEED");
    struct model_random r = {0x9e3779b97f4a7c15u};

    if (model_input.data) {
        return r;
    }
    if (seed) {
        r.state = strtoull(seed, NULL, 0) | 1;
    }
    printf("%s: seed 0x%llx\n", what, (unsigned long long)r.state);
    return r;
}

/* Four bytes of the input, twice. */
static inline uint64_t model_input_take(void)
{
    uint32_t word = 0;
    size_t size = model_input.size < 4 ? model_input.size : 4;

    memcpy(&word, model_input.data, size);
    model_input.data += size;
    model_input.size -= size;
    return (uint64_t)word << 32 | word;
}

/* xorshift64*, by Marsaglia and Vigna. */
static inline uint64_t model_random(struct model_random *r)
{
    if (model_input.data) {
        return model_input_take();
    }
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

/* Every model's test under CMocka; renamed where libFuzzer brings its own. */
int main(void);

#endif
