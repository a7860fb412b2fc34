/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces, operations, exceptions' codes and rights. */
#include <string.h>

#include "check.h"
#include "dialect.h"
#include "eval.h"
#include "layout.h"
#include "names.h"
#include "scope.h"

enum {
    PROTO_MAX = 65535,
    PROTO_USER = 256, /* below: the kernel's */
    CODE_MAX = 65535,
    RIGHTS_ALL = 0xf
};

static void check_bases(struct idl *c, struct decl *d)
{
    for (struct name_ref *b = d->bases; b; b = b->next) {
        struct decl *base = scope_resolve(
            c, d->scope, b->name, KIND_BIT(DECL_INTERFACE), "interface");

        if (!base)
            continue;
        if (base->state != STATE_DONE) {
            diag_error(&c->diag, DIAG_BASE_BAD, name_loc(b->name),
                       base == d ? "'%s' inherits from itself"
                                 : "'%s' is inherited from before its "
                                   "definition",
                       base->name);
            continue;
        }
        for (struct name_ref *o = d->bases; o != b; o = o->next)
            if (o->decl == base) {
                diag_error(&c->diag, DIAG_BASE_BAD, name_loc(b->name),
                           "'%s' is named twice as a base", base->name);
                base = NULL;
                break;
            }
        if (base && d->base_total + base->base_total >= BASES_MAX) {
            diag_error(&c->diag, DIAG_BASE_BAD, name_loc(b->name),
                       "an interface has at most %d bases, theirs included",
                       BASES_MAX);
            continue;
        }
        b->decl = base;
        d->base_total += base ? base->base_total + 1 : 0;
    }
}

/* Two bases may not bring different operations of one name: the derived
 * interface could not offer both. */
static void check_ambiguity(struct idl *c, const struct decl *d)
{
    const struct decl *all[BASES_MAX];
    unsigned n = decl_ancestors(d, all, 0);

    for (unsigned i = 1; i < n; i++)
        for (const struct decl *op = all[i]->members; op; op = op->next)
            for (unsigned k = 0; k < i && op->kind == DECL_OP; k++) {
                const struct decl *o = all[k]->members;

                while (o &&
                       (o->kind != DECL_OP || strcmp(o->name, op->name) != 0))
                    o = o->next;
                if (!o)
                    continue;
                diag_error(&c->diag, DIAG_OP_INHERITED, d->loc,
                           "'%s' inherits two operations '%s'", d->name,
                           op->name);
                diag_note(&c->diag, o->loc, "one is here");
                diag_note(&c->diag, op->loc, "the other is here");
            }
}

static void check_rights_block(struct idl *c, struct decl *d,
                               struct decl *block)
{
    check_attrs(c, block->attrs, ON_TYPE);
    if (d->rights) {
        diag_error(&c->diag, DIAG_RIGHTS_TWICE, block->loc,
                   "'%s' already has rights", d->name);
        return;
    }
    d->rights = block->rights;
    for (struct right *r = d->rights; r; r = r->next) {
        uint64_t mask = 0;

        eval_between(c, d, r->value, 1, RIGHTS_ALL, "a right", &mask);
        r->mask = (uint32_t)mask;
        for (struct right *o = d->rights; o != r; o = o->next)
            if (strcmp(o->name, r->name) == 0) {
                diag_error(&c->diag, DIAG_RIGHTS_TWICE, r->loc,
                           "there are two rights '%s'", r->name);
                break;
            }
    }
}

static bool has_ops(const struct decl *d)
{
    for (const struct decl *m = d->members; m; m = m->next)
        if (m->kind == DECL_OP)
            return true;
    return false;
}

static bool in_kernel_module(const struct decl *d)
{
    while (d->scope && d->scope->name)
        d = d->scope;
    return d->kind == DECL_MODULE && strcmp(d->name, "l4") == 0;
}

