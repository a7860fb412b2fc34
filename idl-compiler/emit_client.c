/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's stubs: inline functions of the header where both messages travel
 * in registers, the others in foo_client.c. */
#include <string.h>

#include "emit_client.h"
#include "emit_server.h"
#include "emit_types.h"

static const struct side client_side = {
    .regs = "w_.w",
    .mem = "u_->mr",
    .reg_count = MSG_REGS,
    .is_client = true,
    .refuse = "return l4_reply_refuse(tag_, L4_EPROTO)",
    .items = "u_->items",
};

/* --- values that go out ------------------------------------------------ */

static const char *client_value(struct emit *e, const struct slot *slot)
{
    const char *name = c_param(e, slot->param);

    if (slot->param->hidden)
        return text(e, "%s_", name);
    if (slot->is_count) {
        if (slot->param->type->kind == TYPE_STRING)
            return text(e, "%s_n_", slot->name);
        return text(e, slot->param->dir == DIR_IN ? "%s_count" : "%s_n_",
                    slot->param->name);
    }
    if (slot_is_scalar(slot->type) && slot->param->dir != DIR_IN)
        return text(e, "*%s", name);
    if (slot->type->kind == TYPE_NATIVE && !slot_is_scalar(slot->type) &&
        slot->param->dir == DIR_IN)
        return text(e, "&%s", name);
    return name;
}

static bool has_request_words_in_memory(const struct message *m)
{
    return needs_memory(&client_side, m);
}

static bool uses_utcb(const struct decl *op)
{
    if (has_request_words_in_memory(op->request) || op->request->item_count)
        return true;
    return op->reply &&
           (needs_memory(&client_side, op->reply) || op->reply->item_count);
}

/* Whether P is counted by a local variable in one of the messages. */
static bool is_counted_string(const struct param *p)
{
    return p->type->kind == TYPE_STRING ||
           (p->type->kind == TYPE_SEQUENCE && p->dir != DIR_IN);
}

/* Whether an optional parameter is there, and what goes for one that is not. */
static void put_optional_locals(struct emit *e, const struct decl *op)
{
    for (const struct param *p = op->params; p; p = p->next) {
        if (!p->optional)
            continue;
        put(e, "    bool %s_here_ = %s != NULL;\n", p->name, c_param(e, p));
        if (p->type->kind == TYPE_STRUCT)
            put(e, "    %s %s_none_;\n", c_type(e, p->type), p->name);
        if (p->type->kind == TYPE_ARRAY)
            put(e, "    %s %s_none_[%u];\n", c_type(e, p->type), p->name,
                p->type->count);
    }
}

static void put_optional(struct emit *e, const struct decl *op)
{
    for (const struct param *p = op->params; p; p = p->next) {
        const char *name = c_param(e, p);

        if (!p->optional)
            continue;
        put(e, "    if (!%s_here_)", p->name);
        if (p->type->kind == TYPE_STRING)
            put(e, "\n        %s = \"\";\n", name);
        else if (p->type->kind == TYPE_SEQUENCE)
            put(e, "\n        %s_count = 0;\n", p->name);
        else
            put(e,
                " {\n        __builtin_memset(&%s_none_, 0, sizeof "
                "%s_none_);\n        %s = %s%s_none_;\n    }\n",
                p->name, p->name, name, p->type->kind == TYPE_STRUCT ? "&" : "",
                p->name);
    }
}

static void put_locals(struct emit *e, const struct decl *op)
{
    const struct message *in = op->request;
    const struct message *out = op->reply;

    if (in->scalar && in->fixed_words <= MSG_REGS && in->slot_count == 0)
        put(e, "    l4_words_t w_ = {{0}};\n");
    else
        put(e, "    l4_words_t w_ = {{0, 0, 0, 0, 0}};\n");
    if (uses_utcb(op))
        put(e, "    l4_utcb_t *u_ = l4_utcb();\n");
    put(e, "    l4_tag_t tag_;\n");
    put_native_locals(e, in);
    put_optional_locals(e, op);
    for (const struct param *p = op->params; p; p = p->next)
        if (is_counted_string(p))
            put(e, "    uint32_t %s_n_ = 0;\n", p->name);
    if (out)
        put_part_locals(e, out, false);
    if (in->part_count || (out && out->part_count))
        put(e, "    uint32_t words_;\n");
    put(e, "\n");
}

