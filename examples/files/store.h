/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in memory. */
#ifndef FILES_STORE_H
#define FILES_STORE_H

#include "files.h"

enum { STORE_FILES = 8 };

struct stored {
    char name[FS_NAME_MAX + 1]; /* empty: the entry is free */
    uint64_t size;
    uint32_t sessions;
    uint8_t *data; /* FS_SIZE_MAX bytes, page aligned */
};

/* The file of that name, or NULL. */
struct stored *store_find(const char *name);

/* A new, empty file; NULL if there is no room, or the name is empty. */
struct stored *store_create(const char *name);

/* The Nth file that there is, or NULL. */
struct stored *store_at(uint32_t n);

void store_remove(struct stored *f);

/* How many of `count` bytes from `at` on there are. */
uint64_t stored_extent(const struct stored *f, uint64_t at, uint64_t count);

/* Makes room for `count` bytes at `at`, with zeros up to there. The place, or
 * NULL if they do not fit. */
uint8_t *stored_grow(struct stored *f, uint64_t at, uint64_t count);

#endif
