/* SPDX-License-Identifier: BSD-2-Clause */
/* Types and declarations of C headers. */
#include "cheader.h"

#include <string.h>

enum { DEPTH_MAX = 64, SIZE_MAX_KNOWN = 1 << 20 };

/* --- names ------------------------------------------------------------- */

static struct cname **slot(struct creader *r, const char *prefix,
                           const char *name)
{
    size_t len = strlen(prefix);
    uint64_t h = 14695981039346656037u;
    struct cname **at;

    for (const char *p = prefix; *p; p++)
        h = (h ^ (unsigned char)*p) * 1099511628211u;
    for (const char *p = name; *p; p++)
        h = (h ^ (unsigned char)*p) * 1099511628211u;
    at = &r->buckets[(h ^ h >> 32) % CNAME_BUCKETS];
    while (*at && (strncmp((*at)->name, prefix, len) != 0 ||
                   strcmp((*at)->name + len, name) != 0))
        at = &(*at)->same_hash;
    return at;
}

struct cname *cname_find(struct creader *r, const char *prefix,
                         const char *name)
{
    return *slot(r, prefix, name);
}

struct cname *cname_add(struct creader *r, const char *prefix, const char *name,
                        struct loc loc)
{
    struct cname **at = slot(r, prefix, name);

    if (*at)
        return *at;
    *at = arena_alloc(r->arena, sizeof **at);
    (*at)->name = arena_printf(r->arena, "%s%s", prefix, name);
    (*at)->loc = loc;
    if (r->last)
        r->last->next = *at;
    else
        r->first = *at;
    r->last = *at;
    return *at;
}

static struct loc here(const struct creader *r)
{
    uint32_t at = (uint32_t)(r->tok.text - r->text);

    return (struct loc){r->src, at, at + (uint32_t)r->tok.len};
}

static const char *take_name(struct creader *r)
{
    const char *name = arena_strndup(r->arena, r->tok.text, r->tok.len);

    ctoken_next(r);
    return name;
}

/* --- structs and enums ------------------------------------------------- */

static uint32_t align_up(uint32_t n, uint32_t align)
{
    return (n + align - 1) / align * align;
}

/* The members of a struct or union under construction. */
struct record {
    bool is_union;
    bool known;
    uint32_t size;
    uint32_t align;
    uint32_t bits; /* used of the unit that ends at SIZE */
    uint32_t unit; /* its size */
};

static void record_add(struct record *rec, const struct ctype *t)
{
    uint32_t at;

    if (!t->size || !t->align || rec->size > SIZE_MAX_KNOWN) {
        rec->known = false;
        return;
    }
    rec->unit = 0;
    if (t->align > rec->align)
        rec->align = t->align;
    at = rec->is_union ? 0 : align_up(rec->size, t->align);
    if (at + t->size > rec->size)
        rec->size = at + t->size;
}

static void record_add_bits(struct record *rec, const struct ctype *t,
                            int64_t bits)
{
    uint32_t unit = rec->unit;

    if (t->kind != C_INT || bits < 0 || bits > 8 * (int64_t)t->size) {
        rec->known = false;
        return;
    }
    if (bits == 0) {
        rec->unit = 0;
        return;
    }
    if (unit == t->size && rec->bits + bits <= 8 * unit && !rec->is_union) {
        rec->bits += (uint32_t)bits;
        return;
    }
    record_add(rec, t);
    rec->unit = t->size;
    rec->bits = (uint32_t)bits;
}

static bool read_member(struct creader *r, struct record *rec,
                        const struct ctype *base)
{
    struct ctype t;
    const char *name;
    struct loc loc;
    int64_t bits;

    if (!cdecl_read(r, base, &t, &name, &loc))
        return false;
    if (!ctoken_take(r, ":")) {
        record_add(rec, &t);
        return true;
    }
    if (!cexpr_read(r, &bits))
        return false;
    record_add_bits(rec, &t, bits);
    return true;
}

