/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory functions that compilers take for granted. As in C. */
#ifndef ARCH_STRING_H
#define ARCH_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#endif
