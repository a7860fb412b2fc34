/* SPDX-License-Identifier: BSD-2-Clause */
/* Access to the words of a message, the same for all three emitters. */
#include <inttypes.h>
#include <string.h>

#include "emit.h"

bool needs_memory(const struct side *s, const struct message *m)
{
    return !m->scalar || m->fixed_words > s->reg_count;
}

const char *word_at(struct emit *e, const struct side *s,
                    const struct message *m, uint32_t i)
{
    if (m->scalar && i < s->reg_count)
        return text(e, "%s[%u]", s->regs, i);
    return text(e, "%s[%u]", s->mem, i);
}

static const char *slot_bytes(struct emit *e, const struct side *s,
                              const struct slot *slot)
{
    return text(e, "(const char *)%s + %u", s->mem, slot->offset);
}

const char *slot_raw(struct emit *e, const struct side *s,
                     const struct message *m, const struct slot *slot)
{
    const char *word = word_at(e, s, m, slot->offset / 8);
    unsigned shift = slot->offset % 8 * 8;

    if (slot->type->size == 8)
        return word;
    if (shift == 0)
        return text(e, "(%s)%s", c_uint(slot->type->size), word);
    return text(e, "(%s)(%s >> %u)", c_uint(slot->type->size), word, shift);
}

/* The same as a value of the slot's own type. */
static const char *slot_value(struct emit *e, const struct side *s,
                              const struct message *m, const struct slot *slot)
{
    const char *raw = slot_raw(e, s, m, slot);
    const struct type *t = slot->type;

    switch (t->kind) {
    case TYPE_BOOL: return text(e, "%s != 0", raw);
    case TYPE_CHAR: return text(e, "(char)%s", raw);
    default: break;
    }
    if (t->kind == TYPE_INT && t->decl)
        return text(e, "(%s)(%s)", t->decl->name, raw);
    if (t->is_signed)
        return text(e, "(%s)%s", c_uint(t->size) + 1, raw);
    return raw;
}

void put_load(struct emit *e, const struct side *s, const struct message *m,
              const struct slot *slot, const char *target)
{
    const struct type *t = slot->type;

    if (t->kind == TYPE_NATIVE && slot_is_scalar(t)) {
        put(e, "    {\n        %s raw_ = %s;\n\n", c_uint(t->size),
            slot_raw(e, s, m, slot));
        put(e, "        __builtin_memcpy(&%s, &raw_, %u);\n    }\n", target,
            t->size);
    } else if (slot_is_scalar(t)) {
        put(e, "    %s = %s;\n", target, slot_value(e, s, m, slot));
    } else {
        put(e, "    __builtin_memcpy(%s%s, %s, %u);\n",
            t->kind == TYPE_ARRAY ? "" : "&", target, slot_bytes(e, s, slot),
            t->size);
    }
}

const char *word_value(struct emit *e, const struct message *m, uint32_t i,
                       value_fn *value)
{
    const char *sum = NULL;

    for (uint32_t k = 0; k < m->slot_count; k++) {
        const struct slot *slot = &m->slots[k];
        const struct type *t = slot->type;
        unsigned shift = slot->offset % 8 * 8;
        const char *v;

        if (slot->offset / 8 != i || !slot_is_scalar(t))
            continue;
        v = value(e, slot);
        if (t->kind == TYPE_NATIVE)
            v = text(e, "%s_w_", slot->name);
        else if (t->kind == TYPE_BOOL)
            v = text(e, "(uint64_t)(%s ? 1 : 0)", v);
        else if (t->kind == TYPE_CHAR)
            v = text(e, "(uint64_t)(uint8_t)%s", v);
        else if (t->kind == TYPE_INT && t->decl)
            v = text(e, "(uint64_t)(%s)%s", c_uint(t->size), v);
        else if (t->is_signed && t->size < 8)
            v = text(e, "(uint64_t)(%s)%s", c_uint(t->size), v);
        else if (t->is_signed || t->size < 8)
            v = text(e, "(uint64_t)%s", v);
        if (shift)
            v = text(e, "%s << %u", v, shift);
        sum = sum ? text(e, "%s | %s", sum, v) : v;
    }
    return sum ? sum : "0";
}

