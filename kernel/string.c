/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/string.h>

#include <stdint.h>

/* Whole words where both ends allow it: under instruction counting a string
 * instruction costs one per iteration. */
void *memset(void *dst, int value, size_t size)
{
    unsigned char *d = dst;
    uint64_t word = (unsigned char)value * 0x0101010101010101ull;

    while (size > 0 && ((uintptr_t)d & 7)) {
        *d++ = (unsigned char)value;
        size--;
    }
    size_t words = size / 8;
    __asm__ volatile("rep stosq" : "+D"(d), "+c"(words) : "a"(word) : "memory");
    for (size &= 7; size > 0; size--) {
        *d++ = (unsigned char)value;
    }
    return dst;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t size)
{
    unsigned char *d = dst;
    const unsigned char *s = src;
    size_t words = size / 8;

    __asm__ volatile("rep movsq" : "+D"(d), "+S"(s), "+c"(words) : : "memory");
    for (size &= 7; size > 0; size--) {
        *d++ = *s++;
    }
    return dst;
}

void *memmove(void *dst, const void *src, size_t size)
{
    unsigned char *d = dst;
    const unsigned char *s = src;

    if (d <= s || d >= s + size) {
        return memcpy(dst, src, size);
    }
    while (size-- > 0) {
        d[size] = s[size];
    }
    return dst;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a;
    const unsigned char *y = b;

    for (size_t i = 0; i < size; i++) {
        if (x[i] != y[i]) {
            return x[i] < y[i] ? -1 : 1;
        }
    }
    return 0;
}
