/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "check.h"
#include "dialect.h"
#include "eval.h"
#include "scope.h"

struct attr_rule {
    const char *name;
    unsigned places; /* of enum attr_place */
    unsigned least;
    unsigned most;
    int kind; /* of its arguments: an attr_arg_kind */
};

static const struct attr_rule rules[] = {
#define EXPR ARG_EXPR
#define TEXT ARG_STRING
#define DECIMAL ARG_DECIMAL
#define ATTR(name, places, least, most, kind) \
    {#name, places, least, most, kind},
#include "attr.def"
#undef ATTR
};

enum { RULES = sizeof rules / sizeof *rules };

static const char *place_text(unsigned places)
{
    static const struct {
        unsigned place;
        const char *text;
    } all[] = {
        {ON_MODULE, "a module"},        {ON_INTERFACE, "an interface"},
        {ON_OP, "an operation"},        {ON_RESERVED, "';' in an interface"},
        {ON_EXCEPTION, "an exception"}, {ON_PARAM, "a parameter"},
        {ON_FIELD, "a field"},          {ON_CLAUSE, "a statement"},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (places & all[i].place)
            return all[i].text;
    return "a type or constant";
}

static void report_unknown(struct idl *c, const struct attr *at)
{
    struct guess g = {.word = at->name};

    for (unsigned i = 0; i < RULES; i++)
        guess_try(&g, rules[i].name);
    if (g.best) {
        diag_error(&c->diag, DIAG_ATTR_UNKNOWN, at->loc,
                   "unknown attribute '%s'; did you mean '%s'?", at->name,
                   g.best);
        diag_fix(&c->diag, at->loc, "%s", g.best);
    } else {
        diag_error(&c->diag, DIAG_ATTR_UNKNOWN, at->loc,
                   "unknown attribute '%s'", at->name);
    }
}

static const char *kind_text(int kind)
{
    switch (kind) {
    case ARG_STRING: return "a string";
    case ARG_DECIMAL: return "a number with a point or a unit";
    default: return "a number or name";
    }
}

static void check_args(struct idl *c, const struct attr *at,
                       const struct attr_rule *r)
{
    unsigned n = 0;

    for (const struct attr_arg *arg = at->args; arg; arg = arg->next) {
        n++;
        /* A whole number is a decimal number, too. */
        if ((int)arg->kind != r->kind &&
            !(r->kind == ARG_DECIMAL && arg->kind == ARG_EXPR &&
              arg->expr->kind == EXPR_NUMBER))
            diag_error(&c->diag, DIAG_ATTR_ARGUMENT, arg->loc,
                       "'%s' takes %s, not %s", at->name, kind_text(r->kind),
                       kind_text((int)arg->kind));
    }
    if (n >= r->least && n <= r->most)
        return;
    if (r->most == 0)
        diag_error(&c->diag, DIAG_ATTR_COUNT, at->loc,
                   "'%s' takes no arguments", at->name);
    else if (r->least == r->most)
        diag_error(&c->diag, DIAG_ATTR_COUNT, at->loc,
                   "'%s' takes %u argument%s, not %u", at->name, r->least,
                   r->least == 1 ? "" : "s", n);
    else
        diag_error(&c->diag, DIAG_ATTR_COUNT, at->loc,
                   "'%s' takes %u to %u arguments, not %u", at->name, r->least,
                   r->most, n);
}

/* Where the older dialects have more arguments than we, or none. */
static bool is_lenient(const struct idl *c, const struct attr_rule *r)
{
    return c->dialect &&
           (strcmp(r->name, "uuid") == 0 || strcmp(r->name, "kernelmsg") == 0 ||
            strcmp(r->name, "version") == 0);
}

static void check_attr(struct idl *c, const struct attr *at,
                       enum attr_place place)
{
    for (unsigned i = 0; i < RULES; i++) {
        if (strcmp(rules[i].name, at->name) != 0)
            continue;
        if (!(rules[i].places & place) && dialect_attr(c, at))
            return;
        if (!(rules[i].places & place))
            diag_error(&c->diag, DIAG_ATTR_PLACE, at->loc,
                       "attribute '%s' belongs before %s, not before %s",
                       at->name, place_text(rules[i].places),
                       place_text(place));
        else if (!is_lenient(c, &rules[i]))
            check_args(c, at, &rules[i]);
        return;
    }
    if (!dialect_attr(c, at))
        report_unknown(c, at);
}

void check_attrs(struct idl *c, struct attr *list, enum attr_place place)
{
    for (struct attr *at = list; at; at = at->next) {
        struct attr *first = attr_find(list, at->name);

        check_attr(c, at, place);
        if (first != at) {
            diag_error(&c->diag, DIAG_ATTR_TWICE, at->loc,
                       "attribute '%s' is given twice", at->name);
            diag_note(&c->diag, first->loc, "it is already here");
        }
    }
}

uint64_t attr_number(struct idl *c, const struct decl *scope,
                     const struct attr *at, uint64_t low, uint64_t high,
                     const char *what)
{
    uint64_t n;

    if (!at->args || at->args->kind != ARG_EXPR)
        return 0;
    if (!eval_between(c, scope, at->args->expr, low, high, what, &n))
        return 0;
    return n;
}

struct type *attr_type(struct idl *c, const struct attr *at)
{
    static const char *const plain[] = {"u8", "u16", "u32", "u64",
                                        "s8", "s16", "s32", "s64"};
    const struct attr_arg *arg = at->args;
    struct type *t;

    if (!arg || arg->kind != ARG_EXPR || arg->expr->kind != EXPR_NAME)
        return NULL;
    for (unsigned i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(arg->expr->name->part, plain[i]) == 0)
            return type_int(&c->arena, 1u << i % 4, i >= 4, arg->loc);
    if (strcmp(arg->expr->name->part, "bool") == 0)
        return type_new(&c->arena, TYPE_BOOL, arg->loc);
    if (strcmp(arg->expr->name->part, "char") == 0)
        return type_new(&c->arena, TYPE_CHAR, arg->loc);
    t = type_new(&c->arena, TYPE_NAMED, arg->loc);
    t->name = arg->expr->name;
    return t;
}
