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

/* What a C header declares is as large as it was found to be. */
static void put_foreign(struct emit *e, const struct decl *d)
{
    if (d->used && d->kind == DECL_TYPEDEF)
        put(e, "\nL4_STATIC_ASSERT(sizeof(%s) == %u, \"size of %s\");\n",
            d->name, d->type->size, d->name);
}

static void put_native(struct emit *e, const struct decl *d)
{
    put(e, "\nL4_STATIC_ASSERT(sizeof(%s) == %u, \"size of %s\");\n", d->name,
        d->type->size, d->name);
    put(e, "L4_STATIC_ASSERT(__alignof__(%s) == %u, \"alignment of %s\");\n",
        d->name, d->type->align, d->name);
}

void put_declarations(struct emit *e, const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        if (d->foreign) {
            put_foreign(e, d);
            continue;
        }
        switch (d->kind) {
        case DECL_MODULE:
        case DECL_INTERFACE: put_declarations(e, d->members); break;
        case DECL_CONST: put_const(e, d); break;
        case DECL_TYPEDEF: put_typedef(e, d); break;
        case DECL_NATIVE: put_native(e, d); break;
        case DECL_ENUM:
        case DECL_FLAGS: put_enum(e, d); break;
        case DECL_STRUCT:
        case DECL_UNION: put_struct(e, d); break;
        case DECL_EXCEPTION: put_exception(e, d); break;
        default: break;
        }
    }
}