void put_native_temps(struct emit *e, const struct message *m, value_fn *value)
{
    for (uint32_t k = 0; k < m->slot_count; k++) {
        const struct slot *slot = &m->slots[k];

        if (slot->type->kind != TYPE_NATIVE || !slot_is_scalar(slot->type))
            continue;
        put(e, "    __builtin_memcpy(&%s_w_, &%s, %u);\n", slot->name,
            value(e, slot), slot->type->size);
    }
}

/* A struct or an array of them with padding goes through its put function, so
 * that no byte of the padding leaves. */
static void put_store_bytes(struct emit *e, const struct side *s,
                            const struct slot *slot, const char *from)
{
    const struct type *t = slot->type;

    if (t->kind == TYPE_STRUCT && t->padded)
        put(e, "    %s_put_((char *)%s + %u, %s);\n", t->decl->c_lower, s->mem,
            slot->offset, from);
    else if (t->kind == TYPE_ARRAY && t->padded)
        put(e,
            "    for (uint32_t i_ = 0; i_ < %u; i_++)\n"
            "        %s_put_((char *)%s + %u + i_ * %u, &%s[i_]);\n",
            t->count, t->elem->decl->c_lower, s->mem, slot->offset,
            t->elem->size, from);
    else
        put(e, "    __builtin_memcpy((char *)%s + %u, %s, %u);\n", s->mem,
            slot->offset, from, t->size);
}

void put_store(struct emit *e, const struct side *s, const struct message *m,
               value_fn *value)
{
    put_native_temps(e, m, value);
    for (uint32_t i = 0; i < m->fixed_words; i++)
        put(e, "    %s = %s;\n", word_at(e, s, m, i),
            word_value(e, m, i, value));
    for (uint32_t k = 0; k < m->slot_count; k++)
        if (!slot_is_scalar(m->slots[k].type))
            put_store_bytes(e, s, &m->slots[k], value(e, &m->slots[k]));
}

/* --- checks ------------------------------------------------------------ */

void put_refuse(struct emit *e, const struct side *s, const char *indent,
                const char *code)
{
    const char *at = strstr(s->refuse, "%s");

    if (at)
        put(e, "%s%.*s%s%s;\n", indent, (int)(at - s->refuse), s->refuse, code,
            at + 2);
    else
        put(e, "%s%s;\n", indent, s->refuse);
}

/* The condition under which VALUE, of an integer type, is out of range. */
const char *range_condition(struct emit *e, const struct param *p,
                            const char *value)
{
    const struct type *t = p->type;
    uint64_t most = t->is_signed ? (uint64_t)INT64_MAX >> (64 - t->size * 8)
                                 : UINT64_MAX >> (64 - t->size * 8);
    uint64_t least = t->is_signed ? ~most : 0;
    struct value low = {p->range_signed && (int64_t)p->range_low < 0,
                        p->range_low};
    struct value high = {p->range_signed && (int64_t)p->range_high < 0,
                         p->range_high};
    const char *cond = NULL;

    if (p->range_low == p->range_high)
        return text(e, "%s != %s", value, c_value(e, low, t));
    if (p->range_low != least)
        cond = text(e, "%s < %s", value, c_value(e, low, t));
    if (p->range_high != most)
        cond = text(e, "%s%s%s > %s", cond ? cond : "", cond ? " || " : "",
                    value, c_value(e, high, t));
    return cond;
}

