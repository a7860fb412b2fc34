/* SPDX-License-Identifier: BSD-2-Clause */
/* Types, as the grammar has them. */
#include <string.h>

#include "build.h"

struct type *named_type(struct parser *p, struct name *name, struct loc loc)
{
    struct type *t = type_new(p->arena, TYPE_NAMED, loc);

    t->name = name;
    return t;
}

struct type *cap_type(struct parser *p, struct name *name, struct loc loc)
{
    struct type *t = type_new(p->arena, TYPE_CAP, loc);

    t->name = name;
    return t;
}

struct type *fpage_type(struct parser *p, const char *kind, struct loc kind_at,
                        struct loc loc)
{
    struct type *t = type_new(p->arena, TYPE_FPAGE, loc);

    t->io = strcmp(kind, "io") == 0;
    if (!t->io && strcmp(kind, "mem") != 0)
        diag_error(p->diag, DIAG_SYNTAX, kind_at,
                   "a flexpage is of 'mem' or of 'io'");
    return t;
}

struct type *string_type(struct parser *p, struct expr *bound, struct loc loc)
{
    struct type *t = type_new(p->arena, TYPE_STRING, loc);

    t->bound = bound;
    return t;
}

struct type *sequence_type(struct parser *p, struct type *elem,
                           struct expr *bound, struct loc loc)
{
    struct type *t = type_new(p->arena, TYPE_SEQUENCE, loc);

    t->elem = elem;
    t->bound = bound;
    return t;
}

struct type *declared_type(struct parser *p, struct type *base,
                           const struct declarator *d)
{
    struct type *t;

    if (d->dims == 0)
        return base;
    t = type_new(p->arena, TYPE_ARRAY, d->loc);
    t->elem = base;
    t->bound = d->bound;
    return t;
}

void add_dimension(struct parser *p, struct declarator *d, struct expr *bound)
{
    if (!p->dialect) {
        if (d->dims == 2)
            diag_error(p->diag, DIAG_ARRAY_DIMENSIONS, bound->loc,
                       "an array has one dimension; put the inner one into a "
                       "struct");
        return;
    }
    if (d->dims == 2)
        foreign_form(p, bound->loc, "a second dimension",
                     "the elements follow each other in one array");
    d->bound = expr_binary(p->arena, '*', d->bound, bound);
}

static unsigned words_of(uint64_t words, uint64_t which)
{
    return (unsigned)(words / which) & 0xff;
}

static struct type *float_type(struct parser *p, uint64_t words, struct loc loc)
{
    struct type *t = type_new(p->arena, TYPE_NATIVE, loc);
    const char *name = "float";

    t->size = 4;
    if (words_of(words, CWORD_DOUBLE)) {
        bool wide =
            words_of(words, CWORD_LONG) || words_of(words, CWORD_LONG32);

        name = wide ? "long double" : "double";
        t->size = wide ? 16 : 8;
    }
    t->align = t->size;
    t->decl = decl_new(p->arena, DECL_NATIVE, name, loc);
    return t;
}

struct type *c_sized_type(struct parser *p, uint64_t words, uint32_t size,
                          struct loc loc)
{
    return type_int(p->arena, size, words_of(words, CWORD_UNSIGNED) == 0, loc);
}

struct type *wide_string_type(struct parser *p, struct expr *bound,
                              struct loc loc)
{
    struct type *t = type_new(p->arena, TYPE_SEQUENCE, loc);

    diag_warn(p->diag, DIAG_CHANGED, loc,
              "a wide string is a sequence of 16-bit characters");
    diag_fix(p->diag, loc, "sequence<u16, N>");
    t->elem = type_int(p->arena, 2, false, loc);
    t->bound = bound;
    return t;
}

struct type *reference_type(struct parser *p, struct loc loc)
{
    struct type *t = type_int(p->arena, 8, false, loc);

    diag_warn(p->diag, DIAG_SINGLE_VALUE, loc,
              "a reference is passed as an address, which means nothing to "
              "another program");
    t->decl = decl_new(p->arena, DECL_NATIVE, "void *", loc);
    t->is_address = true;
    return t;
}

struct type *c_words_type(struct parser *p, uint64_t words, struct loc loc)
{
    bool is_signed = words_of(words, CWORD_UNSIGNED) == 0;
    uint32_t size = 4;

    if (words_of(words, CWORD_DOUBLE) || words_of(words, CWORD_FLOAT))
        return float_type(p, words, loc);
    if (words_of(words, CWORD_SHORT))
        size = 2;
    else if (words_of(words, CWORD_LONG) || words_of(words, CWORD_LONG32) > 1)
        size = 8;
    return type_int(p->arena, size, is_signed, loc);
}

struct type *tagged_type(struct parser *p, const char *keyword,
                         const char *name, struct loc loc)
{
    struct type *t = type_new(p->arena, TYPE_NAMED, loc);

    t->name = name_new(p->arena, name, loc);
    t->name->tag = arena_printf(p->arena, "%s %s", keyword, name);
    return t;
}

struct type *record_type(struct parser *p, struct decl *d, struct loc loc)
{
    struct type *t = type_new(p->arena, TYPE_NAMED, loc);

    if (!p->dialect)
        diag_error(p->diag, DIAG_SYNTAX, loc,
                   "declare this %s on its own and use its name here",
                   decl_kind_text(d->kind));
    t->made = !d->name;
    if (!d->name)
        d->name = arena_printf(p->arena, "anon%u", ++p->anonymous);
    t->name = name_new(p->arena, d->name, d->loc);
    parser_hoist(p, d);
    return t;
}
