/* SPDX-License-Identifier: BSD-2-Clause */
/* What attributes change about interfaces, operations and parameters. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "dialect.h"
#include "eval.h"
#include "names.h"
#include "scope.h"

void check_no_effect(struct idl *c, const struct attr *at, const char *why)
{
    assert(at);
    diag_warn(&c->diag, DIAG_NO_EFFECT, at->loc,
              "attribute '%s' has no effect here: %s", at->name, why);
}

/* --- versions and times ------------------------------------------------ */

/* "1.2" as 1 << 16 | 2; "3" as 3 << 16. */
static bool version_of(struct idl *c, const struct attr *at, uint32_t *version)
{
    const struct attr_arg *arg = at->args;
    unsigned long major;
    unsigned long minor = 0;
    char *end;

    if (!arg || arg->kind == ARG_STRING)
        return false;
    if (arg->kind == ARG_EXPR) {
        major = arg->expr->kind == EXPR_NUMBER && arg->expr->number <= 0xffff
                    ? (unsigned long)arg->expr->number
                    : 0x10000;
        end = "";
    } else {
        major = strtoul(arg->text, &end, 10);
        if (*end == '.')
            minor = strtoul(end + 1, &end, 10);
    }
    if (*end || major > 0xffff || minor > 0xffff) {
        diag_error(&c->diag, DIAG_VERSION_BAD, arg->loc,
                   "a version is MAJOR.MINOR, each at most 65535");
        return false;
    }
    *version = (uint32_t)(major << 16 | minor);
    return true;
}

