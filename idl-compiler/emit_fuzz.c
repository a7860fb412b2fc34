/* SPDX-License-Identifier: BSD-2-Clause */
/* foo_fuzz.c: handlers and calls that check what a hostile peer sent. */
#include "emit.h"
#include "emit_decode.h"
#include "emit_types.h"

/* The bytes at PTR are a valid T, or the program ends. */
static void put_valid(struct emit *e, const struct type *t, const char *ptr)
{
    if (!t->validated)
        return;
    if (t->kind == TYPE_BOOL)
        put(e,
            "    L4_FUZZ_CHECK(*(const uint8_t *)(const void *)(%s) <= 1);\n",
            ptr);
    else
        put(e, "    L4_FUZZ_CHECK(%s_ok_(%s));\n", t->decl->c_lower, ptr);
}

static void put_valid_elements(struct emit *e, const struct type *elem,
                               const char *array, const char *count)
{
    if (!elem->validated)
        return;
    put(e, "    for (uint32_t i_ = 0; i_ < %s; i_++)\n    ", count);
    put_valid(e, elem, text(e, "&%s[i_]", array));
}

static void put_range(struct emit *e, const struct param *p, const char *value)
{
    const char *outside = p->has_range ? range_condition(e, p, value) : NULL;

    if (outside)
        put(e, "    L4_FUZZ_CHECK(!(%s));\n", outside);
}

/* A value that came from the other side. POINTER is how its address is
 * written. */
static void put_received(struct emit *e, const struct param *p,
                         const char *name, bool by_pointer)
{
    const char *ptr = by_pointer ? name : text(e, "&%s", name);

    switch (p->type->kind) {
    case TYPE_ARRAY:
        put(e, "    l4_fuzz_touch(%s, sizeof *%s * %u);\n", name, name,
            p->type->count);
        put_valid_elements(e, p->type->elem, name,
                           text(e, "%u", p->type->count));
        break;
    case TYPE_CAP:
    case TYPE_FPAGE:
        put(e, "    l4_fuzz_touch(%s, sizeof *%s);\n", ptr, ptr);
        break;
    default:
        put(e, "    l4_fuzz_touch(%s, sizeof *%s);\n", ptr, ptr);
        put_valid(e, p->type, ptr);
        put_range(e, p, by_pointer ? text(e, "*%s", name) : name);
        break;
    }
}

/* --- handlers ---------------------------------------------------------- */

static void put_handler_in(struct emit *e, const struct param *p)
{
    const char *name = c_param(e, p);
    bool by_pointer = p->dir == DIR_INOUT || p->type->kind == TYPE_STRUCT ||
                      p->type->kind == TYPE_ARRAY || p->shared;
    const char *count =
        text(e, p->dir == DIR_IN ? "%s_count" : "*%s_count", p->name);

    if (p->hidden)
        return;
    if (p->optional)
        put(e, "    if (%s) {\n", name);
    if (p->type->kind == TYPE_STRING) {
        put(e, "    L4_FUZZ_CHECK(strlen(%s) <= %u);\n", name, p->type->count);
        if (p->dir == DIR_IN)
            put(e, "    L4_FUZZ_CHECK(strlen(%s) == %s);\n", name, count);
    } else if (p->type->kind == TYPE_SEQUENCE) {
        put(e,
            "    L4_FUZZ_CHECK(%s <= %u);\n"
            "    l4_fuzz_touch(%s, %s * sizeof *%s);\n",
            count, p->type->count, name, count, name);
        put_valid_elements(e, p->type->elem, name, count);
    } else {
        put_received(e, p, name, by_pointer);
    }
    if (p->optional)
        put(e, "    }\n");
}

static void put_handler_out(struct emit *e, const struct param *p)
{
    const char *name = c_param(e, p);

    if (p->type->kind == TYPE_STRING)
        put(e, "    l4_fuzz_text(%s, %u);\n", name, p->type->count);
    else if (p->type->kind == TYPE_SEQUENCE)
        put(e,
            "    (void)%s;\n"
            "    *%s_count = (uint32_t)l4_fuzz_number(1) %% %u;\n",
            name, p->name, p->type->count + 1);
    else if (p->type->kind == TYPE_INT && !p->type->decl)
        put(e, "    *%s = (%s)l4_fuzz_number(%u);\n", name, c_type(e, p->type),
            p->type->size);
    else
        put(e, "    (void)%s;\n", name);
}

static void put_handler(struct emit *e, const struct decl *op)
{
    struct args a;

    put(e, "\n");
    args_begin(&a, text(e, "static l4_err_t %s_handler_(", op->c_lower));
    args_add(e, &a, "void *self");
    args_add(e, &a, "l4_req_t *req");
    add_handler_args(e, &a, op, false);
    args_end(e, &a, ")\n{\n    (void)self;\n    (void)req;\n");
    for (const struct param *p = op->params; p; p = p->next)
        if (p->dir != DIR_OUT)
            put_handler_in(e, p);
    for (const struct param *p = op->params; p; p = p->next)
        if (p->dir != DIR_IN)
            put_handler_out(e, p);
    put(e, "    return (l4_err_t)(int8_t)(l4_fuzz_number(1) & "
           "l4_fuzz_number(1) & l4_fuzz_number(1));\n}\n");
}

