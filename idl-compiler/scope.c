/* SPDX-License-Identifier: BSD-2-Clause */
#include "scope.h"

#include <string.h>

#include "dialect.h"
#include "parse.h"

/* The scope stays out of it, so that walks do not depend on addresses. */
static unsigned bucket_of(const char *name)
{
    uint64_t h = 14695981039346656037u;

    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 1099511628211u;
    return (unsigned)((h ^ (h >> 32)) % SYMBOL_BUCKETS);
}

static struct decl **symbol_slot(struct idl *c, const struct decl *scope,
                                 const char *name)
{
    struct decl **at = &c->symbols[bucket_of(name)];

    while (*at && ((*at)->scope != scope || strcmp((*at)->name, name) != 0))
        at = &(*at)->same_hash;
    return at;
}

/* A forward declaration and its definition are one symbol. */
static bool merge_interface(struct decl **at, struct decl *d)
{
    struct decl *old = *at;

    if (old->kind != DECL_INTERFACE || d->kind != DECL_INTERFACE)
        return false;
    if (d->forward) {
        d->definition = old;
        return true;
    }
    if (!old->forward)
        return false;
    old->definition = d;
    d->same_hash = old->same_hash;
    *at = d;
    return true;
}

static void symbol_add(struct idl *c, struct decl *scope, struct decl *d)
{
    struct decl **at;

    d->scope = scope;
    if (!d->name)
        return;
    if (!d->foreign &&
        (d->name[0] == '_' || d->name[strlen(d->name) - 1] == '_') &&
        !dialect_rename(c, &d->name, d->loc, "a"))
        diag_error(&c->diag, DIAG_NAME_UNDERSCORE, d->loc,
                   "a name neither begins nor ends with '_'; such names "
                   "belong to the generated code");
    at = symbol_slot(c, scope, d->name);
    if (!*at) {
        *at = d;
        return;
    }
    if ((*at)->kind == DECL_MODULE && d->kind == DECL_MODULE) {
        d->definition = *at;
        return;
    }
    if (merge_interface(at, d) || ((*at)->foreign && d->foreign))
        return;
    diag_error(&c->diag, DIAG_NAME_TWICE, d->loc, "'%s' is declared twice",
               d->name);
    diag_note(&c->diag, (*at)->loc, "the first declaration is here");
}

static void declare_list(struct idl *c, struct unit *u, struct decl *scope,
                         struct decl *list)
{
    for (struct decl *d = list; d; d = d->next) {
        d->unit = u;
        symbol_add(c, scope, d);
        if (d->members)
            declare_list(c, u,
                         d->kind == DECL_MODULE && d->definition ? d->definition
                                                                 : d,
                         d->members);
    }
}

void scope_declare(struct idl *c)
{
    c->root = decl_new(&c->arena, DECL_MODULE, NULL, (struct loc){0});
    for (struct unit *u = c->units; u; u = u->next)
        declare_list(c, u, c->root, u->decls);
}

struct decl *scope_find(struct idl *c, const struct decl *scope,
                        const char *name, unsigned kinds)
{
    struct decl *d = *symbol_slot(c, scope, name);

    if (d && (KIND_BIT(d->kind) & kinds))
        return d;
    for (struct name_ref *b = scope->bases; b; b = b->next) {
        d = b->decl ? scope_find(c, b->decl, name, kinds) : NULL;
        if (d)
            return d;
    }
    return NULL;
}

