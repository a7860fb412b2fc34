/* SPDX-License-Identifier: BSD-2-Clause */
#include "ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority.h"

enum { LINE_MAX_BYTES = 4096 };

static struct lines_file *file_intern(struct idl *c, struct ledger *l,
                                      const char *path)
{
    struct lines_file *f;

    for (f = l->files; f; f = f->next)
        if (strcmp(f->path, path) == 0)
            return f;
    f = arena_alloc(&c->arena, sizeof *f);
    f->path = arena_strndup(&c->arena, path, strlen(path));
    f->next = l->files;
    l->files = f;
    return f;
}

/* One line; false if it is malformed. */
static bool read_line(struct idl *c, struct ledger *l, struct linked *linked,
                      char *line)
{
    static const char *const groups[LINES_GROUPS] = {"own", "libl4"};
    char *count = strchr(line, ' ');
    struct lines_ref *ref;
    unsigned long long lines;
    unsigned group = 0;
    char *path;

    if (!count)
        return false;
    *count++ = '\0';
    while (group < LINES_GROUPS && strcmp(groups[group], line) != 0)
        group++;
    lines = strtoull(count, &path, 10);
    if (group == LINES_GROUPS || path == count || *path != ' ' || !path[1] ||
        lines > UINT32_MAX)
        return false;
    ref = arena_alloc(&c->arena, sizeof *ref);
    ref->file = file_intern(c, l, path + 1);
    ref->file->group = (enum lines_group)group;
    ref->file->lines = lines;
    ref->next = linked->files;
    linked->files = ref;
    return true;
}

bool ledger_read(struct idl *c, struct ledger *l, const char *name,
                 const char *path)
{
    struct linked *linked = arena_alloc(&c->arena, sizeof *linked);
    char line[LINE_MAX_BYTES];
    FILE *in = fopen(path, "r");
    bool ok = true;

    if (!in) {
        diag_error(&c->diag, DIAG_FILE_READ, (struct loc){0},
                   "cannot read '%s': %s", path, strerror(errno));
        return false;
    }
    linked->name = name;
    linked->next = l->linked;
    l->linked = linked;
    while (ok && fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = '\0';
        ok = line[0] == '#' || read_line(c, l, linked, line);
    }
    if (!ok)
        diag_error(&c->diag, DIAG_LINES_BAD, (struct loc){0},
                   "'%s' is no list of linked files: 'GROUP LINES PATH'", path);
    fclose(in);
    return ok;
}

const struct linked *ledger_find(const struct ledger *l, const char *name)
{
    const struct linked *found = l->linked;

    while (found && strcmp(found->name, name) != 0)
        found = found->next;
    return found;
}

/* --- whom one trusts --------------------------------------------------- */

/* Why the holder of H is one that `of` depends on, or the other way round. */
static enum trust_why held_over(const struct holding *h,
                                const struct instance *i)
{
    const struct authority *x = h->authority;

    if (h->holder == i || (x->kind == AUTHORITY_GRANT && x->of != h->holder))
        return TRUST_NONE;
    if (x->of == i && holding_controls(h))
        return TRUST_CONTROLS;
    if (x->kind == AUTHORITY_GRANT &&
        (x->grant->kind == GRANT_MANAGER ||
         (x->grant->kind == GRANT_SUPERVISE && x->grant->program == i)))
        return TRUST_MANAGES;
    if (x->kind == AUTHORITY_GRANT && x->grant->kind == GRANT_TRACE)
        return TRUST_WATCHES;
    return TRUST_NONE;
}

static void trust_add(struct trust *trusts, const struct instance *whom,
                      enum trust_why why, const struct instance *through)
{
    struct trust *t = &trusts[whom->index];

    if (t->why == TRUST_NONE || (t->through == through && why < t->why))
        *t = (struct trust){why, through};
}

/* Those that I depends on directly. */
static void trust_direct(const struct system *s, const struct instance *i,
                         struct trust *trusts)
{
    for (const struct link *l = i->links; l; l = l->next)
        trust_add(trusts, l->server, TRUST_CALLS, i);
    for (const struct holding *h = s->authority->holdings; h; h = h->next) {
        enum trust_why why = held_over(h, i);

        if (h->holder == i && h->channel &&
            h->authority->kind == AUTHORITY_SEND)
            trust_add(trusts, h->authority->of, TRUST_MAY_CALL, i);
        if (why != TRUST_NONE)
            trust_add(trusts, h->holder, why, i);
    }
}

void ledger_trusts(const struct system *s, const struct instance *i,
                   struct trust trusts[PLAN_PROGRAMS_MAX])
{
    bool done[PLAN_PROGRAMS_MAX] = {false};
    bool more = true;

    memset(trusts, 0, PLAN_PROGRAMS_MAX * sizeof *trusts);
    trusts[i->index].why = TRUST_SELF;
    while (more) {
        more = false;
        for (const struct instance *k = s->instances; k; k = k->next) {
            if (done[k->index] || trusts[k->index].why == TRUST_NONE)
                continue;
            done[k->index] = true;
            more = true;
            trust_direct(s, k, trusts);
        }
    }
}