/* The condition under which the bytes at PTR are no valid T. */
static const char *bytes_condition(struct emit *e, const struct type *t,
                                   const char *ptr)
{
    if (t->kind == TYPE_BOOL)
        return text(e, "*(const uint8_t *)(%s) > 1", ptr);
    return text(e, "!%s_ok_(%s)", t->decl->c_lower, ptr);
}

static void put_elements_check(struct emit *e, const struct side *s,
                               const struct type *elem, const char *from,
                               const char *count)
{
    const char *code = "L4_EINVAL";
    const char *ptr = text(e, "%s + i_ * %u", from, elem->size);

    put(e, "    for (uint32_t i_ = 0; i_ < %s; i_++)\n        if (%s)\n", count,
        bytes_condition(e, elem, ptr));
    put_refuse(e, s, "            ", code);
}

static void put_slot_check(struct emit *e, const struct side *s,
                           const struct message *m, const struct slot *slot)
{
    const struct type *t = slot->type;
    const char *cond = NULL;

    if (t->kind == TYPE_ARRAY && t->validated) {
        put_elements_check(e, s, t->elem, slot_bytes(e, s, slot),
                           text(e, "%u", t->count));
        return;
    }
    if (t->kind == TYPE_STRUCT && t->validated)
        cond = bytes_condition(e, t, slot_bytes(e, s, slot));
    else if (t->kind == TYPE_BOOL)
        cond = text(e, "%s > 1", slot_raw(e, s, m, slot));
    else if (t->kind == TYPE_ENUM || t->kind == TYPE_FLAGS)
        cond = text(e, "!%s_valid(%s)", t->decl->c_lower,
                    slot_value(e, s, m, slot));
    if (cond) {
        put(e, "    if (%s)\n", cond);
        put_refuse(e, s, "        ", "L4_EINVAL");
    }
    if (!slot->param || !slot->param->has_range || slot->is_count)
        return;
    cond = range_condition(e, slot->param, slot_value(e, s, m, slot));
    if (cond) {
        put(e, "    if (%s)\n", cond);
        put_refuse(e, s, "        ", "L4_ERANGE");
    }
}

void put_slot_checks(struct emit *e, const struct side *s,
                     const struct message *m)
{
    for (uint32_t k = 0; k < m->slot_count; k++)
        put_slot_check(e, s, m, &m->slots[k]);
}

void put_native_locals(struct emit *e, const struct message *m)
{
    for (uint32_t k = 0; m && k < m->slot_count; k++)
        if (m->slots[k].type->kind == TYPE_NATIVE &&
            slot_is_scalar(m->slots[k].type))
            put(e, "    uint64_t %s_w_ = 0;\n", m->slots[k].name);
}

void put_part_locals(struct emit *e, const struct message *m, bool with_count)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        if (with_count)
            put(e, "    uint32_t %s_n_;\n", m->parts[i].param->name);
        put(e, "    uint32_t %s_at_;\n", m->parts[i].param->name);
    }
}

void put_part_bounds(struct emit *e, const struct side *s,
                     const struct message *m, const char *tag)
{
    put(e, "    words_ = %u;\n", m->fixed_words);
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct part *p = &m->parts[i];
        const char *name = p->param->name;
        struct slot count = {.type =
                                 &(struct type){.kind = TYPE_INT, .size = 4},
                             .offset = p->count_at};

        put(e, "    %s_n_ = %s;\n    if (%s_n_ > %u)\n", name,
            slot_raw(e, s, m, &count), name, p->max);
        put_refuse(e, s, "        ",
                   p->param->type->kind == TYPE_STRING ? "L4_ESTR"
                                                       : "L4_ERANGE");
        put(e, "    %s_at_ = words_;\n", name);
        if (p->elem_size % 8 == 0)
            put(e, "    words_ += %s_n_ * %u;\n", name, p->elem_size / 8);
        else if (p->elem_size == 1)
            put(e, "    words_ += (%s_n_ + 7) / 8;\n", name);
        else
            put(e, "    words_ += (%s_n_ * %u + 7) / 8;\n", name, p->elem_size);
    }
    put(e, "    if (words_ != l4_tag_words(%s))\n", tag);
    put_refuse(e, s, "        ", "L4_EMSG");
}

