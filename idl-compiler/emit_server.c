/* SPDX-License-Identifier: BSD-2-Clause */
/* foo_server.c: decoding, dispatch and encoding on the server's side. */
#include <string.h>

#include "emit_server.h"
#include "emit_types.h"

static const struct side server_side = {
    .regs = "req->w.w",
    .mem = "req->utcb->mr",
    .reg_count = MSG_REGS,
    .refuse = "return l4_req_fail(req, %s)",
};

/* Nobody waits for the answer to a oneway message. */
static const struct side oneway_side = {
    .regs = "req->w.w",
    .mem = "req->utcb->mr",
    .reg_count = MSG_REGS,
    .refuse = "return L4_TAG_NONE",
};

static const struct side *side_of(const struct decl *op)
{
    return op->oneway ? &oneway_side : &server_side;
}

static void put_refuse(struct emit *e, const struct decl *op, const char *code)
{
    if (op->oneway)
        put(e, "        return L4_TAG_NONE;\n");
    else
        put(e, "        return l4_req_fail(req, %s);\n", code);
}

/* --- locals ------------------------------------------------------------ */

static void put_local(struct emit *e, const struct param *p)
{
    const char *type = c_type(e, p->type);

    switch (p->type->kind) {
    case TYPE_STRING:
        put(e, "    char %s_v_[%u];\n    uint32_t %s_n_ = 0;\n", p->name,
            p->type->count + 1, p->name);
        break;
    case TYPE_SEQUENCE:
        if (p->inplace)
            put(e, "    const %s *%s_v_;\n    uint32_t %s_n_ = 0;\n", type,
                p->name, p->name);
        else
            put(e, "    %s %s_v_[%u];\n    uint32_t %s_n_ = 0;\n", type,
                p->name, p->type->count, p->name);
        break;
    case TYPE_ARRAY:
        put(e, "    %s %s_v_[%u];\n", type, p->name, p->type->count);
        break;
    case TYPE_FPAGE:
        if (p->dir == DIR_IN)
            type = p->shared ? "l4_shared_t" : "l4_fpage_t";
        else
            type = "l4_item_t";
        put(e, "    %s %s_v_;\n", type, p->name);
        break;
    default: put(e, "    %s %s_v_;\n", type, p->name); break;
    }
}

/* What a handler does not write goes out as zero. */
static void put_clear(struct emit *e, const struct param *p)
{
    bool is_array = p->type->kind == TYPE_STRING ||
                    p->type->kind == TYPE_SEQUENCE ||
                    p->type->kind == TYPE_ARRAY;

    if (p->dir == DIR_IN || (p->dir == DIR_INOUT && !is_array))
        return;
    if (p->type->kind == TYPE_BOOL)
        put(e, "    %s_v_ = false;\n", p->name);
    else if (slot_is_scalar(p->type) && p->type->kind != TYPE_NATIVE)
        put(e, "    %s_v_ = 0;\n", p->name);
    else
        put(e, "    __builtin_memset(&%s_v_, 0, sizeof %s_v_);\n", p->name,
            p->name);
}

/* Copies of what must not change under the handler. */
static void put_inplace(struct emit *e, const struct decl *op, const char *what)
{
    bool any = false;

    for (const struct param *p = op->params; p; p = p->next) {
        const char *n = p->name;

        if (!p->inplace)
            continue;
        if (!any)
            put(e, "#ifdef L4_DEBUG\n");
        any = true;
        if (strcmp(what, "local") == 0)
            put(e, "    %s %s_was_[%u];\n", c_type(e, p->type), n,
                p->type->count);
        else if (strcmp(what, "save") == 0)
            put(e,
                "    __builtin_memcpy(%s_was_, %s_v_, %s_n_ * sizeof "
                "*%s_v_);\n",
                n, n, n, n);
        else
            put(e,
                "    /* The handler did IPC, or wrote, and then its data is "
                "gone. */\n"
                "    if (__builtin_memcmp(%s_was_, %s_v_, %s_n_ * sizeof "
                "*%s_v_) != 0)\n        __builtin_trap();\n",
                n, n, n, n);
    }
    if (any)
        put(e, "#endif\n");
}