static void put_table(struct emit *e, const struct decl *iface, const char *in)
{
    unsigned n = 0;

    for (const struct name_ref *b = iface->bases; b; b = b->next)
        if (b->decl->proto)
            put_table(e, b->decl, text(e, "%s.%s", in, base_member(e, n++)));
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put(e, "    %s.%s = %s_handler_,\n", in, d->name, d->c_lower);
    if (iface->fallback)
        put(e, "    %s.%s = fallback_,\n", in, iface->fallback);
}

/* --- calls ------------------------------------------------------------- */

static void put_call_local(struct emit *e, const struct param *p)
{
    const char *type = c_type(e, p->type);

    if (p->hidden)
        return;
    if (p->shared && p->dir != DIR_IN)
        type = "l4_shared_t";
    switch (p->type->kind) {
    case TYPE_STRING:
        put(e, "    char %s_v_[%u];\n", p->name, p->type->count + 1);
        break;
    case TYPE_SEQUENCE:
        put(e, "    %s %s_v_[%u];\n    uint32_t %s_n_ = %s;\n", type, p->name,
            p->type->count, p->name,
            p->dir == DIR_OUT ? text(e, "%u", p->type->count)
                              : text(e, "(uint32_t)l4_fuzz_number(1) %% %u",
                                     p->type->count + 1));
        break;
    case TYPE_ARRAY:
        put(e, "    %s %s_v_[%u];\n", type, p->name, p->type->count);
        break;
    default: put(e, "    %s %s_v_;\n", type, p->name); break;
    }
}

static void put_call_init(struct emit *e, const struct param *p)
{
    if (p->hidden)
        return;
    put(e, "    memset(&%s_v_, 0, sizeof %s_v_);\n", p->name, p->name);
    if (p->type->kind == TYPE_STRING && p->dir != DIR_OUT)
        put(e, "    l4_fuzz_text(%s_v_, %u);\n", p->name, p->type->count);
    if (p->type->kind == TYPE_INT && !p->type->decl)
        put(e, "    %s_v_ = (%s)l4_fuzz_number(%u);\n", p->name,
            c_type(e, p->type), p->type->size);
}

static void add_call_arg(struct emit *e, struct args *a, const struct param *p)
{
    bool out = p->dir != DIR_IN;

    if (p->hidden)
        return;
    switch (p->type->kind) {
    case TYPE_STRING:
        args_add(e, a, "%s_v_", p->name);
        if (out)
            args_add(e, a, "sizeof %s_v_", p->name);
        break;
    case TYPE_SEQUENCE:
        args_add(e, a, "%s_v_", p->name);
        args_add(e, a, out ? "&%s_n_" : "%s_n_", p->name);
        if (p->dir == DIR_INOUT)
            args_add(e, a, "%u", p->type->count);
        break;
    case TYPE_ARRAY: args_add(e, a, "%s_v_", p->name); break;
    case TYPE_STRUCT: args_add(e, a, "&%s_v_", p->name); break;
    default: args_add(e, a, out ? "&%s_v_" : "%s_v_", p->name); break;
    }
}

static void put_call_check(struct emit *e, const struct param *p)
{
    const char *name = text(e, "%s_v_", p->name);

    if (p->type->kind == TYPE_STRING) {
        put(e, "    L4_FUZZ_CHECK(strlen(%s) <= %u);\n", name, p->type->count);
    } else if (p->type->kind == TYPE_SEQUENCE) {
        put(e, "    L4_FUZZ_CHECK(%s_n_ <= %u);\n", p->name, p->type->count);
        put_valid_elements(e, p->type->elem, name, text(e, "%s_n_", p->name));
    } else {
        put_received(e, p, name, false);
    }
}

static void put_call(struct emit *e, const struct decl *op)
{
    struct args a;

    put(e, "\nstatic l4_err_t %s_call_(void)\n{\n    %s_t self_ = {1};\n",
        op->c_lower, op->scope->c_lower);
    for (const struct param *p = op->params; p; p = p->next)
        put_call_local(e, p);
    put(e, "    l4_err_t err_;\n\n");
    for (const struct param *p = op->params; p; p = p->next)
        put_call_init(e, p);
    args_begin(&a, text(e, "    err_ = %s(", op->c_lower));
    args_add(e, &a, "self_");
    for (const struct param *p = op->params; p; p = p->next)
        add_call_arg(e, &a, p);
    args_add(e, &a, "NULL");
    args_end(e, &a, ");\n    if (err_)\n        return err_;\n");
    for (const struct param *p = op->params; p; p = p->next)
        if (p->dir != DIR_IN)
            put_call_check(e, p);
    put(e, "    return 0;\n}\n");
}

/* --- the whole --------------------------------------------------------- */

