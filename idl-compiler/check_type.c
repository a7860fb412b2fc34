/* SPDX-License-Identifier: BSD-2-Clause */
/* Types, and the declarations that make new ones. */
#include <string.h>

#include "check.h"
#include "dialect.h"
#include "eval.h"
#include "names.h"
#include "scope.h"

enum { BOUND_MAX = 65536 };

static void use_before(struct idl *c, const struct type *t,
                       const struct decl *d)
{
    if (d->state == STATE_ACTIVE)
        diag_error(&c->diag, DIAG_TYPE_RECURSIVE, t->loc,
                   "'%s' would contain itself", d->name);
    else
        diag_error(&c->diag, DIAG_NAME_EARLY, t->loc,
                   "'%s' is used before its declaration", d->name);
    diag_note(&c->diag, d->loc, "it is declared here");
}

static struct type *error_type(struct idl *c, const struct type *t)
{
    return type_new(&c->arena, TYPE_ERROR, t->loc);
}

/* In CORBA, an interface is the type of its objects. */
static bool is_interface(struct idl *c, const struct decl *scope,
                         const struct type *t)
{
    return !t->name->next &&
           !scope_lookup(c, scope, t->name->part, KINDS_TYPE) &&
           scope_lookup(c, scope, t->name->part, KIND_BIT(DECL_INTERFACE));
}

/* Whether T's name stands for nothing that the file declares. */
static bool is_foreign(struct idl *c, const struct decl *scope,
                       const struct type *t)
{
    const struct decl *d = scope_lookup(c, scope, t->name->part, KINDS_TYPE);

    return !d || d->foreign;
}

/* IDL4 read headers as C++, where the tag of a struct is a type. */
static struct decl *find_tag(struct idl *c, const struct decl *scope,
                             const char *name)
{
    static const char *const tags[] = {"struct", "union", "enum"};
    struct decl *d = NULL;

    for (size_t i = 0; i < sizeof tags / sizeof *tags && !d; i++)
        d = scope_lookup(c, scope,
                         arena_printf(&c->arena, "%s %s", tags[i], name),
                         KINDS_TYPE);
    return d;
}

static struct type *cap_of(struct idl *c, const struct decl *scope,
                           const struct type *t)
{
    struct type *cap = type_new(&c->arena, TYPE_CAP, t->loc);

    cap->name = t->name;
    cap->decl = scope_lookup(c, scope, t->name->part, KIND_BIT(DECL_INTERFACE));
    diag_warn(&c->diag, DIAG_CHANGED, t->loc,
              "an object of interface '%s' is a capability", t->name->part);
    diag_fix(&c->diag, t->loc, "cap<%s>", t->name->part);
    return cap;
}

static struct type *resolve_named(struct idl *c, const struct decl *scope,
                                  struct type *t)
{
    struct type *made = NULL;
    struct decl *d = NULL;

    if (t->name->tag)
        d = scope_lookup(c, scope, t->name->tag, KINDS_TYPE);
    if (c->dialect == DIALECT_IDL4 && is_foreign(c, scope, t))
        d = find_tag(c, scope, t->name->part);
    if (!d && c->dialect && is_interface(c, scope, t))
        return cap_of(c, scope, t);
    if (!d && is_foreign(c, scope, t))
        made = dialect_type(c, t);
    if (made)
        return made;
    if (!d)
        d = scope_resolve(c, scope, t->name, KINDS_TYPE, "type");
    if (!d)
        return error_type(c, t);
    if (d->state != STATE_DONE) {
        use_before(c, t, d);
        return error_type(c, t);
    }
    d->used = true;
    return d->type;
}

