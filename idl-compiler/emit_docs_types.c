/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference's part on structs, enums and flags: every field and value,
 * with the comment behind it. */
#include <string.h>

#include "emit_doc.h"

/* The comment that begins behind LOC on the same line, or NULL. */
static const struct comment *comment_behind(const struct loc *loc)
{
    const struct source *src = loc->src;

    for (const struct comment *c = src ? src->comments : NULL; c; c = c->next)
        if (c->begin >= loc->end &&
            !memchr(src->text + loc->end, '\n', c->begin - loc->end))
            return c;
    return NULL;
}

/* Its text in one line. */
static void put_behind(struct emit *e, const struct loc *loc)
{
    const struct comment *c = comment_behind(loc);
    const char *p = c ? loc->src->text + c->begin + 2 : NULL;
    const char *end = c ? loc->src->text + c->end : NULL;
    bool blank = true;

    if (c && end[-1] == '/' && end[-2] == '*')
        end -= 2;
    for (; p < end; p++) {
        bool space = strchr(" \t\r\n", *p) != NULL;

        if (!space && !(blank && *p == '*'))
            put(e, "%s%s%c", blank ? " " : "", *p == '|' ? "\\" : "", *p);
        blank = space || (blank && *p == '*');
    }
}

static void put_struct(struct emit *e, const struct decl *d)
{
    put(e, "\n| %s | type | byte | |\n|---|---|---|---|\n", d->name);
    for (const struct field *f = d->fields; f; f = f->next) {
        put(e, "| `%s` | `%s` | %u |", f->name, idl_type(e, f->type),
            f->offset);
        put_behind(e, &f->loc);
        put(e, " |\n");
    }
}

static void put_values(struct emit *e, const struct decl *d)
{
    put(e, "\n| %s | value | |\n|---|---|---|\n", d->name);
    for (const struct decl *m = d->members; m; m = m->next) {
        put(e, "| `%s` | %llu |", m->name, (unsigned long long)m->result.bits);
        put_behind(e, &m->loc);
        put(e, " |\n");
    }
}

static void put_list(struct emit *e, const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        if (d->kind == DECL_MODULE || d->kind == DECL_INTERFACE)
            put_list(e, d->members);
        if (d->kind != DECL_STRUCT && d->kind != DECL_ENUM &&
            d->kind != DECL_FLAGS)
            continue;
        if (e->count++ == 0)
            put(e, "\n## Types\n");
        put(e, "\n### %s\n", decl_path(&e->c->arena, d));
        if (d->kind == DECL_STRUCT)
            put_struct(e, d);
        else
            put_values(e, d);
    }
}

void emit_docs_types(struct emit *e)
{
    e->count = 0;
    put_list(e, e->unit->decls);
}
