/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests become arguments, results become answers. */
#include "emit_decode.h"

#include <string.h>

#include "emit_types.h"

/* --- locals ------------------------------------------------------------ */

/* Whether a sequence stays where it arrived: nobody changes the kernel's copy
 * of a message. */
static bool stays(const struct side *s, const struct param *p)
{
    return p->type->kind == TYPE_SEQUENCE && p->dir == DIR_IN &&
           (p->inplace || s->is_kernel);
}

static const char *local_type(struct emit *e, const struct side *s,
                              const struct param *p)
{
    if (p->type->kind == TYPE_CAP && s->is_kernel)
        return p->dir == DIR_IN ? text(e, "struct %s *", p->type->decl->name)
                                : "struct cap_dest *";
    if (p->type->kind == TYPE_FPAGE && p->dir != DIR_IN)
        return "l4_item_t ";
    if (p->type->kind == TYPE_FPAGE && p->shared)
        return "l4_shared_t ";
    return text(e, "%s ", c_type(e, p->type));
}

void put_local(struct emit *e, const struct side *s, const struct param *p)
{
    const char *type = c_type(e, p->type);

    switch (p->type->kind) {
    case TYPE_STRING:
        put(e, "    char %s_v_[%u];\n    uint32_t %s_n_ = 0;\n", p->name,
            p->type->count + 1, p->name);
        break;
    case TYPE_SEQUENCE:
        if (stays(s, p))
            put(e, "    const %s *%s_v_;\n", type, p->name);
        else
            put(e, "    %s %s_v_[%u];\n", type, p->name, p->type->count);
        put(e, "    uint32_t %s_n_ = 0;\n", p->name);
        break;
    case TYPE_ARRAY:
        put(e, "    %s %s_v_[%u];\n", type, p->name, p->type->count);
        break;
    default: put(e, "    %s%s_v_;\n", local_type(e, s, p), p->name); break;
    }
}

void put_out_locals(struct emit *e, const struct side *s, const struct decl *op)
{
    for (const struct param *p = op->params; p; p = p->next)
        if (p->dir != DIR_IN)
            put_local(e, s, p);
    if (op->reply->part_count)
        put(e, "    uint32_t words_;\n");
    put_native_locals(e, op->reply);
}

void put_locals(struct emit *e, const struct side *s, const struct decl *op)
{
    for (const struct param *p = op->params; p; p = p->next)
        put_local(e, s, p);
    put_inplace(e, op, "local");
    put_part_locals(e, op->request, false);
    if (op->request->part_count || (op->reply && op->reply->part_count))
        put(e, "    uint32_t words_;\n");
    put_native_locals(e, op->reply);
    if (!op->oneway)
        put(e, "    l4_err_t err_;\n");
}