static void check_array(struct idl *c, const struct decl *scope, struct type *t)
{
    uint64_t n;

    check_type(c, scope, &t->elem, c->dialect ? USE_FIELD : USE_ELEMENT);
    if (c->dialect && t->elem->kind == TYPE_ARRAY) {
        const struct type *inner = t->elem;

        t->bound = expr_binary(&c->arena, '*', t->bound,
                               expr_number(&c->arena, inner->count, t->loc));
        t->elem = inner->elem;
    }
    if (t->elem->kind == TYPE_ERROR ||
        !eval_between(c, scope, t->bound, 1, BOUND_MAX, "the size of an array",
                      &n)) {
        t->kind = TYPE_ERROR;
        return;
    }
    if (n * t->elem->size > TYPE_SIZE_MAX) {
        diag_error(&c->diag, DIAG_TYPE_LARGE, t->loc,
                   "this array is larger than %d bytes", TYPE_SIZE_MAX);
        t->kind = TYPE_ERROR;
        return;
    }
    t->count = (uint32_t)n;
    t->size = t->count * t->elem->size;
    t->align = t->elem->align;
    t->validated = t->elem->validated;
    t->padded = t->elem->padded;
}

/* A string or a sequence: its maximum. */
static void check_bound(struct idl *c, const struct decl *scope, struct type *t)
{
    const char *what = t->kind == TYPE_STRING ? "string" : "sequence";
    uint64_t n;

    if (t->kind == TYPE_SEQUENCE) {
        check_type(c, scope, &t->elem, USE_ELEMENT);
        t->validated = t->elem->validated;
        t->padded = t->elem->padded;
    }
    if (!t->bound)
        t->bound = dialect_bound(c, t->loc, what, false);
    if (!t->bound) {
        diag_error(&c->diag, DIAG_BOUND_MISSING, t->loc,
                   "a %s needs a maximum: write %s", what,
                   t->kind == TYPE_STRING ? "string<N>" : "sequence<T, N>");
        if (t->kind == TYPE_STRING)
            diag_fix(&c->diag, t->loc, "string<64>");
        else if (strncmp(t->loc.src->text + t->loc.begin, "sequence", 8) == 0)
            diag_fix(&c->diag, t->loc, "%.*s, 64>",
                     (int)(t->loc.end - t->loc.begin) - 1,
                     t->loc.src->text + t->loc.begin);
        t->kind = TYPE_ERROR;
        return;
    }
    t->bound = dialect_clamp(c, scope, t->bound, BOUND_MAX);
    if ((t->kind == TYPE_SEQUENCE && t->elem->kind == TYPE_ERROR) ||
        !eval_between(c, scope, t->bound, 1, BOUND_MAX,
                      t->kind == TYPE_STRING ? "the maximum of a string"
                                             : "the maximum of a sequence",
                      &n)) {
        t->kind = TYPE_ERROR;
        return;
    }
    t->count = (uint32_t)n;
}

static void check_cap(struct idl *c, const struct decl *scope, struct type *t)
{
    if (!t->name)
        return;
    t->decl =
        scope_resolve(c, scope, t->name, KIND_BIT(DECL_INTERFACE), "interface");
    if (!t->decl)
        t->kind = TYPE_ERROR;
}

static const char *misuse(const struct type *t, enum type_use use)
{
    switch (t->kind) {
    case TYPE_VOID: return "'void' is only for operations without a result";
    case TYPE_STRING:
    case TYPE_SEQUENCE:
        if (use == USE_ELEMENT)
            return "elements have a fixed size; they are no strings or "
                   "sequences";
        return NULL;
    case TYPE_CAP:
    case TYPE_FPAGE:
        if (use == USE_FIELD || use == USE_ELEMENT)
            return "capabilities and flexpages are passed as parameters of "
                   "their own";
        return NULL;
    case TYPE_ARRAY:
        if (use == USE_ELEMENT)
            return "an array has one dimension; put the inner one into a "
                   "struct";
        return NULL;
    default: return NULL;
    }
}

void check_type(struct idl *c, const struct decl *scope, struct type **ref,
                enum type_use use)
{
    struct type *t = *ref;
    struct loc at = t->loc;
    struct type *made;
    const char *text;

