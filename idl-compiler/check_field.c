/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of structs and exceptions, arms of unions, and where they lie. */
#include <string.h>

#include "check.h"
#include "dialect.h"
#include "names.h"

static void check_field_names(struct idl *c, const struct decl *d)
{
    for (struct field *f = d->fields; f; f = f->next) {
        if (!f->name)
            continue;
        name_check_member(c, &f->name, f->loc, "the");
        for (struct field *o = d->fields; o != f; o = o->next)
            if (o->name && strcmp(o->name, f->name) == 0) {
                diag_error(&c->diag, DIAG_PARAM_TWICE, f->loc,
                           "there are two fields '%s'", f->name);
                diag_note(&c->diag, o->loc, "the other one is here");
                break;
            }
    }
}

/* --- fields that vary in length ---------------------------------------- */

/* The single name that AT takes, or NULL. */
static const char *named(const struct attr *at)
{
    const struct attr_arg *arg = at ? at->args : NULL;

    if (!arg || arg->kind != ARG_EXPR || arg->expr->kind != EXPR_NAME ||
        arg->expr->name->next)
        return NULL;
    return arg->expr->name->part;
}

static struct field *field_named(const struct decl *d, const char *name)
{
    for (struct field *f = d->fields; f && name; f = f->next)
        if (f->name && strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

static struct expr *expr_of(const struct attr *at)
{
    return at && at->args && at->args->kind == ARG_EXPR ? at->args->expr : NULL;
}

/* `[string] char *s` and `[string] char s[N]`. */
static void make_string(struct idl *c, struct field *f, const struct attr *at)
{
    const struct attr *max = attr_find(f->attrs, "max_is");
    struct type *t = type_new(&c->arena, TYPE_STRING, f->type->loc);

    if (f->type->kind == TYPE_STRING) {
        check_no_effect(c, at, "the type is a string already");
        return;
    }
    t->bound = expr_of(max);
    if (f->type->kind == TYPE_ARRAY && f->type->elem->kind == TYPE_CHAR) {
        t->bound = f->type->bound;
        f->is_string = true; /* its NUL is counted */
    } else if (f->type->kind != TYPE_CHAR || f->pointers == 0 ||
               (f->pointers > 1 && !c->dialect)) {
        diag_error(&c->diag, DIAG_ATTR_TYPE, at->loc,
                   "'string' belongs to a 'char *' or an array of char");
        return;
    }
    f->pointers = 0;
    f->type = t;
    if (!t->bound)
        t->bound = dialect_bound(c, f->loc, f->name, true);
}

/* `[size_is(n), max_is(N)] T *a` and `[length_is(n)] T a[N]`. */
static void make_counted(struct idl *c, const struct decl *d, struct field *f,
                         const struct attr *at)
{
    struct type *t = type_new(&c->arena, TYPE_SEQUENCE, f->type->loc);

    f->counted_by = field_named(d, named(at));
    t->elem = dialect_bytes(c, f->type, f->name);
    t->bound = expr_of(attr_find(f->attrs, "max_is"));
    if (f->type->kind == TYPE_ARRAY) {
        t->elem = f->type->elem;
        t->bound = f->type->bound;
    } else if (f->pointers) {
        f->pointers--;
    } else {
        diag_error(&c->diag, DIAG_ATTR_TYPE, at->loc,
                   "'%s' belongs to an array or a pointer", at->name);
        return;
    }
    if (!t->bound && !f->counted_by && !c->dialect)
        t->bound = expr_of(at);
    if (!t->bound)
        t->bound = dialect_bound(c, f->loc, f->name, true);
    f->type = t;
}

static void check_form(struct idl *c, const struct decl *d, struct field *f)
{
    const struct attr *string = attr_find(f->attrs, "string");
    const struct attr *count = attr_find(f->attrs, "size_is");
    const struct attr *max = attr_find(f->attrs, "max_is");

    if (!count)
        count = attr_find(f->attrs, "length_is");
    if (string)
        make_string(c, f, string);
    else if (f->type->kind == TYPE_STRING || f->type->kind == TYPE_SEQUENCE) {
        if (count || max)
            check_no_effect(c, count ? count : max,
                            "the type has a maximum and a count of its own");
    } else if (count || (max && f->pointers))
        make_counted(c, d, f, count ? count : max);
    else if (max)
        check_no_effect(c, max, "this is a single value");
    if (f->pointers) {
        f->type = dialect_address(c, f->loc, f->name);
        f->pointers = 0;
        f->counted_by = NULL;
        f->is_string = false;
    }
}

/* A union tells its arm itself: the field that would have done so goes. */
static void absorb_tag(struct idl *c, struct decl *d, const struct field *f)
{
    const struct attr *at = attr_find(f->attrs, "switch_is");
    struct field *tag = at ? field_named(d, named(at)) : NULL;
    struct field **link = &d->fields;

    if (!at)
        return;
    if (!tag || tag == f) {
        diag_error(&c->diag, DIAG_SWITCH_BAD, at->loc,
                   "'switch_is' names the field that tells the arm");
        return;
    }
    diag_warn(&c->diag, DIAG_DROPPED, at->loc,
              "'%s' tells its arm by itself; the field '%s' is dropped",
              f->name, tag->name);
    while (*link != tag)
        link = &(*link)->next;
    *link = tag->next;
}

/* The field that counts the elements of F, put in front of it. */
static struct field *count_field(struct idl *c, struct decl *d,
                                 const struct field *f)
{
    struct field *n = arena_alloc(&c->arena, sizeof *n);
    struct field **link = &d->fields;

    n->name = arena_printf(&c->arena, "%s_count", f->name);
    n->loc = f->loc;
    n->type = type_int(&c->arena, 4, false, f->loc);
    while (*link != f)
        link = &(*link)->next;
    n->next = *link;
    *link = n;
    return n;
}

/* A string or sequence becomes an array with room for its maximum. */
static void flatten(struct idl *c, struct decl *d, struct field *f)
{
    struct type *from = f->type;
    struct type *t;

    if (from->kind != TYPE_STRING && from->kind != TYPE_SEQUENCE)
        return;
    t = type_new(&c->arena, TYPE_ARRAY, from->loc);
    t->elem = from->elem;
    t->count = from->count;
    if (from->kind == TYPE_STRING) {
        t->elem = type_new(&c->arena, TYPE_CHAR, from->loc);
        t->count += !f->is_string;
        f->is_string = true;
    } else if (d->kind == DECL_UNION) {
        diag_error(&c->diag, DIAG_TYPE_PLACE, f->loc,
                   "an arm is one value; put the sequence into a struct");
    } else if (!f->counted_by) {
        f->counted_by = count_field(c, d, f);
    }
    t->size = t->count * t->elem->size;
    t->align = t->elem->align;
    t->validated = t->elem->validated;
    t->padded = t->elem->padded;
    f->type = t;
    d->varies = true;
    if (t->size > TYPE_SIZE_MAX)
        diag_error(&c->diag, DIAG_TYPE_LARGE, f->loc,
                   "this array is larger than %d bytes", TYPE_SIZE_MAX);
}

static void check_count(struct idl *c, const struct field *f)
{
    if (f->counted_by && f->counted_by->type->kind != TYPE_INT &&
        f->counted_by->type->kind != TYPE_ERROR)
        diag_error(&c->diag, DIAG_COUNT_BAD, f->counted_by->loc,
                   "'%s' counts '%s', so it is of an integer type",
                   f->counted_by->name, f->name);
}

static bool is_union(const struct type *t)
{
    return t->kind == TYPE_STRUCT && t->decl->kind == DECL_UNION;
}

static void check_field(struct idl *c, struct decl *d, struct field *f)
{
    const struct attr *arm = attr_find(f->attrs, "switch_is");

    check_attrs(c, f->attrs, ON_FIELD);
    if (!f->type) {
        if (d->kind != DECL_UNION)
            diag_error(&c->diag, DIAG_SYNTAX, f->loc,
                       "only an arm of a union has no value");
        return;
    }
    if (d->kind != DECL_UNION && attr_find(f->attrs, "case"))
        check_no_effect(c, attr_find(f->attrs, "case"),
                        "only the arms of a union have cases");
    if (d->kind != DECL_UNION && attr_find(f->attrs, "default"))
        check_no_effect(c, attr_find(f->attrs, "default"),
                        "only the arms of a union have cases");
    check_form(c, d, f);
    absorb_tag(c, d, f);
    check_type(c, d->scope, &f->type, USE_FIELD);
    if (arm && f->type->kind != TYPE_ERROR && !is_union(f->type))
        diag_error(&c->diag, DIAG_ATTR_TYPE, arm->loc,
                   "'switch_is' belongs to a union");
    flatten(c, d, f);
}

/* --- layout ------------------------------------------------------------ */

static uint32_t align_up(uint32_t at, uint32_t align)
{
    return (at + align - 1) / align * align;
}

static void finish_size(struct idl *c, struct decl *d, struct type *t,
                        uint32_t at)
{
    t->size = align_up(at, t->align);
    t->padded |= t->size != at || d->varies;
    t->validated |= d->varies;
    if (t->size > TYPE_SIZE_MAX)
        diag_error(&c->diag, DIAG_TYPE_LARGE, d->loc,
                   "this %s is larger than %d bytes", decl_kind_text(d->kind),
                   TYPE_SIZE_MAX);
    d->type = t;
    d->state = STATE_DONE;
}

/* C's own layout on x86-64. */
void check_fields(struct idl *c, struct decl *d)
{
    struct type *t = type_new(&c->arena, TYPE_STRUCT, d->loc);
    uint32_t at = 0;

    d->state = STATE_ACTIVE;
    t->decl = d;
    t->align = 1;
    for (struct field *f = d->fields; f; f = f->next)
        check_field(c, d, f);
    check_field_names(c, d);
    for (struct field *f = d->fields; f; f = f->next) {
        if (!f->type || f->type->kind == TYPE_ERROR || at > TYPE_SIZE_MAX)
            continue;
        check_count(c, f);
        f->offset = align_up(at, f->type->align);
        t->padded |= f->offset != at || f->type->padded;
        t->validated |= f->type->validated;
        at = f->offset + f->type->size;
        if (f->type->align > t->align)
            t->align = f->type->align;
    }
    if (!d->fields && d->kind == DECL_STRUCT && c->diag.errors == 0)
        diag_error(&c->diag, DIAG_STRUCT_EMPTY, d->loc,
                   "a struct needs a field");
    finish_size(c, d, t, at);
}

/* --- unions ------------------------------------------------------------ */

/* [case(1, 2)] and [default] in front of an arm. */
static void labels_from_attrs(struct idl *c, struct field *f)
{
    const struct attr *at = attr_find(f->attrs, "case");
    struct label **end = &f->labels;

    for (struct attr_arg *arg = at ? at->args : NULL; arg; arg = arg->next)
        if (arg->kind == ARG_EXPR) {
            *end = arena_alloc(&c->arena, sizeof **end);
            (*end)->value = arg->expr;
            (*end)->loc = arg->loc;
            end = &(*end)->next;
        }
    at = attr_find(f->attrs, "default");
    if (at) {
        *end = arena_alloc(&c->arena, sizeof **end);
        (*end)->loc = at->loc;
    }
    if (!f->labels)
        diag_error(&c->diag, DIAG_SWITCH_BAD, f->loc,
                   "nothing says when this arm is meant: put 'case N:' or "
                   "[case(N)] before it");
}

/* The label, in an arm up to LAST, that means the same as L. */
static const struct label *label_like(const struct decl *d,
                                      const struct label *l)
{
    for (const struct field *f = d->fields; f; f = f->next)
        for (const struct label *o = f->labels; o; o = o->next) {
            if (o == l)
                return NULL;
            if (!o->value == !l->value &&
                (!l->value || value_compare(o->result, l->result) == 0))
                return o;
        }
    return NULL;
}

static void check_label(struct idl *c, const struct decl *d, struct label *l)
{
    const struct type *t = d->tag->type;
    const struct decl *scope = d->scope;
    const struct label *same;

    /* The names of an enum are known without its own. */
    if (t->kind == TYPE_ENUM)
        scope = t->decl;
    if (l->value && !eval(c, scope, l->value, range_of(t), &l->result))
        return;
    if (l->value && !value_fits(l->result, range_of(t))) {
        diag_error(&c->diag, DIAG_CONST_FIT, l->loc,
                   "%s does not fit into the type of '%s'",
                   value_text(&c->arena, l->result), d->tag->name);
        return;
    }
    same = label_like(d, l);
    if (!same)
        return;
    diag_error(&c->diag, DIAG_SWITCH_BAD, l->loc,
               "'%s' already has an arm for this", d->name);
    diag_note(&c->diag, same->loc, "it is here");
}

/* What tells the arm: `switch (T)`, or [switch_type(T)]. */
static bool check_tag(struct idl *c, struct decl *d)
{
    struct attr *at = attr_find(d->attrs, "switch_type");

    if (at && d->tag->type)
        check_no_effect(c, at, "'switch' names the type already");
    else if (at)
        d->tag->type = attr_type(c, at);
    if (!d->tag->type && c->dialect) {
        diag_warn(&c->diag, DIAG_CHANGED, d->loc,
                  "nothing tells the arm of '%s': its bytes are passed as they "
                  "are and not checked",
                  d->name);
        diag_note(&c->diag, d->loc, "write 'union %s switch (T)'", d->name);
        return false;
    }
    if (!d->tag->type) {
        diag_error(&c->diag, DIAG_SWITCH_BAD, d->loc,
                   "nothing tells the arm of '%s': write 'union %s switch "
                   "(T)', where T is an integer type or an enum",
                   d->name, d->name);
        return false;
    }
    name_check_member(c, &d->tag->name, d->tag->loc, "the");
    name_check_member(c, &d->arms, d->loc, "the");
    check_type(c, d->scope, &d->tag->type, USE_FIELD);
    switch (d->tag->type->kind) {
    case TYPE_INT:
    case TYPE_BOOL:
    case TYPE_CHAR:
    case TYPE_ENUM: return true;
    case TYPE_ERROR: return false;
    default:
        diag_error(&c->diag, DIAG_SWITCH_BAD, d->loc,
                   "an integer, bool, char or enum tells the arm of a union");
        return false;
    }
}

static void place_arms(struct decl *d, struct type *t, uint32_t *at)
{
    uint32_t align = 1;

    for (struct field *f = d->fields; f; f = f->next)
        if (f->type && f->type->align > align)
            align = f->type->align;
    if (!d->tag->type) { /* C's own */
        d->tag = NULL;
        t->validated = t->padded = false;
        t->align = align;
        for (const struct field *f = d->fields; f; f = f->next)
            if (f->type && f->type->size > *at)
                *at = f->type->size;
        return;
    }
    *at = t->size = d->tag->type->size;
    for (struct field *f = d->fields; f; f = f->next) {
        if (!f->type)
            continue;
        f->offset = align_up(t->size, align);
        if (f->offset + f->type->size > *at)
            *at = f->offset + f->type->size;
    }
    t->align = align > d->tag->type->align ? align : d->tag->type->align;
}

/* A tag, and behind it what C makes of a union. */
void check_union(struct idl *c, struct decl *d)
{
    struct type *t = type_new(&c->arena, TYPE_STRUCT, d->loc);
    unsigned errors = c->diag.errors;
    uint32_t at = 0;
    bool told;

    d->state = STATE_ACTIVE;
    t->decl = d;
    t->validated = t->padded = true;
    told = check_tag(c, d);
    for (struct field *f = d->fields; f; f = f->next) {
        check_field(c, d, f);
        if (told && !f->labels)
            labels_from_attrs(c, f);
        for (struct label *l = f->labels; l && told; l = l->next)
            check_label(c, d, l);
    }
    check_field_names(c, d);
    if (!d->fields && c->diag.errors == errors)
        diag_error(&c->diag, DIAG_STRUCT_EMPTY, d->loc, "a union needs an arm");
    if (c->diag.errors == errors)
        place_arms(d, t, &at);
    else
        t->kind = TYPE_ERROR;
    if (t->align == 0)
        t->align = 1;
    finish_size(c, d, t, at);
    if (!d->tag) /* nobody knows what of it is meant */
        t->padded = t->validated = false;
}
