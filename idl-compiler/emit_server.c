/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's side: decoding, dispatch and encoding. Operations whose messages
 * travel in registers are inline functions of the header, so that a generated
 * loop keeps them there; the others stand in foo_server.c. */
#include <string.h>

#include "emit_decode.h"
#include "emit_server.h"
#include "emit_types.h"

#define SERVER_SIDE(words, refusal)                                     \
    {                                                                   \
        .regs = (words), .mem = "req->utcb->mr", .reg_count = MSG_REGS, \
        .refuse = (refusal), .tag = "req->tag", .items = "req->items",  \
        .rights = "req->label",                                         \
    }

/* How an operation answers: by whether its words stay in registers, and
 * whether anybody waits for the answer. */
static const struct side server_sides[2][2] = {
    {SERVER_SIDE("req->w.w", "return l4_req_fail(req, %s)"),
     SERVER_SIDE("req->w.w", "return L4_TAG_NONE")},
    {SERVER_SIDE("w_->w", "return l4_req_refuse(req, w_, %s)"),
     SERVER_SIDE("w_->w", "return L4_TAG_NONE")},
};

static const struct side *side_of(const struct decl *op)
{
    return &server_sides[is_direct(op)][op->oneway];
}

/* --- one operation ----------------------------------------------------- */

static void put_call(struct emit *e, const struct decl *op)
{
    struct args a;

    /* Nothing that a former handler left goes along with an exception. */
    if (raises_payload(op))
        put(e, "    req->payload_words = 0;\n");
    args_begin(&a, text(e, "    %sops->%s(",
                        op->oneway ? "(void)" : "err_ = ", op->name));
    args_add(e, &a, "self");
    args_add(e, &a, "req");
    add_call_args(e, &a, side_of(op), op);
    args_end(e, &a, ");\n");
    put_inplace(e, op, "check");
    if (op->defer)
        put(e, "    if (err_ == L4_DEFERRED)\n        return L4_TAG_NONE;\n");
}

static void put_words(struct emit *e, const struct side *s,
                      const struct decl *op)
{
    const struct message *m = op->reply;

    put_answer_words(e, s, op);
    if (!m->scalar)
        put(e, "    load_regs_(&req->w, req->utcb->mr, %s);\n",
            m->part_count ? "words_" : text(e, "%u", m->fixed_words));
    else
        for (uint32_t i = m->fixed_words; i < MSG_REGS; i++)
            put(e, "    %s[%u] = 0;\n", s->regs, i);
    put_items_store(e, s, m);
}

static const char *answer_tag(struct emit *e, const struct decl *op)
{
    return text(e, "%s%s", tag_text(e, op, true),
                op->reply->part_count ? " | words_" : "");
}

void put_answer_later(struct emit *e, const struct decl *op)
{
    put_words(e, &server_sides[0][0], op);
    put(e, "    reply_ = %s;\n", answer_tag(e, op));
}

void put_later_locals(struct emit *e, const struct decl *op)
{
    put_out_locals(e, &server_sides[0][0], op);
}

/* "{ decode; call; encode }" */
static void put_body(struct emit *e, const struct decl *op)
{
    const struct side *s = side_of(op);

    put(e, "{\n");
    put_locals(e, s, op);
    put(e, "\n");
    if (is_direct(op) && op->oneway && op->request->fixed_words == 0)
        put(e, "    (void)w_;\n");
    put_request_decode(e, s, op);
    put_call(e, op);
    if (op->oneway) {
        put(e, "    return L4_TAG_NONE;\n}\n");
        return;
    }
    put_raised(e, s, op);
    put_out_counts(e, s, op->reply);
    put_words(e, s, op);
    put(e, "    return %s;\n}\n", answer_tag(e, op));
}

static void put_op(struct emit *e, const struct decl *op)
{
    struct args a;

    put(e, "\n");
    args_begin(&a, text(e, "static %sl4_tag_t %s_serve_(",
                        is_direct(op) ? "L4_ALWAYS_INLINE " : "", op->c_lower));
    args_add(e, &a, "void *self");
    args_add(e, &a, "const %s_ops_t *ops", op->scope->c_lower);
    args_add(e, &a, "l4_req_t *req");
    if (is_direct(op))
        args_add(e, &a, "l4_words_t *w_");
    args_end(e, &a, ")\n");
    put_body(e, op);
}

