/* SPDX-License-Identifier: BSD-2-Clause */
/* The payloads of exceptions: raised by a handler, read by a client. */
#include "emit_server.h"
#include "emit_types.h"

/* --- the server's side ------------------------------------------------- */

static const struct side raise_side = {
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
    put_native_locals(e, m);
    put(e, "    req->payload_words = %u;\n", m->fixed_words);
    put_store(e, &raise_side, m, payload_value);
    put(e, "    return %s;\n}\n", d->c_upper);
}

void put_raises(struct emit *e, const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        if (d->kind == DECL_EXCEPTION && d->fields)
            put_raise(e, d);
        put_raises(e, d->members);
    }
}

/* Only the exceptions that the operation declares leave, with their payload
 * and no other. */
void put_raised(struct emit *e, const struct side *s, const struct decl *op)
{
    const char *fail = "err_ > 0 ? L4_EPROTO : err_";

    if (!op->raises) {
        put(e, "    if (__builtin_expect(err_ != 0, 0))\n");
        put_refuse(e, s, "        ", fail);
        return;
    }
    put(e, "    switch (err_) {\n    case 0: break;\n");
    for (const struct name_ref *r = op->raises; r; r = r->next) {
        put(e, "    case %s:\n", r->decl->c_upper);
        if (r->decl->payload_words) {
            put_refuse(e, s, "        ",
                       text(e, "req->payload_words == %u ? err_ : L4_EPROTO",
                            r->decl->payload_words));
        } else {
            put(e, "        req->payload_words = 0;\n");
            put_refuse(e, s, "        ", "err_");
        }
    }
    put(e, "    default:\n");
    put_refuse(e, s, "        ", fail);
    put(e, "    }\n");
}

/* --- the client's side ------------------------------------------------- */

static const struct side get_side = {
    .regs = "mr_",
    .mem = "mr_",
    .reg_count = MSG_WORDS,
    .is_client = true,
    .refuse = "return L4_EPROTO",
};

static void put_getter(struct emit *e, const struct decl *d)
{
    const struct message *m = layout_exception(e->c, d);

    put(e,
        "\nl4_err_t %s(%s_t *out)\n{\n"
        "    const uint64_t *mr_ = l4_utcb()->mr;\n\n"
        "    if (mr_[0] != %u)\n        return L4_EPROTO;\n    mr_++;\n",
        exception_function(e, d, "get"), d->c_lower, d->code);
    put_slot_checks(e, &get_side, m);
    for (uint32_t k = 0; k < m->slot_count; k++)
        put_load(e, &get_side, m, &m->slots[k],
                 m->slots[k].field ? text(e, "out->%s", m->slots[k].name)
                                   : "*out");
    put(e, "    return 0;\n}\n");
}

void put_getters(struct emit *e, const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        if (d->kind == DECL_EXCEPTION && d->fields)
            put_getter(e, d);
        put_getters(e, d->members);
    }
}

/* An operation that raises: only what it declares comes through, and a
 * payload is left in the UTCB for its accessor. */
void put_failed_head(struct emit *e, const struct decl *op)
{
    put(e, "l4_err_t %s_failed_(l4_tag_t tag, l4_words_t w)", op->c_lower);
}

void put_failed(struct emit *e, const struct decl *op, bool is_static)
{
    put(e, is_static ? "\nstatic " : "\n");
    put_failed_head(e, op);
    put(e,
        "\n{\n    l4_err_t err = l4_reply_fail(tag, %s, w.w[0]);\n\n"
        "    switch (err) {\n",
        tag_text(e, op, true));
    for (const struct name_ref *r = op->raises; r; r = r->next)
        put(e,
            "    case %s:\n        if (l4_tag_words(tag) != %u)\n"
            "            return L4_EPROTO;\n        break;\n",
            r->decl->c_upper, 1 + r->decl->payload_words);
    put(e, "    default: return err > 0 ? L4_EPROTO : err;\n    }\n");
    if (raises_payload(op))
        put(e,
            "    for (uint32_t i = 0; i < %d; i++)\n"
            "        l4_utcb()->mr[i] = w.w[i];\n",
            MSG_REGS);
    put(e, "    return err;\n}\n");
}
