/* SPDX-License-Identifier: BSD-2-Clause */
#include "depfile.h"

#include <string.h>

#include "include.h"

/* Spaces, '#' and '$' mean something to make. */
static void add_path(struct buf *out, const char *path)
{
    for (; *path; path++) {
        if (*path == ' ' || *path == '#' || *path == '\\')
            buf_add(out, "\\", 1);
        if (*path == '$')
            buf_add(out, "$", 1);
        buf_add(out, path, 1);
    }
}

/* What the preprocessor brought in, each file once. */
static void add_included(struct buf *out, const struct source *src)
{
    for (const struct include *i = src->included; i; i = i->next) {
        buf_add(out, " \\\n  ", 5);
        add_path(out, i->text);
    }
}

void depfile_write(struct buf *out, const char *target, const struct idl *c)
{
    add_path(out, target);
    buf_add(out, ":", 1);
    for (const struct unit *u = c->units; u; u = u->next) {
        buf_add(out, " \\\n  ", 5);
        add_path(out, u->src->path);
        add_included(out, u->src);
    }
    buf_add(out, "\n", 1);
}
