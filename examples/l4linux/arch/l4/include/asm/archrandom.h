/* SPDX-License-Identifier: GPL-2.0-only */
/* The processor's random numbers need no privileges. Without them Linux waits
 * long for its random numbers to be good, and mixes again for each until then.
 */
#ifndef _ASM_L4_ARCHRANDOM_H
#define _ASM_L4_ARCHRANDOM_H

#include <linux/types.h>

/* Whether the processor has the instructions. */
extern bool l4_has_rdrand;
extern bool l4_has_rdseed;

/* How often a generator that is empty is asked again. */
#define RDRAND_TRIES 10

static inline size_t __must_check arch_get_random_longs(unsigned long *v,
							size_t max_longs)
{
	unsigned int tries;
	bool ok = false;

	if (!max_longs || !l4_has_rdrand)
		return 0;
	for (tries = 0; !ok && tries < RDRAND_TRIES; tries++)
		asm volatile("rdrand %0" : "=r"(*v), "=@ccc"(ok));
	return ok;
}

static inline size_t __must_check arch_get_random_seed_longs(unsigned long *v,
							     size_t max_longs)
{
	bool ok;

	if (!max_longs || !l4_has_rdseed)
		return 0;
	asm volatile("rdseed %0" : "=r"(*v), "=@ccc"(ok));
	return ok;
}

#endif
