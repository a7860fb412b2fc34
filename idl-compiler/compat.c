/* SPDX-License-Identifier: BSD-2-Clause */
#include "compat.h"

#include <stdio.h>
#include <string.h>

#include "eval.h"
#include "layout.h"

struct compat {
    struct idl *c; /* the new file's, for reports */
    bool added;    /* to the interface being compared */
    bool broken;   /* likewise */
};

/* KIND: WIRE or SOURCE. */
#define BREAK(k, kind, at, ...)                                         \
    do {                                                                \
        (k)->broken = true;                                             \
        diag_error(&(k)->c->diag, DIAG_BREAKS_##kind, at, __VA_ARGS__); \
    } while (0)

static const struct decl *find(const struct decl *list, enum decl_kind kind,
                               const char *name)
{
    for (; list; list = list->next)
        if (list->kind == kind && list->name && !list->forward &&
            strcmp(list->name, name) == 0)
            return list;
    return NULL;
}

/* --- types ------------------------------------------------------------- */

static bool same_type(const struct type *a, const struct type *b);

static bool same_labels(const struct label *a, const struct label *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (!a->value != !b->value ||
            (a->value && value_compare(a->result, b->result) != 0))
            return false;
    return !a && !b;
}

static bool same_fields(const struct field *a, const struct field *b)
{
    for (; a && b; a = a->next, b = b->next) {
        if (!a->type || !b->type) {
            if (a->type || b->type || !same_labels(a->labels, b->labels))
                return false;
            continue;
        }
        if (a->offset != b->offset || a->is_string != b->is_string ||
            !a->counted_by != !b->counted_by ||
            !same_labels(a->labels, b->labels) || !same_type(a->type, b->type))
            return false;
    }
    return !a && !b;
}

/* Whether the bytes mean the same. */
static bool same_type(const struct type *a, const struct type *b)
{
    if (a->kind != b->kind || a->size != b->size || a->align != b->align ||
        a->count != b->count || a->is_signed != b->is_signed)
        return false;
    if (a->elem && !same_type(a->elem, b->elem))
        return false;
    if (a->kind == TYPE_FPAGE && a->io != b->io)
        return false;
    if (a->kind == TYPE_STRUCT && !a->decl->tag != !b->decl->tag)
        return false;
    if (a->kind == TYPE_STRUCT && a->decl->tag &&
        !same_type(a->decl->tag->type, b->decl->tag->type))
        return false;
    if (a->kind == TYPE_STRUCT)
        return same_fields(a->decl->fields, b->decl->fields);
    if (a->kind == TYPE_CAP && (!a->decl || !b->decl))
        return a->decl == b->decl;
    if (a->kind == TYPE_CAP)
        return a->decl->proto == b->decl->proto;
    return true;
}

/* The first value of A's that B does not have, or NULL. */
static const struct decl *missing_value(const struct decl *a,
                                        const struct decl *b)
{
    for (const struct decl *m = a->members; m; m = m->next) {
        const struct decl *o = b->members;

        while (o && value_compare(o->result, m->result) != 0)
            o = o->next;
        if (!o)
            return m;
    }
    return NULL;
}

/* Values that the sender may send and the receiver refuses. SENDER and
 * RECEIVER are of different versions. */
static void compare_values(struct compat *k, const struct decl *op,
                           const struct param *sent, const struct param *taken,
                           const char *who)
{
    struct loc at = op->loc;

    if (sent->type->kind == TYPE_ENUM || sent->type->kind == TYPE_FLAGS) {
        const struct decl *m =
            missing_value(sent->type->decl, taken->type->decl);

        if (m)
            BREAK(k, WIRE, at, "wire: '%s' may be %s in '%s', which %s refuses",
                  op->name, m->name, sent->name, who);
    }
    if (taken->has_range && !sent->has_range)
        BREAK(k, WIRE, at, "wire: '%s' has a range in '%s' that only %s knows",
              op->name, sent->name, who);
    else if (taken->has_range) {
        struct value sl = {sent->range_signed && (int64_t)sent->range_low < 0,
                           sent->range_low};
        struct value sh = {sent->range_signed && (int64_t)sent->range_high < 0,
                           sent->range_high};
        struct value tl = {taken->range_signed && (int64_t)taken->range_low < 0,
                           taken->range_low};
        struct value th = {taken->range_signed &&
                               (int64_t)taken->range_high < 0,
                           taken->range_high};

        if (value_compare(sl, tl) < 0 || value_compare(sh, th) > 0)
            BREAK(k, WIRE, at,
                  "wire: '%s' can have values in '%s' which %s refuses",
                  op->name, sent->name, who);
    }
}

/* --- operations -------------------------------------------------------- */

static bool same_message(const struct message *a, const struct message *b)
{
    if (!a || !b)
        return a == b;
    if (a->slot_count != b->slot_count || a->item_count != b->item_count ||
        a->fixed_words != b->fixed_words)
        return false;
    for (uint32_t i = 0; i < a->slot_count; i++)
        if (a->slots[i].offset != b->slots[i].offset ||
            a->slots[i].is_count != b->slots[i].is_count ||
            !same_type(a->slots[i].type, b->slots[i].type))
            return false;
    for (uint32_t i = 0; i < a->part_count; i++)
        if (!same_type(a->parts[i].param->type, b->parts[i].param->type))
            return false;
    for (uint32_t i = 0; i < a->item_count; i++)
        if (!same_type(a->items[i].param->type, b->items[i].param->type))
            return false;
    return true;
}

static void compare_raises(struct compat *k, const struct decl *old,
                           const struct decl *new)
{
    for (const struct name_ref *r = new->raises; r; r = r->next) {
        const struct name_ref *o = old->raises;

        while (o && o->decl->code != r->decl->code)
            o = o->next;
        if (!o)
            BREAK(k, WIRE, new->loc,
                  "wire: '%s' raises '%s', which clients of the old version "
                  "take for a protocol error",
                  new->name, r->decl->name);
        else if (!same_fields(o->decl->fields, r->decl->fields))
            BREAK(k, WIRE, new->loc, "wire: the payload of '%s' has changed",
                  r->decl->name);
    }
}

static void compare_op(struct compat *k, const struct decl *old,
                       const struct decl *new)
{
    const struct param *o = old->params;
    const struct param *n = new->params;

    if (old->opnum != new->opnum)
        BREAK(k, WIRE, new->loc, "wire: '%s' had the number %u", new->name,
              old->opnum);
    if (old->oneway != new->oneway || old->kernelmsg != new->kernelmsg)
        BREAK(k, WIRE, new->loc,
              "wire: '%s' is 'oneway' or 'kernelmsg' in one version only",
              new->name);
    else if (!same_message(old->request, new->request))
        BREAK(k, WIRE, new->loc, "wire: the request of '%s' has changed",
              new->name);
    else if (!same_message(old->reply, new->reply))
        BREAK(k, WIRE, new->loc, "wire: the answer of '%s' has changed",
              new->name);
    if (new->required & ~old->required)
        BREAK(k, WIRE, new->loc, "wire: '%s' requires more rights than before",
              new->name);
    compare_raises(k, old, new);
    for (; o && n; o = o->next, n = n->next) {
        if (o->dir != n->dir || o->optional != n->optional ||
            o->shared != n->shared || !same_type(o->type, n->type)) {
            BREAK(k, SOURCE, n->loc,
                  "source: parameter '%s' of '%s' has changed", n->name,
                  new->name);
            continue;
        }
        if ((unsigned)o->dir & DIR_IN)
            compare_values(k, new, o, n, "a server of the new version");
        if ((unsigned)o->dir & DIR_OUT)
            compare_values(k, new, n, o, "a client of the old version");
    }
    if (o || n)
        BREAK(k, SOURCE, new->loc,
              "source: '%s' has another number of parameters", new->name);
}

/* Numbers of operations that are gone stay taken. */
static bool number_is_reserved(const struct decl *iface, uint32_t number)
{
    for (const struct decl *m = iface->members; m; m = m->next)
        for (const struct attr *at = m->kind == DECL_RESERVED ? m->attrs : NULL;
             at; at = at->next)
            for (const struct attr_arg *arg = at->args; arg; arg = arg->next)
                if (arg->kind == ARG_EXPR && arg->expr->kind == EXPR_NUMBER &&
                    arg->expr->number == number)
                    return true;
    return false;
}

/* --- interfaces -------------------------------------------------------- */

static void compare_version(struct compat *k, const struct decl *old,
                            const struct decl *new)
{
    if (!old->has_version)
        return;
    if (!new->has_version || new->version < old->version)
        BREAK(k, SOURCE, new->loc, "source: version %u.%u was higher",
              old->version >> 16, old->version & 0xffff);
    else if (k->broken && new->version >> 16 == old->version >> 16)
        diag_note(&k->c->diag, new->loc, "this takes a new major version");
    else if (k->added && new->version == old->version)
        BREAK(k, WIRE, new->loc,
              "wire: operations were added, so the minor version grows");
}

static void compare_interface(struct compat *k, const struct decl *old,
                              const struct decl *new)
{
    k->added = false;
    k->broken = false;
    if (old->proto != new->proto)
        BREAK(k, WIRE, new->loc, "wire: '%s' had the protocol number %u",
              new->name, old->proto);
    for (const struct decl *d = old->members; d; d = d->next) {
        const struct decl *n = NULL;

        if (d->kind != DECL_OP)
            continue;
        n = find(new->members, DECL_OP, d->name);
        if (n)
            compare_op(k, d, n);
        else
            BREAK(k, WIRE, new->loc, "wire: '%s' has lost the operation '%s'%s",
                  new->name, d->name,
                  number_is_reserved(new, d->opnum)
                      ? ""
                      : ", and its number is not reserved");
    }
    for (const struct decl *d = new->members; d; d = d->next)
        if (d->kind == DECL_OP && !find(old->members, DECL_OP, d->name)) {
            k->added = true;
            printf("compatible: %s has a new operation '%s'\n",
                   decl_path(&k->c->arena, new), d->name);
        }
    compare_version(k, old, new);
}

static void compare_list(struct compat *k, const struct decl *old,
                         const struct decl *new, struct loc where)
{
    for (; old; old = old->next) {
        const struct decl *n =
            old->name && !old->forward ? find(new, old->kind, old->name) : NULL;

        if (old->kind != DECL_MODULE && old->kind != DECL_INTERFACE &&
            old->kind != DECL_CONST)
            continue;
        if (old->forward)
            continue;
        if (!n)
            BREAK(k, SOURCE, where, "source: %s '%s' is gone",
                  decl_kind_text(old->kind), old->name);
        else if (old->kind == DECL_MODULE)
            compare_list(k, old->members, n->members, n->loc);
        else if (old->kind == DECL_INTERFACE)
            compare_interface(k, old, n);
        else if (value_compare(old->result, n->result) != 0)
            BREAK(k, SOURCE, n->loc, "source: the value of '%s' has changed",
                  n->name);
    }
}

void compat_check(struct idl *new, const struct idl *old)
{
    struct compat k = {.c = new};
    struct loc top = {new->units->src, 0, 0};

    compare_list(&k, old->units->decls, new->units->decls, top);
    if (new->diag.errors == 0)
        puts("compatible");
}