static void put_ops(struct emit *e, const struct decl *iface)
{
    if (iface->on_error)
        put(e,
            "\nvoid %s(const char *op, l4_err_t err)\n{\n"
            "    L4_FUZZ_CHECK(op && err < 0);\n}\n",
            iface->on_error);
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP) {
            put_handler(e, d);
            put_call(e, d);
        }
}

static bool has_ops(const struct decl *iface)
{
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            return true;
    return false;
}

/* The messages of each operation, as the fuzzer makes them. */
static void put_messages(struct emit *e, const struct decl *iface)
{
    put(e, "};\n\nstatic const l4_fuzz_op_t %s_fuzz_[] = {\n", iface->c_lower);
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put(e, "    {%s, %s, %u, %u},\n", tag_text(e, d, false),
                d->reply ? tag_text(e, d, true) : "L4_TAG_NONE",
                d->request->max_words, d->reply ? d->reply->max_words : 0);
}

static void put_interface(struct emit *e, const struct decl *iface)
{
    unsigned n = 0;

    if (!iface->proto || !has_ops(iface))
        return;
    put(e, "\nstatic const %s_ops_t %s_table_ = {\n", iface->c_lower,
        iface->c_lower);
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put(e, "    .%s = %s_handler_,\n", d->name, d->c_lower);
    if (iface->fallback)
        put(e, "    .%s = fallback_,\n", iface->fallback);
    for (const struct name_ref *b = iface->bases; b; b = b->next)
        if (b->decl->proto)
            put_table(e, b->decl, text(e, "    .%s", base_member(e, n++)) + 4);
    put_messages(e, iface);
    put(e, "};\n\nstatic l4_err_t %s_calls_(unsigned n)\n{\n    switch (n) {\n",
        iface->c_lower);
    n = 0;
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put(e, "    case %u: return %s_call_();\n", n++, d->c_lower);
    put(e, "    default: return 0;\n    }\n}\n");
}

static void put_entry(struct emit *e, const struct decl *iface)
{
    unsigned n = 0;

    if (!iface->proto || !has_ops(iface))
        return;
    for (const struct decl *d = iface->members; d; d = d->next)
        n += d->kind == DECL_OP;
    put(e, "    {\"%s\", %s_dispatch, &%s_table_, %s_calls_, %s_fuzz_, %u},\n",
        decl_path(&e->c->arena, iface), iface->c_lower, iface->c_lower,
        iface->c_lower, iface->c_lower, n);
}

static void count_entry(struct emit *e, const struct decl *iface)
{
    e->count += iface->proto && has_ops(iface);
}

static unsigned collect_foreign(struct emit *e, const struct decl *d,
                                const struct decl *all[BASES_MAX * 4],
                                unsigned n)
{
    const struct decl *bases[BASES_MAX];
    unsigned count = 0;

    for (const struct decl *m = d->members; m && d->kind == DECL_MODULE;
         m = m->next)
        n = collect_foreign(e, m, all, n);
    if (d->kind == DECL_INTERFACE && !d->forward)
        count = decl_ancestors(d, bases, 0);
    for (unsigned i = 0; i < count; i++) {
        bool seen = bases[i]->unit == e->unit || n == BASES_MAX * 4;

        for (unsigned k = 0; k < n && !seen; k++)
            seen = all[k] == bases[i];
        if (!seen)
            all[n++] = bases[i];
    }
    return n;
}

/* Handlers of bases in other files; those files' own are not seen here. */
static void put_foreign(struct emit *e)
{
    const struct decl *all[BASES_MAX * 4];
    unsigned n = 0;

    for (const struct decl *d = e->unit->decls; d; d = d->next)
        n = collect_foreign(e, d, all, n);
    for (unsigned i = 0; i < n; i++)
        for (const struct decl *d = all[i]->members; d; d = d->next)
            if (d->kind == DECL_OP)
                put_handler(e, d);
}

static bool any_fallback(const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next)
        if (d->fallback || any_fallback(d->members))
            return true;
    return false;
}

void emit_fuzz(struct emit *e)
{
    put_banner(e, "a hostile peer for each interface");
    put(e, "/* Deprecated operations, too. */\n"
           "#pragma GCC diagnostic ignored \"-Wdeprecated-declarations\"\n\n");
    put(e, "#include <string.h>\n\n#include <l4/fuzz.h>\n\n#include \"%s.h\"\n",
        e->base);
    if (any_fallback(e->unit->decls))
        put(e, "\nstatic l4_tag_t fallback_(void *self, l4_req_t *req)\n{\n"
               "    (void)self;\n    return l4_req_fail(req, L4_ENOSYS);\n}\n");
    put_foreign(e);
    each_interface(e, put_ops);
    each_interface(e, put_interface);
    e->count = 0;
    each_interface(e, count_entry);
    put(e, "\nconst l4_fuzz_interface_t l4_fuzz_interfaces[] = {\n");
    each_interface(e, put_entry);
    if (e->count == 0)
        put(e, "    {\"\", NULL, NULL, NULL, NULL, 0},\n");
    put(e, "};\nconst unsigned l4_fuzz_interface_count = %u;\n",
        e->count ? e->count : 1);
}
