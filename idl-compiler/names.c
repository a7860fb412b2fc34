/* SPDX-License-Identifier: BSD-2-Clause */
#include "names.h"

#include <string.h>

#include "dialect.h"

struct c_name {
    const char *text;
    const struct decl *decl;
    struct c_name *next;
};

static const char *const keywords[] = {
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "class",
    "compl",
    "const",
    "const_cast",
    "constexpr",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "errno",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "linux",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "stderr",
    "stdin",
    "stdout",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "typeof",
    "union",
    "unix",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
    "NULL",
    "EOF",
};

static bool is_keyword(const char *name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(name, keywords[i]) == 0)
            return true;
    return false;
}

bool name_is_taken(const char *name)
{
    static const char *const ours[] = {"self", "ctx", "req", "inv", "ops"};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strcmp(name, ours[i]) == 0)
            return true;
    return is_keyword(name);
}

void name_check_member(struct idl *c, const char **name, struct loc loc,
                       const char *prefix)
{
    const char *n = *name;
    bool keyword = is_keyword(n);

    if (!keyword && n[0] != '_' && n[strlen(n) - 1] != '_')
        return;
    if (dialect_rename(c, name, loc, prefix))
        return;
    if (keyword)
        diag_error(&c->diag, DIAG_NAME_KEYWORD, loc,
                   "'%s' means something else in C or C++; choose another "
                   "name",
                   n);
    else
        diag_error(&c->diag, DIAG_NAME_UNDERSCORE, loc,
                   "a name neither begins nor ends with '_'; such names "
                   "belong to the generated code");
}

/* Whatever the locale says. */
static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

void name_assign(struct idl *c, struct decl *d)
{
    const struct decl *scope = d->scope;
    const char *name = d->name;
    char *upper;
    char *lower;

    while (scope && scope->name && !scope->c_lower)
        scope = scope->scope;
    if (scope && scope->c_lower)
        name = arena_printf(&c->arena, "%s_%s", scope->c_lower, d->name);
    lower = arena_strndup(&c->arena, name, strlen(name));
    upper = arena_strndup(&c->arena, name, strlen(name));
    for (size_t i = 0; lower[i]; i++) {
        if (is_upper(lower[i]))
            lower[i] = (char)(lower[i] - 'A' + 'a');
        else if (is_lower(upper[i]))
            upper[i] = (char)(upper[i] - 'a' + 'A');
    }
    d->c_lower = lower;
    d->c_upper = upper;
}

void name_claim(struct idl *c, const struct decl *d, const char *text)
{
    uint64_t h = 14695981039346656037u;
    struct c_name **at;

    for (const char *p = text; *p; p++)
        h = (h ^ (unsigned char)*p) * 1099511628211u;
    at = &c->c_names[h % C_NAME_BUCKETS];
    for (; *at; at = &(*at)->next)
        if (strcmp((*at)->text, text) == 0)
            break;
    if (!*at) {
        *at = arena_alloc(&c->arena, sizeof **at);
        (*at)->text = text;
        (*at)->decl = d;
        return;
    }
    if ((*at)->decl == d)
        return;
    diag_error(&c->diag, DIAG_NAME_C_CLASH, d->loc,
               "'%s' would be called '%s' in C, which is "
               "taken",
               d->name, text);
    diag_note(&c->diag, (*at)->decl->loc, "by this %s",
              decl_kind_text((*at)->decl->kind));
}

#define CLAIM(...) name_claim(c, d, arena_printf(&c->arena, __VA_ARGS__))

static void claim_interface(struct idl *c, const struct decl *d)
{
    CLAIM("%s_t", d->c_lower);
    CLAIM("%s_ops_t", d->c_lower);
    CLAIM("%s_dispatch", d->c_lower);
    CLAIM("%s_register", d->c_lower);
    CLAIM("%s_PROTO", d->c_upper);
    CLAIM("%s_VERSION", d->c_upper);
    CLAIM("%s_HASH", d->c_upper);
    CLAIM("%s_INTERFACE", d->c_upper);
    for (const struct right *r = d->rights; r; r = r->next)
        CLAIM("%s_RIGHT_%s", d->c_upper, r->name);
    for (const struct name_ref *b = d->bases; b; b = b->next)
        if (b->decl)
            CLAIM("%s_as_%s", d->c_lower, b->decl->c_lower);
}

static void claim_op(struct idl *c, const struct decl *d)
{
    CLAIM("%s", d->c_lower);
    CLAIM("%s_OP_%s", d->scope->c_upper, d->name);
    CLAIM("%s_IN_WORDS", d->c_upper);
    CLAIM("%s_OUT_WORDS", d->c_upper);
    CLAIM("%s_IN_TAG", d->c_upper);
    CLAIM("%s_OUT_TAG", d->c_upper);
    if (d->defer) {
        CLAIM("%s_answer", d->c_lower);
        CLAIM("%s_refuse", d->c_lower);
    }
    for (const struct param *p = d->params; p; p = p->next) {
        CLAIM("%s_IN_AT_%s", d->c_upper, p->name);
        CLAIM("%s_OUT_AT_%s", d->c_upper, p->name);
    }
}

void name_claim_all(struct idl *c, const struct decl *d)
{
    switch (d->kind) {
    case DECL_INTERFACE: claim_interface(c, d); break;
    case DECL_CONST:
    case DECL_ENUMERATOR: CLAIM("%s", d->c_upper); break;
    case DECL_NATIVE: CLAIM("%s", d->name); break;
    case DECL_TYPEDEF:
    case DECL_UNION:
    case DECL_STRUCT: CLAIM("%s_t", d->c_lower); break;
    case DECL_ENUM:
    case DECL_FLAGS:
        CLAIM("%s_t", d->c_lower);
        CLAIM("%s_valid", d->c_lower);
        break;
    case DECL_EXCEPTION:
        CLAIM("%s", d->c_upper);
        CLAIM("%s_t", d->c_lower);
        break;
    case DECL_OP: claim_op(c, d); break;
    default: break;
    }
}
