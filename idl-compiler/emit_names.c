/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of operations and of what their messages hold, for whoever shows
 * messages to people. Lines to be included by C or read as text:
 *
 *     L4_OPERATION(protocol, operation, "interface.operation")
 *     L4_ARGUMENT(protocol, operation, reply, offset, size, kind, "name")
 *
 * for what lies in words 0 to 3, that much a trace record has. The kind is u,
 * s, b (bool) or n (a count).
 */
#include "emit.h"

enum { SHOWN_BYTES = 32 };

/* Where an argument stands. */
struct home {
    const struct decl *op;
    bool is_reply;
};

static void put_argument(struct emit *e, const struct home *at,
                         const struct type *t, uint32_t offset, char kind,
                         const char *name)
{
    if (slot_is_scalar(t) && offset + t->size <= SHOWN_BYTES)
        put(e, "L4_ARGUMENT(%u, %u, %d, %u, %u, '%c', \"%s\")\n",
            at->op->scope->proto, at->op->opnum, at->is_reply, offset, t->size,
            kind, name);
}

static char kind_of(const struct type *t)
{
    if (t->kind == TYPE_BOOL)
        return 'b';
    return t->is_signed ? 's' : 'u';
}

/* A value, or each that is in there: NAME.FIELD, NAME[INDEX]. Which arm of a
 * union it is takes more than its place to say. */
static void put_value(struct emit *e, const struct home *at,
                      const struct type *t, uint32_t offset, const char *name)
{
    if (offset >= SHOWN_BYTES)
        return;
    if (t->kind == TYPE_STRUCT && t->decl->kind != DECL_UNION) {
        for (const struct field *f = t->decl->fields; f; f = f->next)
            put_value(e, at, f->type, offset + f->offset,
                      text(e, "%s.%s", name, f->name));
    } else if (t->kind == TYPE_ARRAY) {
        for (uint32_t i = 0; i < t->count && i < SHOWN_BYTES; i++)
            put_value(e, at, t->elem, offset + i * t->elem->size,
                      text(e, "%s[%u]", name, i));
    } else {
        put_argument(e, at, t, offset, kind_of(t), name);
    }
}

static void put_arguments(struct emit *e, const struct decl *op,
                          const struct message *m, bool is_reply)
{
    const struct home at = {op, is_reply};

    for (uint32_t k = 0; m && k < m->slot_count; k++) {
        const struct slot *s = &m->slots[k];

        if (s->is_count)
            put_argument(e, &at, s->type, s->offset, 'n', s->name);
        else
            put_value(e, &at, s->type, s->offset, s->name);
    }
}

static void put_interface(struct emit *e, const struct decl *iface)
{
    const char *path = decl_path(&e->c->arena, iface);

    for (const struct decl *d = iface->members; d; d = d->next) {
        if (d->kind != DECL_OP)
            continue;
        put(e, "L4_OPERATION(%u, %u, \"%s.%s\")\n", iface->proto, d->opnum,
            path, d->name);
        put_arguments(e, d, d->request, false);
        put_arguments(e, d, d->reply, true);
    }
}

void emit_names(struct emit *e)
{
    each_interface(e, put_interface);
}