    switch (t->kind) {
    case TYPE_NAMED: t = resolve_named(c, scope, t); break;
    case TYPE_ARRAY:
        if (t->count == 0)
            check_array(c, scope, t);
        break;
    case TYPE_STRING:
    case TYPE_SEQUENCE:
        if (t->count == 0)
            check_bound(c, scope, t);
        break;
    case TYPE_CAP: check_cap(c, scope, t); break;
    default: break;
    }
    text = misuse(t, use);
    made = text ? dialect_thread_field(c, t, at) : NULL;
    if (made) {
        t = made;
    } else if (text) {
        diag_error(&c->diag, DIAG_TYPE_PLACE, at, "%s", text);
        t = error_type(c, t);
    }
    *ref = t;
}

struct int_range range_of(const struct type *t)
{
    switch (t->kind) {
    case TYPE_BOOL: return (struct int_range){1, false};
    case TYPE_CHAR: return (struct int_range){8, false};
    default: return (struct int_range){t->size * 8, t->is_signed};
    }
}

/* Only structs are put into shared memory as a whole. */
static void warn_idle(struct idl *c, const struct decl *d)
{
    const struct attr *at = attr_find(d->attrs, "shared");

    if (at)
        check_no_effect(c, at, "only structs lie in shared memory");
    check_switch_type(c, d);
    at = attr_find(d->attrs, "transmit_as");
    if (at && d->kind != DECL_TYPEDEF)
        check_no_effect(c, at, "only native types are passed as another one");
}

void check_switch_type(struct idl *c, const struct decl *d)
{
    const struct attr *at = attr_find(d->attrs, "switch_type");

    if (at)
        check_no_effect(c, at, "only unions have arms");
}

void check_const(struct idl *c, struct decl *d)
{
    warn_idle(c, d);
    check_attrs(c, d->attrs, ON_TYPE);
    check_type(c, d->scope, &d->type, USE_TYPEDEF);
    switch (d->type->kind) {
    case TYPE_INT:
    case TYPE_BOOL:
    case TYPE_CHAR:
    case TYPE_ENUM:
    case TYPE_FLAGS: break;
    case TYPE_ERROR: return;
    default:
        diag_error(&c->diag, DIAG_CONST_TYPE, d->loc,
                   "a constant is an integer, bool, char, "
                   "enum or flags");
        return;
    }
    if (!eval(c, d->scope, d->value, range_of(d->type), &d->result))
        return;
    if (!value_fits(d->result, range_of(d->type))) {
        diag_error(&c->diag, DIAG_CONST_FIT, d->value->loc,
                   "%s does not fit into the type of '%s'",
                   value_text(&c->arena, d->result), d->name);
        return;
    }
    d->state = STATE_DONE;
}

void check_typedef(struct idl *c, struct decl *d)
{
    const struct attr *at = attr_find(d->attrs, "transmit_as");

    warn_idle(c, d);
    check_attrs(c, d->attrs, ON_TYPE);
    d->state = STATE_ACTIVE;
    if (d->pointers && c->dialect && d->type->kind == TYPE_CHAR) {
        d->type = type_new(&c->arena, TYPE_STRING, d->type->loc);
        d->type->bound = dialect_bound(c, d->loc, d->name, false);
    } else if (d->pointers) {
        d->type = dialect_address(c, d->loc, d->name);
    }
    check_type(c, d->scope, &d->type, USE_TYPEDEF);
    if (at)
        d->type = check_transmit(c, d->type, at);
    d->state = STATE_DONE;
}

static bool is_power_of_two(uint64_t n)
{
    return n && (n & (n - 1)) == 0;
}

