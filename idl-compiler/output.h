/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Output files, all or none: each is written beside its place under another
 * name, and only when all of them are complete they are renamed.
 */
#ifndef IDL_OUTPUT_H
#define IDL_OUTPUT_H

#include "arena.h"
#include "buf.h"
#include "diag.h"

enum { OUTPUTS_MAX = 12 };

struct output {
    const char *path;
    const char *temporary; /* NULL until it is written */
    struct buf text;
};

struct outputs {
    struct output file[OUTPUTS_MAX];
    unsigned count;
};

/* Adds a file and returns where its text goes. */
struct buf *output_add(struct outputs *o, const char *path);

/* Creates a directory and those above it. */
bool output_make_dir(struct arena *a, struct diag *d, const char *path);

/* Writes all files. On failure reports it, leaves none behind and returns
 * false. */
bool output_commit(struct arena *a, struct diag *d, struct outputs *o);

void output_free(struct outputs *o);

#endif