/* A protocol number that no interface here has, for advice. */
static unsigned free_proto(const struct idl *c)
{
    unsigned most = PROTO_USER - 1;

    for (unsigned i = 0; i < SYMBOL_BUCKETS; i++)
        for (const struct decl *d = c->symbols[i]; d; d = d->same_hash)
            if (d->kind == DECL_INTERFACE && d->proto > most)
                most = d->proto;
    return most < PROTO_MAX ? most + 1 : PROTO_USER;
}

static uint64_t proto_written(const struct attr *at)
{
    const struct attr_arg *arg = at->args;

    if (!arg || arg->kind != ARG_EXPR || arg->expr->kind != EXPR_NUMBER)
        return 0;
    return arg->expr->number;
}

/* Whether AT, in an older dialect, is a number as we have it. */
static bool proto_is_possible(const struct idl *c, const struct decl *d,
                              const struct attr *at)
{
    uint64_t n = proto_written(at);

    if (n < PROTO_USER || n > PROTO_MAX)
        return false;
    for (unsigned i = 0; i < SYMBOL_BUCKETS; i++)
        for (const struct decl *o = c->symbols[i]; o; o = o->same_hash)
            if (o->kind == DECL_INTERFACE && o != d && o->proto == n)
                return false;
    return true;
}

static void number_missing(struct idl *c, struct decl *d, const struct attr *at)
{
    d->proto = dialect_proto(c, d, at ? proto_written(at) : 0);
    if (d->proto)
        return;
    diag_error(&c->diag, DIAG_PROTO_MISSING, d->loc,
               "interface '%s' needs a protocol number: put [proto(N)] before "
               "it",
               d->name);
    diag_fix(&c->diag, d->start, "[proto(%u)] ", free_proto(c));
}

static void check_proto_taken(struct idl *c, const struct decl *d,
                              const struct attr *at)
{
    for (unsigned i = 0; i < SYMBOL_BUCKETS; i++)
        for (struct decl *o = c->symbols[i]; o; o = o->same_hash)
            if (o->kind == DECL_INTERFACE && o != d && o->state == STATE_DONE &&
                o->proto == d->proto) {
                diag_error(&c->diag, DIAG_PROTO_TAKEN, at->loc,
                           "protocol number %u is already used", d->proto);
                diag_note(&c->diag, o->loc, "by this interface");
            }
}

/* Whether AT has a UUID of 36 digits and dashes. */
static bool is_real_uuid(const struct attr *at)
{
    const struct attr_arg *arg = at->args;

    return arg && arg->kind == ARG_EXPR && arg->expr->kind == EXPR_NUMBER &&
           arg->loc.end - arg->loc.begin == 36;
}

static void check_proto(struct idl *c, struct decl *d)
{
    struct attr *at = attr_find(d->attrs, "proto");

    if (!at)
        at = attr_find(d->attrs, "uuid");
    else if (attr_find(d->attrs, "uuid"))
        check_no_effect(c, attr_find(d->attrs, "uuid"), "'proto' is there");
    if (!at || (c->dialect && !proto_is_possible(c, d, at))) {
        if (has_ops(d) || d->bases)
            number_missing(c, d, at);
        return;
    }
    if (is_real_uuid(at)) {
        diag_error(&c->diag, DIAG_PROTO_MISSING, at->args->loc,
                   "interfaces are told apart by a protocol number, not by a "
                   "UUID");
        diag_fix(&c->diag, at->args->loc, "%u", free_proto(c));
        return;
    }
    d->proto = (uint32_t)attr_number(c, d->scope, at, 1, PROTO_MAX,
                                     "a protocol number");
    if (d->proto && d->proto < PROTO_USER && !in_kernel_module(d))
        diag_error(&c->diag, DIAG_PROTO_TAKEN, at->args->loc,
                   "protocol numbers below %d are the kernel's", PROTO_USER);
    if (d->proto)
        check_proto_taken(c, d, at);
}

