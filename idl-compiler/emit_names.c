/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of operations, for whoever shows messages to people: a line of
 * L4_OPERATION(protocol, operation, "interface.operation") for each, to be
 * included by C or read as text.
 */
#include "emit.h"

static void put_interface(struct emit *e, const struct decl *iface)
{
    const char *path = decl_path(&e->c->arena, iface);

    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put(e, "L4_OPERATION(%u, %u, \"%s.%s\")\n", iface->proto, d->opnum,
                path, d->name);
}

void emit_names(struct emit *e)
{
    each_interface(e, put_interface);
}
