/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers that are given after the handler returned. */
#include <string.h>

#include "emit_server.h"
#include "emit_types.h"

static void add_answer_arg(struct emit *e, struct args *a,
                           const struct param *p)
{
    const char *name = c_param(e, p);
    const char *type = c_type(e, p->type);

    switch (p->type->kind) {
    case TYPE_STRING: args_add(e, a, "const char *%s", name); break;
    case TYPE_SEQUENCE:
        args_add(e, a, "const %s *%s", type, name);
        args_add(e, a, "uint32_t %s_count", p->name);
        break;
    case TYPE_ARRAY:
    case TYPE_STRUCT: args_add(e, a, "const %s *%s", type, name); break;
    case TYPE_FPAGE: args_add(e, a, "l4_item_t %s", name); break;
    default: args_add(e, a, "%s %s", type, name); break;
    }
}

void put_answer_head(struct emit *e, const struct decl *op)
{
    struct args a;

    args_begin(&a, text(e, "l4_err_t %s_answer(", op->c_lower));
    args_add(e, &a, "l4_later_t *later");
    for (const struct param *p = op->params; p; p = p->next)
        if (p->dir != DIR_IN)
            add_answer_arg(e, &a, p);
    args_end(e, &a, ")");
}

void put_refuse_head(struct emit *e, const struct decl *op,
                     const struct decl *exception)
{
    const char *name = "";
    struct args a;

    /* In lower case, as everywhere in C. */
    if (exception)
        name = exception->c_lower + strlen(exception->c_lower) -
               strlen(exception->name);
    args_begin(&a, text(e, "l4_err_t %s_refuse%s%s(", op->c_lower,
                        exception ? "_" : "", name));
    args_add(e, &a, "l4_later_t *later");
    if (exception)
        args_add(e, &a, "const %s_t *payload", exception->c_lower);
    else
        args_add(e, &a, "l4_err_t err");
    args_end(e, &a, ")");
}

/* The values in the locals that the handler would have filled in. */
static void put_values(struct emit *e, const struct decl *op)
{
    for (const struct param *p = op->params; p; p = p->next) {
        const char *name = c_param(e, p);

        if (p->dir == DIR_IN)
            continue;
        switch (p->type->kind) {
        case TYPE_STRING:
            put(e,
                "    while (%s[%s_n_]) {\n        if (%s_n_ == %u)\n"
                "            return L4_ESTR;\n"
                "        %s_v_[%s_n_] = %s[%s_n_];\n        %s_n_++;\n    }\n"
                "    %s_v_[%s_n_] = '\\0';\n",
                name, p->name, p->name, p->type->count, p->name, p->name, name,
                p->name, p->name, p->name, p->name);
            break;
        case TYPE_SEQUENCE:
            put(e,
                "    if (%s_count > %u)\n        return L4_ERANGE;\n"
                "    %s_n_ = %s_count;\n    if (%s_n_)\n"
                "        __builtin_memcpy(%s_v_, %s, %s_n_ * sizeof *%s);\n",
                p->name, p->type->count, p->name, p->name, p->name, p->name,
                name, p->name, name);
            break;
        case TYPE_ARRAY:
            put(e, "    __builtin_memcpy(%s_v_, %s, sizeof %s_v_);\n", p->name,
                name, p->name);
            break;
        case TYPE_STRUCT: put(e, "    %s_v_ = *%s;\n", p->name, name); break;
        default: put(e, "    %s_v_ = %s;\n", p->name, name); break;
        }
    }
}

void put_deferred(struct emit *e, const struct decl *op)
{
    if (!op->defer)
        return;
    put(e, "\n");
    put_answer_head(e, op);
    put(e, "\n{\n    l4_req_t own_;\n    l4_req_t *req = &own_;\n");
    put_later_locals(e, op);
    put(e, "    l4_tag_t reply_;\n\n");
    put_values(e, op);
    put(e, "    l4_later_begin(later, req);\n");
    put_answer_later(e, op);
    put(e, "    return l4_later_end(later, req, reply_);\n}\n\n");
    put_refuse_head(e, op, NULL);
    put(e, "\n{\n    l4_req_t req;\n\n    switch (err) {\n");
    for (const struct name_ref *r = op->raises; r; r = r->next)
        if (!r->decl->payload_words)
            put(e, "    case %s: break;\n", r->decl->c_upper);
    put(e,
        "    default:\n        if (err >= 0)\n            err = L4_EPROTO;\n"
        "        break;\n    }\n"
        "    l4_later_begin(later, &req);\n"
        "    return l4_later_end(later, &req, l4_req_fail(&req, err));\n}\n");
    for (const struct name_ref *r = op->raises; r; r = r->next) {
        if (!r->decl->fields)
            continue;
        put(e, "\n");
        put_refuse_head(e, op, r->decl);
        put(e,
            "\n{\n    l4_req_t req;\n    l4_err_t err;\n\n"
            "    l4_later_begin(later, &req);\n"
            "    err = %s(&req, payload);\n"
            "    return l4_later_end(later, &req, l4_req_fail(&req, "
            "err));\n}\n",
            exception_function(e, r->decl, "raise"));
    }
}
