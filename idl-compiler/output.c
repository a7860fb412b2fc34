/* SPDX-License-Identifier: BSD-2-Clause */
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct loc nowhere;

struct buf *output_add(struct outputs *o, const char *path)
{
    struct output *f = &o->file[o->count++];

    f->path = path;
    return &f->text;
}

bool output_make_dir(struct arena *a, struct diag *d, const char *path)
{
    char *copy = arena_strndup(a, path, strlen(path));

    for (char *p = copy + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            break;
        *p = '/';
    }
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    diag_error(d, DIAG_FILE_WRITE, nowhere, "cannot create '%s': %s", path,
               strerror(errno));
    return false;
}

static bool write_one(struct arena *a, struct diag *d, struct output *f)
{
    const char *name = arena_printf(a, "%s.%ld.tmp", f->path, (long)getpid());
    FILE *out = fopen(name, "wb");
    bool ok = out != NULL;

    if (ok) {
        f->temporary = name;
        ok = fwrite(f->text.data, 1, f->text.len, out) == f->text.len;
        ok = fclose(out) == 0 && ok;
    }
    if (!ok)
        diag_error(d, DIAG_FILE_WRITE, nowhere, "cannot write '%s': %s",
                   f->path, strerror(errno));
    return ok;
}

bool output_commit(struct arena *a, struct diag *d, struct outputs *o)
{
    bool ok = true;

    for (unsigned i = 0; i < o->count && ok; i++)
        ok = write_one(a, d, &o->file[i]);
    for (unsigned i = 0; i < o->count && ok; i++) {
        ok = rename(o->file[i].temporary, o->file[i].path) == 0;
        if (ok)
            o->file[i].temporary = NULL;
        else
            diag_error(d, DIAG_FILE_WRITE, nowhere, "cannot write '%s': %s",
                       o->file[i].path, strerror(errno));
    }
    for (unsigned i = 0; i < o->count; i++) {
        if (o->file[i].temporary)
            unlink(o->file[i].temporary);
        if (!ok && o->file[i].temporary == NULL)
            unlink(o->file[i].path);
    }
    return ok;
}

void output_free(struct outputs *o)
{
    for (unsigned i = 0; i < o->count; i++)
        buf_free(&o->file[i].text);
}
