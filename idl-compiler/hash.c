/* SPDX-License-Identifier: BSD-2-Clause */
#include "hash.h"

#include "layout.h"

static void hash_number(uint64_t *h, uint64_t n)
{
    for (unsigned i = 0; i < 8; i++)
        *h = (*h ^ (n >> (8 * i) & 0xff)) * 1099511628211u;
}

static void hash_text(uint64_t *h, const char *s)
{
    for (; *s; s++)
        *h = (*h ^ (unsigned char)*s) * 1099511628211u;
    hash_number(h, 0);
}

/* Of a capability, the protocol; what that stands for is hashed with it. */
static void hash_type(uint64_t *h, const struct type *t)
{
    hash_number(h, t->kind);
    hash_number(h, t->size);
    hash_number(h, t->align);
    hash_number(h, t->is_signed);
    hash_number(h, t->count);
    if (t->elem)
        hash_type(h, t->elem);
    if (!t->decl)
        return;
    if (t->kind == TYPE_CAP)
        hash_number(h, t->decl->proto);
    if (t->kind == TYPE_ENUM || t->kind == TYPE_FLAGS)
        for (const struct decl *m = t->decl->members; m; m = m->next)
            hash_number(h, m->result.bits);
    if (t->kind == TYPE_FPAGE)
        hash_number(h, t->io);
    if (t->kind == TYPE_STRUCT && t->decl->tag)
        hash_type(h, t->decl->tag->type);
    if (t->kind == TYPE_STRUCT)
        for (const struct field *f = t->decl->fields; f; f = f->next) {
            hash_number(h, f->offset);
            hash_number(h, f->is_string || f->counted_by);
            for (const struct label *l = f->labels; l; l = l->next)
                hash_number(h, l->value ? l->result.bits : ~(uint64_t)0);
            if (f->type)
                hash_type(h, f->type);
        }
}

static void hash_message(uint64_t *h, const struct message *m)
{
    hash_number(h, m ? m->max_words : ~(uint64_t)0);
    for (uint32_t i = 0; m && i < m->slot_count; i++) {
        const struct slot *s = &m->slots[i];

        hash_number(h, s->offset);
        hash_type(h, s->is_count ? s->param->type : s->type);
        if (s->param && s->param->has_range) {
            hash_number(h, s->param->range_low);
            hash_number(h, s->param->range_high);
        }
    }
    for (uint32_t i = 0; m && i < m->item_count; i++)
        hash_type(h, m->items[i].param->type);
}

static void hash_op(uint64_t *h, const struct decl *op)
{
    hash_number(h, op->opnum);
    hash_text(h, op->name);
    hash_number(h, op->kernelmsg);
    hash_message(h, op->request);
    hash_message(h, op->reply);
    for (const struct name_ref *r = op->raises; r; r = r->next) {
        hash_number(h, r->decl->code);
        for (const struct field *f = r->decl->fields; f; f = f->next)
            hash_type(h, f->type);
    }
}

uint64_t hash_interface(const struct decl *iface)
{
    uint64_t h = 14695981039346656037u;

    hash_number(&h, iface->proto);
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            hash_op(&h, d);
    for (const struct name_ref *b = iface->bases; b; b = b->next)
        hash_number(&h, hash_interface(b->decl));
    return h ? h : 1;
}
