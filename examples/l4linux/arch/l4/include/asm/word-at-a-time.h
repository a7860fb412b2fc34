/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_WORD_AT_A_TIME_H
#define _ASM_L4_WORD_AT_A_TIME_H

#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/wordpart.h>

/* Finding a zero byte in a word: the lowest byte is the first. */
struct word_at_a_time {
	unsigned long ones, highs;
};

#define WORD_AT_A_TIME_CONSTANTS                     \
	{                                            \
		REPEAT_BYTE(0x01), REPEAT_BYTE(0x80) \
	}

/* The highest bits of zero bytes; exact up to the first of them. */
static inline unsigned long has_zero(unsigned long word, unsigned long *bits,
				     const struct word_at_a_time *c)
{
	*bits = (word - c->ones) & ~word & c->highs;
	return *bits;
}

#define prep_zero_mask(word, bits, c) (bits)
#define create_zero_mask(bits) (bits)
#define find_zero(bits) (__ffs(bits) >> 3)

/* All the bits of the bytes before the first zero. */
static inline unsigned long zero_bytemask(unsigned long bits)
{
	return ((bits - 1) & ~bits) >> 7;
}

/* Loads a word of which the end may lie in a page that does not exist. */
static inline unsigned long load_unaligned_zeropad(const void *addr)
{
	unsigned long offset = (unsigned long)addr % sizeof(long);
	unsigned long at = (unsigned long)addr & (PAGE_SIZE - 1);

	if (likely(at <= PAGE_SIZE - sizeof(long)))
		return *(const unsigned long *)addr;
	/* The aligned word around its beginning lies in the page. */
	return *(const unsigned long *)(addr - offset) >> (8 * offset);
}

#endif
