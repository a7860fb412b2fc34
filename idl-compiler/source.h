/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Source text and places in it. A place is a byte range of one file; line
 * numbers and the line markers of a preprocessor are applied only when a
 * place is shown.
 */
#ifndef IDL_SOURCE_H
#define IDL_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/* A line marker: from physical line FROM on, lines count from LINE in FILE. */
struct line_marker {
    uint32_t from;
    uint32_t line;
    const char *file;
};

/* A comment, with its delimiters. */
struct comment {
    uint32_t begin;
    uint32_t end;
    struct comment *next;
};

struct include;

struct source {
    struct source *next;
    const char *path;            /* as given or as found along -I */
    char *text;                  /* NUL-terminated */
    char *code;                  /* what is scanned: the text, or all of it
                                  * that is no C; as long as the text */
    uint32_t size;               /* bytes without the NUL */
    uint32_t *line_start;        /* byte offset of each physical line */
    uint32_t lines;              /* number of entries in line_start */
    struct line_marker *markers; /* ascending by from */
    uint32_t marker_count;
    uint32_t marker_room;
    struct comment *comments; /* last one first */
    struct include *included; /* paths of the files it is made of, too */
};

struct loc {
    struct source *src; /* NULL: no place in particular */
    uint32_t begin;     /* first byte */
    uint32_t end;       /* one past the last byte */
};

/* A place as it is shown to the user; lines and columns start at 1. */
struct place {
    const char *file;
    uint32_t line;
    uint32_t col;
    const char *text; /* the physical line, not terminated */
    uint32_t text_len;
    uint32_t phys_line; /* physical line, counted from 0 */
};

/*
 * Reads the file at PATH. Returns NULL and sets *WHY to a static text when
 * it cannot be read, is too large or holds NUL bytes.
 */
struct source *source_load(struct arena *a, const char *path, const char **why);

/* The same from memory; TEXT is copied. */
struct source *source_from_text(struct arena *a, const char *path,
                                const char *text, size_t size);

/* Notes a line marker: the line of byte AT, the one behind the marker, is line
 * LINE of FILE (NULL: of the same file as before). */
void source_add_marker(struct arena *a, struct source *src, uint32_t at,
                       uint32_t line, const char *file);

/* Where byte AT is. */
struct place source_place(const struct source *src, uint32_t at);

/* The smallest place that covers both; A wins when they are in two files. */
struct loc loc_join(struct loc a, struct loc b);

/* The empty place in front of AT. */
struct loc loc_start(struct loc at);

#endif