void put_part_checks(struct emit *e, const struct side *s,
                     const struct message *m)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct part *p = &m->parts[i];
        const char *name = p->param->name;
        const char *from = text(e, "(const char *)(%s + %s_at_)", s->mem, name);

        if (p->param->type->kind == TYPE_STRING) {
            put(e, "    if (has_nul_(%s, %s_n_))\n", from, name);
            put_refuse(e, s, "        ", "L4_ESTR");
        } else if (p->param->type->elem->validated) {
            put_elements_check(e, s, p->param->type->elem, from,
                               text(e, "%s_n_", name));
        }
    }
}

void put_part_store(struct emit *e, const struct side *s, const struct part *p,
                    const char *ptr, const char *count)
{
    const struct type *t = p->param->type;

    if (t->kind == TYPE_SEQUENCE && t->padded && p->elem_size % 8)
        put(e, "    if (%s)\n        %s[words_ + (%s * %u - 1) / 8] = 0;\n",
            count, s->mem, count, p->elem_size);
    if (t->kind == TYPE_SEQUENCE && t->padded)
        put(e,
            "    for (uint32_t i_ = 0; i_ < %s; i_++)\n"
            "        %s_put_((char *)(%s + words_) + i_ * %u, &%s[i_]);\n"
            "    words_ += (%s * %u + 7) / 8;\n",
            count, t->elem->decl->c_lower, s->mem, p->elem_size, ptr, count,
            p->elem_size);
    else if (p->elem_size == 1)
        put(e, "    words_ = put_part_(%s, words_, %s, %s);\n", s->mem, ptr,
            count);
    else
        put(e, "    words_ = put_part_(%s, words_, %s, %s * %u);\n", s->mem,
            ptr, count, p->elem_size);
}

void needs_add_store(struct needs *n, const struct message *m)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct type *t = m->parts[i].param->type;

        n->put_part |= t->kind == TYPE_STRING || !t->padded;
    }
    n->load_regs |= !m->scalar;
}

void needs_add_check(struct needs *n, const struct message *m)
{
    for (uint32_t i = 0; i < m->part_count; i++)
        n->has_nul |= m->parts[i].param->type->kind == TYPE_STRING;
}

void put_helpers(struct emit *e, const struct needs *n, bool with_regs)
{
    if (n->put_part)
        put(e, "\n"
               "/* Copies bytes to a word of a message and fills up the last"
               " word with zeros. */\n"
               "static uint32_t put_part_(uint64_t *mr, uint32_t at,"
               " const void *from,\n"
               "                          uint32_t bytes)\n"
               "{\n"
               "    uint32_t words = (bytes + 7) / 8;\n"
               "\n"
               "    if (words == 0)\n"
               "        return at;\n"
               "    mr[at + words - 1] = 0;\n"
               "    __builtin_memcpy(mr + at, from, bytes);\n"
               "    return at + words;\n"
               "}\n");
    if (n->has_nul)
        put(e, "\n"
               "static bool has_nul_(const char *s, uint32_t len)\n"
               "{\n"
               "    for (uint32_t i = 0; i < len; i++)\n"
               "        if (s[i] == 0)\n"
               "            return true;\n"
               "    return false;\n"
               "}\n");
    if (n->load_regs && with_regs)
        put(e,
            "\n"
            "/* The first words travel in registers; unused ones are"
            " zero. */\n"
            "static void load_regs_(l4_words_t *w, const uint64_t *mr,"
            " uint32_t words)\n"
            "{\n"
            "    for (uint32_t i = 0; i < %d; i++)\n"
            "        w->w[i] = i < words ? mr[i] : 0;\n"
            "}\n",
            MSG_REGS);
}
