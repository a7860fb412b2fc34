/* SPDX-License-Identifier: BSD-2-Clause */
/* CMocka with what it needs before it. */
#ifndef TESTS_HOST_LIBL4_TEST_H
#define TESTS_HOST_LIBL4_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Reproducible pseudo-random numbers. */
static inline uint32_t random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*state >> 33);
}

#endif
