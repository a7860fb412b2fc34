/* SPDX-License-Identifier: BSD-2-Clause */
/* Components: the interfaces and devices that a program stands between. */
#include <string.h>

#include "check.h"
#include "scope.h"
#include "system.h"

bool interface_conforms(const struct decl *iface, const struct decl *base)
{
    const struct decl *all[BASES_MAX];
    unsigned n = decl_ancestors(iface, all, 0);

    if (iface == base)
        return true;
    while (n > 0)
        if (all[--n] == base)
            return true;
    return false;
}

static bool each_own_op(const struct decl *iface,
                        bool (*fn)(const struct decl *op, void *arg), void *arg)
{
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP && fn(d, arg))
            return true;
    return false;
}

bool interface_each_op(const struct decl *iface,
                       bool (*fn)(const struct decl *op, void *arg), void *arg)
{
    const struct decl *all[BASES_MAX];
    unsigned n = decl_ancestors(iface, all, 0);

    if (each_own_op(iface, fn, arg))
        return true;
    for (unsigned i = 0; i < n; i++)
        if (each_own_op(all[i], fn, arg))
            return true;
    return false;
}

static struct port *port_find(struct port *list, const char *name)
{
    while (list && strcmp(list->name, name) != 0)
        list = list->next;
    return list;
}

/* Ports have names apart from those of what a component holds. */
static bool check_twice(struct idl *c, const struct clause *cl,
                        const struct loc *first)
{
    if (!first)
        return true;
    diag_error(&c->diag, DIAG_NAME_TWICE, cl->name_loc,
               "there are two '%s' in this component", cl->name);
    diag_note(&c->diag, *first, "the first one is here");
    return false;
}

static struct grant *grant_find(struct grant *list, const char *name)
{
    while (list && (!list->name || strcmp(list->name, name) != 0))
        list = list->next;
    return list;
}

/* `provides IFACE NAME;` and `uses IFACE NAME;`. */
static void check_port(struct idl *c, struct component *k,
                       const struct clause *cl, bool uses)
{
    struct port **end = uses ? &k->uses : &k->provides;
    const struct port *same = NULL;
    const struct grant *need = NULL;
    const struct name *name;
    struct port *port;
    struct decl *d;

    check_attrs(c, cl->attrs, ON_CLAUSE);
    if (!clause_form(c, cl, 1, 1, true,
                     uses ? "uses INTERFACE NAME" : "provides INTERFACE NAME"))
        return;
    if (cl->args->kind != ARG_EXPR || cl->args->expr->kind != EXPR_NAME) {
        diag_error(&c->diag, DIAG_NAME_KIND, cl->args->loc,
                   "this is no interface");
        return;
    }
    name = cl->args->expr->name;
    d = scope_resolve(c, k->decl->scope, name, KIND_BIT(DECL_INTERFACE),
                      "interface");
    if (d && d->forward)
        d = d->definition;
    same = port_find(*end, cl->name);
    need = uses ? grant_find(k->needs, cl->name) : NULL;
    if (!d || !check_plan_name(c, cl->name, cl->name_loc) ||
        !check_twice(c, cl,
                     same   ? &same->loc
                     : need ? &need->loc
                            : NULL))
        return;
    if (!uses && d->abstract) {
        diag_error(&c->diag, DIAG_ABSTRACT_SERVED, cl->args->loc,
                   "'%s' is abstract: nothing serves it but as a part of "
                   "another interface, which stands here",
                   d->name);
        diag_note(&c->diag, d->loc, "it is declared here");
    }
    port = arena_alloc(&c->arena, sizeof *port);
    port->name = cl->name;
    port->loc = cl->loc;
    port->iface = d;
    port->optional = attr_find(cl->attrs, "optional") != NULL;
    while (*end)
        end = &(*end)->next;
    *end = port;
    if (!uses)
        port->index = k->provide_count++;
    if (k->provide_count == PLAN_PORTS_MAX + 1 && !uses)
        diag_error(&c->diag, DIAG_SYSTEM_LARGE, cl->loc,
                   "a component provides at most %d ports", PLAN_PORTS_MAX);
}

static bool check_need(struct idl *c, struct component *k,
                       const struct clause *cl)
{
    struct grant **end = &k->needs;
    const struct port *use = cl->name ? port_find(k->uses, cl->name) : NULL;
    const struct grant *same;
    struct grant *g;

    if (!check_grant(c, k->decl->scope, cl, false, &g))
        return false;
    same = g && g->name ? grant_find(k->needs, g->name) : NULL;
    if (!g || !check_twice(c, cl, same ? &same->loc : use ? &use->loc : NULL))
        return true;
    while (*end)
        end = &(*end)->next;
    *end = g;
    return true;
}

/* `program NAME;`, `untrusted;` */
static bool check_word(struct idl *c, struct component *k,
                       const struct clause *cl)
{
    if (strcmp(cl->word, "program") == 0) {
        if (clause_form(c, cl, 1, 1, false, "program NAME")) {
            k->program = clause_word(c, cl, 0);
            k->program_at = cl->loc;
        }
        return true;
    }
    if (strcmp(cl->word, "untrusted") == 0) {
        if (clause_form(c, cl, 0, 0, false, "untrusted"))
            k->untrusted = cl->loc;
        return true;
    }
    return false;
}

static void check_clause(struct idl *c, struct component *k,
                         const struct clause *cl)
{
    static const char *const words[] = {
        "provides", "uses",      "program",  "untrusted", "console",
        "irq",      "ports",     "mmio",     "module",    "manager",
        "device",   "trace",     "memory",   "stack",     "heap",
        "quota",    "table",     "priority", "budget",    "args",
        "start",    "supervise", "restart",  "backoff",   NULL};

    if (cl->instance)
        diag_error(&c->diag, DIAG_CLAUSE_PLACE, cl->loc,
                   "a component contains no other ones");
    else if (strcmp(cl->word, "provides") == 0)
        check_port(c, k, cl, false);
    else if (strcmp(cl->word, "uses") == 0)
        check_port(c, k, cl, true);
    else if (!check_word(c, k, cl) && !check_need(c, k, cl) &&
             !check_setting(c, k->decl->scope, cl, &k->settings))
        clause_unknown(c, cl, words);
}

void check_component(struct idl *c, struct decl *d)
{
    struct component *k = arena_alloc(&c->arena, sizeof *k);

    k->decl = d;
    d->component = k;
    for (const struct clause *cl = d->clauses; cl; cl = cl->next)
        check_clause(c, k, cl);
    if (!k->program) {
        k->program = d->name;
        k->program_at = d->loc;
    }
    (void)check_plan_name(c, k->program, k->program_at);
}
