/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds and reads the files that a file imports, each one once. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cheader.h"
#include "cpp.h"
#include "dialect.h"
#include "idl.h"
#include "include.h"
#include "parse.h"

enum { UNITS_MAX = 256 };

/* SRC as the compiler reads it: preprocessed, if that changes anything, and
 * without what C headers declare, which goes into U. */
static struct source *prepare(struct idl *c, struct unit *u, struct source *src)
{
    const struct cpp cpp = {c->cpp ? c->cpp : "cpp", c->include_dirs,
                            c->macros};
    struct source *out;
    char *c_text;
    bool changed;
    const char *text = include_from_imports(&c->arena, src->text, &changed);

    if (!changed && !cpp_is_needed(src) && !(c->macros && c->macros[0]))
        return src;
    out = cpp_run(&c->arena, &c->diag, &cpp, src->path, text);
    if (!out)
        return NULL;
    include_split(&c->arena, out, src, &c_text, &u->headers);
    u->decls = cheader_read(&c->arena, out, c_text);
    return out;
}

/* Behind the declarations of C headers. */
static void append(struct unit *u, struct decl *list)
{
    struct decl **end = &u->decls;

    while (*end)
        end = &(*end)->next;
    *end = list;
}

static struct decl *order(const struct idl *c, struct decl *list)
{
    return c->dialect ? dialect_order(list) : list;
}

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
    src = prepare(c, u, src);
    if (src) {
        u->src = src;
        append(u, order(c, parse_source(&c->arena, &c->diag, src, c->dialect)));
    }
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

static bool is_header(const char *path)
{
    size_t len = strlen(path);

    return len > 2 && strcmp(path + len - 2, ".h") == 0;
}

/* One that was not seen before preprocessing, since it stands in a file that
 * another one includes. */
static void import_header(struct idl *c, struct unit *from,
                          const struct decl *import)
{
    const struct cpp cpp = {c->cpp ? c->cpp : "cpp", c->include_dirs,
                            c->macros};
    struct include **end = &from->headers;
    struct source *src =
        cpp_run(&c->arena, &c->diag, &cpp, from->src->path,
                arena_printf(&c->arena, "#include \"%s\"\n", import->path));

    if (!src)
        return;
    append(from, cheader_read(&c->arena, src, src->text));
    while (*end)
        end = &(*end)->next;
    *end = arena_alloc(&c->arena, sizeof **end);
    (*end)->text = arena_printf(&c->arena, "\"%s\"", import->path);
}

static void import_one(struct idl *c, struct unit *from, struct decl *import)
{
    const char *why = NULL;
    const char *path;
    struct source *src;
    struct unit *u;

    if (import->path[0] == '\0')
        return; /* reported */
    if (is_header(import->path)) {
        import_header(c, from, import);
        return;
    }
    path = import_find(c, from->src, import->path);
    if (!path) {
        diag_error(&c->diag, DIAG_IMPORT_MISSING, import->loc,
                   "cannot find '%s'", import->path);
        diag_note(&c->diag, import->loc,
                  "it is looked for beside this file, then along -I");
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

/* DICE knows the types of this header without being told. */
static void import_implied(struct idl *c)
{
    struct decl import = {.kind = DECL_IMPORT,
                          .path = "dice/dice-corba-types.h"};

    if (import_find(c, c->units->src, import.path))
        import_header(c, c->units, &import);
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
    if (c->dialect == DIALECT_DICE)
        import_implied(c);
    for (struct unit *u = c->units; u; u = u->next)
        for (struct decl *d = u->decls; d; d = d->next)
            if (d->kind == DECL_IMPORT)
                import_one(c, u, d);
    return true;
}
