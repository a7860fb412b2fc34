/* SPDX-License-Identifier: BSD-2-Clause */
/* Structs, unions and exceptions in C: the type, its checks and its copies. */
#include "emit_types.h"

/* --- types ------------------------------------------------------------- */

static void put_field(struct emit *e, const struct field *f, const char *indent)
{
    put(e, "%s%s %s", indent, c_type(e, f->type), f->name);
    if (f->type->kind == TYPE_ARRAY)
        put(e, "[%u]", f->type->count);
    put(e, ";\n");
}

static bool has_values(const struct decl *d)
{
    for (const struct field *f = d->fields; f; f = f->next)
        if (f->type)
            return true;
    return false;
}

static void put_members(struct emit *e, const struct decl *d)
{
    const char *indent = d->tag ? "        " : "    ";

    if (d->tag)
        put_field(e, d->tag, "    ");
    if (d->tag && has_values(d))
        put(e, "    union {\n");
    for (const struct field *f = d->fields; f; f = f->next)
        if (f->type)
            put_field(e, f, indent);
    if (d->tag && has_values(d))
        put(e, "    } %s;\n", d->arms);
}

/* Where a field is, as C writes it. */
static const char *member(struct emit *e, const struct decl *d,
                          const struct field *f)
{
    return d->tag ? text(e, "%s.%s", d->arms, f->name) : f->name;
}

static void put_layout(struct emit *e, const struct decl *d)
{
    put(e, "L4_STATIC_ASSERT(sizeof(%s_t) == %u, \"layout of %s\");\n",
        d->c_lower, d->type->size, d->c_lower);
    for (const struct field *f = d->fields; f; f = f->next)
        if (f->type)
            put(e,
                "L4_STATIC_ASSERT(offsetof(%s_t, %s) == %u, \"layout of "
                "%s\");\n",
                d->c_lower, member(e, d, f), f->offset, d->c_lower);
}

/* --- copies ------------------------------------------------------------ */

/* The number of elements in use, never above the room. */
static void put_clamped(struct emit *e, const struct field *f)
{
    const struct field *n = f->counted_by;

    put(e, "        uint64_t n = (uint64_t)v->%s;\n\n", n->name);
    put(e, "        if (n > %u)\n            n = %u;\n", f->type->count,
        f->type->count);
}

static void put_copy(struct emit *e, const struct decl *d,
                     const struct field *f, const char *indent)
{
    const struct type *t = f->type;
    const char *at = member(e, d, f);
    const char *count = f->counted_by ? "n" : text(e, "%u", t->count);

    if (f->is_string)
        put(e,
            "%sfor (uint32_t i = 0; i < %u && v->%s[i]; i++)\n"
            "%s    p[%u + i] = v->%s[i];\n",
            indent, t->count - 1, at, indent, f->offset, at);
    else if (t->padded && t->kind == TYPE_ARRAY)
        put(e,
            "%sfor (uint32_t i = 0; i < %s; i++)\n"
            "%s    %s_put_(p + %u + i * %u, &v->%s[i]);\n",
            indent, count, indent, t->elem->decl->c_lower, f->offset,
            t->elem->size, at);
    else if (t->padded)
        put(e, "%s%s_put_(p + %u, &v->%s);\n", indent, t->decl->c_lower,
            f->offset, at);
    else if (f->counted_by)
        put(e, "%s__builtin_memcpy(p + %u, v->%s, n * %u);\n", indent,
            f->offset, at, t->elem->size);
    else
        put(e, "%s__builtin_memcpy(p + %u, &v->%s, %u);\n", indent, f->offset,
            at, t->size);
}

static void put_struct_copies(struct emit *e, const struct decl *d)
{
    for (const struct field *f = d->fields; f; f = f->next) {
        if (!f->counted_by) {
            put_copy(e, d, f, "    ");
            continue;
        }
        put(e, "    {\n");
        put_clamped(e, f);
        put_copy(e, d, f, "        ");
        put(e, "    }\n");
    }
}

/* The labels of an arm; false if it is the default. */
static bool put_labels(struct emit *e, const struct decl *d,
                       const struct field *f)
{
    bool listed = true;

    for (const struct label *l = f->labels; l; l = l->next) {
        listed &= l->value != NULL;
        if (l->value)
            put(e, "    case %s:\n",
                c_value(e, l->result,
                        &(struct type){.kind = TYPE_INT,
                                       .size = d->tag->type->size,
                                       .is_signed = d->tag->type->is_signed}));
    }
    if (!listed)
        put(e, "    default:\n");
    return listed;
}

/* An integer as wide as the tag; a switch over a bool is none. */
static const char *tag_type(const struct decl *d)
{
    const struct type *t = d->tag->type;

    return t->is_signed ? c_uint(t->size) + 1 : c_uint(t->size);
}

static void put_union_copies(struct emit *e, const struct decl *d)
{
    bool complete = false;

    put(e, "    __builtin_memcpy(p, &v->%s, %u);\n", d->tag->name,
        d->tag->type->size);
    put(e, "    switch ((%s)v->%s) {\n", tag_type(d), d->tag->name);
    for (const struct field *f = d->fields; f; f = f->next) {
        complete |= !put_labels(e, d, f);
        if (f->type)
            put_copy(e, d, f, "        ");
        put(e, "        break;\n");
    }
    put(e, complete ? "    }\n" : "    default: break;\n    }\n");
}

