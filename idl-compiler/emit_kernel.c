/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * foo_kernel.h and foo_kernel.c: decoding and dispatch of the kernel's own
 * objects. The words are a copy already, so nothing is copied again.
 */
#include <string.h>

#include "emit_decode.h"
#include "emit_types.h"

static const struct side kernel_side = {
    .regs = "inv->w",
    .mem = "inv->w",
    .reg_count = MSG_WORDS,
    .is_kernel = true,
    .refuse = "return %s",
    .tag = "(inv->tag & SHAPE_MASK_)",
    .items = "inv->items",
    .rights = "inv->rights",
};

/* Interfaces of messages that the kernel sends are served by others. */
static bool is_kernel_object(const struct decl *iface)
{
    if (!iface->proto)
        return false;
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP && !d->kernelmsg)
            return true;
    return false;
}

/* The kernel's structs are named as the interfaces, without the module. */
static const char *object_name(const struct decl *iface)
{
    return iface->name;
}

/* --- what the kernel's side cannot do ----------------------------------- */

static void check_param(struct emit *e, const struct param *p)
{
    struct diag *d = &e->c->diag;

    if (p->type->kind == TYPE_CAP && !p->type->decl)
        diag_error(d, DIAG_KERNEL_PARAM, p->loc,
                   "the kernel resolves capabilities by type: name an "
                   "interface, as in cap<task>");
    if (p->optional || p->shared || p->inplace)
        diag_error(d, DIAG_KERNEL_PARAM, p->loc,
                   "the kernel's side knows no optional, shared or inplace "
                   "parameters");
    if (p->type->kind == TYPE_INT && p->type->decl)
        diag_error(d, DIAG_KERNEL_PARAM, p->loc,
                   "the kernel's side converts no types");
    if (p->type->kind == TYPE_FPAGE && p->dir == DIR_OUT)
        diag_error(d, DIAG_KERNEL_PARAM, p->loc,
                   "a kernel object answers with no flexpage");
}

/* A short operation is decoded from registers: up to four words of scalars
 * go in, up to one comes out. */
static void check_short(struct emit *e, const struct decl *op)
{
    const struct message *in = op->request;
    const struct message *out = op->reply;
    bool fits = op->opnum < 64 && in->fixed_words <= 4 &&
                out->fixed_words <= 1 && !in->part_count && !out->part_count &&
                !in->item_count && !out->item_count;

    for (uint32_t k = 0; k < in->slot_count; k++)
        fits = fits && slot_is_scalar(in->slots[k].type);
    for (uint32_t k = 0; k < out->slot_count; k++)
        fits = fits && slot_is_scalar(out->slots[k].type);
    if (!fits)
        diag_error(&e->c->diag, DIAG_KERNEL_SHORT, op->loc,
                   "a short operation has a number below 64, takes up to four "
                   "words of scalars and returns up to one");
}

static void check_interface(struct emit *e, const struct decl *iface)
{
    struct diag *d = &e->c->diag;

    if (!is_kernel_object(iface))
        return;
    if (iface->bases)
        diag_error(d, DIAG_KERNEL_OP, iface->loc,
                   "the kernel's interfaces inherit nothing");
    for (const struct decl *op = iface->members; op; op = op->next) {
        if (op->kind != DECL_OP)
            continue;
        if (op->defer)
            diag_error(d, DIAG_KERNEL_OP, op->loc,
                       "the kernel answers at once");
        if (op->oneway)
            diag_error(d, DIAG_KERNEL_OP, op->loc,
                       "a kernel object answers every operation");
        if (op->raises)
            diag_error(d, DIAG_KERNEL_OP, name_loc(op->raises->name),
                       "a kernel object raises no exceptions of its own");
        for (const struct param *p = op->params; p; p = p->next)
            check_param(e, p);
        if (op->is_short)
            check_short(e, op);
    }
}

void emit_kernel_check(struct emit *e)
{
    each_interface(e, check_interface);
}

/* --- signatures -------------------------------------------------------- */

static void put_prototype(struct emit *e, const struct decl *op)
{
    const char *object = object_name(op->scope);
    struct args a;

    args_begin(&a, text(e, "l4_err_t %s_op_%s(", object, op->name));
    args_add(e, &a, "struct %s *self", object);
    if (!op->is_short)
        args_add(e, &a, "struct invocation *inv");
    add_handler_args(e, &a, op, true);
    args_end(e, &a, ");\n");
}

