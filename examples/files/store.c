/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in memory: an entry and a fixed room for each. */
#include <string.h>

#include "store.h"

static struct stored files[STORE_FILES];
static _Alignas(4096) uint8_t room[STORE_FILES][FS_SIZE_MAX];

struct stored *store_find(const char *name)
{
    for (unsigned i = 0; i < STORE_FILES; i++) {
        if (*name && strcmp(files[i].name, name) == 0)
            return &files[i];
    }
    return NULL;
}

struct stored *store_create(const char *name)
{
    size_t length = strlen(name);

    if (length == 0 || length > FS_NAME_MAX)
        return NULL;
    for (unsigned i = 0; i < STORE_FILES; i++) {
        if (files[i].name[0])
            continue;
        memset(&files[i], 0, sizeof(files[i]));
        memset(room[i], 0, sizeof(room[i]));
        memcpy(files[i].name, name, length + 1);
        files[i].data = room[i];
        return &files[i];
    }
    return NULL;
}

struct stored *store_at(uint32_t n)
{
    for (unsigned i = 0; i < STORE_FILES; i++) {
        if (files[i].name[0] && n-- == 0)
            return &files[i];
    }
    return NULL;
}

void store_remove(struct stored *f)
{
    f->name[0] = '\0';
}

uint64_t stored_extent(const struct stored *f, uint64_t at, uint64_t count)
{
    if (at >= f->size)
        return 0;
    return count < f->size - at ? count : f->size - at;
}

/* What lies behind the end is zero from the start, and never shrinks. */
uint8_t *stored_grow(struct stored *f, uint64_t at, uint64_t count)
{
    if (at > FS_SIZE_MAX || count > FS_SIZE_MAX - at)
        return NULL;
    if (f->size < at + count)
        f->size = at + count;
    return f->data + at;
}