void check_native(struct idl *c, struct decl *d)
{
    struct type *t = d->type;
    uint64_t n;

    warn_idle(c, d);
    check_attrs(c, d->attrs, ON_TYPE);
    d->state = STATE_DONE;
    t->decl = d;
    for (struct attr *at = d->native_args; at; at = at->next) {
        struct attr_arg *arg = at->args;
        bool is_header = strcmp(at->name, "header") == 0;

        if (is_header && arg->kind == ARG_STRING) {
            d->header = arg->text;
        } else if (is_header || arg->kind != ARG_EXPR) {
            diag_error(&c->diag, DIAG_ATTR_ARGUMENT, arg->loc,
                       "'%s' takes no argument of this "
                       "kind",
                       at->name);
        } else if (strcmp(at->name, "size") == 0) {
            if (eval_between(c, d->scope, arg->expr, 1, TYPE_SIZE_MAX,
                             "the size of a native type", &n))
                t->size = (uint32_t)n;
        } else if (strcmp(at->name, "align") == 0) {
            if (eval_between(c, d->scope, arg->expr, 1, 8,
                             "the alignment of a native type", &n))
                t->align = (uint32_t)n;
        } else {
            diag_error(&c->diag, DIAG_NATIVE_FORM, at->loc,
                       "a native type has size, align and "
                       "header, no '%s'",
                       at->name);
        }
    }
    if (t->size == 0 || !is_power_of_two(t->align) || t->size % t->align) {
        diag_error(&c->diag, DIAG_NATIVE_FORM, d->loc,
                   "a native type needs a size and an alignment (1, 2, 4 or "
                   "8) that divides it");
        t->kind = TYPE_ERROR;
    }
}

/* The value of an enumerator that has none written: one more than the one
 * before; for flags, the next bit. */
static struct value next_value(const struct decl *d, const struct decl *prev)
{
    struct value v = {false, d->kind == DECL_FLAGS ? 1 : 0};

    if (!prev)
        return v;
    v = prev->result;
    if (d->kind == DECL_FLAGS) {
        v.bits = v.bits ? (uint64_t)2 << (63 - __builtin_clzll(v.bits)) : 1;
    } else {
        v.bits++;
        v.negative = v.negative && v.bits != 0;
    }
    return v;
}

static void check_enumerator(struct idl *c, struct decl *d, struct decl *e,
                             const struct decl *prev)
{
    struct int_range range = range_of(d->type);

    e->type = d->type;
    e->state = STATE_DONE;
    if (!e->value)
        e->result = next_value(d, prev);
    else if (!eval(c, d, e->value, range, &e->result))
        return;
    if (!value_fits(e->result, range) ||
        (prev && !e->value && e->result.bits == 0 && !prev->result.negative &&
         prev->result.bits))
        diag_error(&c->diag, DIAG_ENUM_VALUE, e->value ? e->value->loc : e->loc,
                   "the value of '%s' does not fit into %u bits", e->name,
                   range.bits);
    for (struct decl *o = d->members; o != e; o = o->next)
        if (value_compare(o->result, e->result) == 0) {
            diag_error(&c->diag, DIAG_ENUM_VALUE, e->loc,
                       "'%s' has the same value as '%s'", e->name, o->name);
            return;
        }
}

void check_enum(struct idl *c, struct decl *d)
{
    const struct decl *prev = NULL;
    struct type *base = d->type;
    struct type *t = type_new(
        &c->arena, d->kind == DECL_ENUM ? TYPE_ENUM : TYPE_FLAGS, d->loc);

    warn_idle(c, d);
    check_attrs(c, d->attrs, ON_TYPE);
    check_type(c, d->scope, &base, USE_FIELD);
    if (base->kind != TYPE_INT || (d->kind == DECL_FLAGS && base->is_signed)) {
        if (base->kind != TYPE_ERROR)
            diag_error(&c->diag, DIAG_ENUM_BASE, d->type->loc,
                       "%s rest on an %sinteger type",
                       d->kind == DECL_ENUM ? "enums" : "flags",
                       d->kind == DECL_ENUM ? "" : "unsigned ");
        base = type_int(&c->arena, 4, false, d->loc);
    }
    t->size = base->size;
    t->align = base->align;
    t->is_signed = base->is_signed;
    t->validated = true;
    t->decl = d;
    d->type = t;
    for (struct decl *e = d->members; e; e = e->next) {
        check_enumerator(c, d, e, prev);
        prev = e;
    }
    d->state = STATE_DONE;
}