static void put_native_words(struct emit *e, const struct decl *op)
{
    for (uint32_t k = 0; op->reply && k < op->reply->slot_count; k++)
        if (op->reply->slots[k].type->kind == TYPE_NATIVE &&
            slot_is_scalar(op->reply->slots[k].type))
            put(e, "    uint64_t %s_w_ = 0;\n", op->reply->slots[k].name);
}

void put_out_locals(struct emit *e, const struct decl *op)
{
    for (const struct param *p = op->params; p; p = p->next)
        if (p->dir != DIR_IN)
            put_local(e, p);
    if (op->reply->part_count)
        put(e, "    uint32_t words_;\n");
    put_native_words(e, op);
}

static void put_locals(struct emit *e, const struct decl *op)
{
    for (const struct param *p = op->params; p; p = p->next)
        put_local(e, p);
    put_inplace(e, op, "local");
    put_part_locals(e, op->request, false);
    if (op->request->part_count || (op->reply && op->reply->part_count))
        put(e, "    uint32_t words_;\n");
    put_native_words(e, op);
    if (!op->oneway)
        put(e, "    l4_err_t err_;\n");
    put(e, "\n");
}

/* --- the request ------------------------------------------------------- */

static void put_shape(struct emit *e, const struct decl *op)
{
    const struct message *m = op->request;
    const char *want = tag_text(e, op, false);

    if (m->part_count == 0)
        put(e, "    if (__builtin_expect(req->tag != %s, 0))\n", want);
    else
        put(e,
            "    if (__builtin_expect((req->tag & ~L4_TAG_WORDS_MASK) !=\n"
            "                             %s ||\n"
            "                             l4_tag_words(req->tag) < %u, 0))\n",
            want, m->fixed_words);
    put_refuse(e, op, text(e, "bad_shape_(req->tag, %s)", want));
    if (!m->scalar)
        for (uint32_t i = 0; i < MSG_REGS && i < m->max_words; i++)
            put(e, "    req->utcb->mr[%u] = req->w.w[%u];\n", i, i);
}

static void put_in_item(struct emit *e, const struct decl *op, uint32_t i)
{
    const struct param *p = op->request->items[i].param;

    if (p->type->kind == TYPE_FPAGE) {
        put(e,
            "    if (req->items[%u].control != L4_ITEM_MAPPED ||\n"
            "        l4_fpage_kind(req->items[%u].fpage) != %s)\n",
            i, i, c_fpage_kind(p->type));
        put_refuse(e, op, "L4_EITEM");
        put(e,
            p->shared ? "    %s_v_ = l4_shared_of(req->items[%u].fpage);\n"
                      : "    %s_v_ = req->items[%u].fpage;\n",
            p->name, i);
        return;
    }
    put(e, "    if (!cap_arrived_(&req->items[%u], &%s_v_%s))\n", i, p->name,
        p->type->decl ? ".cap" : "");
    put_refuse(e, op, "L4_EITEM");
}

static void put_in_parts(struct emit *e, const struct message *m)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct part *part = &m->parts[i];
        const char *name = part->param->name;

        if (part->param->inplace) {
            put(e,
                "    %s_v_ = (const %s *)(const void *)(req->utcb->mr + "
                "%s_at_);\n",
                name, c_type(e, part->param->type), name);
            continue;
        }
        put(e,
            "    if (%s_n_)\n"
            "        __builtin_memcpy(%s_v_, req->utcb->mr + %s_at_, ",
            name, name, name);
        if (part->elem_size == 1)
            put(e, "%s_n_);\n", name);
        else
            put(e, "%s_n_ * %u);\n", name, part->elem_size);
        if (part->param->type->kind == TYPE_STRING)
            put(e, "    %s_v_[%s_n_] = '\\0';\n", name, name);
    }
}

/* The kernel checks the rights of its own objects; a server of its own finds
 * those of the caller in the label. */
