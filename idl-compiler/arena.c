/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char data[];
};

void arena_exhausted(void)
{
    fputs("l4idl: out of memory\n", stderr);
    exit(1);
}

static struct arena_block *block_new(struct arena *a, size_t size)
{
    struct arena_block *b;

    b = calloc(1, sizeof *b + size);
    if (!b)
        arena_exhausted();
    b->size = size;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    struct arena_block *b = a->blocks;
    void *p;

    size = (size + align - 1) / align * align;
    if (!b || b->size - b->used < size)
        b = block_new(a, size > BLOCK_SIZE ? size : BLOCK_SIZE);
    p = b->data + b->used;
    b->used += size;
    return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
    char *p = arena_alloc(a, len + 1);

    memcpy(p, s, len);
    return p;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    char usual[256]; /* most is shorter, and printed only once */
    va_list again;
    char *p;
    int n;

    va_copy(again, ap);
    n = vsnprintf(usual, sizeof usual, fmt, ap);
    p = arena_alloc(a, (size_t)n + 1);
    if ((size_t)n < sizeof usual)
        memcpy(p, usual, (size_t)n + 1);
    else
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    char *p;

    va_start(ap, fmt);
    p = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return p;
}

void arena_free(struct arena *a)
{
    while (a->blocks) {
        struct arena_block *b = a->blocks;

        a->blocks = b->next;
        free(b);
    }
}
