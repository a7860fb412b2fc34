/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * foo_kernel.h and foo_kernel.c: decoding and dispatch of the kernel's own
 * objects. The words are a copy already, so nothing is copied again.
 */
#include <string.h>

#include "emit.h"
#include "emit_types.h"

static const struct side kernel_side = {
    .regs = "inv->w",
    .mem = "inv->w",
    .reg_count = MSG_WORDS,
    .refuse = "return %s",
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

static void add_handler_arg(struct emit *e, struct args *a,
                            const struct param *p)
{
    const char *name = c_param(e, p);
    const char *type = c_type(e, p->type);

    switch (p->type->kind) {
    case TYPE_STRING:
    case TYPE_SEQUENCE:
        args_add(e, a, p->dir == DIR_IN ? "const %s *%s" : "%s *%s", type,
                 name);
        if (p->dir == DIR_IN)
            args_add(e, a, "uint32_t %s_count", p->name);
        else if (p->type->kind == TYPE_SEQUENCE)
            args_add(e, a, "uint32_t *%s_count", p->name);
        break;
    case TYPE_CAP:
        if (p->dir == DIR_IN)
            args_add(e, a, "struct %s *%s", object_name(p->type->decl), name);
        else
            args_add(e, a, "struct cap_dest *%s", name);
        break;
    case TYPE_ARRAY:
    case TYPE_STRUCT:
        args_add(e, a, p->dir == DIR_IN ? "const %s *%s" : "%s *%s", type,
                 name);
        break;
    default:
        args_add(e, a, p->dir == DIR_IN ? "%s %s" : "%s *%s", type, name);
        break;
    }
}

static void put_prototype(struct emit *e, const struct decl *op)
{
    const char *object = object_name(op->scope);
    struct args a;

    args_begin(&a, text(e, "l4_err_t %s_op_%s(", object, op->name));
    args_add(e, &a, "struct %s *self", object);
    if (!op->is_short)
        args_add(e, &a, "struct invocation *inv");
    for (const struct param *p = op->params; p; p = p->next)
        add_handler_arg(e, &a, p);
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

/* --- decoding ---------------------------------------------------------- */

/* A scalar, a struct or an array lives in a local; sequences stay where they
 * arrived. */
static void put_local(struct emit *e, const struct param *p)
{
    const char *type = c_type(e, p->type);

    switch (p->type->kind) {
    case TYPE_STRING:
        put(e, "    char %s_v_[%u];\n    uint32_t %s_n_ = 0;\n", p->name,
            p->type->count + 1, p->name);
        break;
    case TYPE_SEQUENCE:
        if (p->dir != DIR_IN)
            put(e, "    %s %s_v_[%u];\n", type, p->name, p->type->count);
        put(e, "    uint32_t %s_n_ = 0;\n", p->name);
        break;
    case TYPE_CAP:
        put(e, "    struct %s *%s_v_;\n",
            p->dir == DIR_IN ? object_name(p->type->decl) : "cap_dest",
            p->name);
        break;
    case TYPE_ARRAY:
        put(e, "    %s %s_v_[%u];\n", type, p->name, p->type->count);
        break;
    default: put(e, "    %s %s_v_;\n", type, p->name); break;
    }
}

static void put_clear(struct emit *e, const struct param *p)
{
    bool is_array = p->type->kind == TYPE_STRING ||
                    p->type->kind == TYPE_SEQUENCE ||
                    p->type->kind == TYPE_ARRAY;

    if (p->dir == DIR_IN || p->type->kind == TYPE_CAP ||
        (p->dir == DIR_INOUT && !is_array))
        return;
    if (p->type->kind == TYPE_BOOL)
        put(e, "    %s_v_ = false;\n", p->name);
    else if (slot_is_scalar(p->type) && p->type->kind != TYPE_NATIVE)
        put(e, "    %s_v_ = 0;\n", p->name);
    else
        put(e, "    __builtin_memset(&%s_v_, 0, sizeof %s_v_);\n", p->name,
            p->name);
}

static void put_locals(struct emit *e, const struct decl *op)
{
    for (const struct param *p = op->params; p; p = p->next)
        put_local(e, p);
    put_part_locals(e, op->request, false);
    if (op->request->part_count || op->reply->part_count)
        put(e, "    uint32_t words_;\n");
    for (uint32_t k = 0; k < op->reply->slot_count; k++)
        if (op->reply->slots[k].type->kind == TYPE_NATIVE &&
            slot_is_scalar(op->reply->slots[k].type))
            put(e, "    uint64_t %s_w_ = 0;\n", op->reply->slots[k].name);
    put(e, "    l4_err_t err_;\n\n");
}

static void put_shape(struct emit *e, const struct decl *op)
{
    const struct message *m = op->request;
    const char *want = tag_text(e, op, false);

    if (m->part_count == 0)
        put(e, "    if ((inv->tag & SHAPE_MASK_) != %s)\n", want);
    else
        put(e,
            "    if ((inv->tag & SHAPE_MASK_ & ~L4_TAG_WORDS_MASK) !=\n"
            "            %s ||\n"
            "        l4_tag_words(inv->tag) < %u)\n",
            want, m->fixed_words);
    put(e, "        return L4_EMSG;\n");
    if (op->required)
        put(e,
            "    if ((inv->rights & %uu) != %uu)\n"
            "        return L4_EPERM;\n",
            op->required, op->required);
}

static void put_in_items(struct emit *e, const struct message *m)
{
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct param *p = m->items[i].param;

        if (p->type->kind == TYPE_FPAGE) {
            put(e,
                "    %s_v_ = inv->items[%u].fpage;\n"
                "    if (l4_fpage_kind(%s_v_) != %s)\n"
                "        return L4_EITEM;\n",
                p->name, i, p->name, c_fpage_kind(p->type));
            continue;
        }
        put(e,
            "    err_ = invocation_get_%s(inv, %u, %uu, &%s_v_);\n"
            "    if (err_)\n        return err_;\n",
            object_name(p->type->decl), i, p->has_rights ? p->rights : 0,
            p->name);
    }
}

static void put_dests(struct emit *e, const struct message *m)
{
    for (uint32_t i = 0; i < m->item_count; i++)
        put(e,
            "    err_ = invocation_dest(inv, %u, &%s_v_);\n"
            "    if (err_)\n        return err_;\n",
            i, m->items[i].param->name);
}

static void put_in_parts(struct emit *e, const struct message *m)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct part *part = &m->parts[i];
        const char *name = part->param->name;

        if (part->param->type->kind == TYPE_SEQUENCE &&
            part->param->dir == DIR_IN)
            continue;
        put(e, "    __builtin_memcpy(%s_v_, inv->w + %s_at_, %s_n_", name, name,
            name);
        if (part->elem_size == 1)
            put(e, ");\n");
        else
            put(e, " * %u);\n", part->elem_size);
        if (part->param->type->kind == TYPE_STRING)
            put(e, "    %s_v_[%s_n_] = '\\0';\n", name, name);
    }
}