/* What stands up to `;`, if it was not understood. */
static void skip_statement(struct creader *r)
{
    while (r->tok.kind != CT_END && !ctoken_is(r, ";")) {
        if (ctoken_is(r, "}"))
            return;
        if (ctoken_is(r, "{") || ctoken_is(r, "(") || ctoken_is(r, "["))
            ctoken_skip_brackets(r);
        else
            ctoken_next(r);
    }
    ctoken_take(r, ";");
}

static void read_members(struct creader *r, struct record *rec)
{
    while (r->tok.kind != CT_END && !ctoken_is(r, "}")) {
        struct ctype base;

        if (!ctype_read(r, &base)) {
            rec->known = false;
            skip_statement(r);
            continue;
        }
        if (ctoken_is(r, ";")) { /* an anonymous struct or union */
            record_add(rec, &base);
            ctoken_next(r);
            continue;
        }
        do {
            if (!read_member(r, rec, &base)) {
                rec->known = false;
                skip_statement(r);
                break;
            }
        } while (ctoken_take(r, ","));
        ctoken_take(r, ";");
    }
    ctoken_take(r, "}");
}

static void read_record(struct creader *r, struct ctype *t, const char *keyword)
{
    const char *prefix = arena_printf(r->arena, "%s ", keyword);
    struct record rec = {strcmp(keyword, "union") == 0, true, 0, 1, 0, 0};
    struct loc loc = here(r);
    struct cname *n = NULL;

    *t = (struct ctype){.kind = C_OTHER, .align = 1};
    if (r->tok.kind == CT_NAME)
        n = cname_add(r, prefix, take_name(r), loc);
    if (n) {
        n->type.kind = C_OTHER;
        n->type.name = n->name;
        *t = n->type;
    }
    if (!ctoken_take(r, "{"))
        return;
    read_members(r, &rec);
    t->size = rec.known ? align_up(rec.size, rec.align) : 0;
    t->align = rec.align;
    if (n)
        n->type = *t;
}

static void read_enum(struct creader *r, struct ctype *t)
{
    int64_t value = 0;
    bool known = true;

    *t = (struct ctype){.kind = C_INT, .size = 4, .align = 4};
    if (r->tok.kind == CT_NAME) {
        struct loc loc = here(r);
        struct cname *n = cname_add(r, "enum ", take_name(r), loc);

        t->name = n->name;
        n->type = *t;
    }
    if (!ctoken_take(r, "{"))
        return;
    while (r->tok.kind == CT_NAME) {
        struct loc loc = here(r);
        struct cname *n = cname_add(r, "", take_name(r), loc);

        if (ctoken_take(r, "="))
            known = cexpr_read(r, &value);
        n->is_value = known;
        n->value = value;
        value = (int64_t)((uint64_t)value + 1);
        while (r->tok.kind != CT_END && !ctoken_is(r, ",") &&
               !ctoken_is(r, "}"))
            ctoken_next(r);
        ctoken_take(r, ",");
    }
    while (r->tok.kind != CT_END && !ctoken_take(r, "}"))
        ctoken_next(r);
}

/* --- types ------------------------------------------------------------- */

/* The words of a basic type, counted. */
struct words {
    unsigned longs;
    unsigned shorts;
    unsigned chars;
    unsigned signeds;
    unsigned unsigneds;
    unsigned ints;
    unsigned floats; /* also double */
    unsigned doubles;
    unsigned bools;
    unsigned voids;
    unsigned total;
};

