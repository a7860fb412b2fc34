/* SPDX-License-Identifier: BSD-2-Clause */
#include "layout.h"

#include <string.h>

static const struct type count_type = {
    .kind = TYPE_INT,
    .size = 4,
    .align = 4,
};

static bool is_variable(const struct type *t)
{
    return t->kind == TYPE_STRING || t->kind == TYPE_SEQUENCE;
}

static bool is_item(const struct type *t)
{
    return t->kind == TYPE_CAP || t->kind == TYPE_FPAGE;
}

bool slot_is_scalar(const struct type *t)
{
    switch (t->kind) {
    case TYPE_INT:
    case TYPE_BOOL:
    case TYPE_CHAR:
    case TYPE_ENUM:
    case TYPE_FLAGS: return true;
    case TYPE_NATIVE:
        return t->size == 1 || t->size == 2 || t->size == 4 || t->size == 8;
    default: return false;
    }
}

/* Words have 8 bytes: what C aligns further is copied into its place. */
static uint32_t align_of(const struct type *t)
{
    return t->align > 8 ? 8 : t->align;
}

/* Packs the slots: by descending alignment, else in order. */
static void place_slots(struct idl *c, struct message *m)
{
    struct slot *sorted =
        arena_alloc(&c->arena, (m->slot_count + 1) * sizeof *sorted);
    uint32_t at = 0;
    uint32_t n = 0;

    m->scalar = m->part_count == 0;
    for (uint32_t align = 8; align; align /= 2)
        for (uint32_t i = 0; i < m->slot_count; i++) {
            struct slot *s = &m->slots[i];

            if (align_of(s->type) != align)
                continue;
            m->scalar &= slot_is_scalar(s->type);
            at = (at + align - 1) / align * align;
            s->offset = at;
            at += s->type->size;
            sorted[n++] = *s;
        }
    m->slots = sorted;
    m->fixed_words = (at + 7) / 8;
    m->max_words = m->fixed_words;
}

/* A struct's size is a multiple of its alignment, but one of 12 bytes may be
 * followed by one of 4; the parts' counts are looked up once all is placed. */
static void place_parts(struct message *m)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        struct part *p = &m->parts[i];

        for (uint32_t k = 0; k < m->slot_count; k++)
            if (m->slots[k].is_count && m->slots[k].param == p->param)
                p->count_at = m->slots[k].offset;
        m->max_words += p->max_words;
    }
}

static void add_part(struct message *m, struct param *p)
{
    const struct type *t = p->type;
    struct part *part = &m->parts[m->part_count++];

    part->param = p;
    part->elem_size = t->kind == TYPE_STRING ? 1 : t->elem->size;
    part->max = t->count;
    part->max_words =
        (uint32_t)(((uint64_t)t->count * part->elem_size + 7) / 8);
}

struct message *layout_op(struct idl *c, const struct decl *op,
                          enum direction dir)
{
    struct message *m = arena_alloc(&c->arena, sizeof *m);
    uint32_t n = 0;
    uint32_t caps = 0;

    for (struct param *p = op->params; p; p = p->next)
        n++;
    m->slots = arena_alloc(&c->arena, (n + 1) * sizeof *m->slots);
    m->parts = arena_alloc(&c->arena, (n + 1) * sizeof *m->parts);
    m->items = arena_alloc(&c->arena, (n + 1) * sizeof *m->items);
    for (struct param *p = op->params; p; p = p->next) {
        if (!((unsigned)p->dir & (unsigned)dir))
            continue;
        if (is_item(p->type)) {
            m->items[m->item_count++] = (struct item){p, caps};
            caps += p->type->kind == TYPE_CAP;
            continue;
        }
        m->slots[m->slot_count++] =
            (struct slot){p->name,
                          p,
                          NULL,
                          is_variable(p->type) ? &count_type : p->type,
                          is_variable(p->type),
                          0};
        if (is_variable(p->type))
            add_part(m, p);
    }
    place_slots(c, m);
    place_parts(m);
    return m;
}

struct message *layout_exception(struct idl *c, const struct decl *d)
{
    struct message *m = arena_alloc(&c->arena, sizeof *m);
    uint32_t n = 0;

    for (struct field *f = d->fields; f; f = f->next)
        n++;
    if (d->varies) {
        m->slots = arena_alloc(&c->arena, sizeof *m->slots);
        m->slots[m->slot_count++] =
            (struct slot){d->name, NULL, NULL, d->type, false, 0};
        place_slots(c, m);
        return m;
    }
    m->slots = arena_alloc(&c->arena, (n + 1) * sizeof *m->slots);
    for (struct field *f = d->fields; f; f = f->next)
        m->slots[m->slot_count++] =
            (struct slot){f->name, NULL, f, f->type, false, 0};
    place_slots(c, m);
    return m;
}

/* How many bytes of the message are due to one parameter. */
static uint32_t bytes_of(const struct message *m, const struct slot *s)
{
    for (uint32_t i = 0; i < m->part_count; i++)
        if (s->is_count && m->parts[i].param == s->param)
            return 4 + 8 * m->parts[i].max_words;
    return s->type->size;
}

void layout_check(struct idl *c, const struct decl *op, const struct message *m,
                  const char *what)
{
    const struct slot *largest = NULL;

    if (m->item_count > MSG_ITEMS)
        diag_error(&c->diag, DIAG_MESSAGE_ITEMS, op->loc,
                   "the %s of '%s' has %u capabilities and flexpages; a "
                   "message holds %d",
                   what, op->name, m->item_count, MSG_ITEMS);
    if (m->max_words <= MSG_WORDS)
        return;
    diag_error(&c->diag, DIAG_MESSAGE_LARGE, op->loc,
               "the %s of '%s' can take %u bytes; a message holds %d", what,
               op->name, m->max_words * 8, MSG_WORDS * 8);
    for (uint32_t i = 0; i < m->slot_count; i++) {
        const struct slot *s = &m->slots[i];

        if (!largest || bytes_of(m, s) > bytes_of(m, largest))
            largest = s;
        diag_note(&c->diag, s->param->loc, "'%s' takes %s%u bytes", s->name,
                  s->is_count ? "up to " : "", bytes_of(m, s));
    }
    if (largest)
        diag_note(&c->diag, largest->param->loc,
                  "make '%s' smaller and call more often, or pass bulk data "
                  "in memory shared through an fpage",
                  largest->name);
}