static void put_rights(struct emit *e, const struct decl *op)
{
    if (!op->required || op->scope->proto < PROTO_USER)
        return;
    put(e, "    if ((req->label & %u) != %u)\n", op->required, op->required);
    put_refuse(e, op, "L4_EPERM");
}

static void put_request(struct emit *e, const struct decl *op)
{
    const struct message *m = op->request;
    const struct side *side = side_of(op);

    put_rights(e, op);
    put_shape(e, op);
    put_slot_checks(e, side, m);
    if (m->part_count) {
        put_part_bounds(e, side, m, "req->tag");
        put_part_checks(e, side, m);
    }
    for (uint32_t i = 0; i < m->item_count; i++)
        put_in_item(e, op, i);
    for (const struct param *p = op->params; p; p = p->next)
        put_clear(e, p);
    for (uint32_t k = 0; k < m->slot_count; k++)
        if (!m->slots[k].is_count)
            put_load(e, side, m, &m->slots[k],
                     text(e, "%s_v_", m->slots[k].name));
    put_in_parts(e, m);
    put_inplace(e, op, "save");
}

/* --- the call ---------------------------------------------------------- */

static void add_call_arg(struct emit *e, struct args *a, const struct param *p)
{
    bool out = p->dir != DIR_IN;

    if (p->hidden)
        return;
    if (p->optional) {
        args_add(e, a, "%s_here_v_ ? %s%s_v_ : NULL", p->name,
                 p->type->kind == TYPE_STRUCT ? "&" : "", p->name);
        if (p->type->kind == TYPE_STRING || p->type->kind == TYPE_SEQUENCE)
            args_add(e, a, "%s_n_", p->name);
        return;
    }
    switch (p->type->kind) {
    case TYPE_FPAGE:
        args_add(e, a, out || p->shared ? "&%s_v_" : "%s_v_", p->name);
        break;
    case TYPE_STRING:
        args_add(e, a, "%s_v_", p->name);
        if (!out)
            args_add(e, a, "%s_n_", p->name);
        break;
    case TYPE_SEQUENCE:
        args_add(e, a, "%s_v_", p->name);
        args_add(e, a, out ? "&%s_n_" : "%s_n_", p->name);
        break;
    case TYPE_ARRAY: args_add(e, a, "%s_v_", p->name); break;
    case TYPE_STRUCT: args_add(e, a, "&%s_v_", p->name); break;
    default: args_add(e, a, out ? "&%s_v_" : "%s_v_", p->name); break;
    }
}

static void put_call(struct emit *e, const struct decl *op)
{
    struct args a;

    args_begin(&a, text(e, "    %sops->%s(",
                        op->oneway ? "(void)" : "err_ = ", op->name));
    args_add(e, &a, "self");
    args_add(e, &a, "req");
    for (const struct param *p = op->params; p; p = p->next)
        add_call_arg(e, &a, p);
    args_end(e, &a, ");\n");
    put_inplace(e, op, "check");
    if (op->defer)
        put(e, "    if (err_ == L4_DEFERRED)\n        return L4_TAG_NONE;\n");
}

/* Only the exceptions that the operation declares leave, with their payload
 * and no other. */
static void put_raised(struct emit *e, const struct decl *op)
{
    if (!op->raises) {
        put(e, "    if (__builtin_expect(err_ != 0, 0))\n"
               "        return l4_req_fail(req, err_ > 0 ? L4_EPROTO : err_);"
               "\n");
        return;
    }
    put(e, "    switch (err_) {\n    case 0: break;\n");
    for (const struct name_ref *r = op->raises; r; r = r->next) {
        put(e, "    case %s:\n", r->decl->c_upper);
        if (r->decl->payload_words)
            put(e,
                "        return l4_req_fail(req, req->payload_words == %u ? "
                "err_ : L4_EPROTO);\n",
                r->decl->payload_words);
        else
            put(e, "        req->payload_words = 0;\n"
                   "        return l4_req_fail(req, err_);\n");
    }
    put(e, "    default: return l4_req_fail(req, err_ > 0 ? L4_EPROTO : err_);"
           "\n    }\n");
}

/* --- the answer -------------------------------------------------------- */