/* --- operations in registers, and the loop around them ------------------- */

static void put_direct_cases(struct emit *e, const struct decl *iface)
{
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP && is_direct(d))
            put(e,
                "    case %s:\n"
                "        *reply = %s_serve_(self, ops, req, w_);\n"
                "        return true;\n",
                tag_text(e, d, false), d->c_lower);
}

/* Serves a request by comparing its whole tag; false if that is none of those
 * that travel in registers as they should. */
static void put_fast(struct emit *e, const struct decl *iface)
{
    unsigned n = 0;

    put(e,
        "\n/* Serves a request whose whole tag is that of an operation in "
        "registers. */\n"
        "static L4_ALWAYS_INLINE bool %s_fast_(void *self, const %s_ops_t "
        "*ops,\n"
        "    l4_req_t *req, l4_words_t *w_, l4_tag_t *reply)\n{\n"
        "    switch (req->tag) {\n",
        iface->c_lower, iface->c_lower);
    put_direct_cases(e, iface);
    put(e, "    default: break;\n    }\n");
    for (const struct name_ref *b = iface->bases; b; b = b->next)
        if (b->decl->proto)
            put(e,
                "    if (%s_fast_(self, &ops->%s, req, w_, reply))\n"
                "        return true;\n",
                b->decl->c_lower, base_member(e, n++));
    put(e, "    (void)self;\n    (void)ops;\n    (void)w_;\n"
           "    (void)reply;\n    return false;\n}\n");
}

static void put_loop(struct emit *e, const struct decl *iface)
{
    put(e,
        "\n/* l4_server_loop(), with what is registered with these handlers "
        "built in: if\n * `ops` is a constant table, a request in registers "
        "never leaves them. */\n"
        "static L4_ALWAYS_INLINE void %s_loop(l4_server_t *s, const %s_ops_t "
        "*ops)\n{\n"
        "    l4_req_t req_;\n"
        "    l4_tag_t next_ = l4_server_begin(s, &req_, %s_dispatch, ops);\n"
        "    l4_words_t w_ = req_.w;\n\n"
        "    while (!s->stopped) {\n"
        "        l4_tag_t reply_ = L4_TAG_NONE;\n\n"
        "        req_.tag = l4_transport_next(next_, &w_, &req_.label);\n"
        "        if (l4_server_knows(s, req_.label) &&\n"
        "            %s_fast_(s->hot.self, ops, &req_, &w_, &reply_)) {\n"
        "            next_ = l4_server_next(s, reply_);\n"
        "            continue;\n"
        "        }\n"
        "        req_.w = w_;\n"
        "        next_ = l4_server_handle(s, &req_);\n"
        "        w_ = req_.w;\n"
        "    }\n"
        "    req_.w = w_;\n"
        "    l4_server_end(s, &req_, next_);\n}\n",
        iface->c_lower, iface->c_lower, iface->c_lower, iface->c_lower);
}

void put_server_inline(struct emit *e, const struct decl *iface)
{
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP && is_direct(d))
            put_op(e, d);
    put_fast(e, iface);
    if (!iface->abstract)
        put_loop(e, iface);
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
            put(e,
                "    case %s_OP_%s: return %s_serve_(self, table_, req%s);\n",
                iface->c_upper, d->c_upper + strlen(iface->c_upper) + 1,
                d->c_lower, is_direct(d) ? ", &req->w" : "");
    put(e,
        "    case 0: return l4_req_describe(req, %s);\n"
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
    for (const struct decl *d = iface->members; d; d = d->next) {
        if (d->kind != DECL_OP)
            continue;
        if (!is_direct(d))
            put_op(e, d);
        put_deferred(e, d);
    }
    put_dispatch(e, iface);
    put_complete(e, iface);
}

/* --- the file ---------------------------------------------------------- */

static void scan_ops(struct needs *n, const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        scan_ops(n, d->members);
        if (d->kind != DECL_OP)
            continue;
        needs_add_check(n, d->request);
        if (d->reply)
            needs_add_store(n, d->reply);
    }
}

void emit_server(struct emit *e)
{
    struct needs n = {0};

    put_banner(e, "server side");
    put(e, "#include \"%s.h\"\n", e->base);
    scan_ops(&n, e->unit->decls);
    put_helpers(e, &n, true);
    put_raises(e, e->unit->decls);
    each_interface(e, put_interface);
}
