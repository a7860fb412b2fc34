/* SPDX-License-Identifier: BSD-2-Clause */
/* Constants, types and exceptions in C. */
#include "emit_types.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char *upper_case(struct emit *e, const char *s)
{
    char *upper = arena_strndup(&e->c->arena, s, strlen(s));

    for (char *p = upper; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return upper;
}

const char *exception_function(struct emit *e, const struct decl *d,
                               const char *verb)
{
    size_t scope = strlen(d->c_lower) - strlen(d->name);

    return text(e, "%.*s%s_%s", (int)scope, d->c_lower, verb,
                d->c_lower + scope);
}

static void put_const(struct emit *e, const struct decl *d)
{
    put(e, "\n#define %s ((%s)%s)\n", d->c_upper, c_type(e, d->type),
        c_value(e, d->result, d->type));
}

static void put_typedef(struct emit *e, const struct decl *d)
{
    switch (d->type->kind) {
    case TYPE_STRING:
    case TYPE_SEQUENCE:
    case TYPE_CAP:
    case TYPE_FPAGE: break; /* only parameters have these */
    case TYPE_ARRAY:
        put(e, "\ntypedef %s %s_t[%u];\n", c_type(e, d->type), d->c_lower,
            d->type->count);
        break;
    default:
        put(e, "\ntypedef %s %s_t;\n", c_type(e, d->type), d->c_lower);
        break;
    }
}

/* --- enums ------------------------------------------------------------- */

static bool fits_int(struct value v)
{
    return v.negative ? (int64_t)v.bits >= INT32_MIN : v.bits <= INT32_MAX;
}

static void put_enumerators(struct emit *e, const struct decl *d)
{
    bool small = d->kind == DECL_ENUM;

    for (const struct decl *m = d->members; m; m = m->next)
        small &= fits_int(m->result);
    if (small)
        put(e, "\nenum {\n");
    for (const struct decl *m = d->members; m; m = m->next) {
        if (small)
            put(e, "    %s = %s,\n", m->c_upper,
                m->result.negative ? text(e, "%d", (int)(int64_t)m->result.bits)
                                   : text(e, "%d", (int)m->result.bits));
        else
            put(e, "#define %s ((%s_t)%s)\n", m->c_upper, d->c_lower,
                c_value(e, m->result, d->type));
    }
    if (small)
        put(e, "};\n");
}

static int compare_values(const void *a, const void *b)
{
    const struct value *x = a;
    const struct value *y = b;

    if (x->negative != y->negative)
        return x->negative ? -1 : 1;
    return x->bits < y->bits ? -1 : x->bits > y->bits;
}

static bool is_least(const struct type *t, struct value v)
{
    if (t->is_signed)
        return v.negative && v.bits << (64 - 8 * t->size) == 1ull << 63 &&
               (int64_t)v.bits == INT64_MIN >> (64 - 8 * t->size);
    return v.bits == 0;
}

static bool is_most(const struct type *t, struct value v)
{
    return !v.negative &&
           v.bits == (t->is_signed ? (uint64_t)INT64_MAX >> (64 - 8 * t->size)
                                   : UINT64_MAX >> (64 - 8 * t->size));
}

/* One run of consecutive values, as a condition on `v`. */
static const char *run_condition(struct emit *e, const struct type *t,
                                 struct value low, struct value high)
{
    if (low.bits == high.bits)
        return text(e, "v == %s", c_value(e, low, t));
    if (is_least(t, low) && is_most(t, high))
        return "true";
    if (is_least(t, low))
        return text(e, "v <= %s", c_value(e, high, t));
    if (is_most(t, high))
        return text(e, "v >= %s", c_value(e, low, t));
    return text(e, "(v >= %s && v <= %s)", c_value(e, low, t),
                c_value(e, high, t));
}

static void put_enum_runs(struct emit *e, const struct decl *d)
{
    struct value *sorted;
    size_t n = 0;
    size_t i = 0;

    for (const struct decl *m = d->members; m; m = m->next)
        n++;
    sorted = arena_alloc(&e->c->arena, n * sizeof *sorted);
    n = 0;
    for (const struct decl *m = d->members; m; m = m->next)
        sorted[n++] = m->result;
    qsort(sorted, n, sizeof *sorted, compare_values);
    put(e, "    return ");
    while (i < n) {
        size_t k = i;

        while (k + 1 < n && sorted[k + 1].bits == sorted[k].bits + 1)
            k++;
        put(e, "%s%s", i ? " ||\n           " : "",
            run_condition(e, d->type, sorted[i], sorted[k]));
        i = k + 1;
    }
    put(e, ";\n");
}

static void put_enum(struct emit *e, const struct decl *d)
{
    struct value all = {0};

    put(e, "\ntypedef %s %s_t;\n",
        d->type->is_signed ? c_uint(d->type->size) + 1 : c_uint(d->type->size),
        d->c_lower);
    put_enumerators(e, d);
    put(e, "\nstatic inline bool %s_valid(%s_t v)\n{\n", d->c_lower,
        d->c_lower);
    if (d->kind == DECL_ENUM) {
        put_enum_runs(e, d);
    } else {
        for (const struct decl *m = d->members; m; m = m->next)
            all.bits |= m->result.bits;
        if (is_most(d->type, all))
            put(e, "    (void)v;\n    return true;\n");
        else
            put(e, "    return (v & %s) == v;\n", c_value(e, all, d->type));
    }
    put(e, "}\n");
    put(e,
        "\nstatic inline bool %s_ok_(const void *wire)\n{\n    %s_t v;\n\n"
        "    __builtin_memcpy(&v, wire, sizeof v);\n"
        "    return %s_valid(v);\n}\n",
        d->c_lower, d->c_lower, d->c_lower);
}

/* --- structs ----------------------------------------------------------- */

static void put_fields(struct emit *e, const struct decl *d)
{
    for (const struct field *f = d->fields; f; f = f->next) {
        put(e, "    %s %s", c_type(e, f->type), f->name);
        if (f->type->kind == TYPE_ARRAY)
            put(e, "[%u]", f->type->count);
        put(e, ";\n");
    }
}

/* Copies field by field, so that padding goes out as zero. */
static void put_struct_copy(struct emit *e, const struct decl *d)
{
    put(e,
        "\nstatic inline void %s_put_(void *to, const %s_t *v)\n{\n"
        "    char *p = (char *)to;\n\n    __builtin_memset(p, 0, %u);\n",
        d->c_lower, d->c_lower, d->type->size);
    for (const struct field *f = d->fields; f; f = f->next) {
        const struct type *t = f->type;

        if (t->padded && t->kind == TYPE_ARRAY)
            put(e,
                "    for (uint32_t i = 0; i < %u; i++)\n"
                "        %s_put_(p + %u + i * %u, &v->%s[i]);\n",
                t->count, t->elem->decl->c_lower, f->offset, t->elem->size,
                f->name);
        else if (t->padded)
            put(e, "    %s_put_(p + %u, &v->%s);\n", t->decl->c_lower,
                f->offset, f->name);
        else
            put(e, "    __builtin_memcpy(p + %u, &v->%s, %u);\n", f->offset,
                f->name, t->size);
    }
    put(e, "}\n");
}

static void put_field_check(struct emit *e, const struct field *f)
{
    const struct type *t = f->type;
    const struct type *leaf = t->kind == TYPE_ARRAY ? t->elem : t;
    const char *at = text(e, "p + %u", f->offset);
    const char *indent = "    ";

    if (t->kind == TYPE_ARRAY) {
        at = text(e, "p + %u + i * %u", f->offset, leaf->size);
        indent = "        ";
        put(e, "    for (uint32_t i = 0; i < %u; i++)\n", t->count);
    }
    if (leaf->kind == TYPE_BOOL)
        put(e, "%sif (*(%s) > 1)\n", indent, at);
    else
        put(e, "%sif (!%s_ok_(%s))\n", indent, leaf->decl->c_lower, at);
    put(e, "%s    return false;\n", indent);
}

/* Works on bytes: a bool that is neither 0 nor 1 must not be looked at as
 * one. */
static void put_struct_check(struct emit *e, const struct decl *d)
{
    put(e,
        "\nstatic inline bool %s_ok_(const void *wire)\n{\n"
        "    const uint8_t *p = (const uint8_t *)wire;\n\n",
        d->c_lower);
    for (const struct field *f = d->fields; f; f = f->next)
        if (f->type->validated)
            put_field_check(e, f);
    put(e, "    return true;\n}\n");
}

/* The only way to what lies in memory that others can write. */
static void put_snapshot(struct emit *e, const struct decl *d)
{
    put(e,
        "\n/* Copies what lies at `offset` and checks the copy: 0, L4_ERANGE, "
        "or L4_EINVAL. */\n"
        "L4_NODISCARD static inline l4_err_t %s_snapshot(const l4_shared_t *s, "
        "uint64_t offset, %s_t *out)\n{\n",
        d->c_lower, d->c_lower);
    put(e,
        "    unsigned char copy_[%u];\n"
        "    l4_err_t err_ = l4_shared_read(s, offset, copy_, sizeof "
        "copy_);\n\n"
        "    if (err_)\n        return err_;\n",
        d->type->size);
    if (d->type->validated)
        put(e, "    if (!%s_ok_(copy_))\n        return L4_EINVAL;\n",
            d->c_lower);
    put(e,
        "    __builtin_memcpy(out, copy_, sizeof copy_);\n    return 0;\n}\n"
        "\n/* Puts it there, with zeros between the fields. */\n"
        "L4_NODISCARD static inline l4_err_t %s_publish(const l4_shared_t *s, "
        "uint64_t offset, const %s_t *v)\n{\n",
        d->c_lower, d->c_lower);
    if (d->type->padded)
        put(e,
            "    unsigned char copy_[%u];\n\n    %s_put_(copy_, v);\n"
            "    return l4_shared_write(s, offset, copy_, sizeof copy_);\n}\n",
            d->type->size, d->c_lower);
    else
        put(e, "    return l4_shared_write(s, offset, v, sizeof *v);\n}\n");
}

static void put_struct(struct emit *e, const struct decl *d)
{
    /* The tag is the name of the type: another one might hide a function. */
    put(e, "\ntypedef struct %s_t {\n", d->c_lower);
    put_fields(e, d);
    put(e, "} %s_t;\n\n", d->c_lower);
    put(e, "L4_STATIC_ASSERT(sizeof(%s_t) == %u, \"layout of %s\");\n",
        d->c_lower, d->type->size, d->c_lower);
    for (const struct field *f = d->fields; f; f = f->next)
        put(e,
            "L4_STATIC_ASSERT(offsetof(%s_t, %s) == %u, \"layout of %s\");\n",
            d->c_lower, f->name, f->offset, d->c_lower);
    if (d->type->padded)
        put_struct_copy(e, d);
    if (d->type->validated)
        put_struct_check(e, d);
    if (d->shared)
        put_snapshot(e, d);
}

static void put_exception(struct emit *e, const struct decl *d)
{
    put(e, "\n#define %s ((l4_err_t)%u)\n", d->c_upper, d->code);
    if (!d->fields)
        return;
    put_struct(e, d);
    if (e->flags & EMIT_CLIENT)
        put(e,
            "\n/* What came with the exception; right after the call that "
            "returned it. */\n"
            "L4_NODISCARD l4_err_t %s(%s_t *out);\n",
            exception_function(e, d, "get"), d->c_lower);
    if (e->flags & EMIT_SERVER)
        put(e,
            "\n/* For a handler: `return %s(req, &payload);` */\n"
            "l4_err_t %s(l4_req_t *req, const %s_t *payload);\n",
            exception_function(e, d, "raise"),
            exception_function(e, d, "raise"), d->c_lower);
}

static void put_native(struct emit *e, const struct decl *d)
{
    put(e, "\nL4_STATIC_ASSERT(sizeof(%s) == %u, \"size of %s\");\n", d->name,
        d->type->size, d->name);
}

void put_declarations(struct emit *e, const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        switch (d->kind) {
        case DECL_MODULE:
        case DECL_INTERFACE: put_declarations(e, d->members); break;
        case DECL_CONST: put_const(e, d); break;
        case DECL_TYPEDEF: put_typedef(e, d); break;
        case DECL_NATIVE: put_native(e, d); break;
        case DECL_ENUM:
        case DECL_FLAGS: put_enum(e, d); break;
        case DECL_STRUCT: put_struct(e, d); break;
        case DECL_EXCEPTION: put_exception(e, d); break;
        default: break;
        }
    }
}
