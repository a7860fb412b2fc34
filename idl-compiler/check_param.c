/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations and their parameters. */
#include <string.h>

#include "check.h"
#include "dialect.h"
#include "eval.h"
#include "layout.h"
#include "names.h"
#include "scope.h"

enum { OP_MAX = 0x3fff, RIGHTS_ALL = 0xf };

static void check_range(struct idl *c, const struct decl *op, struct param *p,
                        const struct attr *at)
{
    const struct type *t = p->type;
    struct int_range range = {t->size * 8, t->is_signed};
    struct value low;
    struct value high;

    if (t->kind != TYPE_INT && t->kind != TYPE_ENUM) {
        if (t->kind != TYPE_ERROR)
            diag_error(&c->diag, DIAG_ATTR_TYPE, at->loc,
                       "'range' applies to integers and enums");
        return;
    }
    if (!at->args || !at->args->next || at->args->kind != ARG_EXPR ||
        at->args->next->kind != ARG_EXPR)
        return;
    if (!eval(c, op->scope, at->args->expr, range, &low) ||
        !eval(c, op->scope, at->args->next->expr, range, &high))
        return;
    if (!value_fits(low, range) || !value_fits(high, range)) {
        diag_error(&c->diag, DIAG_RANGE_BAD, at->loc,
                   "the limits %s and %s do not fit into the parameter's type",
                   value_text(&c->arena, low), value_text(&c->arena, high));
        return;
    }
    if (value_compare(low, high) > 0) {
        diag_error(&c->diag, DIAG_RANGE_BAD, at->loc,
                   "the range is empty: %s is above %s",
                   value_text(&c->arena, low), value_text(&c->arena, high));
        return;
    }
    p->has_range = true;
    p->range_signed = t->is_signed;
    p->range_low = low.bits;
    p->range_high = high.bits;
}

static void check_param_rights(struct idl *c, const struct decl *op,
                               struct param *p, const struct attr *at)
{
    p->rights = RIGHTS_ALL;
    if (!at || p->type->kind == TYPE_ERROR)
        return;
    if (p->type->kind == TYPE_CAP && !p->type->decl) {
        diag_error(&c->diag, DIAG_RIGHT_UNKNOWN, at->loc,
                   "a 'cap' of no particular interface has no rights to "
                   "name");
        return;
    }
    if ((p->type->kind != TYPE_CAP && p->type->kind != TYPE_FPAGE) ||
        p->type->io) {
        diag_error(&c->diag, DIAG_ATTR_TYPE, at->loc,
                   "'rights' applies to capabilities and flexpages of memory");
        return;
    }
    p->has_rights = true;
    p->rights = check_rights(c, op->scope, at, p->type->decl);
}

static void check_one_param(struct idl *c, const struct decl *op,
                            struct param *p)
{
    struct attr *range = attr_find(p->attrs, "range");

    check_attrs(c, p->attrs, ON_PARAM);
    check_type(c, op->scope, &p->type, USE_PARAM);
    check_param_attrs(c, p);
    if (range)
        check_range(c, op, p, range);
    check_param_rights(c, op, p, attr_find(p->attrs, "rights"));
    if (p->dir == DIR_INOUT &&
        (p->type->kind == TYPE_CAP || p->type->kind == TYPE_FPAGE) &&
        !dialect_split(c, p))
        diag_error(&c->diag, DIAG_DIRECTION_BAD, p->loc,
                   "capabilities and flexpages are not 'inout'; use one 'in' "
                   "and one 'out' parameter");
    for (struct param *o = op->params; o != p; o = o->next)
        if (strcmp(o->name, p->name) == 0) {
            diag_error(&c->diag, DIAG_PARAM_TWICE, p->loc,
                       "there are two parameters '%s'", p->name);
            diag_note(&c->diag, o->loc, "the other one is here");
            return;
        }
    if ((p->name[0] == '_' || p->name[strlen(p->name) - 1] == '_') &&
        !dialect_rename(c, &p->name, p->loc, "arg"))
        diag_error(&c->diag, DIAG_NAME_UNDERSCORE, p->loc,
                   "a name neither begins nor ends with '_'; such names "
                   "belong to the generated code");
}

