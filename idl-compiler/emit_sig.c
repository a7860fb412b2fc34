/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures of client functions and handlers. */
#include <string.h>

#include "emit_types.h"

const char *base_member(struct emit *e, unsigned n)
{
    return n == 0 ? "base" : text(e, "base%u", n + 1);
}

/* A string or sequence of the client: capacities come along. */
static void add_client_variable(struct emit *e, struct args *a,
                                const struct param *p)
{
    const char *name = c_param(e, p);
    const char *type = c_type(e, p->type);

    if (p->type->kind == TYPE_STRING) {
        if (p->dir == DIR_IN) {
            args_add(e, a, "const char *%s", name);
            return;
        }
        args_add(e, a, "char *%s", name);
        args_add(e, a, "size_t %s_size", p->name);
        return;
    }
    if (p->dir == DIR_IN) {
        args_add(e, a, "const %s *%s", type, name);
        args_add(e, a, "uint32_t %s_count", p->name);
        return;
    }
    args_add(e, a, "%s *%s", type, name);
    args_add(e, a, "uint32_t *%s_count", p->name);
    if (p->dir == DIR_INOUT)
        args_add(e, a, "uint32_t %s_max", p->name);
}

static void add_client_arg(struct emit *e, struct args *a,
                           const struct param *p)
{
    const char *name = c_param(e, p);
    const char *type = c_type(e, p->type);

    if (p->shared && p->dir != DIR_IN)
        type = "l4_shared_t";
    switch (p->type->kind) {
    case TYPE_STRING:
    case TYPE_SEQUENCE: add_client_variable(e, a, p); break;
    case TYPE_ARRAY:
        args_add(e, a, p->dir == DIR_IN ? "const %s *%s" : "%s *%s", type,
                 name);
        break;
    case TYPE_STRUCT:
        args_add(e, a, p->dir == DIR_IN ? "const %s *%s" : "%s *%s", type,
                 name);
        break;
    default:
        args_add(e, a, p->dir == DIR_IN ? "%s %s" : "%s *%s", type, name);
        break;
    }
}

static const char *op_name(const struct decl *op)
{
    return op->c_lower + strlen(op->scope->c_lower) + 1;
}

void put_client_prototype(struct emit *e, const struct decl *iface,
                          const struct decl *op)
{
    put_client_head(e, iface, op,
                    text(e, "l4_err_t %s_%s(", iface->c_lower, op_name(op)));
}

void put_client_head(struct emit *e, const struct decl *iface,
                     const struct decl *op, const char *head)
{
    struct args a;

    args_begin(&a, head);
    args_add(e, &a, "%s_t self", iface->c_lower);
    for (const struct param *p = op->params; p; p = p->next)
        if (!p->hidden)
            add_client_arg(e, &a, p);
    args_add(e, &a, "const l4_ctx_t *ctx");
    args_end(e, &a, ")");
}

void each_inherited(struct emit *e, const struct decl *iface,
                    void (*fn)(struct emit *e, const struct decl *iface,
                               const struct decl *op))
{
    const struct decl *all[BASES_MAX];
    unsigned n = decl_ancestors(iface, all, 0);

    for (unsigned i = 0; i < n; i++)
        for (const struct decl *d = all[i]->members; d; d = d->next)
            if (d->kind == DECL_OP)
                fn(e, iface, d);
}

static void add_forwarded(struct emit *e, struct args *a, const struct param *p)
{
    if (p->hidden)
        return;
    args_add(e, a, "%s", c_param(e, p));
    if (p->type->kind == TYPE_STRING && p->dir != DIR_IN)
        args_add(e, a, "%s_size", p->name);
    if (p->type->kind != TYPE_SEQUENCE)
        return;
    args_add(e, a, "%s_count", p->name);
    if (p->dir == DIR_INOUT)
        args_add(e, a, "%s_max", p->name);
}

void put_caller(struct emit *e, const struct decl *op, const char *head,
                const char *self, const char *ctx)
{
    struct args a;

    args_begin(&a, head);
    args_add(e, &a, "%s", self);
    for (const struct param *p = op->params; p; p = p->next)
        add_forwarded(e, &a, p);
    args_add(e, &a, "%s", ctx);
    args_end(e, &a, ");\n");
}

void put_deprecated(struct emit *e, const struct decl *op)
{
    if (op->deprecated)
        put(e, " __attribute__((deprecated(\"%s\")))", op->deprecated);
}

void put_inherited_wrapper(struct emit *e, const struct decl *iface,
                           const struct decl *op)
{
    if (op->deprecated)
        put(e, "\n#pragma GCC diagnostic push\n#pragma GCC diagnostic ignored "
               "\"-Wdeprecated-declarations\"");
    put(e, "\nL4_NODISCARD");
    put_deprecated(e, op);
    put(e, " static inline\n");
    put_client_prototype(e, iface, op);
    put(e, "\n{\n    %s_t base_ = {self.cap};\n\n", op->scope->c_lower);
    put_caller(e, op, text(e, "    return %s(", op->c_lower), "base_", "ctx");
    put(e, "}\n");
    if (op->deprecated)
        put(e, "#pragma GCC diagnostic pop\n");
}