static const char *server_value(struct emit *e, const struct slot *slot)
{
    if (slot->is_count)
        return text(e, "%s_n_", slot->name);
    if (slot->type->kind == TYPE_STRUCT ||
        (slot->type->kind == TYPE_NATIVE && !slot_is_scalar(slot->type)))
        return text(e, "&%s_v_", slot->name);
    return text(e, "%s_v_", slot->name);
}

static void put_out_counts(struct emit *e, const struct message *m)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct part *part = &m->parts[i];
        const char *name = part->param->name;

        if (part->param->type->kind == TYPE_STRING)
            put(e,
                "    for (%s_n_ = 0; %s_v_[%s_n_]; %s_n_++)\n"
                "        if (%s_n_ == %u)\n"
                "            return l4_req_fail(req, L4_ESTR);\n",
                name, name, name, name, name, part->max);
        else
            put(e,
                "    if (%s_n_ > %u)\n"
                "        return l4_req_fail(req, L4_ERANGE);\n",
                name, part->max);
    }
}

static void put_out_items(struct emit *e, const struct message *m)
{
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct param *p = m->items[i].param;

        if (p->type->kind == TYPE_CAP)
            put(e,
                "    req->utcb->items[%u] = l4_item_map(\n"
                "        %s_v_%s ? l4_fpage_cap(%s_v_%s, 0, %uu) : "
                "L4_FPAGE_NONE, (uint64_t)%u << 12);\n",
                i, p->name, p->type->decl ? ".cap" : "", p->name,
                p->type->decl ? ".cap" : "", p->rights, m->items[i].cap_index);
        else
            put(e, "    req->utcb->items[%u] = %s_v_;\n", i, p->name);
        if (p->type->kind == TYPE_FPAGE && p->has_rights)
            put(e,
                "    req->utcb->items[%u].fpage &= ~((l4_fpage_t)%uu << 8);\n",
                i, 0xfu & ~p->rights);
    }
}

void put_encode(struct emit *e, const struct decl *op, bool later)
{
    const struct message *m = op->reply;
    const char *tag = tag_text(e, op, true);
    const char *verb = later ? "reply_ =" : "return";

    if (!later)
        put_out_counts(e, m);
    put_store(e, &server_side, m, server_value);
    if (m->part_count)
        put(e, "    words_ = %u;\n", m->fixed_words);
    for (uint32_t i = 0; i < m->part_count; i++)
        put_part_store(e, &server_side, &m->parts[i],
                       text(e, "%s_v_", m->parts[i].param->name),
                       text(e, "%s_n_", m->parts[i].param->name));
    if (!m->scalar)
        put(e, "    load_regs_(&req->w, req->utcb->mr, %s);\n",
            m->part_count ? "words_" : text(e, "%u", m->fixed_words));
    else
        for (uint32_t i = m->fixed_words; i < MSG_REGS; i++)
            put(e, "    req->w.w[%u] = 0;\n", i);
    put_out_items(e, m);
    put(e, m->part_count ? "    %s %s | words_;\n" : "    %s %s;\n", verb, tag);
}

static void put_op(struct emit *e, const struct decl *op)
{
    struct args a;

    put(e, "\n");
    args_begin(&a, text(e, "static l4_tag_t %s_serve_(", op->c_lower));
    args_add(e, &a, "void *self");
    args_add(e, &a, "const %s_ops_t *ops", op->scope->c_lower);
    args_add(e, &a, "l4_req_t *req");
    args_end(e, &a, ")\n{\n");
    put_locals(e, op);
    put_request(e, op);
    put_call(e, op);
    if (op->oneway) {
        put(e, "    return L4_TAG_NONE;\n}\n");
        return;
    }
    put_raised(e, op);
    put_encode(e, op, false);
    put(e, "}\n");
    put_deferred(e, op);
}

/* --- dispatch ---------------------------------------------------------- */

/* A protocol that is reached along two ways is served along the first. */
static bool is_reached(const struct decl *from, const struct decl *to)
{
    for (const struct name_ref *b = from->bases; b; b = b->next)
        if (b->decl == to || is_reached(b->decl, to))
            return true;
    return false;
}