/* Damerau-Levenshtein without the transposed case; A and B are short. */
static unsigned edit_distance(const char *a, const char *b)
{
    unsigned row[IDENT_MAX + 2];
    size_t la = strlen(a);
    size_t lb = strlen(b);

    if (la > IDENT_MAX || lb > IDENT_MAX)
        return IDENT_MAX;
    for (unsigned j = 0; j <= lb; j++)
        row[j] = j;
    for (unsigned i = 1; i <= la; i++) {
        unsigned diagonal = row[0];

        row[0] = i;
        for (unsigned j = 1; j <= lb; j++) {
            unsigned best = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[lb];
}

void guess_try(struct guess *g, const char *candidate)
{
    size_t len = strlen(g->word);
    unsigned limit = len < 3 ? 1 : len < 7 ? 2 : 3;
    unsigned d = edit_distance(g->word, candidate);

    if (d >= len || d > limit || (g->best && d >= g->distance))
        return;
    g->best = candidate;
    g->distance = d;
}

static bool scope_within(const struct decl *inner, const struct decl *scope)
{
    for (; inner; inner = inner->scope)
        if (inner == scope)
            return true;
    return false;
}

/* The type names that people bring from C and from other IDLs. */
static const char *foreign_type(const char *name)
{
    static const char *const known[][2] = {
        {"uint8", "u8"},     {"uint16", "u16"},     {"uint32", "u32"},
        {"uint64", "u64"},   {"int8", "s8"},        {"int16", "s16"},
        {"int32", "s32"},    {"int64", "s64"},      {"uint", "u32"},
        {"int", "s32"},      {"long", "s64"},       {"short", "s16"},
        {"unsigned", "u32"}, {"signed", "s32"},     {"octet", "u8"},
        {"byte", "u8"},      {"boolean", "bool"},   {"hyper", "s64"},
        {"small", "s8"},     {"size_t", "u64"},     {"uint8_t", "u8"},
        {"uint16_t", "u16"}, {"uint32_t", "u32"},   {"uint64_t", "u64"},
        {"int8_t", "s8"},    {"int16_t", "s16"},    {"int32_t", "s32"},
        {"int64_t", "s64"},  {"l4_cap_t", "cap"},   {"l4_fpage_t", "fpage"},
        {"_Bool", "bool"},   {"wstring", "string"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i][0], name) == 0)
            return known[i][1];
    return NULL;
}

/* What is called NAME somewhere else; NULL if nothing of KINDS is. */
static const struct decl *find_anywhere(struct idl *c, const char *name,
                                        unsigned kinds)
{
    for (unsigned i = 0; i < SYMBOL_BUCKETS; i++)
        for (const struct decl *d = c->symbols[i]; d; d = d->same_hash)
            if ((KIND_BIT(d->kind) & kinds) && !d->foreign && d->name &&
                strcmp(d->name, name) == 0)
                return d;
    return NULL;
}

/* NAME is nothing of KINDS, but is so in another scope. */
static bool report_elsewhere(struct idl *c, const struct name *name,
                             unsigned kinds, const char *what)
{
    const struct decl *d = find_anywhere(c, name->part, kinds);
    const char *path = d ? decl_path(&c->arena, d) : NULL;

    if (!d)
        return false;
    diag_error(&c->diag, DIAG_NAME_UNKNOWN, name->loc,
               "there is no %s '%s' here; did you mean '::%s'?", what,
               name->part, path);
    diag_note(&c->diag, d->loc, "that one is here");
    return true;
}

/* The error for NAME, which is nothing of KINDS, with what may be meant. */
static void report_unknown(struct idl *c, const struct decl *scope,
                           const struct name *name, unsigned kinds,
                           const char *what)
{
    static const char *const builtin[] = {
        "u8",  "u16", "u32",  "u64",  "s8",     "s16",      "s32",
        "s64", "cap", "bool", "char", "string", "sequence", "fpage"};
    struct guess g = {.word = name->part};
    const char *foreign = NULL;

    if (report_elsewhere(c, name, kinds, what))
        return;
    if (kinds & KIND_BIT(DECL_TYPEDEF))
        foreign = foreign_type(name->part);
    for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
        if ((kinds & KIND_BIT(DECL_TYPEDEF)) && strlen(name->part) < 5)
            guess_try(&g, builtin[i]);
    for (unsigned i = 0; i < SYMBOL_BUCKETS; i++)
        for (struct decl *d = c->symbols[i]; d; d = d->same_hash)
            if ((KIND_BIT(d->kind) & kinds) && scope_within(scope, d->scope))
                guess_try(&g, d->name);
    if (foreign)
        g.best = foreign;
    if (g.best) {
        diag_error(&c->diag, DIAG_NAME_UNKNOWN, name->loc,
                   "there is no %s '%s'; did you mean '%s'?", what, name->part,
                   g.best);
        diag_fix(&c->diag, name->loc, "%s", g.best);
    } else {
        diag_error(&c->diag, DIAG_NAME_UNKNOWN, name->loc,
                   "there is no %s '%s'", what, name->part);
    }
}

/* In C, the values of an enum are known beside it. */
static struct decl *find_in_enums(struct idl *c, const struct decl *scope,
                                  const char *name)
{
    for (unsigned i = 0; i < SYMBOL_BUCKETS; i++)
        for (struct decl *d = c->symbols[i]; d; d = d->same_hash)
            if (d->kind == DECL_ENUMERATOR && d->scope &&
                d->scope->kind == DECL_ENUM && d->scope->scope == scope &&
                strcmp(d->name, name) == 0)
                return d;
    return NULL;
}

/* The first part of a name, from SCOPE outwards. */
static struct decl *find_outwards(struct idl *c, const struct decl *scope,
                                  const struct name *name, unsigned kinds)
{
    struct decl *d = NULL;

    if (name->absolute)
        scope = c->root;
    for (; scope && !d; scope = scope->scope) {
        d = scope_find(c, scope, name->part, kinds);
        if (!d && c->dialect && (kinds & KIND_BIT(DECL_ENUMERATOR)))
            d = find_in_enums(c, scope, name->part);
    }
    return d;
}

struct decl *scope_lookup(struct idl *c, const struct decl *scope,
                          const char *name, unsigned kinds)
{
    struct name n = {.part = name};

    return find_outwards(c, scope, &n, kinds);
}

/* Nothing of KINDS was found for a name of one part, or for the first of
 * several. */
static void report_missing(struct idl *c, const struct decl *scope,
                           const struct name *name, unsigned kinds,
                           const char *what)
{
    const struct decl *any = NULL;

    if (name->next) {
        report_unknown(c, scope, name, KINDS_SCOPE, "scope");
        return;
    }
    any = find_outwards(c, scope, name, ~0u);
    if (!any) {
        report_unknown(c, scope, name, kinds, what);
    } else if (any->kind == DECL_INTERFACE && (kinds & KINDS_TYPE)) {
        diag_error(&c->diag, DIAG_NAME_KIND, name->loc,
                   "'%s' is an interface; write cap<%s> to pass one",
                   name->part, name->part);
        diag_fix(&c->diag, name->loc, "cap<%s>", name->part);
    } else {
        diag_error(&c->diag, DIAG_NAME_KIND, name->loc, "'%s' is not a %s",
                   name->part, what);
        diag_note(&c->diag, any->loc, "it is this %s",
                  decl_kind_text(any->kind));
    }
}

/* NAME is something else in SCOPE. */
static bool report_kind(struct idl *c, const struct decl *scope,
                        const struct name *name, const char *what)
{
    const struct decl *any = scope_find(c, scope, name->part, ~0u);

    if (!any)
        return false;
    diag_error(&c->diag, DIAG_NAME_KIND, name->loc, "'%s' is not a %s",
               name->part, what);
    diag_note(&c->diag, any->loc, "it is this %s", decl_kind_text(any->kind));
    return true;
}

struct decl *scope_resolve(struct idl *c, const struct decl *scope,
                           const struct name *name, unsigned kinds,
                           const char *what)
{
    struct decl *d =
        find_outwards(c, scope, name, name->next ? KINDS_SCOPE : kinds);

    if (!d) {
        report_missing(c, scope, name, kinds, what);
        return NULL;
    }
    for (const struct name *n = name->next; n; n = n->next) {
        unsigned wanted = n->next ? KINDS_SCOPE : kinds;
        struct decl *inner = scope_find(c, d, n->part, wanted);

        if (!inner && report_kind(c, d, n, n->next ? "scope" : what))
            return NULL;
        if (!inner) {
            report_unknown(c, d, n, wanted, n->next ? "scope" : what);
            return NULL;
        }
        d = inner;
    }
    return d;
}
