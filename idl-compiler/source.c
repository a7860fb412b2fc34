/* SPDX-License-Identifier: BSD-2-Clause */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCE_MAX = 1024 * 1024 };

static void index_lines(struct arena *a, struct source *src)
{
    uint32_t n = 1;

    for (uint32_t i = 0; i < src->size; i++)
        n += src->text[i] == '\n';
    src->line_start = arena_alloc(a, n * sizeof *src->line_start);
    src->lines = n;
    n = 1;
    for (uint32_t i = 0; i < src->size; i++)
        if (src->text[i] == '\n')
            src->line_start[n++] = i + 1;
}

struct source *source_from_text(struct arena *a, const char *path,
                                const char *text, size_t size)
{
    struct source *src = arena_alloc(a, sizeof *src);

    src->path = path;
    src->text = arena_strndup(a, text, size);
    src->code = src->text;
    src->size = (uint32_t)size;
    index_lines(a, src);
    return src;
}

/* Reads F to its end into a fresh buffer; NULL and *WHY on failure. */
static char *read_all(FILE *f, size_t *size, const char **why)
{
    size_t room = 64 * 1024;
    size_t used = 0;
    char *text = malloc(room);

    while (text) {
        size_t n = fread(text + used, 1, room - used, f);

        used += n;
        if (n == 0)
            break;
        if (used == room) {
            char *more;

            room *= 2;
            more = used < SOURCE_MAX ? realloc(text, room) : NULL;
            if (!more) {
                free(text);
                *why = "file too large";
                return NULL;
            }
            text = more;
        }
    }
    if (!text)
        *why = "out of memory";
    *size = used;
    return text;
}

struct source *source_load(struct arena *a, const char *path, const char **why)
{
    struct source *src = NULL;
    size_t size = 0;
    FILE *f = fopen(path, "rb");
    char *text;

    if (!f) {
        *why = strerror(errno);
        return NULL;
    }
    text = read_all(f, &size, why);
    if (text && ferror(f)) {
        *why = "cannot be read";
    } else if (text && size > SOURCE_MAX) {
        *why = "file too large";
    } else if (text && memchr(text, 0, size)) {
        *why = "not a text file (it holds NUL bytes)";
    } else if (text) {
        src = source_from_text(a, arena_strndup(a, path, strlen(path)), text,
                               size);
    }
    free(text);
    fclose(f);
    return src;
}

/* The physical line that holds byte AT, counted from 0. */
static uint32_t line_of(const struct source *src, uint32_t at)
{
    uint32_t lo = 0;
    uint32_t hi = src->lines;

    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (src->line_start[mid] <= at)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

void source_add_marker(struct arena *a, struct source *src, uint32_t at,
                       uint32_t line, const char *file)
{
    if (src->marker_count == src->marker_room) {
        uint32_t room = src->marker_room ? 2 * src->marker_room : 8;
        struct line_marker *m = arena_alloc(a, room * sizeof *m);

        if (src->marker_count)
            memcpy(m, src->markers, src->marker_count * sizeof *m);
        src->markers = m;
        src->marker_room = room;
    }
    if (!file)
        file = src->marker_count ? src->markers[src->marker_count - 1].file
                                 : src->path;
    src->markers[src->marker_count++] =
        (struct line_marker){line_of(src, at), line, file};
}

struct place source_place(const struct source *src, uint32_t at)
{
    struct place p = {0};
    uint32_t start;
    uint32_t end;

    if (at > src->size)
        at = src->size;
    p.phys_line = line_of(src, at);
    start = src->line_start[p.phys_line];
    end = p.phys_line + 1 < src->lines ? src->line_start[p.phys_line + 1] - 1
                                       : src->size;
    if (end > start && src->text[end - 1] == '\r')
        end--;
    p.file = src->path;
    p.line = p.phys_line + 1;
    p.col = at - start + 1;
    p.text = src->text + start;
    p.text_len = end - start;
    for (uint32_t i = 0; i < src->marker_count; i++) {
        const struct line_marker *m = &src->markers[i];

        if (m->from > p.phys_line)
            break;
        p.file = m->file;
        p.line = m->line + (p.phys_line - m->from);
    }
    return p;
}

struct loc loc_join(struct loc a, struct loc b)
{
    if (!a.src)
        return b;
    if (b.src == a.src && b.end > a.end)
        a.end = b.end;
    return a;
}

struct loc loc_start(struct loc at)
{
    at.end = at.begin;
    return at;
}
