/* SPDX-License-Identifier: BSD-2-Clause */
#include "ast.h"

#include <string.h>

struct name *name_new(struct arena *a, const char *part, struct loc loc)
{
    struct name *n = arena_alloc(a, sizeof *n);

    n->part = part;
    n->loc = loc;
    return n;
}

struct name *name_append(struct name *list, struct name *part)
{
    struct name *last = list;

    while (last->next)
        last = last->next;
    last->next = part;
    return list;
}

struct loc name_loc(const struct name *n)
{
    struct loc loc = n->loc;

    for (; n; n = n->next)
        loc = loc_join(loc, n->loc);
    return loc;
}

const char *name_text(struct arena *a, const struct name *n)
{
    const char *text =
        arena_printf(a, "%s%s", n->absolute ? "::" : "", n->part);

    for (n = n->next; n; n = n->next)
        text = arena_printf(a, "%s::%s", text, n->part);
    return text;
}

static struct expr *expr_new(struct arena *a, enum expr_kind kind,
                             struct loc loc)
{
    struct expr *e = arena_alloc(a, sizeof *e);

    e->kind = kind;
    e->loc = loc;
    return e;
}

struct expr *expr_number(struct arena *a, uint64_t number, struct loc loc)
{
    struct expr *e = expr_new(a, EXPR_NUMBER, loc);

    e->number = number;
    return e;
}

struct expr *expr_name(struct arena *a, struct name *name)
{
    struct expr *e = expr_new(a, EXPR_NAME, name_loc(name));

    e->name = name;
    return e;
}

struct expr *expr_unary(struct arena *a, int op, struct expr *operand,
                        struct loc loc)
{
    struct expr *e = expr_new(a, EXPR_UNARY, loc_join(loc, operand->loc));

    e->op = op;
    e->left = operand;
    e->depth = operand->depth + 1;
    return e;
}

struct expr *expr_binary(struct arena *a, int op, struct expr *left,
                         struct expr *right)
{
    struct expr *e = expr_new(a, EXPR_BINARY, loc_join(left->loc, right->loc));

    e->op = op;
    e->left = left;
    e->right = right;
    e->depth = 1 + (left->depth > right->depth ? left->depth : right->depth);
    return e;
}

struct type *type_new(struct arena *a, enum type_kind kind, struct loc loc)
{
    struct type *t = arena_alloc(a, sizeof *t);

    t->kind = kind;
    t->loc = loc;
    if (kind == TYPE_BOOL || kind == TYPE_CHAR)
        t->size = t->align = 1;
    t->validated = kind == TYPE_BOOL;
    return t;
}

struct type *type_int(struct arena *a, uint32_t size, bool is_signed,
                      struct loc loc)
{
    struct type *t = type_new(a, TYPE_INT, loc);

    t->size = size;
    t->align = size;
    t->is_signed = is_signed;
    return t;
}

struct decl *decl_new(struct arena *a, enum decl_kind kind, const char *name,
                      struct loc loc)
{
    struct decl *d = arena_alloc(a, sizeof *d);

    d->kind = kind;
    d->name = name;
    d->loc = loc;
    return d;
}

struct clause *clause_new(struct arena *a, const char *word, struct loc loc)
{
    struct clause *clause = arena_alloc(a, sizeof *clause);

    clause->word = word;
    clause->loc = loc;
    return clause;
}

void clause_name(struct clause *clause, const char *name, struct loc loc)
{
    clause->name = name;
    clause->name_loc = loc;
}

struct clause *instance_new(struct arena *a, const char *name, struct loc loc)
{
    struct clause *clause = clause_new(a, "component", loc);

    clause->instance = true;
    clause_name(clause, name, loc);
    return clause;
}

const char *decl_path(struct arena *a, const struct decl *d)
{
    const char *text = d->name;

    for (d = d->scope; d && d->name; d = d->scope)
        text = arena_printf(a, "%s::%s", d->name, text);
    return text;
}

unsigned decl_ancestors(const struct decl *iface,
                        const struct decl *all[BASES_MAX], unsigned n)
{
    for (const struct name_ref *b = iface->bases; b; b = b->next) {
        unsigned i = 0;

        while (i < n && all[i] != b->decl)
            i++;
        if (i < n || !b->decl || n == BASES_MAX)
            continue;
        all[n++] = b->decl;
        n = decl_ancestors(b->decl, all, n);
    }
    return n;
}

const char *decl_kind_text(enum decl_kind kind)
{
    switch (kind) {
    case DECL_MODULE: return "module";
    case DECL_INTERFACE: return "interface";
    case DECL_CONST: return "constant";
    case DECL_TYPEDEF: return "typedef";
    case DECL_NATIVE: return "native type";
    case DECL_ENUM: return "enum";
    case DECL_FLAGS: return "flags";
    case DECL_ENUMERATOR: return "enumerator";
    case DECL_STRUCT: return "struct";
    case DECL_UNION: return "union";
    case DECL_EXCEPTION: return "exception";
    case DECL_OP: return "operation";
    case DECL_RIGHTS: return "rights";
    case DECL_RESERVED: return "attribute list";
    case DECL_COMPONENT: return "component";
    case DECL_SYSTEM: return "system";
    case DECL_IMPORT: return "import";
    }
    return "declaration";
}

struct attr *attr_find(struct attr *list, const char *name)
{
    while (list && strcmp(list->name, name) != 0)
        list = list->next;
    return list;
}