static void put_base_case(struct emit *e, const struct decl *iface,
                          const struct name_ref *last, const struct decl *base)
{
    for (const struct name_ref *b = iface->bases; b != last; b = b->next)
        if (b->decl == base || is_reached(b->decl, base))
            return;
    if (base->proto)
        put(e, "    case %s_PROTO:\n", base->c_upper);
    for (const struct name_ref *b = base->bases; b; b = b->next)
        put_base_case(e, iface, last, b->decl);
}

/* What becomes of a request that the interface does not know. */
static const char *unknown(struct emit *e, const struct decl *iface)
{
    if (iface->fallback)
        return text(e, "table_->%s(self, req)", iface->fallback);
    return "l4_req_fail(req, L4_ENOSYS)";
}

static void put_bases(struct emit *e, const struct decl *iface)
{
    unsigned n = 0;

    if (!iface->bases) {
        put(e,
            "    if (l4_tag_proto(req->tag) != %s_PROTO)\n"
            "        return %s;\n",
            iface->c_upper, unknown(e, iface));
        return;
    }
    put(e, "    switch (l4_tag_proto(req->tag)) {\n    case %s_PROTO: break;\n",
        iface->c_upper);
    for (const struct name_ref *b = iface->bases; b; b = b->next) {
        if (!b->decl->proto)
            continue;
        put_base_case(e, iface, b, b->decl);
        put(e, "        return %s_dispatch(self, &table_->%s, req);\n",
            b->decl->c_lower, base_member(e, n++));
    }
    put(e, "    default: return %s;\n    }\n", unknown(e, iface));
}

static bool uses_table(const struct decl *iface)
{
    if (iface->bases || iface->fallback)
        return true;
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            return true;
    return false;
}

static void put_dispatch(struct emit *e, const struct decl *iface)
{
    put(e,
        "\nl4_tag_t %s_dispatch(void *self, const void *ops, l4_req_t *req)\n"
        "{\n",
        iface->c_lower);
    if (uses_table(iface))
        put(e, "    const %s_ops_t *table_ = (const %s_ops_t *)ops;\n\n",
            iface->c_lower, iface->c_lower);
    else
        put(e, "    (void)self;\n    (void)ops;\n");
    put_bases(e, iface);
    put(e, "    switch (l4_tag_op(req->tag)) {\n");
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put(e, "    case %s_OP_%s: return %s_serve_(self, table_, req);\n",
                iface->c_upper, d->c_upper + strlen(iface->c_upper) + 1,
                d->c_lower);
    put(e,
        "    case 0: return describe_(req, %s);\n"
        "    default: return %s;\n    }\n}\n",
        text(e, "%s_INTERFACE", iface->c_upper), unknown(e, iface));
}

static void put_complete(struct emit *e, const struct decl *iface)
{
    unsigned n = 0;

    put(e, "\nbool %s_complete_(const %s_ops_t *ops)\n{\n", iface->c_lower,
        iface->c_lower);
    if (!uses_table(iface))
        put(e, "    (void)ops;\n");
    for (const struct name_ref *b = iface->bases; b; b = b->next)
        if (b->decl->proto)
            put(e, "    if (!%s_complete_(&ops->%s))\n        return false;\n",
                b->decl->c_lower, base_member(e, n++));
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put(e, "    if (!ops->%s)\n        return false;\n", d->name);
    if (iface->fallback)
        put(e, "    if (!ops->%s)\n        return false;\n", iface->fallback);
    put(e, "    return true;\n}\n");
}

static void put_interface(struct emit *e, const struct decl *iface)
{
    if (!iface->proto)
        return;
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put_op(e, d);
    put_dispatch(e, iface);
    put_complete(e, iface);
}

/* --- payloads ---------------------------------------------------------- */

static const struct side payload_side = {
    .regs = "req->payload",
    .mem = "req->payload",
    .reg_count = MSG_WORDS,
};

static const char *payload_value(struct emit *e, const struct slot *slot)
{
    bool by_pointer =
        slot->type->kind == TYPE_STRUCT ||
        (slot->type->kind == TYPE_NATIVE && !slot_is_scalar(slot->type));

    if (!slot->field)
        return "payload";
    return text(e, "%spayload->%s", by_pointer ? "&" : "", slot->name);
}