/* "d_count", "d_max" and "name_size" come along with d and name. */
static void check_companions(struct idl *c, const struct decl *op)
{
    static const char *const suffixes[] = {"count", "max", "size", "here"};

    for (struct param *p = op->params; p; p = p->next) {
        if (p->type->kind != TYPE_STRING && p->type->kind != TYPE_SEQUENCE &&
            !p->optional)
            continue;
        for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
            const char *name =
                arena_printf(&c->arena, "%s_%s", p->name, suffixes[i]);

            for (struct param *o = op->params; o; o = o->next)
                if (strcmp(o->name, name) == 0 && !o->hidden &&
                    !dialect_rename(c, &o->name, o->loc, "arg")) {
                    diag_error(&c->diag, DIAG_NAME_COMPANION, o->loc,
                               "'%s' is the name of what comes with '%s'", name,
                               p->name);
                    diag_note(&c->diag, p->loc, "'%s' is here", p->name);
                }
        }
    }
}

/* `char *f()` is a string; other pointers are addresses. */
static struct type *pointer_result(struct idl *c, const struct decl *op)
{
    struct type *t;

    if (op->returns->kind != TYPE_CHAR || !c->dialect)
        return dialect_address(c, op->returns->loc, op->name);
    t = type_new(&c->arena, TYPE_STRING, op->returns->loc);
    t->bound = dialect_bound(c, op->returns->loc, op->name, false);
    return t;
}

/* The return value is an out parameter called `result`, the last one. */
static void add_result(struct idl *c, struct decl *op)
{
    struct param **end = &op->params;
    struct param *p;

    if (op->returns->kind == TYPE_VOID && !op->pointers)
        return;
    while (*end)
        end = &(*end)->next;
    p = arena_alloc(&c->arena, sizeof *p);
    p->name = "result";
    for (const struct param *o = op->params; o && c->dialect; o = o->next)
        if (strcmp(o->name, p->name) == 0)
            p->name = "returned";
    if (op->pointers)
        op->returns = pointer_result(c, op);
    p->loc = op->returns->loc;
    p->type = op->returns;
    p->dir = DIR_OUT;
    p->is_result = true;
    *end = p;
}

static void check_raises(struct idl *c, struct decl *op)
{
    for (struct name_ref *r = op->raises; r; r = r->next) {
        r->decl = scope_resolve(c, op->scope, r->name, KIND_BIT(DECL_EXCEPTION),
                                "exception");
        for (struct name_ref *o = op->raises; r->decl && o != r; o = o->next) {
            if (!o->decl || o->decl->code != r->decl->code || !o->decl->code)
                continue; /* none: that was reported */
            if (o->decl == r->decl)
                diag_error(&c->diag, DIAG_RAISES_BAD, name_loc(r->name),
                           "exception '%s' is named twice", r->decl->name);
            else
                diag_error(&c->diag, DIAG_RAISES_BAD, name_loc(r->name),
                           "exceptions '%s' and '%s' have the same code %u; "
                           "give one of them [code(N)]",
                           o->decl->name, r->decl->name, r->decl->code);
            r->decl = NULL;
        }
    }
}

static void check_oneway(struct idl *c, struct decl *op)
{
    if (attr_find(op->attrs, "oneway"))
        op->oneway = true;
    if (!op->oneway)
        return;
    if (op->returns->kind != TYPE_VOID)
        diag_error(&c->diag, DIAG_ONEWAY_ANSWER, op->loc,
                   "'%s' is oneway: nothing comes back, so it returns void",
                   op->name);
    for (struct param *p = op->params; p; p = p->next)
        if (p->dir != DIR_IN && !p->is_result)
            diag_error(&c->diag, DIAG_ONEWAY_ANSWER, p->loc,
                       "'%s' is oneway: nothing comes back, so all its "
                       "parameters are 'in'",
                       op->name);
    if (op->raises && c->dialect) {
        diag_warn(&c->diag, DIAG_DROPPED, name_loc(op->raises->name),
                  "'%s' is oneway: nothing comes back, so it raises nothing",
                  op->name);
        op->raises = NULL;
    }
    if (op->raises)
        diag_error(&c->diag, DIAG_ONEWAY_ANSWER, name_loc(op->raises->name),
                   "'%s' is oneway: nothing comes back, so it raises nothing",
                   op->name);
}

static bool is_reserved(struct idl *c, const struct decl *iface,
                        uint32_t number, struct loc *where)
{
    for (const struct decl *m = iface->members; m; m = m->next) {
        struct attr *at =
            m->kind == DECL_RESERVED ? attr_find(m->attrs, "reserved") : NULL;

        for (struct attr_arg *arg = at ? at->args : NULL; arg;
             arg = arg->next) {
            struct value v = {0};

            if (arg->kind == ARG_EXPR && arg->expr->kind == EXPR_NUMBER)
                v.bits = arg->expr->number;
            else if (arg->kind != ARG_EXPR ||
                     !eval(c, iface, arg->expr, range_any, &v))
                continue;
            if (!v.negative && v.bits == number) {
                *where = arg->loc;
                return true;
            }
        }
    }
    return false;
}

