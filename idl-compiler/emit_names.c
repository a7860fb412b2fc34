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

static char kind_of(const struct slot *s)
{
    if (s->is_count)
        return 'n';
    if (s->type->kind == TYPE_BOOL)
        return 'b';
    return s->type->is_signed ? 's' : 'u';
}

static void put_arguments(struct emit *e, const struct decl *op,
                          const struct message *m, bool is_reply)
{
    for (uint32_t k = 0; m && k < m->slot_count; k++) {
        const struct slot *s = &m->slots[k];

        if (!slot_is_scalar(s->type) || s->offset + s->type->size > SHOWN_BYTES)
            continue;
        put(e, "L4_ARGUMENT(%u, %u, %d, %u, %u, '%c', \"%s\")\n",
            op->scope->proto, op->opnum, is_reply, s->offset, s->type->size,
            kind_of(s), s->name);
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