static void put_request(struct emit *e, const struct decl *op)
{
    const struct message *m = op->request;

    put_shape(e, op);
    put_slot_checks(e, &kernel_side, m);
    if (m->part_count) {
        put_part_bounds(e, &kernel_side, m, "inv->tag");
        put_part_checks(e, &kernel_side, m);
    }
    put_in_items(e, m);
    put_dests(e, op->reply);
    for (const struct param *p = op->params; p; p = p->next)
        put_clear(e, p);
    for (uint32_t k = 0; k < m->slot_count; k++)
        if (!m->slots[k].is_count)
            put_load(e, &kernel_side, m, &m->slots[k],
                     text(e, "%s_v_", m->slots[k].name));
    put_in_parts(e, m);
}

static void add_call_arg(struct emit *e, struct args *a, const struct param *p)
{
    bool out = p->dir != DIR_IN;

    switch (p->type->kind) {
    case TYPE_STRING:
        args_add(e, a, "%s_v_", p->name);
        if (!out)
            args_add(e, a, "%s_n_", p->name);
        break;
    case TYPE_SEQUENCE:
        if (out)
            args_add(e, a, "%s_v_", p->name);
        else
            args_add(e, a, "(const %s *)(const void *)(inv->w + %s_at_)",
                     c_type(e, p->type), p->name);
        args_add(e, a, out ? "&%s_n_" : "%s_n_", p->name);
        break;
    case TYPE_CAP:
    case TYPE_ARRAY: args_add(e, a, "%s_v_", p->name); break;
    case TYPE_STRUCT: args_add(e, a, "&%s_v_", p->name); break;
    default: args_add(e, a, out ? "&%s_v_" : "%s_v_", p->name); break;
    }
}

static const char *kernel_value(struct emit *e, const struct slot *slot)
{
    if (slot->is_count)
        return text(e, "%s_n_", slot->name);
    if (slot->type->kind == TYPE_STRUCT ||
        (slot->type->kind == TYPE_NATIVE && !slot_is_scalar(slot->type)))
        return text(e, "&%s_v_", slot->name);
    return text(e, "%s_v_", slot->name);
}