/* Copies field by field, so that what carries nothing goes out as zero. */
static void put_struct_copy(struct emit *e, const struct decl *d)
{
    put(e,
        "\nstatic inline void %s_put_(void *to, const %s_t *v)\n{\n"
        "    char *p = (char *)to;\n\n    __builtin_memset(p, 0, %u);\n",
        d->c_lower, d->c_lower, d->type->size);
    if (d->tag)
        put_union_copies(e, d);
    else
        put_struct_copies(e, d);
    put(e, "}\n");
}

/* --- checks ------------------------------------------------------------ */

/* A NUL, and only zeros behind it. */
static void put_string_check(struct emit *e, const struct field *f,
                             const char *indent)
{
    put(e,
        "%sif (p[%u] != 0)\n%s    return false;\n"
        "%sfor (uint32_t i = 1; i < %u; i++)\n"
        "%s    if (p[%u + i - 1] == 0 && p[%u + i] != 0)\n"
        "%s        return false;\n",
        indent, f->offset + f->type->count - 1, indent, indent, f->type->count,
        indent, f->offset, f->offset, indent);
}

static uint64_t most_of(const struct type *t)
{
    return UINT64_MAX >> (64 - 8 * t->size + (t->is_signed ? 1 : 0));
}

/* A count that can have no wrong value needs no check. */
static bool is_checked(const struct field *f)
{
    const struct type *t = f->counted_by->type;

    return f->type->validated || t->is_signed || f->type->count < most_of(t);
}

static void put_count_check(struct emit *e, const struct field *f)
{
    const struct field *n = f->counted_by;

    put(e, "        %s n;\n\n        __builtin_memcpy(&n, p + %u, %u);\n",
        n->type->is_signed ? c_uint(n->type->size) + 1 : c_uint(n->type->size),
        n->offset, n->type->size);
    if (n->type->is_signed)
        put(e, "        if (n < 0)\n            return false;\n");
    if (f->type->count < most_of(n->type))
        put(e, "        if (n > %u)\n            return false;\n",
            f->type->count);
}

static void put_field_check(struct emit *e, const struct field *f,
                            const char *count, const char *indent)
{
    const struct type *t = f->type;
    const struct type *leaf = t->kind == TYPE_ARRAY ? t->elem : t;
    const char *at = text(e, "p + %u", f->offset);

    if (f->is_string)
        put_string_check(e, f, indent);
    if (!t->validated)
        return;
    if (t->kind == TYPE_ARRAY) {
        at = text(e, "p + %u + i * %u", f->offset, leaf->size);
        put(e, "%sfor (uint32_t i = 0; i < %s; i++)\n", indent, count);
        indent = text(e, "%s    ", indent);
    }
    if (leaf->kind == TYPE_BOOL)
        put(e, "%sif (*(%s) > 1)\n", indent, at);
    else
        put(e, "%sif (!%s_ok_(%s))\n", indent, leaf->decl->c_lower, at);
    put(e, "%s    return false;\n", indent);
}

static void put_struct_checks(struct emit *e, const struct decl *d)
{
    for (const struct field *f = d->fields; f; f = f->next) {
        if (!f->counted_by) {
            put_field_check(e, f, text(e, "%u", f->type->count), "    ");
            continue;
        }
        if (!is_checked(f))
            continue;
        put(e, "    {\n");
        put_count_check(e, f);
        put_field_check(e, f, "(uint32_t)n", "        ");
        put(e, "    }\n");
    }
    put(e, "    return true;\n");
}

/* Only values that have an arm, and that arm's content. */
static void put_union_checks(struct emit *e, const struct decl *d)
{
    bool complete = false;

    put(e, "    %s tag;\n\n    __builtin_memcpy(&tag, p, %u);\n", tag_type(d),
        d->tag->type->size);
    put_field_check(e, d->tag, "", "    ");
    put(e, "    switch (tag) {\n");
    for (const struct field *f = d->fields; f; f = f->next) {
        complete |= !put_labels(e, d, f);
        if (f->type)
            put_field_check(e, f, text(e, "%u", f->type->count), "        ");
        put(e, "        return true;\n");
    }
    put(e, complete ? "    }\n" : "    default: return false;\n    }\n");
}

/* Works on bytes: a bool that is neither 0 nor 1 must not be looked at as
 * one. */
static void put_struct_check(struct emit *e, const struct decl *d)
{
    put(e,
        "\nstatic inline bool %s_ok_(const void *wire)\n{\n"
        "    const uint8_t *p = (const uint8_t *)wire;\n",
        d->c_lower);
    if (d->tag) {
        put_union_checks(e, d);
    } else {
        put(e, "\n");
        put_struct_checks(e, d);
    }
    put(e, "}\n");
}

/* --- shared memory and exceptions ---------------------------------------- */

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

void put_struct(struct emit *e, const struct decl *d)
{
    /* The tag is the name of the type: another one might hide a function. */
    put(e, "\ntypedef %s %s_t {\n",
        d->kind == DECL_UNION && !d->tag ? "union" : "struct", d->c_lower);
    put_members(e, d);
    put(e, "} %s_t;\n\n", d->c_lower);
    put_layout(e, d);
    if (d->type->padded)
        put_struct_copy(e, d);
    if (d->type->validated)
        put_struct_check(e, d);
    if (d->shared)
        put_snapshot(e, d);
}

void put_exception(struct emit *e, const struct decl *d)
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
