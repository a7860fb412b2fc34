/* SPDX-License-Identifier: BSD-2-Clause */
/* A reference in Markdown, from the comments in front of declarations. */
#include <string.h>

#include "emit_doc.h"

/* Its text, without the stars. */
static void put_comment(struct emit *e, const struct decl *d)
{
    const struct comment *c = doc_comment(d);
    const char *p;
    const char *end;

    if (!c)
        return;
    p = d->loc.src->text + c->begin + 2;
    end = d->loc.src->text + c->end;
    if (end[-1] == '/' && end[-2] == '*')
        end -= 2;
    put(e, "\n");
    while (p < end) {
        const char *line = p;

        while (p < end && *p != '\n')
            p++;
        while (line < p && strchr(" \t*/", *line))
            line++;
        size_t len = (size_t)(p - line);

        while (len && (line[len - 1] == ' ' || line[len - 1] == '\r'))
            len--;
        if (len)
            put(e, "%.*s\n", (int)len, line);
        p++;
    }
}

static const char *way(const struct param *p)
{
    switch (p->dir) {
    case DIR_IN: return "in";
    case DIR_OUT: return "out";
    default: return "inout";
    }
}

static void put_signature(struct emit *e, const struct decl *op)
{
    const char *between = "";

    put(e, "\n    [op(%u)%s] %s %s(", op->opnum, op->oneway ? ", oneway" : "",
        idl_type(e, op->returns), op->name);
    for (const struct param *p = op->params; p; p = p->next) {
        if (p->is_result || p->hidden)
            continue;
        put(e, "%s%s %s %s", between, way(p), idl_type(e, p->type), p->name);
        between = ", ";
    }
    put(e, ")");
    for (const struct name_ref *r = op->raises; r; r = r->next)
        put(e, "%s%s", r == op->raises ? " raises (" : ", ", r->decl->name);
    put(e, "%s\n", op->raises ? ")" : "");
}

static void put_wire(struct emit *e, const struct message *m, const char *what)
{
    if (!m || (m->slot_count == 0 && m->item_count == 0))
        return;
    put(e, "\n| %s | type | where |\n|---|---|---|\n", what);
    for (uint32_t i = 0; i < m->slot_count; i++) {
        const struct slot *s = &m->slots[i];

        if (s->is_count)
            put(e, "| number of `%s` | `u32` | word %u, byte %u |\n", s->name,
                s->offset / 8, s->offset % 8);
        else
            put(e, "| `%s` | `%s` | word %u, byte %u |\n", s->name,
                idl_type(e, s->type), s->offset / 8, s->offset % 8);
    }
    for (uint32_t i = 0; i < m->part_count; i++)
        put(e, "| `%s` | `%s` | words %s |\n", m->parts[i].param->name,
            idl_type(e, m->parts[i].param->type),
            i ? "after that" : text(e, "%u and up", m->fixed_words));
    for (uint32_t i = 0; i < m->item_count; i++)
        put(e, "| `%s` | `%s` | item %u |\n", m->items[i].param->name,
            idl_type(e, m->items[i].param->type), i);
}

/* The names of the rights in a mask. */
static void put_rights(struct emit *e, const struct decl *iface, uint32_t mask)
{
    const char *between = "";

    for (const struct right *r = iface->rights; r; r = r->next)
        if (mask & r->mask) {
            put(e, "%s*%s*", between, r->name);
            between = ", ";
        }
}

static void put_error(struct emit *e, const char *name, size_t length)
{
    put(e, "%s`%.*s`", e->count++ ? ", " : "", (int)length, name);
}

/* What a kernel object asks for, and how it refuses. */
static void put_conditions(struct emit *e, const struct decl *op)
{
    put(e, "\nTakes ");
    if (op->required) {
        put(e, "the right ");
        put_rights(e, op->scope, op->required);
    } else {
        put(e, "no right");
    }
    for (const struct param *p = op->params; p; p = p->next) {
        if (!p->rights || !p->type->decl || p->dir == DIR_OUT)
            continue;
        put(e, "; of `%s` ", p->name);
        put_rights(e, p->type->decl, p->rights);
    }
    put(e, ".\n\nErrors: ");
    e->count = 0;
    doc_errors(e, op, put_error);
    put(e, "%s.\n", e->count ? "" : "none");
}

static void put_op(struct emit *e, const struct decl *op)
{
    put(e, "\n### %s.%s\n", op->scope->name, op->name);
    put_comment(e, op);
    put_signature(e, op);
    if (op->scope->proto < PROTO_USER && !op->kernelmsg)
        put_conditions(e, op);
    if (op->deprecated)
        put(e, "\nDeprecated: %s.\n", op->deprecated);
    put_wire(e, op->request, "request");
    put_wire(e, op->reply, "reply");
}

static void put_interface(struct emit *e, const struct decl *iface)
{
    put(e, "\n## %s\n", decl_path(&e->c->arena, iface));
    put_comment(e, iface);
    if (iface->proto)
        put(e, "\nProtocol %u", iface->proto);
    if (iface->has_version)
        put(e, ", version %u.%u", iface->version >> 16,
            iface->version & 0xffff);
    put(e, ".");
    for (const struct name_ref *b = iface->bases; b; b = b->next)
        put(e, "%s`%s`%s", b == iface->bases ? " Extends " : ", ",
            decl_path(&e->c->arena, b->decl), b->next ? "" : ".");
    put(e, "\n");
    if (iface->rights) {
        put(e, "\nRights:");
        for (const struct right *r = iface->rights; r; r = r->next)
            put(e, "%s `%s` (%u)", r == iface->rights ? "" : ",", r->name,
                r->mask);
        put(e, ".\n");
    }
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put_op(e, d);
}

void emit_docs(struct emit *e)
{
    put(e, "<!-- Generated by l4idl from %s.idl. -->\n# %s.idl\n", e->base,
        e->base);
    each_interface(e, put_interface);
    emit_docs_types(e);
}
