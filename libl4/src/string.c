/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory and strings. Compiled so that the compiler does not turn these loops
 * into calls of the functions they are in. */
#include <stdint.h>
#include <string.h>

void *memcpy(void *restrict dest, const void *restrict src, size_t size)
{
    void *d = dest;
    size_t words = size / 8;
    size_t rest = size % 8;

    __asm__ volatile("rep movsq" : "+D"(d), "+S"(src), "+c"(words)::"memory");
    __asm__ volatile("rep movsb" : "+D"(d), "+S"(src), "+c"(rest)::"memory");
    return dest;
}

void *memmove(void *dest, const void *src, size_t size)
{
    unsigned char *d = dest;
    const unsigned char *s = src;

    if ((uintptr_t)d - (uintptr_t)s >= size)
        return memcpy(dest, src, size);
    while (size--)
        d[size] = s[size];
    return dest;
}

void *memset(void *dest, int byte, size_t size)
{
    void *d = dest;
    uint64_t pattern = 0x0101010101010101ull * (unsigned char)byte;
    size_t words = size / 8;
    size_t rest = size % 8;

    __asm__ volatile("rep stosq"
                     : "+D"(d), "+c"(words)
                     : "a"(pattern)
                     : "memory");
    __asm__ volatile("rep stosb"
                     : "+D"(d), "+c"(rest)
                     : "a"(pattern)
                     : "memory");
    return dest;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *p = a;
    const unsigned char *q = b;

    for (size_t i = 0; i < size; i++) {
        if (p[i] != q[i])
            return p[i] < q[i] ? -1 : 1;
    }
    return 0;
}

void *memchr(const void *data, int byte, size_t size)
{
    const unsigned char *p = data;

    for (size_t i = 0; i < size; i++) {
        if (p[i] == (unsigned char)byte)
            return (void *)(uintptr_t)(p + i);
    }
    return NULL;
}

size_t strlen(const char *s)
{
    size_t n = 0;

    while (s[n])
        n++;
    return n;
}

size_t strnlen(const char *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t max)
{
    for (size_t i = 0; i < max; i++) {
        unsigned char p = (unsigned char)a[i];
        unsigned char q = (unsigned char)b[i];

        if (p != q)
            return p < q ? -1 : 1;
        if (!p)
            return 0;
    }
    return 0;
}

char *strchr(const char *s, int c)
{
    while (*s && *s != (char)c)
        s++;
    return *s == (char)c ? (char *)(uintptr_t)s : NULL;
}

char *strrchr(const char *s, int c)
{
    const char *found = NULL;

    do {
        if (*s == (char)c)
            found = s;
    } while (*s++);
    return (char *)(uintptr_t)found;
}

char *strstr(const char *s, const char *part)
{
    size_t n = strlen(part);

    for (; strncmp(s, part, n) != 0; s++) {
        if (!*s)
            return NULL;
    }
    return (char *)(uintptr_t)s;
}

size_t strlcpy(char *dest, const char *src, size_t size)
{
    size_t n = strlen(src);

    if (size) {
        size_t fits = n < size ? n : size - 1;

        memcpy(dest, src, fits);
        dest[fits] = '\0';
    }
    return n;
}
