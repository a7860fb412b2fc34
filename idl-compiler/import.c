/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds and reads the files that a file imports, each one once. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "idl.h"
#include "parse.h"

enum { UNITS_MAX = 256 };

static struct unit *unit_add(struct idl *c, struct source *src)
{
    struct unit *u = arena_alloc(&c->arena, sizeof *u);
    struct unit **end = &c->units;
    unsigned n = 0;

    for (; *end; end = &(*end)->next)
        n++;
    if (n >= UNITS_MAX) {
        diag_error(&c->diag, DIAG_IMPORT_MANY, (struct loc){0},
                   "more than %d files imported", UNITS_MAX);
        return NULL;
    }
    u->src = src;
    *end = u;
    u->decls = parse_source(&c->arena, &c->diag, src);
    return u;
}

/* The same file under another name counts as the same. */
static struct unit *unit_find(struct idl *c, const char *path)
{
    char *real = realpath(path, NULL);
    struct unit *u;

    for (u = c->units; u && real; u = u->next) {
        char *other = realpath(u->src->path, NULL);
        bool same = other && strcmp(real, other) == 0;

        free(other);
        if (same)
            break;
    }
    free(real);
    return u;
}

/* Where PATH is below one -I argument: DIR, or NAME=DIR for NAME/... */
static const char *include_path(struct idl *c, const char *include,
                                const char *path)
{
    const char *equals = strchr(include, '=');
    size_t len = equals ? (size_t)(equals - include) : 0;

    if (!equals)
        return arena_printf(&c->arena, "%s/%s", include, path);
    if (strncmp(path, include, len) != 0 || path[len] != '/')
        return NULL;
    return arena_printf(&c->arena, "%s/%s", equals + 1, path + len + 1);
}

/* Beside the importing file first, then along -I; NULL if nowhere. */
static const char *import_find(struct idl *c, const struct source *from,
                               const char *path)
{
    const char *slash = strrchr(from->path, '/');
    const char *found = path;

    if (path[0] == '/')
        return access(path, R_OK) == 0 ? path : NULL;
    if (slash)
        found = arena_printf(&c->arena, "%.*s/%s", (int)(slash - from->path),
                             from->path, path);
    if (access(found, R_OK) == 0)
        return found;
    for (const char *const *dir = c->include_dirs; dir && *dir; dir++) {
        found = include_path(c, *dir, path);
        if (found && access(found, R_OK) == 0)
            return found;
    }
    return NULL;
}

static void import_one(struct idl *c, struct unit *from, struct decl *import)
{
    const char *why = NULL;
    const char *path;
    struct source *src;
    struct unit *u;

    if (import->path[0] == '\0')
        return; /* reported */
    path = import_find(c, from->src, import->path);
    if (!path) {
        diag_error(&c->diag, DIAG_IMPORT_MISSING, import->loc,
                   "cannot find '%s'", import->path);
        return;
    }
    import->imported = unit_find(c, path);
    if (import->imported)
        return;
    src = source_load(&c->arena, path, &why);
    if (!src) {
        diag_error(&c->diag, DIAG_FILE_READ, import->loc,
                   "cannot read '%s': %s", path, why);
        return;
    }
    u = unit_add(c, src);
    if (u)
        u->import_path = import->path;
    import->imported = u;
}

bool idl_load(struct idl *c, const char *path)
{
    const char *why = NULL;
    struct source *src = source_load(&c->arena, path, &why);

    if (!src) {
        diag_error(&c->diag, DIAG_FILE_READ, (struct loc){0},
                   "cannot read '%s': %s", path, why);
        return false;
    }
    unit_add(c, src)->main = true;
    for (struct unit *u = c->units; u; u = u->next)
        for (struct decl *d = u->decls; d; d = d->next)
            if (d->kind == DECL_IMPORT)
                import_one(c, u, d);
    return true;
}