static void put_forward(struct emit *e, const struct decl *iface)
{
    put(e, "struct %s;\n", object_name(iface));
}

/* Every interface that is named has a struct in the kernel. */
static void put_forwards(struct emit *e)
{
    for (const struct unit *u = e->c->units; u; u = u->next) {
        const struct unit *own = e->unit;

        e->unit = u;
        each_interface(e, put_forward);
        e->unit = own;
    }
}

static void put_prototypes(struct emit *e, const struct decl *iface)
{
    if (!is_kernel_object(iface))
        return;
    put(e, "\n/* The operations of %s, written by hand. */\n",
        decl_path(&e->c->arena, iface));
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP && !d->is_short)
            put_prototype(e, d);
    put(e,
        "\n/* Decodes, checks and runs one of them; the reply is in INV. */\n"
        "void kernel_%s_dispatch(struct %s *self, struct invocation *inv);\n"
        "\n/* Those that are decoded from registers. */\n"
        "extern const struct kernel_shorts kernel_%s_shorts;\n",
        object_name(iface), object_name(iface), object_name(iface));
}

void emit_kernel_header(struct emit *e)
{
    const char *guard = upper_case(e, text(e, "L4IDL_%s_KERNEL_H", e->base));

    put_banner(e, "operations of kernel objects");
    put(e, "#ifndef %s\n#define %s\n\n", guard, guard);
    put(e, "#include <kernel/invocation.h>\n\n#include \"%s.h\"\n\n", e->base);
    put_forwards(e);
    each_interface(e, put_prototypes);
    put(e, "\n#endif\n");
}

/* --- the operations ---------------------------------------------------- */

/* "err_ = object_op_name(self, inv, the arguments);" */
static void put_call(struct emit *e, const struct side *s,
                     const struct decl *op)
{
    struct args a;

    args_begin(
        &a, text(e, "    err_ = %s_op_%s(", object_name(op->scope), op->name));
    args_add(e, &a, "self");
    if (!op->is_short)
        args_add(e, &a, "inv");
    add_call_args(e, &a, s, op);
    args_end(e, &a, ");\n    if (err_)\n");
    put_refuse(e, s, "        ", "err_");
}

/* A handler that breaks its bounds is a bug of the kernel, and stops here. */
static void put_op(struct emit *e, const struct decl *op)
{
    const struct side *s = &kernel_side;
    struct args a;

    put(e, "\n");
    args_begin(&a, text(e, "static l4_err_t %s_serve_(", op->c_lower));
    args_add(e, &a, "struct %s *self", object_name(op->scope));
    args_add(e, &a, "struct invocation *inv");
    args_end(e, &a, ")\n{\n");
    put_locals(e, s, op);
    put(e, "\n");
    put_request_decode(e, s, op);
    put_call(e, s, op);
    put_out_counts(e, s, op->reply);
    put_answer_words(e, s, op);
    put(e, "    inv->reply = %s%s;\n    return 0;\n}\n", tag_text(e, op, true),
        op->reply->part_count ? " | words_" : "");
}

/* The same from registers; the tag has been compared. */
static void put_short(struct emit *e, const struct decl *op)
{
    const struct side in = {.regs = "w_",
                            .mem = "w_",
                            .reg_count = MSG_WORDS,
                            .is_kernel = true,
                            .refuse = text(e, "return short_fail_(%s, %%s)",
                                           tag_text(e, op, false)),
                            .rights = "label_"};
    static const struct side out = {
        .regs = "out_", .mem = "out_", .reg_count = MSG_WORDS};

    put(e,
        "\nstatic struct kernel_short_reply\n%s_short_(void *self, "
        "uint64_t w0_, uint64_t w1_, uint64_t label_,\n"
        "        uint64_t w2_, uint64_t w3_)\n{\n"
        "    const uint64_t w_[4] = {w0_, w1_, w2_, w3_};\n"
        "    uint64_t out_[1] = {0};\n",
        op->c_lower);
    put_locals(e, &in, op);
    put(e, "\n    (void)label_;\n    (void)w_;\n");
    put_slots_decode(e, &in, op);
    put_call(e, &in, op);
    put_answer_words(e, &out, op);
    put(e,
        "    return (struct kernel_short_reply){.tag = %s, .word = out_[0]};"
        "\n}\n",
        tag_text(e, op, true));
}