static bool take_word(struct creader *r, struct words *w)
{
    const struct {
        const char *word;
        unsigned *count;
    } all[] = {
        {"long", &w->longs},         {"short", &w->shorts},
        {"char", &w->chars},         {"signed", &w->signeds},
        {"unsigned", &w->unsigneds}, {"int", &w->ints},
        {"float", &w->floats},       {"double", &w->doubles},
        {"_Bool", &w->bools},        {"void", &w->voids},
        {"__signed__", &w->signeds},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (ctoken_take(r, all[i].word)) {
            ++*all[i].count;
            w->total++;
            return true;
        }
    return false;
}

static struct ctype basic_type(const struct words *w)
{
    struct ctype t = {.kind = C_INT, .size = 4, .is_signed = !w->unsigneds};

    if (w->voids)
        t = (struct ctype){.kind = C_VOID};
    else if (w->bools)
        t = (struct ctype){.kind = C_BOOL, .size = 1};
    else if (w->doubles || w->floats)
        t = (struct ctype){.kind = C_OTHER,
                           .size = w->floats  ? 4
                                   : w->longs ? 16
                                              : 8};
    else if (w->chars)
        t.size = 1;
    else if (w->shorts)
        t.size = 2;
    else if (w->longs)
        t.size = 8;
    t.align = t.size;
    return t;
}

static bool take_storage(struct creader *r)
{
    static const char *const words[] = {"static", "extern", "auto",
                                        "_Thread_local", "__thread"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (ctoken_take(r, words[i]))
            return true;
    return false;
}

bool ctype_read(struct creader *r, struct ctype *t)
{
    struct words w = {0};
    const struct cname *n;
    bool found = false;

    if (++r->depth > DEPTH_MAX) {
        r->depth--;
        return false;
    }
    while (take_storage(r))
        ;
    if (ctoken_take(r, "struct")) {
        read_record(r, t, "struct");
        found = true;
    } else if (ctoken_take(r, "union")) {
        read_record(r, t, "union");
        found = true;
    } else if (ctoken_take(r, "enum")) {
        read_enum(r, t);
        found = true;
    } else if (take_word(r, &w)) {
        while (take_word(r, &w) || take_storage(r))
            ;
        *t = basic_type(&w);
        found = true;
    } else if (r->tok.kind == CT_NAME) {
        n = cname_find(r, "", arena_strndup(r->arena, r->tok.text, r->tok.len));
        if (n && n->is_typedef) {
            *t = n->type;
            ctoken_next(r);
            found = true;
        }
    }
    while (found && take_storage(r))
        ;
    r->depth--;
    return found;
}

/* --- declarators ------------------------------------------------------- */

static bool read_array(struct creader *r, struct ctype *t)
{
    struct ctype *elem = arena_alloc(r->arena, sizeof *elem);
    int64_t n = 0;

    if (!ctoken_is(r, "]") && !cexpr_read(r, &n))
        return false;
    if (!ctoken_take(r, "]"))
        return false;
    if (ctoken_take(r, "[")) {
        if (!read_array(r, t))
            return false;
    }
    *elem = *t;
    *t = (struct ctype){.kind = C_ARRAY,
                        .align = elem->align,
                        .elem = elem,
                        .count = n > 0 ? (uint64_t)n : 0};
    if (n > 0 && n < SIZE_MAX_KNOWN && elem->size < SIZE_MAX_KNOWN &&
        (uint64_t)n * elem->size < SIZE_MAX_KNOWN)
        t->size = (uint32_t)n * elem->size;
    return true;
}

bool cdecl_read(struct creader *r, const struct ctype *base, struct ctype *t,
                const char **name, struct loc *loc)
{
    *t = *base;
    *name = NULL;
    *loc = here(r);
    while (ctoken_take(r, "*"))
        *t = (struct ctype){.kind = C_POINTER, .size = 8, .align = 8};
    if (ctoken_take(r, "(")) { /* a pointer to a function or an array */
        if (!ctoken_take(r, "*"))
            return false;
        *loc = here(r);
        if (r->tok.kind == CT_NAME)
            *name = take_name(r);
        if (!ctoken_take(r, ")"))
            return false;
        *t = (struct ctype){.kind = C_POINTER, .size = 8, .align = 8};
        if (ctoken_is(r, "(") || ctoken_is(r, "["))
            ctoken_skip_brackets(r);
        return true;
    }
    *loc = here(r);
    if (r->tok.kind == CT_NAME)
        *name = take_name(r);
    if (ctoken_take(r, "["))
        return read_array(r, t);
    return !ctoken_is(r, "(");
}
