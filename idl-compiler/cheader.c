/* SPDX-License-Identifier: BSD-2-Clause */
/* Declarations of C headers, and what of them an interface can name. */
#include <string.h>

#include "cheader.h"

/* --- reading ----------------------------------------------------------- */

/* Up to the end of a declaration, or of a function's body. */
static void skip_rest(struct creader *r)
{
    while (r->tok.kind != CT_END) {
        if (ctoken_take(r, ";"))
            return;
        if (ctoken_is(r, "{")) {
            ctoken_skip_brackets(r);
            if (!ctoken_is(r, ";") && !ctoken_is(r, ",") && !ctoken_is(r, "="))
                return;
        } else if (ctoken_is(r, "(") || ctoken_is(r, "[")) {
            ctoken_skip_brackets(r);
        } else {
            ctoken_next(r);
        }
    }
}

static void read_typedef(struct creader *r)
{
    struct ctype base;

    if (ctype_read(r, &base))
        do {
            struct ctype t;
            const char *name;
            struct loc loc;
            struct cname *n;

            if (!cdecl_read(r, &base, &t, &name, &loc) || !name)
                break;
            n = cname_add(r, "", name, loc);
            n->is_typedef = true;
            n->type = t;
            if (t.kind != C_ARRAY)
                n->type.name = n->name;
        } while (ctoken_take(r, ","));
    skip_rest(r);
}

static void read_declaration(struct creader *r)
{
    struct ctype t;

    if (ctoken_take(r, ";") || ctoken_take(r, "}"))
        return;
    if (ctoken_take(r, "typedef")) {
        read_typedef(r);
        return;
    }
    if (ctoken_take(r, "extern") && r->tok.kind == CT_OTHER) {
        ctoken_next(r); /* extern "C" { */
        ctoken_take(r, "{");
        return;
    }
    if (!ctype_read(r, &t) && r->tok.kind == CT_SIGN && !ctoken_is(r, "(") &&
        !ctoken_is(r, "[") && !ctoken_is(r, "{"))
        ctoken_next(r);
    skip_rest(r);
}

/* --- what an interface can use ----------------------------------------- */

static struct decl *native_decl(struct creader *r, const char *name,
                                struct loc loc)
{
    struct decl *d = decl_new(r->arena, DECL_NATIVE, name, loc);

    d->state = STATE_DONE;
    d->foreign = true;
    return d;
}

/* NAME is how C writes the type; NULL for a basic one. NULL if it is of no
 * use. */
static struct type *type_of(struct creader *r, const struct ctype *c,
                            const char *name, struct loc loc)
{
    struct type *t;

    switch (c->kind) {
    case C_BOOL: return type_new(r->arena, TYPE_BOOL, loc);
    case C_INT:
    case C_POINTER:
        t = type_int(r->arena, c->size, c->is_signed, loc);
        t->is_address = c->kind == C_POINTER;
        break;
    case C_OTHER:
        if (!c->size || !name)
            return NULL;
        t = type_new(r->arena, TYPE_NATIVE, loc);
        t->size = c->size;
        t->align = c->align;
        break;
    case C_ARRAY:
        if (!c->size || c->size > 65536)
            return NULL;
        t = type_new(r->arena, TYPE_ARRAY, loc);
        t->elem = type_of(r, c->elem, c->elem->name, loc);
        if (!t->elem || t->elem->kind == TYPE_ARRAY)
            return NULL;
        t->count = (uint32_t)c->count;
        t->size = c->size;
        t->align = c->align;
        t->validated = t->elem->validated;
        return t;
    default: return NULL;
    }
    if (name) {
        t->decl = native_decl(r, name, loc);
        t->decl->type = t;
    }
    return t;
}

static struct decl *decl_of(struct creader *r, const struct cname *n)
{
    struct decl *d;

    if (n->is_value) {
        d = decl_new(r->arena, DECL_ENUMERATOR, n->name, n->loc);
        d->type = type_int(r->arena, 4, true, n->loc);
        d->result = (struct value){.negative = n->value < 0,
                                   .bits = (uint64_t)n->value};
    } else {
        d = decl_new(r->arena, DECL_TYPEDEF, n->name, n->loc);
        d->type = type_of(r, &n->type, n->name, n->loc);
        if (!d->type)
            return NULL;
    }
    d->state = STATE_DONE;
    d->foreign = true;
    return d;
}

struct decl *cheader_read(struct arena *a, struct source *src, const char *text)
{
    struct creader *r = arena_alloc(a, sizeof *r);
    struct decl *first = NULL;
    struct decl **end = &first;

    *r = (struct creader){.arena = a, .src = src, .text = text, .at = text};
    ctoken_next(r);
    while (r->tok.kind != CT_END)
        read_declaration(r);
    for (const struct cname *n = r->first; n; n = n->next) {
        *end = decl_of(r, n);
        if (*end)
            end = &(*end)->next;
    }
    return first;
}