static void put_raise(struct emit *e, const struct decl *d)
{
    const struct message *m = layout_exception(e->c, d);

    put(e,
        "\nL4_STATIC_ASSERT(sizeof(((l4_req_t *)0)->payload) >= %u, "
        "\"room for a payload\");\n"
        "\nl4_err_t %s(l4_req_t *req, const %s_t *payload)\n{\n",
        m->fixed_words * 8, exception_function(e, d, "raise"), d->c_lower);
    for (uint32_t k = 0; k < m->slot_count; k++)
        if (m->slots[k].type->kind == TYPE_NATIVE &&
            slot_is_scalar(m->slots[k].type))
            put(e, "    uint64_t %s_w_ = 0;\n", m->slots[k].name);
    put(e, "    req->payload_words = %u;\n", m->fixed_words);
    put_store(e, &payload_side, m, payload_value);
    put(e, "    return %s;\n}\n", d->c_upper);
}

static void put_raises(struct emit *e, const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        if (d->kind == DECL_EXCEPTION && d->fields)
            put_raise(e, d);
        put_raises(e, d->members);
    }
}

/* --- helpers ----------------------------------------------------------- */

struct server_needs {
    struct needs needs;
    bool shape;
    bool cap;
    bool served;
};

static void scan_ops(struct server_needs *n, const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        scan_ops(n, d->members);
        n->served |= d->kind == DECL_INTERFACE && d->proto;
        if (d->kind != DECL_OP)
            continue;
        needs_add_check(&n->needs, d->request);
        n->shape |= !d->oneway;
        for (uint32_t i = 0; i < d->request->item_count; i++)
            n->cap |= d->request->items[i].param->type->kind == TYPE_CAP;
        if (d->reply)
            needs_add_store(&n->needs, d->reply);
    }
}

static void put_server_helpers(struct emit *e)
{
    struct server_needs n = {0};

    scan_ops(&n, e->unit->decls);
    put_helpers(e, &n.needs, true);
    if (n.served)
        put(e, "\n/* Operation 0 of every interface: what it is. */\n"
               "static l4_tag_t describe_(l4_req_t *req, l4_interface_t i)\n{\n"
               "    if (req->tag != L4_TAG(i.proto, 0, 0, 0))\n"
               "        return l4_req_fail(req, L4_EMSG);\n"
               "    l4_interface_put(&i, req->w.w);\n"
               "    return L4_TAG(i.proto, 0, L4_MSG_REGS, 0) | L4_TAG_REPLY;\n"
               "}\n");
    if (n.shape)
        put(e, "\n/* Why a request is not what its operation takes. */\n"
               "static l4_err_t bad_shape_(l4_tag_t tag, l4_tag_t want)\n{\n"
               "    if ((tag ^ want) & L4_TAG_KERNEL)\n"
               "        return L4_EPERM;\n"
               "    return tag & L4_TAG_ITEM_ERR ? L4_EITEM : L4_EMSG;\n}\n");
    if (n.cap)
        put(e, "\n/* A capability to a gate of our own arrives as its label; "
               "the handler finds\n * that in req->items[]. */\n"
               "static bool cap_arrived_(const l4_item_t *item, l4_cap_t "
               "*cap)\n{\n"
               "    *cap = L4_CAP_NONE;\n"
               "    if (item->control == L4_ITEM_LABEL)\n"
               "        return true;\n"
               "    if (item->control != L4_ITEM_MAPPED ||\n"
               "        l4_fpage_kind(item->fpage) != L4_FPAGE_CAP)\n"
               "        return false;\n"
               "    *cap = l4_fpage_slot(item->fpage);\n"
               "    return true;\n}\n");
}

void emit_server(struct emit *e)
{
    put_banner(e, "server side");
    put(e, "#include \"%s.h\"\n", e->base);
    put_server_helpers(e);
    put_raises(e, e->unit->decls);
    each_interface(e, put_interface);
}