void check_interface(struct idl *c, struct decl *d)
{
    check_attrs(c, d->attrs, ON_INTERFACE);
    if (d->forward) {
        if (!d->definition ||
            (d->definition->forward && !d->definition->definition))
            diag_error(&c->diag, DIAG_INTERFACE_UNDEFINED, d->loc,
                       "interface '%s' is declared here and defined nowhere",
                       d->name);
        if (d->attrs)
            diag_error(&c->diag, DIAG_ATTR_PLACE, d->attrs->loc,
                       "attributes belong before the definition of an "
                       "interface");
        return;
    }
    d->state = STATE_ACTIVE;
    check_bases(c, d);
    check_ambiguity(c, d);
    check_proto(c, d);
    check_interface_attrs(c, d);
    for (struct decl *m = d->members; m; m = m->next)
        if (m->kind == DECL_RIGHTS)
            check_rights_block(c, d, m);
}

/* Whether D's exceptions are to be told apart from those of SCOPE. */
static bool shares_codes(const struct decl *scope, const struct decl *d)
{
    for (; scope; scope = scope->scope) {
        if (scope == d->scope)
            return true;
        for (const struct name_ref *b = scope->bases; b; b = b->next)
            if (b->decl && shares_codes(b->decl, d))
                return true;
    }
    return false;
}

void check_exception_code(struct idl *c, struct decl *d)
{
    struct attr *at = attr_find(d->attrs, "code");
    uint32_t highest = 0;

    check_attrs(c, d->attrs, ON_EXCEPTION);
    if (at) {
        d->code = (uint32_t)attr_number(c, d->scope, at, 1, CODE_MAX,
                                        "the code of an exception");
        return;
    }
    for (unsigned i = 0; i < SYMBOL_BUCKETS; i++)
        for (struct decl *o = c->symbols[i]; o; o = o->same_hash)
            if (o->kind == DECL_EXCEPTION && o->code > highest &&
                shares_codes(d->scope, o))
                highest = o->code;
    d->code = highest + 1;
}

static const struct right *right_find(const struct decl *iface,
                                      const char *name, struct guess *g)
{
    for (const struct right *r = iface->rights; r; r = r->next) {
        if (strcmp(r->name, name) == 0)
            return r;
        guess_try(g, r->name);
    }
    for (const struct name_ref *b = iface->bases; b; b = b->next) {
        const struct right *r = b->decl ? right_find(b->decl, name, g) : NULL;

        if (r)
            return r;
    }
    return NULL;
}

static uint32_t right_mask(struct idl *c, const struct name *name,
                           const struct decl *iface)
{
    static struct right memory[] = {
        {.name = "r", .mask = 1},
        {.name = "w", .mask = 2},
        {.name = "x", .mask = 4},
    };
    struct guess g = {.word = name->part};
    const struct right *r = NULL;

    if (iface)
        r = right_find(iface, name->part, &g);
    for (size_t i = 0; !iface && i < sizeof memory / sizeof *memory; i++)
        if (strcmp(memory[i].name, name->part) == 0)
            r = &memory[i];
    if (r)
        return r->mask;
    if (!iface) {
        diag_error(&c->diag, DIAG_RIGHT_UNKNOWN, name->loc,
                   "memory has the rights r, w and x, no '%s'", name->part);
    } else if (g.best) {
        diag_error(&c->diag, DIAG_RIGHT_UNKNOWN, name->loc,
                   "interface '%s' has no right '%s'; did you mean '%s'?",
                   iface->name, name->part, g.best);
        diag_fix(&c->diag, name->loc, "%s", g.best);
    } else {
        diag_error(&c->diag, DIAG_RIGHT_UNKNOWN, name->loc,
                   "interface '%s' has no right '%s'", iface->name, name->part);
    }
    return 0;
}

uint32_t check_rights(struct idl *c, const struct decl *scope,
                      const struct attr *at, const struct decl *iface)
{
    uint32_t mask = 0;

    for (const struct attr_arg *arg = at->args; arg; arg = arg->next) {
        uint64_t n = 0;

        if (arg->kind != ARG_EXPR)
            continue;
        if (arg->expr->kind == EXPR_NAME && !arg->expr->name->next)
            mask |= right_mask(c, arg->expr->name, iface);
        else if (eval_between(c, scope, arg->expr, 1, RIGHTS_ALL, "a right",
                              &n))
            mask |= (uint32_t)n;
    }
    return mask;
}
