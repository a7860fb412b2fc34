/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of C's <string.h> that libl4 has. As in C. */
#ifndef L4_STRING_H
#define L4_STRING_H

#include <stddef.h>

void *memcpy(void *restrict dest, const void *restrict src, size_t size);
void *memmove(void *dest, const void *src, size_t size);
void *memset(void *dest, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *data, int byte, size_t size);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *part);

/* Copies at most size - 1 characters and always terminates. Returns the length
 * of `src`. */
size_t strlcpy(char *dest, const char *src, size_t size);

#endif
