/* SPDX-License-Identifier: BSD-2-Clause */
/* The trust ledger, as a table for people and as JSON for programs. */
#include <inttypes.h>
#include <string.h>

#include "emit.h"
#include "ledger.h"

static const char *reason(struct emit *e, const struct trust *t)
{
    const char *who = t->through ? t->through->name : "";

    switch (t->why) {
    case TRUST_NONE: break;
    case TRUST_SELF: return "itself";
    case TRUST_CALLS: return text(e, "%s calls it", who);
    case TRUST_MAY_CALL: return text(e, "%s may come to call it", who);
    case TRUST_CONTROLS: return text(e, "can do what it likes with %s", who);
    case TRUST_MANAGES: return text(e, "can stop %s", who);
    case TRUST_WATCHES: return text(e, "can watch %s", who);
    }
    return "";
}

/* Lines of one group in the files that were not counted under this mark. */
static uint64_t count(const struct linked *linked, enum lines_group group,
                      unsigned mark)
{
    uint64_t sum = 0;

    for (const struct lines_ref *r = linked->files; r; r = r->next) {
        if (r->file->mark == mark || r->file->group != group)
            continue;
        r->file->mark = mark;
        sum += r->file->lines;
    }
    return sum;
}

/* The parts of a sum: components first, then what all share. */
struct sums {
    const struct trust *trusts;
    uint64_t own[PLAN_PROGRAMS_MAX];
    uint64_t libl4, root, kernel, all;
};

/* What WHOSE itself has is counted as its own, also where others share it. */
static struct sums sum_up(struct emit *e, const struct instance *whose,
                          const struct trust *trusts)
{
    const struct linked *root = ledger_find(e->ledger, "/root");
    const struct linked *kernel = ledger_find(e->ledger, "/kernel");
    unsigned mark = ++e->ledger->mark;
    struct sums s = {.trusts = trusts};

    s.kernel = count(kernel, LINES_OWN, mark);
    s.root = count(root, LINES_OWN, mark);
    s.libl4 = count(root, LINES_LIBL4, mark) + count(kernel, LINES_LIBL4, mark);
    s.own[whose->index] = count(
        ledger_find(e->ledger, whose->component->program), LINES_OWN, mark);
    s.all = s.kernel + s.root;
    for (const struct instance *i = e->system->instances; i; i = i->next) {
        const struct linked *linked =
            ledger_find(e->ledger, i->component->program);

        if (trusts[i->index].why == TRUST_NONE)
            continue;
        s.own[i->index] += count(linked, LINES_OWN, mark);
        s.libl4 += count(linked, LINES_LIBL4, mark);
        s.all += s.own[i->index];
    }
    s.all += s.libl4;
    return s;
}

static void put_row(struct emit *e, uint64_t lines, const char *name,
                    const char *why)
{
    put(e, "%9" PRIu64 "  %s", lines, name);
    if (*why)
        put(e, "%*s%s", (int)(26 - strlen(name)), "", why);
    put(e, "\n");
}

static void put_table(struct emit *e, const struct instance *i)
{
    struct trust trusts[PLAN_PROGRAMS_MAX];
    struct sums s;

    ledger_trusts(e->system, i, trusts);
    s = sum_up(e, i, trusts);
    put(e, "\n%s\n", i->name);
    put_row(e, s.own[i->index], i->name, "itself");
    for (const struct instance *k = e->system->instances; k; k = k->next)
        if (k != i && trusts[k->index].why != TRUST_NONE)
            put_row(e, s.own[k->index], k->name, reason(e, &trusts[k->index]));
    put_row(e, s.libl4, "libl4", "is linked into them");
    put_row(e, s.root, "root", "starts them, feeds them memory");
    put_row(e, s.kernel, "kernel", "");
    put_row(e, s.all, "in all", "");
}

void emit_ledger(struct emit *e)
{
    put(e,
        "The trust ledger of system %s: whom each component depends on, in "
        "lines of code.\nA line that two share is counted once, "
        "what comes from libl4 with libl4.\n",
        e->system->decl->name);
    for (const struct instance *i = e->system->instances; i; i = i->next)
        put_table(e, i);
}

/* --- JSON -------------------------------------------------------------- */

static void put_trust(struct emit *e, const struct instance *k,
                      const struct sums *s, bool first)
{
    put(e,
        "%s\n        {\"name\": \"%s\", \"program\": \"%s\", \"why\": \"%s\", "
        "\"lines\": %" PRIu64 "}",
        first ? "" : ",", k->name, k->component->program,
        reason(e, &s->trusts[k->index]), s->own[k->index]);
}

static void put_component(struct emit *e, const struct instance *i)
{
    struct trust trusts[PLAN_PROGRAMS_MAX];
    struct sums s;
    bool first = true;

    ledger_trusts(e->system, i, trusts);
    s = sum_up(e, i, trusts);
    put(e, "    {\"name\": \"%s\", \"trusts\": [", i->name);
    for (const struct instance *k = e->system->instances; k; k = k->next) {
        if (trusts[k->index].why == TRUST_NONE)
            continue;
        put_trust(e, k, &s, first);
        first = false;
    }
    put(e,
        "],\n     \"libl4\": %" PRIu64 ", \"root\": %" PRIu64
        ", \"kernel\": %" PRIu64 ", \"all\": %" PRIu64 "}%s\n",
        s.libl4, s.root, s.kernel, s.all, i->next ? "," : "");
}

/* A path in JSON. */
static void put_quoted(struct emit *e, const char *s)
{
    put(e, "\"");
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            put(e, "\\");
        put(e, (unsigned char)*s < 0x20 ? "?" : "%c", *s);
    }
    put(e, "\"");
}

static void put_linked(struct emit *e, const struct linked *linked)
{
    put(e, "    {\"program\": ");
    put_quoted(e, linked->name);
    put(e, ", \"files\": [");
    for (const struct lines_ref *r = linked->files; r; r = r->next) {
        put(e, "%s\n        {\"path\": ", r == linked->files ? "" : ",");
        put_quoted(e, r->file->path);
        put(e, ", \"libl4\": %s, \"lines\": %" PRIu64 "}",
            r->file->group == LINES_LIBL4 ? "true" : "false", r->file->lines);
    }
    put(e, "]}%s\n", linked->next ? "," : "");
}

void emit_ledger_json(struct emit *e)
{
    put(e, "{\"system\": \"%s\",\n  \"components\": [\n",
        e->system->decl->name);
    for (const struct instance *i = e->system->instances; i; i = i->next)
        put_component(e, i);
    put(e, "  ],\n  \"linked\": [\n");
    for (const struct linked *l = e->ledger->linked; l; l = l->next)
        put_linked(e, l);
    put(e, "  ]}\n");
}

/* Everything that is counted has to be known. */
static void check_known(struct emit *e, const char *name, struct loc loc)
{
    if (!ledger_find(e->ledger, name))
        diag_error(&e->c->diag, DIAG_LINES_MISSING, loc,
                   "nobody says what is linked into '%s': --lines %s=FILE",
                   name, name);
}

void emit_ledger_check(struct emit *e)
{
    check_known(e, "/root", (struct loc){0});
    check_known(e, "/kernel", (struct loc){0});
    for (const struct instance *i = e->system->instances; i; i = i->next)
        check_known(e, i->component->program, i->loc);
}
