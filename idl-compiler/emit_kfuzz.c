/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * foo.kfuzz: what the requests of each operation look like, for a program that
 * makes them at random. To be included by C, which defines the macros:
 *
 *   L4_KFUZZ_OP(protocol, operation, name, words, rights, created)
 *       an operation; its fixed part has so many words, it takes the rights,
 *       and so many capabilities are created. What follows is about it.
 *   L4_KFUZZ_VALUE(offset, size, kind, low, high, name)
 *       a value in the fixed part, at a byte offset; kind is INT, BOOL, CHAR,
 *       ENUM, or FLAGS (then high is the mask of those that there are)
 *   L4_KFUZZ_PART(offset, max, size, name)
 *       a string or sequence: the offset of its count, of up to max elements
 *       of that size. Values that follow are those of an element.
 *   L4_KFUZZ_CAP(item, protocol, rights, name)
 *       a capability argument: of an object with that protocol (0: of any),
 *       with those rights
 *   L4_KFUZZ_FPAGE(item, name)
 *       a flexpage
 *   L4_KFUZZ_ERROR(name)
 *       an error that it may answer with, whatever it was asked: L4_EQUOTA
 */
#include "emit_doc.h"

static void put_value(struct emit *e, const struct type *t, uint32_t offset,
                      const char *kind, uint64_t low, uint64_t high,
                      const char *name)
{
    put(e, "L4_KFUZZ_VALUE(%u, %u, %s, 0x%llx, 0x%llx, \"%s\")\n", offset,
        t->size, kind, (unsigned long long)low, (unsigned long long)high, name);
}

static uint64_t largest(const struct type *t)
{
    return t->size >= 8 ? ~0ull : (1ull << (8 * t->size)) - 1;
}

static void put_enum(struct emit *e, const struct type *t, uint32_t offset,
                     const char *name)
{
    uint64_t low = ~0ull;
    uint64_t high = 0;

    for (const struct decl *d = t->decl->members; d; d = d->next) {
        low = d->result.bits < low ? d->result.bits : low;
        high = d->result.bits > high ? d->result.bits : high;
    }
    put_value(e, t, offset, "ENUM", low, high, name);
}

static void put_flags(struct emit *e, const struct type *t, uint32_t offset,
                      const char *name)
{
    uint64_t all = 0;

    for (const struct decl *d = t->decl->members; d; d = d->next)
        all |= d->result.bits;
    put_value(e, t, offset, "FLAGS", 0, all, name);
}

/* Structs and arrays are put out as the scalars in them. */
static void put_type(struct emit *e, const struct type *t, uint32_t offset,
                     const char *name)
{
    switch (t->kind) {
    case TYPE_STRUCT:
        for (const struct field *f = t->decl->fields; f; f = f->next)
            put_type(e, f->type, offset + f->offset, f->name);
        break;
    case TYPE_ARRAY:
        for (uint32_t i = 0; i < t->count; i++)
            put_type(e, t->elem, offset + i * t->elem->size, name);
        break;
    case TYPE_ENUM: put_enum(e, t, offset, name); break;
    case TYPE_FLAGS: put_flags(e, t, offset, name); break;
    case TYPE_BOOL: put_value(e, t, offset, "BOOL", 0, 1, name); break;
    case TYPE_CHAR: put_value(e, t, offset, "CHAR", 0, 255, name); break;
    default: put_value(e, t, offset, "INT", 0, largest(t), name); break;
    }
}

static void put_slot(struct emit *e, const struct slot *s)
{
    const struct param *p = s->param;

    if (s->is_count)
        return;
    if (p && p->has_range)
        put_value(e, s->type, s->offset, "INT", p->range_low, p->range_high,
                  s->name);
    else
        put_type(e, s->type, s->offset, s->name);
}

static void put_part(struct emit *e, const struct part *part)
{
    const struct type *t = part->param->type;

    put(e, "L4_KFUZZ_PART(%u, %u, %u, \"%s\")\n", part->count_at, part->max,
        part->elem_size, part->param->name);
    if (t->kind == TYPE_STRING)
        put(e, "L4_KFUZZ_VALUE(0, 1, CHAR, 0x1, 0xff, \"%s\")\n",
            part->param->name);
    else
        put_type(e, t->elem, 0, part->param->name);
}

static void put_item(struct emit *e, const struct item *item, uint32_t number)
{
    const struct param *p = item->param;

    if (p->type->kind == TYPE_FPAGE)
        put(e, "L4_KFUZZ_FPAGE(%u, \"%s\")\n", number, p->name);
    else
        put(e, "L4_KFUZZ_CAP(%u, %u, %u, \"%s\")\n", number,
            p->type->decl ? p->type->decl->proto : 0,
            p->has_rights ? p->rights : 0, p->name);
}

static void put_error(struct emit *e, const char *name, size_t length)
{
    put(e, "L4_KFUZZ_ERROR(%.*s)\n", (int)length, name);
}

static unsigned created(const struct message *m)
{
    unsigned n = 0;

    for (uint32_t i = 0; m && i < m->item_count; i++)
        n += m->items[i].param->type->kind == TYPE_CAP;
    return n;
}

static void put_op(struct emit *e, const struct decl *op)
{
    const struct message *m = op->request;

    put(e, "L4_KFUZZ_OP(%u, %u, \"%s.%s\", %u, %u, %u)\n", op->scope->proto,
        op->opnum, decl_path(&e->c->arena, op->scope), op->name, m->fixed_words,
        op->required, created(op->reply));
    doc_errors(e, op, put_error);
    for (uint32_t i = 0; i < m->slot_count; i++)
        put_slot(e, &m->slots[i]);
    for (uint32_t i = 0; i < m->item_count; i++)
        put_item(e, &m->items[i], i);
    for (uint32_t i = 0; i < m->part_count; i++)
        put_part(e, &m->parts[i]);
}

static void put_interface(struct emit *e, const struct decl *iface)
{
    if (!iface->proto)
        return;
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP && !d->kernelmsg)
            put_op(e, d);
}

void emit_kfuzz(struct emit *e)
{
    put_banner(e, "what requests look like");
    each_interface(e, put_interface);
}