/* Lengths and counts of what is sent, before anything is written. */
static void put_bounds(struct emit *e, const struct decl *op)
{
    for (uint32_t i = 0; i < op->request->part_count; i++) {
        const struct part *p = &op->request->parts[i];
        const char *name = c_param(e, p->param);

        if (p->param->type->kind == TYPE_STRING)
            put(e,
                "    while (%s[%s_n_])\n        if (++%s_n_ > %u)\n"
                "            return L4_ESTR;\n",
                name, p->param->name, p->param->name, p->max);
        else if (p->param->dir == DIR_IN)
            put(e, "    if (%s_count > %u)\n        return L4_ERANGE;\n",
                p->param->name, p->max);
        else
            put(e,
                "    %s_n_ = *%s_count;\n    if (%s_n_ > %u)\n"
                "        return L4_ERANGE;\n",
                p->param->name, p->param->name, p->param->name, p->max);
    }
}

static void put_request(struct emit *e, const struct decl *op)
{
    const struct message *m = op->request;

    put_store(e, &client_side, m, client_value);
    if (m->part_count)
        put(e, "    words_ = %u;\n", m->fixed_words);
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct part *p = &m->parts[i];
        const char *count = text(e, "%s_n_", p->param->name);

        if (p->param->type->kind == TYPE_SEQUENCE && p->param->dir == DIR_IN)
            count = text(e, "%s_count", p->param->name);
        put_part_store(e, &client_side, p, c_param(e, p->param), count);
    }
    if (!m->scalar)
        put(e, "    load_regs_(&w_, u_->mr, %s);\n",
            m->part_count ? "words_" : text(e, "%u", m->fixed_words));
    put_items_store(e, &client_side, m);
}

/* The tag to send; with parts, the words are counted at run time. Only the
 * kernel itself can mark a message as its own. */
static const char *request_tag(struct emit *e, const struct decl *op)
{
    return text(e, "%s%s%s%s", op->kernelmsg ? "(" : "", tag_text(e, op, false),
                op->kernelmsg ? " & ~L4_TAG_KERNEL)" : "",
                op->request->part_count ? " | words_" : "");
}

/* --- the answer -------------------------------------------------------- */

static void put_fail(struct emit *e, const struct decl *op, const char *cond)
{
    put(e, "    if (__builtin_expect(%s, 0))\n", cond);
    if (op->raises)
        put(e, "        return l4_failed(%s_failed_(tag_, w_));\n",
            op->c_lower);
    else
        put(e, "        return l4_failed(l4_reply_error(tag_, %s, w_.w[0]));\n",
            tag_text(e, op, true));
}

static void put_reply_shape(struct emit *e, const struct decl *op)
{
    const struct message *m = op->reply;

    if (m->part_count == 0) {
        put_fail(e, op, text(e, "tag_ != %s", tag_text(e, op, true)));
    } else {
        put_fail(e, op,
                 text(e,
                      "(tag_ & ~L4_TAG_WORDS_MASK) != %s ||\n"
                      "                             l4_tag_words(tag_) < %u",
                      tag_text(e, op, true), m->fixed_words));
    }
    if (!m->scalar)
        for (uint32_t i = 0; i < MSG_REGS && i < m->max_words; i++)
            put(e, "    u_->mr[%u] = w_.w[%u];\n", i, i);
}

static void put_capacities(struct emit *e, const struct message *m)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct param *p = m->parts[i].param;

        if (p->type->kind == TYPE_STRING)
            put(e, "    if (%s_n_ >= %s_size)\n", p->name, p->name);
        else if (p->dir == DIR_INOUT)
            put(e, "    if (%s_n_ > %s_max)\n", p->name, p->name);
        else
            put(e, "    if (%s_n_ > *%s_count)\n", p->name, p->name);
        put(e, "        return l4_reply_refuse(tag_, L4_EOVERFLOW);\n");
    }
}

static void put_out_parts(struct emit *e, const struct message *m)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct part *part = &m->parts[i];
        const struct param *p = part->param;
        const char *name = c_param(e, p);

        put(e, "    if (%s_n_)\n", p->name);
        put(e, "        __builtin_memcpy(%s, u_->mr + %s_at_, ", name, p->name);
        if (part->elem_size == 1)
            put(e, "%s_n_);\n", p->name);
        else
            put(e, "%s_n_ * %u);\n", p->name, part->elem_size);
        if (p->type->kind == TYPE_STRING)
            put(e, "    %s[%s_n_] = '\\0';\n", name, p->name);
        else
            put(e, "    *%s_count = %s_n_;\n", p->name, p->name);
    }
}

