/* SPDX-License-Identifier: BSD-2-Clause */
/* Typed items: capabilities and flexpages, on both sides. */
#include "emit.h"

/* ".cap" where a handle is a struct around the slot. */
static const char *slot_member(const struct param *p)
{
    return p->type->decl ? ".cap" : "";
}

void put_items_check(struct emit *e, const struct side *s,
                     const struct message *m)
{
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct param *p = m->items[i].param;
        bool is_cap = p->type->kind == TYPE_CAP;

        if (s->is_kernel && is_cap)
            continue;
        if (s->is_kernel)
            put(e, "    if (l4_fpage_kind(%s[%u].fpage) != %s)\n", s->items, i,
                c_fpage_kind(p->type));
        else if (is_cap && !s->is_client)
            put(e, "    if (!l4_item_names_cap(&%s[%u]))\n", s->items, i);
        else
            put(e, "    if (!l4_item_arrived(&%s[%u], %s))\n", s->items, i,
                c_fpage_kind(p->type));
        put_refuse(e, s, "        ", "L4_EITEM");
    }
}

/* A kernel object takes a capability by its type. */
static void put_resolve(struct emit *e, const struct param *p, uint32_t i)
{
    put(e,
        "    err_ = invocation_get_%s(inv, %u, %uu, &%s_v_);\n"
        "    if (err_)\n        return err_;\n",
        p->type->decl->name, i, p->has_rights ? p->rights : 0, p->name);
}

void put_items_load(struct emit *e, const struct side *s,
                    const struct message *m)
{
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct param *p = m->items[i].param;
        const char *item = text(e, "%s[%u]", s->items, i);
        const char *to = text(e, "%s_v_", p->name);

        if (s->is_client)
            to = text(e, p->type->decl ? "%s->cap" : "*%s", c_param(e, p));
        if (p->shared)
            put(e, "    %s = l4_shared_of(%s.fpage);\n", to, item);
        else if (p->type->kind == TYPE_FPAGE)
            put(e, "    %s = %s.fpage;\n", to, item);
        else if (s->is_kernel)
            put_resolve(e, p, i);
        else if (s->is_client)
            put(e, "    %s = l4_fpage_slot(%s.fpage);\n", to, item);
        else
            put(e, "    %s%s = l4_item_slot(&%s);\n", to, slot_member(p), item);
    }
}

/* What a client passes on: it names the rights that go along. */
static void put_sent(struct emit *e, const struct item *i, const char *item)
{
    const struct param *p = i->param;
    const char *name = c_param(e, p);

    if (p->type->kind == TYPE_CAP)
        put(e,
            "    %s = l4_item_map(l4_fpage_cap(%s%s, 0, %uu), "
            "(uint64_t)%u << 12);\n",
            item, name, slot_member(p), p->rights, i->cap_index);
    else if (p->has_rights)
        put(e, "    %s = l4_item_map(%s & ~((l4_fpage_t)%uu << 8), 0);\n", item,
            name, 0xfu & ~p->rights);
    else
        put(e, "    %s = l4_item_map(%s, 0);\n", item, name);
}

/* What a handler left: a slot, or a whole item of memory. */
static void put_answered(struct emit *e, const struct item *i, const char *item)
{
    const struct param *p = i->param;

    if (p->type->kind == TYPE_CAP)
        put(e,
            "    %s = l4_item_map(\n"
            "        %s_v_%s ? l4_fpage_cap(%s_v_%s, 0, %uu) : "
            "L4_FPAGE_NONE, (uint64_t)%u << 12);\n",
            item, p->name, slot_member(p), p->name, slot_member(p), p->rights,
            i->cap_index);
    else
        put(e, "    %s = %s_v_;\n", item, p->name);
    if (p->type->kind == TYPE_FPAGE && p->has_rights)
        put(e, "    %s.fpage &= ~((l4_fpage_t)%uu << 8);\n", item,
            0xfu & ~p->rights);
}

void put_items_store(struct emit *e, const struct side *s,
                     const struct message *m)
{
    for (uint32_t i = 0; i < m->item_count; i++) {
        if (s->is_client)
            put_sent(e, &m->items[i], text(e, "u_->items[%u]", i));
        else
            put_answered(e, &m->items[i], text(e, "req->utcb->items[%u]", i));
    }
}