/* What a handler does not write goes out as zero. */
static void put_clear(struct emit *e, const struct side *s,
                      const struct param *p)
{
    bool is_array = p->type->kind == TYPE_STRING ||
                    p->type->kind == TYPE_SEQUENCE ||
                    p->type->kind == TYPE_ARRAY;

    if (p->dir == DIR_IN || (p->dir == DIR_INOUT && !is_array) ||
        (p->type->kind == TYPE_CAP && s->is_kernel))
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
void put_inplace(struct emit *e, const struct decl *op, const char *what)
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

/* --- the request ------------------------------------------------------- */

static void put_shape(struct emit *e, const struct side *s,
                      const struct decl *op)
{
    const struct message *m = op->request;
    const char *want = tag_text(e, op, false);

    if (m->part_count == 0)
        put(e, "    if (__builtin_expect(%s != %s, 0))\n", s->tag, want);
    else
        put(e,
            "    if (__builtin_expect((%s & ~L4_TAG_WORDS_MASK) !=\n"
            "                             %s ||\n"
            "                             l4_tag_words(%s) < %u, 0))\n",
            s->tag, want, s->tag, m->fixed_words);
    put_refuse(e, s, "        ",
               s->is_kernel ? "L4_EMSG"
                            : text(e, "l4_req_misfit(%s, %s)", s->tag, want));
    if (!m->scalar && !s->is_kernel)
        for (uint32_t i = 0; i < MSG_REGS && i < m->max_words; i++)
            put(e, "    %s[%u] = %s[%u];\n", s->mem, i, s->regs, i);
}

/* The kernel checks the rights of its own objects; a server of its own finds
 * those of the caller in the label. */
static void put_rights(struct emit *e, const struct side *s,
                       const struct decl *op)
{
    if (!op->required || (!s->is_kernel && op->scope->proto < PROTO_USER))
        return;
    put(e, "    if ((%s & %uu) != %uu)\n", s->rights, op->required,
        op->required);
    put_refuse(e, s, "        ", "L4_EPERM");
}

/* Where the capabilities go that a kernel object creates. */
static void put_dests(struct emit *e, const struct side *s,
                      const struct message *m)
{
    for (uint32_t i = 0; s->is_kernel && i < m->item_count; i++)
        put(e,
            "    err_ = invocation_dest(inv, %u, &%s_v_);\n"
            "    if (err_)\n        return err_;\n",
            i, m->items[i].param->name);
}

static void put_in_parts(struct emit *e, const struct side *s,
                         const struct message *m)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct part *part = &m->parts[i];
        const char *name = part->param->name;

        if (stays(s, part->param)) {
            put(e, "    %s_v_ = (const %s *)(const void *)(%s + %s_at_);\n",
                name, c_type(e, part->param->type), s->mem, name);
            continue;
        }
        put(e,
            "    if (%s_n_)\n"
            "        __builtin_memcpy(%s_v_, %s + %s_at_, %s_n_",
            name, name, s->mem, name, name);
        if (part->elem_size == 1)
            put(e, ");\n");
        else
            put(e, " * %u);\n", part->elem_size);
        if (part->param->type->kind == TYPE_STRING)
            put(e, "    %s_v_[%s_n_] = '\\0';\n", name, name);
    }
}

/* What comes out is zero at first, what came in is what it says. */
static void put_loads(struct emit *e, const struct side *s,
                      const struct decl *op)
{
    const struct message *m = op->request;

    for (const struct param *p = op->params; p; p = p->next)
        put_clear(e, s, p);
    for (uint32_t k = 0; k < m->slot_count; k++)
        if (!m->slots[k].is_count)
            put_load(e, s, m, &m->slots[k], text(e, "%s_v_", m->slots[k].name));
}

void put_slots_decode(struct emit *e, const struct side *s,
                      const struct decl *op)
{
    put_rights(e, s, op);
    put_slot_checks(e, s, op->request);
    put_loads(e, s, op);
}

void put_request_decode(struct emit *e, const struct side *s,
                        const struct decl *op)
{
    const struct message *m = op->request;

    put_shape(e, s, op);
    put_rights(e, s, op);
    put_slot_checks(e, s, m);
    if (m->part_count) {
        put_part_bounds(e, s, m, s->tag);
        put_part_checks(e, s, m);
    }
    put_items_check(e, s, m);
    put_items_load(e, s, m);
    if (op->reply)
        put_dests(e, s, op->reply);
    put_loads(e, s, op);
    put_in_parts(e, s, m);
    put_inplace(e, op, "save");
}

/* --- the call ---------------------------------------------------------- */

static void add_call_arg(struct emit *e, struct args *a, const struct side *s,
                         const struct param *p)
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
    case TYPE_STRING:
        args_add(e, a, "%s_v_", p->name);
        if (!out)
            args_add(e, a, "%s_n_", p->name);
        return;
    case TYPE_SEQUENCE:
        args_add(e, a, "%s_v_", p->name);
        args_add(e, a, out ? "&%s_n_" : "%s_n_", p->name);
        return;
    case TYPE_CAP: out = out && !s->is_kernel; break;
    case TYPE_FPAGE: out = out || p->shared; break;
    case TYPE_ARRAY: out = false; break;
    case TYPE_STRUCT: out = true; break;
    default: break;
    }
    args_add(e, a, out ? "&%s_v_" : "%s_v_", p->name);
}