static void put_shorts(struct emit *e, const struct decl *iface)
{
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP && d->is_short)
            put_short(e, d);
    put(e,
        "\nconst struct kernel_shorts kernel_%s_shorts = {\n"
        "    .ops = {\n        {.tag = ~L4_TAG_NONE},\n",
        object_name(iface));
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP && d->is_short)
            put(e, "        [%u] = {.tag = %s, .run = %s_short_},\n", d->opnum,
                tag_text(e, d, false), d->c_lower);
    put(e, "    }};\n");
}

static void put_interface(struct emit *e, const struct decl *iface)
{
    if (!is_kernel_object(iface))
        return;
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put_op(e, d);
    put_shorts(e, iface);
    put(e,
        "\nvoid kernel_%s_dispatch(struct %s *self, struct invocation *inv)\n"
        "{\n    l4_err_t err_ = L4_ENOSYS;\n\n"
        "    if (l4_tag_proto(inv->tag) == %s_PROTO) {\n"
        "        switch (l4_tag_op(inv->tag)) {\n",
        object_name(iface), object_name(iface), iface->c_upper);
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put(e,
                "        case %s_OP_%s: err_ = %s_serve_(self, inv); break;\n",
                iface->c_upper, d->c_upper + strlen(iface->c_upper) + 1,
                d->c_lower);
    put(e, "        default: break;\n        }\n    }\n"
           "    if (err_)\n        fail_(inv, err_);\n}\n");
}

static bool has_short(const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next)
        if ((d->kind == DECL_OP && d->is_short) || has_short(d->members))
            return true;
    return false;
}

static void scan_ops(struct needs *n, const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        scan_ops(n, d->members);
        if (d->kind != DECL_OP || !is_kernel_object(d->scope))
            continue;
        needs_add_check(n, d->request);
        needs_add_store(n, d->reply);
    }
}

static void put_fail(struct emit *e, const struct decl *iface)
{
    if (e->flags & EMIT_KERNEL_HELPED || !is_kernel_object(iface))
        return;
    e->flags |= EMIT_KERNEL_HELPED;
    put(e, "\n/* Phases and timeouts are the system call's. */\n"
           "#define SHAPE_MASK_                                               "
           "             \\\n"
           "    (~(L4_TAG_PHASE_MASK | L4_TAG_SEND_TIMEOUT | "
           "L4_TAG_WAIT_TIMEOUT))\n"
           "\nstatic void fail_(struct invocation *inv, l4_err_t err)\n{\n"
           "    inv->w[0] = (uint32_t)err;\n"
           "    inv->reply = L4_TAG(l4_tag_proto(inv->tag), "
           "l4_tag_op(inv->tag), 1, 0) |\n"
           "                 L4_TAG_RAISED | L4_TAG_REPLY;\n}\n");
}

static void put_short_fail(struct emit *e)
{
    put(e,
        "\nstatic inline struct kernel_short_reply short_fail_(l4_tag_t tag, "
        "l4_err_t err)\n{\n"
        "    return (struct kernel_short_reply){\n"
        "        .tag = L4_TAG(l4_tag_proto(tag), l4_tag_op(tag), 1, 0) |\n"
        "               L4_TAG_RAISED | L4_TAG_REPLY,\n"
        "        .word = (uint32_t)err};\n}\n");
}

void emit_kernel(struct emit *e)
{
    struct needs n = {0};

    put_banner(e, "dispatch of kernel objects");
    put(e, "#include \"%s_kernel.h\"\n", e->base);
    /* Short operations are inlined into their decoding. */
    if (has_short(e->unit->decls))
        put(e, "\n#include <kernel/short.h>\n");
    scan_ops(&n, e->unit->decls);
    put_helpers(e, &n, false);
    each_interface(e, put_fail);
    if (has_short(e->unit->decls))
        put_short_fail(e);
    each_interface(e, put_interface);
}
