/* SPDX-License-Identifier: BSD-2-Clause */
#include "buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most of what is printed at once is shorter, and printed only once. */
enum { PRINT_USUAL = 256 };

static void make_room(struct buf *b, size_t more)
{
    size_t room = b->room ? b->room : 4096;
    char *data;

    while (room < b->len + more + 1)
        room *= 2;
    if (room == b->room)
        return;
    data = realloc(b->data, room);
    if (!data) {
        fputs("l4idl: out of memory\n", stderr);
        exit(1);
    }
    b->data = data;
    b->room = room;
}

void buf_add(struct buf *b, const char *s, size_t len)
{
    make_room(b, len);
    memcpy(b->data + b->len, s, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    int n;

    va_copy(again, ap);
    make_room(b, PRINT_USUAL);
    n = vsnprintf(b->data + b->len, b->room - b->len, fmt, ap);
    if ((size_t)n >= b->room - b->len) {
        make_room(b, (size_t)n);
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
    }
    b->len += (size_t)n;
    va_end(again);
}

void buf_free(struct buf *b)
{
    free(b->data);
    *b = (struct buf){0};
}
