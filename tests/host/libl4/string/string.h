/* SPDX-License-Identifier: BSD-2-Clause */
/* What libl4's string.c includes as <string.h> in its test: the host's header
 * would clash with the names it is compiled under there. */
#ifndef TESTS_STRING_H
#define TESTS_STRING_H

#include <stddef.h>

void *l4_memcpy(void *restrict dest, const void *restrict src, size_t size);
void *l4_memmove(void *dest, const void *src, size_t size);
void *l4_memset(void *dest, int byte, size_t size);
int l4_memcmp(const void *a, const void *b, size_t size);
void *l4_memchr(const void *data, int byte, size_t size);
size_t l4_strlen(const char *s);
size_t l4_strnlen(const char *s, size_t max);
int l4_strcmp(const char *a, const char *b);
int l4_strncmp(const char *a, const char *b, size_t max);
char *l4_strchr(const char *s, int c);
char *l4_strrchr(const char *s, int c);
char *l4_strstr(const char *s, const char *part);
size_t l4_strlcpy(char *dest, const char *src, size_t size);

#endif