void add_call_args(struct emit *e, struct args *a, const struct side *s,
                   const struct decl *op)
{
    for (const struct param *p = op->params; p; p = p->next)
        add_call_arg(e, a, s, p);
}

/* --- the signature ----------------------------------------------------- */

static void add_variable(struct emit *e, struct args *a, const struct param *p)
{
    const char *name = c_param(e, p);
    const char *type = c_type(e, p->type);

    if (p->dir == DIR_IN) {
        args_add(e, a, "const %s *%s", type, name);
        args_add(e, a, "uint32_t %s_count", p->name);
        return;
    }
    args_add(e, a, "%s *%s", type, name);
    if (p->type->kind == TYPE_SEQUENCE)
        args_add(e, a, "uint32_t *%s_count", p->name);
}

static void add_handler_arg(struct emit *e, struct args *a,
                            const struct param *p, bool is_kernel)
{
    const struct side s = {.is_kernel = is_kernel};
    const char *name = c_param(e, p);
    bool in = p->dir == DIR_IN;

    switch (p->type->kind) {
    case TYPE_STRING:
    case TYPE_SEQUENCE: add_variable(e, a, p); break;
    case TYPE_ARRAY:
    case TYPE_STRUCT:
        args_add(e, a, in ? "const %s *%s" : "%s *%s", c_type(e, p->type),
                 name);
        break;
    default:
        if (p->shared && in)
            args_add(e, a, "const l4_shared_t *%s", name);
        else if (in || (is_kernel && p->type->kind == TYPE_CAP))
            args_add(e, a, "%s%s", local_type(e, &s, p), name);
        else
            args_add(e, a, "%s*%s", local_type(e, &s, p), name);
        break;
    }
}

void add_handler_args(struct emit *e, struct args *a, const struct decl *op,
                      bool is_kernel)
{
    for (const struct param *p = op->params; p; p = p->next)
        if (!p->hidden)
            add_handler_arg(e, a, p, is_kernel);
}

/* --- the answer -------------------------------------------------------- */

void put_out_counts(struct emit *e, const struct side *s,
                    const struct message *m)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct part *part = &m->parts[i];
        const char *name = part->param->name;

        if (part->param->type->kind == TYPE_STRING) {
            put(e,
                "    for (%s_n_ = 0; %s_v_[%s_n_]; %s_n_++)\n"
                "        if (%s_n_ == %u)\n",
                name, name, name, name, name, part->max);
            put_refuse(e, s, "            ", "L4_ESTR");
        } else {
            put(e, "    if (%s_n_ > %u)\n", name, part->max);
            put_refuse(e, s, "        ", "L4_ERANGE");
        }
    }
}

/* How a result is called: a scalar by value, the rest by address. */
static const char *result_value(struct emit *e, const struct slot *slot)
{
    if (slot->is_count)
        return text(e, "%s_n_", slot->name);
    if (slot->type->kind == TYPE_STRUCT ||
        (slot->type->kind == TYPE_NATIVE && !slot_is_scalar(slot->type)))
        return text(e, "&%s_v_", slot->name);
    return text(e, "%s_v_", slot->name);
}

void put_answer_words(struct emit *e, const struct side *s,
                      const struct decl *op)
{
    const struct message *m = op->reply;

    put_store(e, s, m, result_value);
    if (m->part_count)
        put(e, "    words_ = %u;\n", m->fixed_words);
    for (uint32_t i = 0; i < m->part_count; i++)
        put_part_store(e, s, &m->parts[i],
                       text(e, "%s_v_", m->parts[i].param->name),
                       text(e, "%s_n_", m->parts[i].param->name));
}
