/* SPDX-License-Identifier: BSD-2-Clause */
/* What messages look like: for programs (JSON), as a table for people. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "emit_doc.h"
#include "hash.h"

const char *idl_type(struct emit *e, const struct type *t)
{
    switch (t->kind) {
    case TYPE_VOID: return "void";
    case TYPE_INT:
        if (t->decl)
            return t->decl->name;
        return text(e, "%c%u", t->is_signed ? 's' : 'u', t->size * 8);
    case TYPE_BOOL: return "bool";
    case TYPE_CHAR: return "char";
    case TYPE_STRING: return text(e, "string<%u>", t->count);
    case TYPE_SEQUENCE:
        return text(e, "sequence<%s, %u>", idl_type(e, t->elem), t->count);
    case TYPE_ARRAY: return text(e, "%s[%u]", idl_type(e, t->elem), t->count);
    case TYPE_CAP:
        if (!t->decl)
            return "cap";
        return text(e, "cap<%s>", decl_path(&e->c->arena, t->decl));
    case TYPE_FPAGE: return t->io ? "fpage<io>" : "fpage";
    case TYPE_NATIVE: return t->decl->name;
    default: return t->decl ? decl_path(&e->c->arena, t->decl) : "?";
    }
}

/* --- JSON -------------------------------------------------------------- */

/* One value of the fixed part. */
static void put_json_slot(struct emit *e, const struct slot *s)
{
    put(e, "{\"name\": \"%s\", \"type\": \"%s\", \"offset\": %u, \"size\": %u}",
        s->is_count ? text(e, "%s_count", s->name) : s->name,
        s->is_count ? "u32" : idl_type(e, s->type), s->offset, s->type->size);
}

static void put_json_message(struct emit *e, const struct message *m)
{
    put(e,
        "{\"fixed_words\": %u, \"max_words\": %u,\n"
        "         \"values\": [",
        m->fixed_words, m->max_words);
    for (uint32_t i = 0; i < m->slot_count; i++) {
        put(e, "%s\n          ", i ? "," : "");
        put_json_slot(e, &m->slots[i]);
    }
    put(e, "],\n         \"parts\": [");
    for (uint32_t i = 0; i < m->part_count; i++)
        put(e,
            "%s\n          {\"name\": \"%s\", \"type\": \"%s\", "
            "\"count_offset\": %u, \"element_size\": %u, \"max\": %u}",
            i ? "," : "", m->parts[i].param->name,
            idl_type(e, m->parts[i].param->type), m->parts[i].count_at,
            m->parts[i].elem_size, m->parts[i].max);
    put(e, "],\n         \"items\": [");
    for (uint32_t i = 0; i < m->item_count; i++)
        put(e, "%s{\"name\": \"%s\", \"type\": \"%s\"}", i ? ", " : "",
            m->items[i].param->name, idl_type(e, m->items[i].param->type));
    put(e, "]}");
}

static void put_json_op(struct emit *e, const struct decl *op)
{
    put(e, "      {\"name\": \"%s\", \"number\": %u,\n       \"request\": ",
        op->name, op->opnum);
    put_json_message(e, op->request);
    put(e, ",\n       \"reply\": ");
    if (op->reply)
        put_json_message(e, op->reply);
    else
        put(e, "null");
    put(e, ",\n       \"raises\": [");
    for (const struct name_ref *r = op->raises; r; r = r->next)
        put(e, "%s{\"name\": \"%s\", \"code\": %u}",
            r == op->raises ? "" : ", ", decl_path(&e->c->arena, r->decl),
            r->decl->code);
    put(e, "]}");
}

static void put_json_interface(struct emit *e, const struct decl *iface)
{
    bool any = false;

    put(e,
        "%s\n    {\"name\": \"%s\", \"protocol\": %u,\n"
        "     \"version\": \"%u.%u\", \"hash\": \"%016" PRIx64 "\",\n"
        "     \"bases\": [",
        e->count++ ? "," : "", decl_path(&e->c->arena, iface), iface->proto,
        iface->version >> 16, iface->version & 0xffff, hash_interface(iface));
    for (const struct name_ref *b = iface->bases; b; b = b->next)
        put(e, "%s\"%s\"", b == iface->bases ? "" : ", ",
            decl_path(&e->c->arena, b->decl));
    put(e, "],\n     \"operations\": [");
    for (const struct decl *d = iface->members; d; d = d->next) {
        if (d->kind != DECL_OP)
            continue;
        put(e, "%s\n", any ? "," : "");
        any = true;
        put_json_op(e, d);
    }
    put(e, "]}");
}

void emit_layout(struct emit *e)
{
    put(e, "{\"file\": \"%s.idl\",\n  \"interfaces\": [", e->base);
    e->count = 0;
    each_interface(e, put_json_interface);
    put(e, "]}\n");
}

/* --- report ------------------------------------------------------------ */

/* What the generated server function keeps on its stack. */
static uint32_t stack_of(const struct decl *op)
{
    uint32_t bytes = 0;

    for (const struct param *p = op->params; p; p = p->next) {
        const struct type *t = p->type;
        uint32_t size = t->size;

        if (t->kind == TYPE_STRING)
            size = t->count + 1 + 4;
        else if (t->kind == TYPE_SEQUENCE)
            size = p->inplace ? 12 : t->count * t->elem->size + 4;
        else if (t->kind == TYPE_FPAGE)
            size = 16;
        else if (t->kind == TYPE_CAP)
            size = 4;
        bytes += (size + 7) / 8 * 8;
    }
    return bytes;
}

static void put_report_message(struct emit *e, const struct decl *op,
                               const struct message *m, const char *way)
{
    const char *name =
        text(e, "%s.%s", decl_path(&e->c->arena, op->scope), op->name);

    if (!m)
        return;
    printf("%-36s %-7s %5u %5u %5u %5u %5u%% %6u\n", name, way, m->fixed_words,
           m->max_words, m->max_words * 8, m->item_count,
           m->max_words <= MSG_REGS ? 0 : m->max_words * 100 / MSG_WORDS,
           stack_of(op));
}

static void put_report(struct emit *e, const struct decl *iface)
{
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP) {
            put_report_message(e, d, d->request, "request");
            put_report_message(e, d, d->reply, "reply");
        }
}

void emit_report(struct emit *e)
{
    printf("%-36s %-7s %5s %5s %5s %5s %6s %6s\n", "operation", "message",
           "fixed", "most", "bytes", "items", "UTCB", "stack");
    each_interface(e, put_report);
}