static uint64_t time_of(struct idl *c, const struct attr *at)
{
    static const struct {
        const char *unit;
        uint64_t ns;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    const struct attr_arg *arg = at->args;
    unsigned long long n;
    char *end;

    if (!arg || arg->kind == ARG_STRING)
        return 0;
    if (arg->kind == ARG_DECIMAL) {
        n = strtoull(arg->text, &end, 10);
        for (size_t i = 0; i < sizeof units / sizeof *units; i++)
            if (strcmp(units[i].unit, end) == 0 && n && n <= 1000000000)
                return n * units[i].ns;
    }
    diag_error(&c->diag, DIAG_TIMEOUT_BAD, arg->loc,
               "a timeout is a whole number from 1 to 1000000000 with its "
               "unit: ns, us, ms or s");
    return 0;
}

/* --- interfaces -------------------------------------------------------- */

/* The single name that AT takes, as the name of a C function or member. */
static const char *name_argument(struct idl *c, const struct attr *at)
{
    const struct attr_arg *arg = at->args;

    if (!arg || arg->kind != ARG_EXPR)
        return NULL;
    if (arg->expr->kind != EXPR_NAME || arg->expr->name->next) {
        diag_error(&c->diag, DIAG_ATTR_ARGUMENT, arg->loc,
                   "'%s' takes the name of a C function", at->name);
        return NULL;
    }
    name_check_member(c, &arg->expr->name->part, arg->loc, "call");
    return arg->expr->name->part;
}

void check_interface_attrs(struct idl *c, struct decl *d)
{
    struct attr *at = attr_find(d->attrs, "version");
    struct attr *named = attr_find(d->attrs, "default_function");

    if (at)
        d->has_version = version_of(c, at, &d->version);
    d->abstract = attr_find(d->attrs, "abstract") != NULL;
    at = attr_find(d->attrs, "error_function");
    if (at)
        d->on_error = name_argument(c, at);
    at = attr_find(d->attrs, "fallback");
    if (at)
        d->fallback = "fallback";
    if (named)
        d->fallback = name_argument(c, named);
    if (at && named)
        check_no_effect(c, at, "'default_function' names the handler already");
    if (d->abstract && d->fallback)
        check_no_effect(c, at ? at : named,
                        "an abstract interface is not served by itself");
    for (struct decl *m = d->members; m && d->fallback; m = m->next)
        if (m->kind == DECL_OP && strcmp(m->name, d->fallback) == 0) {
            diag_error(&c->diag, DIAG_FALLBACK_CLASH, m->loc,
                       "'%s' is the name of the fallback handler", m->name);
            d->fallback = NULL;
        }
}

/* --- operations -------------------------------------------------------- */

static void check_since(struct idl *c, struct decl *op, const struct attr *at)
{
    op->has_version = version_of(c, at, &op->version);
    if (!op->has_version)
        return;
    if (!op->scope->has_version) {
        diag_error(&c->diag, DIAG_VERSION_BAD, at->loc,
                   "'since' needs a version of the interface to refer to");
        diag_note(&c->diag, op->scope->loc, "put [version(M.N)] before it");
    } else if (op->version > op->scope->version) {
        diag_error(&c->diag, DIAG_VERSION_BAD, at->loc,
                   "'%s' would be newer than its interface, version %u.%u",
                   op->name, op->scope->version >> 16,
                   op->scope->version & 0xffff);
    }
}

void check_op_attrs(struct idl *c, struct decl *op)
{
    struct attr *at = attr_find(op->attrs, "since");
    struct attr *later = attr_find(op->attrs, "defer");
    struct attr *reply_only = attr_find(op->attrs, "allow_reply_only");

    if (at)
        check_since(c, op, at);
    at = attr_find(op->attrs, "timeout");
    if (at)
        op->timeout_ns = time_of(c, at);
    at = attr_find(op->attrs, "deprecated");
    if (at)
        op->deprecated = at->args && at->args->kind == ARG_STRING
                             ? at->args->text
                             : "deprecated by its interface";
    at = attr_find(op->attrs, "idempotent");
    if (at && op->oneway)
        check_no_effect(c, at, "a oneway message is never repeated");
    else
        op->idempotent = at != NULL;
    if (later && reply_only)
        check_no_effect(c, reply_only, "'defer' says the same");
    if (!later)
        later = reply_only;
    if (later && op->oneway)
        check_no_effect(c, later, "a oneway message has no answer");
    else if (later && op->kernelmsg)
        diag_error(&c->diag, DIAG_DEFER_KERNEL, later->loc,
                   "what the kernel sends is answered by its handler");
    else
        op->defer = later != NULL;
}

/* --- parameters in the DCE way ----------------------------------------- */

static struct param *param_named(const struct decl *op, const struct attr *at)
{
    const struct attr_arg *arg = at->args;

    if (!arg || arg->kind != ARG_EXPR || arg->expr->kind != EXPR_NAME ||
        arg->expr->name->next)
        return NULL;
    for (struct param *p = op->params; p; p = p->next)
        if (strcmp(p->name, arg->expr->name->part) == 0)
            return p;
    return NULL;
}

static void param_remove(struct decl *op, const struct param *gone)
{
    struct param **at = &op->params;

    while (*at && *at != gone)
        at = &(*at)->next;
    if (*at)
        *at = gone->next;
}

/* The parameter that counts P's elements goes: the count comes with P. */
static void absorb_count(struct idl *c, struct decl *op, struct param *p,
                         const struct attr *at)
{
    struct param *count = param_named(op, at);

    if (!count)
        return;
    if (count == p || count->pointers > 1 ||
        (count->type->kind != TYPE_INT && count->type->kind != TYPE_NAMED)) {
        diag_error(&c->diag, DIAG_COUNT_BAD, at->args->loc,
                   "the number of elements is a parameter of an integer type");
        return;
    }
    if (c->dialect && (count->dir & ~(unsigned)p->dir)) {
        count->dir = (enum direction)(count->dir & ~(unsigned)p->dir);
        return; /* it says how much is wanted, or the like */
    }
    if (!c->dialect && count->dir != p->dir)
        diag_error(&c->diag, DIAG_COUNT_BAD, count->loc,
                   "'%s' counts '%s' and goes the same way", count->name,
                   p->name);
    param_remove(op, count);
}

/* Whether AT names what counts P's elements, and P has elements. */
static bool counts_something(struct idl *c, const struct decl *op,
                             const struct param *p, const struct attr *at)
{
    const struct attr_arg *arg = at ? at->args : NULL;

    if (!at || c->dialect)
        return true;
    if (!p->pointers && p->type->kind != TYPE_ARRAY &&
        p->type->kind != TYPE_NAMED) {
        diag_error(&c->diag, DIAG_ATTR_TYPE, at->loc,
                   "'%s' belongs to an array or a pointer", at->name);
        return false;
    }
    if (!arg || arg->kind != ARG_EXPR || arg->expr->kind != EXPR_NAME ||
        arg->expr->name->next || param_named(op, at) ||
        scope_lookup(c, op->scope, arg->expr->name->part, ~0u))
        return true;
    diag_error(&c->diag, DIAG_COUNT_BAD, arg->loc,
               "'%s' has no parameter '%s' that would count '%s'", op->name,
               arg->expr->name->part, p->name);
    return false;
}

static void make_counted(struct idl *c, struct decl *op, struct param *p,
                         const struct attr *size)
{
    const struct attr *length = attr_find(p->attrs, "length_is");
    const struct attr *max = attr_find(p->attrs, "max_is");
    struct type *t = type_new(&c->arena, TYPE_SEQUENCE, p->type->loc);

    if (!counts_something(c, op, p, size)) {
        p->type = type_new(&c->arena, TYPE_ERROR, p->type->loc);
        p->pointers = 0;
        return;
    }
    t->elem = dialect_bytes(c, p->type, p->name);
    if (p->type->kind == TYPE_ARRAY) {
        t->elem = p->type->elem;
        t->bound = p->type->bound;
    }
    if (max && max->args && max->args->kind == ARG_EXPR)
        t->bound = max->args->expr;
    if (size && !param_named(op, size) && size->args &&
        size->args->kind == ARG_EXPR && !t->bound && !c->dialect)
        t->bound = size->args->expr;
    if (size)
        absorb_count(c, op, p, size);
    if (length && length != size)
        absorb_count(c, op, p, length);
    if (!t->bound)
        t->bound = dialect_bound(c, p->loc, p->name, false);
    if (!t->bound) {
        diag_error(&c->diag, DIAG_BOUND_MISSING, p->loc,
                   "'%s' needs a maximum: add [max_is(N)], or write "
                   "sequence<T, N>",
                   p->name);
        t = type_new(&c->arena, TYPE_ERROR, p->type->loc);
    }
    p->type = t;
    p->pointers = p->pointers ? p->pointers - 1 : 0;
}

/* In the older dialects also unsigned char, and names for `char *`. */
static bool is_text(const struct idl *c, const struct type *t)
{
    return t->kind == TYPE_CHAR ||
           (c->dialect &&
            (t->kind == TYPE_NAMED || (t->kind == TYPE_INT && t->size == 1)));
}

static void make_string(struct idl *c, struct param *p, const struct attr *at)
{
    const struct attr *max = attr_find(p->attrs, "max_is");
    struct type *t = type_new(&c->arena, TYPE_STRING, p->type->loc);

    if (p->type->kind == TYPE_STRING) {
        check_no_effect(c, at, "the type is a string already");
        return;
    }
    if (p->type->kind == TYPE_ARRAY && p->type->elem->kind == TYPE_CHAR)
        t->bound = p->type->bound;
    else if (!is_text(c, p->type) ||
             (p->pointers == 0 && p->type->kind != TYPE_NAMED)) {
        diag_error(&c->diag, DIAG_ATTR_TYPE, at->loc,
                   "'string' belongs to a 'char *'");
        return;
    }
    if (max && max->args && max->args->kind == ARG_EXPR)
        t->bound = max->args->expr;
    if (!t->bound)
        t->bound = dialect_bound(c, p->loc, p->name, false);
    if (!t->bound) {
        diag_error(&c->diag, DIAG_BOUND_MISSING, p->loc,
                   "'%s' needs a maximum: add [max_is(N)], or write string<N>",
                   p->name);
        t = type_new(&c->arena, TYPE_ERROR, p->type->loc);
    }
    p->type = t;
    p->pointers = 0;
}

static void check_switch(struct idl *c, struct decl *op, struct param *p,
                         const struct attr *at)
{
    struct param *tag = param_named(op, at);

    if (!tag || tag == p) {
        diag_error(&c->diag, DIAG_SWITCH_BAD, at->loc,
                   "'switch_is' names the parameter that tells the arm");
        return;
    }
    diag_warn(&c->diag, DIAG_DROPPED, at->loc,
              "'%s' tells its arm by itself; the parameter '%s' is dropped",
              p->name, tag->name);
    param_remove(op, tag);
}

static void check_directions(struct idl *c, const struct param *p)
{
    unsigned dir = (attr_find(p->attrs, "in") ? DIR_IN : 0) |
                   (attr_find(p->attrs, "out") ? DIR_OUT : 0);

    if (dir && dir != (unsigned)p->dir && !c->dialect)
        diag_error(&c->diag, DIAG_DIRECTION_BAD, p->loc,
                   "the attributes and the keyword of '%s' name different "
                   "directions",
                   p->name);
}

static void foreign_pointer(struct idl *c, const struct param *p)
{
    diag_warn(&c->diag, DIAG_CHANGED, p->loc,
              "'%s' is a pointer to a pointer, and what that points to is "
              "passed as a single value",
              p->name);
}

/* A struct or a result of the client's is passed by pointer anyway. */
static void check_pointers(struct idl *c, struct param *p)
{
    if (p->type->kind == TYPE_VOID && p->pointers)
        p->type = dialect_address(c, p->type->loc, p->name);
    if (p->pointers > 1 && c->dialect) {
        p->pointers = 1;
        foreign_pointer(c, p);
    }
    if (p->pointers > 1)
        diag_error(&c->diag, DIAG_POINTER_BAD, p->loc,
                   "'%s' is a pointer to a pointer; say what it points to by "
                   "[string] or [size_is(n), max_is(N)]",
                   p->name);
}

static void check_form(struct idl *c, struct decl *op, struct param *p)
{
    const struct attr *string = attr_find(p->attrs, "string");
    const struct attr *size = attr_find(p->attrs, "size_is");
    const struct attr *max = attr_find(p->attrs, "max_is");
    const struct attr *arm = attr_find(p->attrs, "switch_is");

    check_directions(c, p);
    if (!size)
        size = attr_find(p->attrs, "length_is");
    if (arm)
        check_switch(c, op, p, arm);
    if (string)
        make_string(c, p, string);
    else if (p->type->kind == TYPE_STRING || p->type->kind == TYPE_SEQUENCE) {
        if (size || max)
            check_no_effect(c, size ? size : max,
                            "the type has a maximum and a count of its own");
    } else if (size || (max && (p->pointers || p->type->kind == TYPE_ARRAY)))
        make_counted(c, op, p, size);
    else if (max)
        check_no_effect(c, max, "this is a single value");
    check_pointers(c, p);
}

void check_param_forms(struct idl *c, struct decl *op)
{
    for (struct param *p = op->params; p; p = p->next)
        check_form(c, op, p);
}

/* --- other attributes of parameters ------------------------------------ */

static bool is_variable(const struct param *p)
{
    return p->type->kind == TYPE_STRING || p->type->kind == TYPE_SEQUENCE;
}

struct type *check_transmit(struct idl *c, struct type *t,
                            const struct attr *at)
{
    struct type *sent = attr_type(c, at);

    if (t->kind == TYPE_ERROR)
        return t;
    if (t->kind != TYPE_NATIVE) {
        check_no_effect(c, at, "only native types are passed as another one");
        return t;
    }
    if (!sent || sent->kind != TYPE_INT) {
        diag_error(&c->diag, DIAG_ATTR_ARGUMENT, at->loc,
                   "'transmit_as' takes an integer type, to which C converts");
        return t;
    }
    sent->decl = t->decl;
    return sent;
}

static void check_optional(struct idl *c, struct param *p,
                           const struct attr *at)
{
    bool fits = is_variable(p) || p->type->kind == TYPE_STRUCT ||
                p->type->kind == TYPE_ARRAY;
    struct param *has;

    if (p->type->kind == TYPE_ERROR)
        return;
    if (p->dir != DIR_IN || !fits) {
        diag_error(&c->diag, DIAG_ATTR_TYPE, at->loc,
                   "'optional' applies to 'in' strings, sequences, arrays and "
                   "structs");
        return;
    }
    p->optional = true;
    has = arena_alloc(&c->arena, sizeof *has);
    has->name = arena_printf(&c->arena, "%s_here", p->name);
    has->loc = p->loc;
    has->type = type_new(&c->arena, TYPE_BOOL, p->loc);
    has->dir = DIR_IN;
    has->hidden = true;
    has->next = p->next;
    p->presence = has;
    p->next = has;
}

static void check_shared(struct idl *c, struct param *p, const struct attr *at)
{
    if (p->type->kind == TYPE_FPAGE && !p->type->io)
        p->shared = true;
    else if (p->type->kind != TYPE_ERROR)
        diag_error(&c->diag, DIAG_ATTR_TYPE, at->loc,
                   "'shared' applies to a flexpage of memory: the buffer that "
                   "is shared");
}

void check_param_attrs(struct idl *c, struct param *p)
{
    static const struct {
        const char *name;
        const char *why;
    } idle[] = {
        {"ref", "C passes everything but single values by reference"},
        {"indirect", "nothing is passed outside the message"},
        {"prealloc_client", "the caller owns every buffer"},
        {"prealloc_server", "the stub owns every buffer"},
    };
    const struct attr *at = attr_find(p->attrs, "inplace");
    const struct attr *copy = attr_find(p->attrs, "copy");

    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        if (attr_find(p->attrs, idle[i].name))
            check_no_effect(c, attr_find(p->attrs, idle[i].name), idle[i].why);
    if (at && (p->dir != DIR_IN || p->type->kind != TYPE_SEQUENCE))
        check_no_effect(c, at, "only 'in' sequences can stay in the message");
    else if (at && copy)
        diag_error(&c->diag, DIAG_ATTR_CONFLICT, copy->loc,
                   "'inplace' says the opposite");
    else
        p->inplace = at != NULL;
    if (copy)
        check_no_effect(c, copy, "a handler's data is always a copy");
    if (p->pointers && p->dir == DIR_IN && p->type->kind != TYPE_STRUCT &&
        p->type->kind != TYPE_ARRAY && p->type->kind != TYPE_ERROR &&
        !p->type->is_address)
        diag_warn(&c->diag, DIAG_SINGLE_VALUE, p->loc,
                  "'%s' is passed as a single value, not by pointer; an array "
                  "needs [size_is(n), max_is(N)]",
                  p->name);
    at = attr_find(p->attrs, "switch_is");
    if (at && p->type->kind != TYPE_ERROR &&
        !(p->type->kind == TYPE_STRUCT && p->type->decl->tag))
        diag_error(&c->diag, DIAG_ATTR_TYPE, at->loc,
                   "'switch_is' belongs to a union");
    at = attr_find(p->attrs, "transmit_as");
    if (at)
        p->type = check_transmit(c, p->type, at);
    at = attr_find(p->attrs, "optional");
    if (at)
        check_optional(c, p, at);
    at = attr_find(p->attrs, "shared");
    if (at)
        check_shared(c, p, at);
}