/* A handler that breaks its bounds is a bug of the kernel, and stops here. */
static void put_out_counts(struct emit *e, const struct message *m)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct part *part = &m->parts[i];
        const char *name = part->param->name;

        if (part->param->type->kind == TYPE_STRING)
            put(e,
                "    for (%s_n_ = 0; %s_v_[%s_n_]; %s_n_++)\n"
                "        if (%s_n_ == %u)\n            return L4_ESTR;\n",
                name, name, name, name, name, part->max);
        else
            put(e, "    if (%s_n_ > %u)\n        return L4_ERANGE;\n", name,
                part->max);
    }
}

static void put_reply(struct emit *e, const struct decl *op)
{
    const struct message *m = op->reply;
    const char *tag = tag_text(e, op, true);

    put_out_counts(e, m);
    put_store(e, &kernel_side, m, kernel_value);
    if (m->part_count)
        put(e, "    words_ = %u;\n", m->fixed_words);
    for (uint32_t i = 0; i < m->part_count; i++)
        put_part_store(e, &kernel_side, &m->parts[i],
                       text(e, "%s_v_", m->parts[i].param->name),
                       text(e, "%s_n_", m->parts[i].param->name));
    if (m->part_count)
        put(e, "    inv->reply = %s | words_;\n", tag);
    else
        put(e, "    inv->reply = %s;\n", tag);
    put(e, "    return 0;\n}\n");
}

static void put_op(struct emit *e, const struct decl *op)
{
    const char *object = object_name(op->scope);
    struct args a;

    put(e, "\n");
    args_begin(&a, text(e, "static l4_err_t %s_serve_(", op->c_lower));
    args_add(e, &a, "struct %s *self", object);
    args_add(e, &a, "struct invocation *inv");
    args_end(e, &a, ")\n{\n");
    put_locals(e, op);
    put_request(e, op);
    args_begin(&a, text(e, "    err_ = %s_op_%s(", object, op->name));
    args_add(e, &a, "self");
    if (!op->is_short)
        args_add(e, &a, "inv");
    for (const struct param *p = op->params; p; p = p->next)
        add_call_arg(e, &a, p);
    args_end(e, &a, ");\n    if (err_)\n        return err_;\n");
    put_reply(e, op);
}

/* The same from registers; the tag has been compared. */
static void put_short(struct emit *e, const struct decl *op)
{
    const char *fail =
        text(e, "return short_fail_(%s, %%s)", tag_text(e, op, false));
    const struct side in = {
        .regs = "w_", .mem = "w_", .reg_count = MSG_WORDS, .refuse = fail};
    static const struct side out = {
        .regs = "out_", .mem = "out_", .reg_count = MSG_WORDS};
    const char *object = object_name(op->scope);
    struct args a;

    put(e,
        "\nstatic struct kernel_short_reply\n%s_short_(void *self, "
        "uint64_t w0_, uint64_t w1_, uint64_t label_,\n"
        "        uint64_t w2_, uint64_t w3_)\n{\n"
        "    const uint64_t w_[4] = {w0_, w1_, w2_, w3_};\n"
        "    uint64_t out_[1] = {0};\n",
        op->c_lower);
    for (const struct param *p = op->params; p; p = p->next)
        put_local(e, p);
    put(e, "    l4_err_t err_;\n\n    (void)label_;\n    (void)w_;\n");
    if (op->required)
        put(e,
            "    if ((label_ & %uu) != %uu)\n"
            "        return short_fail_(%s, L4_EPERM);\n",
            op->required, op->required, tag_text(e, op, false));
    put_slot_checks(e, &in, op->request);
    for (const struct param *p = op->params; p; p = p->next)
        put_clear(e, p);
    for (uint32_t k = 0; k < op->request->slot_count; k++)
        put_load(e, &in, op->request, &op->request->slots[k],
                 text(e, "%s_v_", op->request->slots[k].name));
    args_begin(&a, text(e, "    err_ = %s_op_%s(", object, op->name));
    args_add(e, &a, "self");
    for (const struct param *p = op->params; p; p = p->next)
        add_call_arg(e, &a, p);
    args_end(e, &a, ");\n");
    put(e, "    if (err_)\n        return short_fail_(%s, err_);\n",
        tag_text(e, op, false));
    put_store(e, &out, op->reply, kernel_value);
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