/* Above all that are taken so far, for advice. */
static unsigned free_number(const struct decl *iface)
{
    unsigned most = 0;

    for (const struct decl *m = iface->members; m; m = m->next)
        if (m->kind == DECL_OP && m->opnum > most)
            most = m->opnum;
    return most + 1;
}

/* Whether AT, in an older dialect, is a number as we have it. */
static bool number_is_possible(const struct decl *op, const struct attr *at)
{
    const struct attr_arg *arg = at ? at->args : NULL;

    if (!arg || arg->next || arg->kind != ARG_EXPR ||
        arg->expr->kind != EXPR_NUMBER || arg->expr->number < 1 ||
        arg->expr->number > OP_MAX)
        return false;
    for (const struct decl *o = op->scope->members; o; o = o->next)
        if (o != op && o->kind == DECL_OP && o->opnum == arg->expr->number)
            return false;
    return true;
}

static void check_opnum(struct idl *c, struct decl *op)
{
    struct attr *at = attr_find(op->attrs, "op");
    struct loc where;

    if (!at)
        at = attr_find(op->attrs, "uuid");
    else if (attr_find(op->attrs, "uuid"))
        check_no_effect(c, attr_find(op->attrs, "uuid"), "'op' is there");

    if (c->dialect && !number_is_possible(op, at)) {
        op->opnum = dialect_opnum(c, op);
        return;
    }
    if (!at) {
        diag_error(&c->diag, DIAG_OP_MISSING, op->loc,
                   "operation '%s' needs a number: put [op(N)] before it",
                   op->name);
        diag_fix(&c->diag, op->start, "[op(%u)] ", free_number(op->scope));
        return;
    }
    op->opnum = (uint32_t)attr_number(c, op->scope, at, 1, OP_MAX,
                                      "an operation number");
    if (!op->opnum)
        return;
    for (struct decl *o = op->scope->members; o != op; o = o->next)
        if (o->kind == DECL_OP && o->opnum == op->opnum) {
            diag_error(&c->diag, DIAG_OP_TAKEN, at->loc,
                       "operation number %u is already "
                       "used",
                       op->opnum);
            diag_note(&c->diag, o->loc, "by '%s'", o->name);
        }
    if (is_reserved(c, op->scope, op->opnum, &where)) {
        diag_error(&c->diag, DIAG_OP_TAKEN, at->loc,
                   "operation number %u is reserved", op->opnum);
        diag_note(&c->diag, where, "it is reserved here");
    }
}

static void check_overrides(struct idl *c, const struct decl *op)
{
    for (struct name_ref *b = op->scope->bases; b; b = b->next) {
        struct decl *o =
            b->decl ? scope_find(c, b->decl, op->name, KIND_BIT(DECL_OP))
                    : NULL;

        if (!o)
            continue;
        diag_error(&c->diag, DIAG_OP_INHERITED, op->loc,
                   "'%s' is already an operation of '%s'", op->name,
                   o->scope->name);
        diag_note(&c->diag, o->loc, "it is declared here");
    }
}

void check_op(struct idl *c, struct decl *op)
{
    struct attr *required = attr_find(op->attrs, "rights_required");
    unsigned errors = c->diag.errors;

    if (!dialect_message(c, op))
        return;
    check_attrs(c, op->attrs, ON_OP);
    name_check_member(c, &op->name, op->loc, "op");
    check_opnum(c, op);
    check_overrides(c, op);
    check_oneway(c, op);
    op->kernelmsg = attr_find(op->attrs, "kernelmsg") != NULL;
    check_op_attrs(c, op);
    for (struct param *p = op->params; p; p = p->next)
        if (c->dialect && p->type->kind == TYPE_FPAGE &&
            (attr_find(p->attrs, "size_is") || attr_find(p->attrs, "max_is")) &&
            dialect_leave_out(c, op, p, "are several flexpages"))
            return;
    check_param_forms(c, op);
    add_result(c, op);
    for (struct param *p = op->params; p; p = p->next)
        check_one_param(c, op, p);
    check_companions(c, op);
    check_raises(c, op);
    op->is_short = attr_find(op->attrs, "short") != NULL;
    if (required)
        op->required = check_rights(c, op->scope, required, op->scope);
    op->state = STATE_DONE;
    if (c->diag.errors != errors)
        return;
    if (!dialect_fit(c, op))
        return;
    op->request = layout_op(c, op, DIR_IN);
    layout_check(c, op, op->request, "request");
    if (!op->oneway) {
        op->reply = layout_op(c, op, DIR_OUT);
        layout_check(c, op, op->reply, "reply");
    }
}