/* Nothing is written before everything was looked at. */
static void put_reply(struct emit *e, const struct decl *op)
{
    const struct message *m = op->reply;

    put_reply_shape(e, op);
    put_slot_checks(e, &client_side, m);
    if (m->part_count) {
        put_part_bounds(e, &client_side, m, "tag_");
        put_part_checks(e, &client_side, m);
    }
    put_items_check(e, &client_side, m);
    put_capacities(e, m);
    for (uint32_t k = 0; k < m->slot_count; k++) {
        const struct slot *s = &m->slots[k];
        const char *name = c_param(e, s->param);

        if (s->is_count)
            continue;
        put_load(e, &client_side, m, s,
                 s->type->kind == TYPE_ARRAY ? name : text(e, "*%s", name));
    }
    put_out_parts(e, m);
    put_items_load(e, &client_side, m);
    put(e, "    return 0;\n");
}

/* --- the function ------------------------------------------------------- */

/* Whether the public function is one around the one that sends. */
static bool is_wrapped(const struct decl *op)
{
    return op->idempotent || op->timeout_ns || op->scope->on_error;
}

/* The public function of an operation with a timeout of its own, that may be
 * repeated, or whose failures are told to someone. */
static void put_wrapper(struct emit *e, const struct decl *op)
{
    const char *head = text(e, "    err_ = %s_once_(", op->c_lower);

    put(e, "\n");
    put_client_prototype(e, op->scope, op);
    put(e, "\n{\n");
    if (op->timeout_ns)
        put(e, "    l4_ctx_t own_;\n");
    put(e, "    l4_err_t err_;\n\n");
    if (op->timeout_ns)
        put(e,
            "    if (!ctx) {\n"
            "        __builtin_memset(&own_, 0, sizeof own_);\n"
            "        own_.timeout = %llu;\n        ctx = &own_;\n    }\n",
            (unsigned long long)op->timeout_ns);
    put_caller(e, op, head, "self", "ctx");
    if (op->idempotent) {
        put(e, "    if (err_ == L4_ECANCELED || err_ == L4_EUNBOUND)\n");
        put_caller(e, op, text(e, "    %s", head), "self", "ctx");
    }
    if (op->scope->on_error)
        put(e, "    if (err_ < 0)\n        %s(\"%s\", err_);\n",
            op->scope->on_error, decl_path(&e->c->arena, op));
    put(e, "    return err_;\n}\n");
}

static void put_exchange(struct emit *e, const struct decl *op)
{
    struct args a;

    put_locals(e, op);
    put_optional(e, op);
    put_bounds(e, op);
    put_request(e, op);
    if (op->oneway) {
        put(e,
            "    tag_ = l4_transport_send(self.cap, %s, &w_, ctx);\n"
            "    return l4_tag_err(tag_);\n}\n",
            request_tag(e, op));
        return;
    }
    args_begin(&a, "    tag_ = l4_transport_call(");
    args_add(e, &a, "self.cap");
    args_add(e, &a, "%s", request_tag(e, op));
    args_add(e, &a, "&w_");
    args_add(e, &a, "ctx");
    args_end(e, &a, ");\n");
    put_reply(e, op);
    put(e, "}\n");
}

/* Whether the function is an inline one of the header. */
static bool is_inline(const struct decl *op)
{
    return is_direct(op) && !is_wrapped(op);
}

void put_client_declaration(struct emit *e, const struct decl *op)
{
    if (is_inline(op) && op->raises) {
        put(e, "\n");
        put_failed_head(e, op);
        put(e, ";\n");
    }
    put(e, "\nL4_NODISCARD");
    put_deprecated(e, op);
    put(e, is_inline(op) ? " static inline\n" : "\n");
    put_client_prototype(e, op->scope, op);
    if (!is_inline(op)) {
        put(e, ";\n");
        return;
    }
    put(e, "\n{\n");
    put_exchange(e, op);
}

static void put_op(struct emit *e, const struct decl *op)
{
    if (op->raises)
        put_failed(e, op, !is_inline(op));
    if (is_inline(op))
        return;
    put(e, "\n");
    if (is_wrapped(op))
        put_client_head(e, op->scope, op,
                        text(e, "static l4_err_t %s_once_(", op->c_lower));
    else
        put_client_prototype(e, op->scope, op);
    put(e, "\n{\n");
    put_exchange(e, op);
    if (is_wrapped(op))
        put_wrapper(e, op);
}

static void put_interface(struct emit *e, const struct decl *iface)
{
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put_op(e, d);
}

/* --- the file ---------------------------------------------------------- */

static void scan_ops(struct needs *n, const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        scan_ops(n, d->members);
        if (d->kind != DECL_OP)
            continue;
        needs_add_store(n, d->request);
        if (d->reply)
            needs_add_check(n, d->reply);
    }
}

void emit_client(struct emit *e)
{
    struct needs n = {0};

    put_banner(e, "client stubs");
    put(e, "#include \"%s.h\"\n", e->base);
    scan_ops(&n, e->unit->decls);
    put_helpers(e, &n, true);
    put_getters(e, e->unit->decls);
    each_interface(e, put_interface);
}
