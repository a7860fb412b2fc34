/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checker. Declarations are looked at in order, imported files first;
 * what is used must stand before its use. Only operations may look ahead (a
 * capability may be of any interface), so they come in a second round.
 */
#include "check.h"

#include "dialect.h"
#include "layout.h"
#include "names.h"
#include "scope.h"
#include "system.h"

static void check_list(struct idl *c, struct decl *list);

static void assign_names(struct idl *c, struct decl *list)
{
    for (struct decl *d = list; d; d = d->next) {
        dialect_rename_decl(c, d);
        if (d->name && !d->foreign)
            name_assign(c, d);
        assign_names(c, d->members);
    }
}

static void check_exception(struct idl *c, struct decl *d)
{
    unsigned errors = c->diag.errors;
    const struct message *m;

    check_exception_code(c, d);
    check_fields(c, d);
    if (c->diag.errors != errors)
        return;
    m = layout_exception(c, d);
    d->payload_words = m->fixed_words;
    if (d->payload_words > MSG_WORDS - 1)
        diag_error(&c->diag, DIAG_EXCEPTION_LARGE, d->loc,
                   "exception '%s' takes %u bytes; %d go with an error",
                   d->name, d->payload_words * 8, (MSG_WORDS - 1) * 8);
}

static void check_reserved(struct idl *c, struct decl *d)
{
    check_attrs(c, d->attrs, ON_RESERVED);
}

static void check_decl(struct idl *c, struct decl *d)
{
    switch (d->kind) {
    case DECL_MODULE:
        check_attrs(c, d->attrs, ON_MODULE);
        check_list(c, d->members);
        break;
    case DECL_INTERFACE:
        check_interface(c, d);
        check_list(c, d->members);
        d->state = STATE_DONE;
        break;
    case DECL_CONST: check_const(c, d); break;
    case DECL_TYPEDEF: check_typedef(c, d); break;
    case DECL_NATIVE: check_native(c, d); break;
    case DECL_ENUM:
    case DECL_FLAGS: check_enum(c, d); break;
    case DECL_STRUCT:
        check_attrs(c, d->attrs, ON_TYPE);
        check_switch_type(c, d);
        d->shared = attr_find(d->attrs, "shared") != NULL;
        check_fields(c, d);
        break;
    case DECL_UNION:
        check_attrs(c, d->attrs, ON_TYPE);
        d->shared = attr_find(d->attrs, "shared") != NULL;
        check_union(c, d);
        break;
    case DECL_EXCEPTION: check_exception(c, d); break;
    case DECL_RESERVED: check_reserved(c, d); break;
    case DECL_ENUMERATOR:
    case DECL_OP:
    case DECL_RIGHTS:
    case DECL_COMPONENT: /* when all operations are known */
    case DECL_SYSTEM:
    case DECL_IMPORT: break;
    }
}

static void check_list(struct idl *c, struct decl *list)
{
    for (struct decl *d = list; d; d = d->next)
        if (!d->foreign)
            check_decl(c, d);
}

static void check_unit(struct idl *c, struct unit *u)
{
    if (!u || u->checked)
        return;
    u->checked = true;
    for (struct decl *d = u->decls; d; d = d->next) {
        if (d->kind != DECL_IMPORT)
            continue;
        if (d->imported && d->imported->checked && !d->imported->complete)
            diag_error(&c->diag, DIAG_IMPORT_CYCLE, d->loc,
                       "'%s' imports this file in turn", d->path);
        check_unit(c, d->imported);
    }
    check_list(c, u->decls);
    u->complete = true;
}

static void check_ops(struct idl *c, struct decl *list)
{
    for (struct decl *d = list; d; d = d->next) {
        if (d->kind == DECL_OP)
            check_op(c, d);
        if (d->kind == DECL_MODULE || d->kind == DECL_INTERFACE)
            check_ops(c, d->members);
    }
}

static void claim_names(struct idl *c, const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        if (d->name && !d->foreign &&
            !(d->kind == DECL_INTERFACE && d->forward))
            name_claim_all(c, d);
        claim_names(c, d->members);
    }
}

void idl_check(struct idl *c)
{
    scope_declare(c);
    for (struct unit *u = c->units; u; u = u->next)
        assign_names(c, u->decls);
    for (struct unit *u = c->units; u; u = u->next)
        check_unit(c, u);
    for (struct unit *u = c->units; u; u = u->next)
        check_ops(c, u->decls);
    if (c->diag.errors == 0)
        for (struct unit *u = c->units; u; u = u->next)
            claim_names(c, u->decls);
    if (c->diag.errors == 0)
        check_systems(c);
}
