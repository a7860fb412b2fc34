/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Damaged interface files: bytes of one file, and pieces that the grammar
 * knows (words, statements, blocks, lists), exchanged, repeated and dropped.
 * The same seed makes the same damage.
 */
#ifndef MUTATE_H
#define MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* A text to take pieces from. */
struct mutate_text {
    const char *text;
    size_t size;
};

enum { MUTATE_TEXT_MAX = 64 * 1024 };

/* What a file begins with, MUTATE_TEXT_MAX bytes at most; free() its text. Ends
 * the program when it cannot be read. */
struct mutate_text mutate_load(const char *path);

/* Puts a damaged copy of ALL[0] with pieces of all COUNT texts into OUT, which
 * has room for ROOM bytes; returns its size. */
size_t mutate(uint64_t seed, const struct mutate_text *all, size_t count,
              char *out, size_t room);

#endif
