/* SPDX-License-Identifier: BSD-2-Clause */
#include "dialect.h"

#include <string.h>

#include "eval.h"
#include "layout.h"
#include "names.h"
#include "scope.h"

enum {
    PROTO_USER = 256, /* below: the kernel's */
    PROTO_FIRST = 0x4000,
    PROTO_COUNT = 0x8000,
    OP_MAX = 0x3fff,
    STRING_DEFAULT = 1024, /* DICE's; it is made smaller if it does not fit */
    FIELD_DEFAULT = 64
};

/* --- attributes -------------------------------------------------------- */

static const struct {
    const char *name;
    const char *why;
} idle[] = {
#define IDLE(name, why) {#name, why},
#include "dialect.def"
#undef IDLE
};

bool dialect_attr(struct idl *c, const struct attr *at)
{
    if (c->dialect == DIALECT_ALMOND)
        return false;
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        if (strcmp(idle[i].name, at->name) == 0) {
            diag_warn(&c->diag, DIAG_NO_EFFECT, at->loc,
                      "attribute '%s' has no effect here: %s", at->name,
                      idle[i].why);
            return true;
        }
    return false;
}

/* --- numbers ----------------------------------------------------------- */

static bool proto_is_taken(const struct idl *c, const struct decl *iface,
                           uint32_t proto)
{
    for (unsigned i = 0; i < SYMBOL_BUCKETS; i++)
        for (const struct decl *d = c->symbols[i]; d; d = d->same_hash)
            if (d->kind == DECL_INTERFACE && d != iface && d->proto == proto)
                return true;
    return false;
}

/* The same for both sides, since it comes from the name or the old number. */
uint32_t dialect_proto(struct idl *c, const struct decl *iface, uint64_t uuid)
{
    uint64_t h = 14695981039346656037u;
    uint32_t proto;

    if (c->dialect == DIALECT_ALMOND)
        return 0;
    for (const char *s = decl_path(&c->arena, iface); *s; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    if (uuid)
        h = uuid;
    proto = (uint32_t)(PROTO_FIRST + (h ^ h >> 32) % PROTO_COUNT);
    while (proto_is_taken(c, iface, proto))
        proto = proto + 1 < PROTO_FIRST + PROTO_COUNT ? proto + 1 : PROTO_FIRST;
    diag_warn(&c->diag, DIAG_DEFAULTED, iface->loc,
              "interface '%s' has no protocol number from %d to 65535; %u is "
              "assumed",
              iface->name, PROTO_USER, proto);
    diag_fix(&c->diag, iface->start, "[proto(%u)] ", proto);
    return proto;
}

uint32_t dialect_opnum(struct idl *c, const struct decl *op)
{
    uint32_t most = 0;

    if (c->dialect == DIALECT_ALMOND)
        return 0;
    for (const struct decl *m = op->scope->members; m; m = m->next)
        if (m->kind == DECL_OP && m->opnum > most)
            most = m->opnum;
    if (most == OP_MAX)
        return 0;
    diag_warn(&c->diag, DIAG_DEFAULTED, op->loc,
              "operation '%s' has no number; %u is assumed", op->name,
              most + 1);
    diag_fix(&c->diag, op->start, "[op(%u)] ", most + 1);
    return most + 1;
}

/* --- maxima ------------------------------------------------------------ */

struct expr *dialect_bound(struct idl *c, struct loc at, const char *name,
                           bool field)
{
    unsigned most = field ? FIELD_DEFAULT : STRING_DEFAULT;

    if (c->dialect == DIALECT_ALMOND)
        return NULL;
    diag_warn(&c->diag, DIAG_DEFAULTED, at,
              "'%s' has no maximum; %u is assumed, or what fits into a message",
              name, most);
    diag_fix(&c->diag, loc_start(at), "[max_is(%u)] ", most);
    return expr_number(&c->arena, most, at);
}

struct expr *dialect_clamp(struct idl *c, const struct decl *scope,
                           struct expr *bound, uint64_t most)
{
    struct value v;

    if (c->dialect == DIALECT_ALMOND || !eval(c, scope, bound, range_any, &v) ||
        v.negative || v.bits <= most)
        return bound;
    return expr_number(&c->arena, most, bound->loc);
}

/* --- types ------------------------------------------------------------- */

struct type *dialect_bytes(struct idl *c, struct type *t, const char *name)
{
    if (t->kind != TYPE_VOID || c->dialect == DIALECT_ALMOND)
        return t;
    diag_warn(&c->diag, DIAG_CHANGED, t->loc, "'%s' is a sequence of bytes",
              name);
    diag_fix(&c->diag, t->loc, "u8");
    return type_int(&c->arena, 1, false, t->loc);
}

struct type *dialect_type(struct idl *c, const struct type *t)
{
    static const char *const threads[] = {"CORBA_Object", "CORBA_Object_base",
                                          "Object", "threadid"};
    const char *name = t->name->part;

    if (c->dialect == DIALECT_ALMOND || t->name->next)
        return NULL;
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++)
        if (strcmp(threads[i], name) == 0) {
            diag_warn(&c->diag, DIAG_CHANGED, t->loc,
                      "'%s' names a thread; here it is a capability", name);
            diag_fix(&c->diag, t->loc, "cap");
            return type_new(&c->arena, TYPE_CAP, t->loc);
        }
    if (strcmp(name, "word") == 0 || strcmp(name, "signed_word") == 0)
        return type_int(&c->arena, 8, name[0] == 's', t->loc);
    return NULL;
}

struct type *dialect_thread_field(struct idl *c, const struct type *t,
                                  struct loc at)
{
    if (c->dialect == DIALECT_ALMOND || t->kind != TYPE_CAP)
        return NULL;
    diag_warn(&c->diag, DIAG_CHANGED, at,
              "a capability in a struct is a number, which means nothing to "
              "another program");
    diag_note(&c->diag, at, "pass it as a parameter of its own");
    return type_int(&c->arena, 8, false, at);
}

struct type *dialect_address(struct idl *c, struct loc at, const char *name)
{
    struct type *t = type_int(&c->arena, 8, false, at);

    if (c->dialect == DIALECT_ALMOND) {
        diag_error(&c->diag, DIAG_POINTER_BAD, at,
                   "'%s' is a pointer, which means nothing to another program; "
                   "say what it points to by [string] or [size_is(n), "
                   "max_is(N)]",
                   name);
        return type_new(&c->arena, TYPE_ERROR, at);
    }
    diag_warn(&c->diag, DIAG_SINGLE_VALUE, at,
              "'%s' is passed as an address, which means nothing to another "
              "program",
              name);
    t->decl = decl_new(&c->arena, DECL_NATIVE, "void *", at);
    t->is_address = true;
    return t;
}

/* Whether the parts of M fit if each has at most WORDS. */
static bool parts_fit(const struct message *m, uint32_t words)
{
    uint32_t sum = m->fixed_words;

    for (uint32_t i = 0; i < m->part_count; i++)
        sum += m->parts[i].max_words < words ? m->parts[i].max_words : words;
    return sum <= MSG_WORDS;
}

static void shrink(struct idl *c, const struct decl *op,
                   const struct part *part, uint32_t words)
{
    struct param *p = part->param;
    struct type *t = arena_alloc(&c->arena, sizeof *t);

    *t = *p->type;
    t->count = words * 8 / part->elem_size;
    if (t->count == 0)
        return;
    p->type = t;
    diag_warn(&c->diag, DIAG_CHANGED, p->loc,
              "'%s' of '%s' can have %u elements, since no more fit into a "
              "message; call more often, or pass bulk data in shared memory",
              p->name, op->name, t->count);
    diag_fix(&c->diag, loc_start(p->loc), "[max_is(%u)]", t->count);
}

/* The largest value of the fixed part. */
static const struct param *largest(const struct message *m)
{
    const struct slot *most = NULL;

    for (uint32_t i = 0; i < m->slot_count; i++)
        if (!most || m->slots[i].type->size > most->type->size)
            most = &m->slots[i];
    return most ? most->param : NULL;
}

bool dialect_split(struct idl *c, struct param *p)
{
    struct param *back;

    if (c->dialect == DIALECT_ALMOND)
        return false;
    back = arena_alloc(&c->arena, sizeof *back);
    *back = *p;
    back->name = arena_printf(&c->arena, "%s_back", p->name);
    back->dir = DIR_OUT;
    back->attrs = NULL;
    p->dir = DIR_IN;
    p->next = back;
    diag_warn(&c->diag, DIAG_CHANGED, p->loc,
              "'%s' is two parameters here: '%s' goes in, '%s' comes back",
              p->name, p->name, back->name);
    return true;
}

bool dialect_message(struct idl *c, struct decl *op)
{
    static const char *const ways[] = {"in", "out"};
    struct attr **link = &op->attrs;
    const struct attr *at = NULL;

    if (c->dialect == DIALECT_ALMOND)
        return true;
    for (; *link && !at; link = at ? link : &(*link)->next)
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
            if (strcmp((*link)->name, ways[i]) == 0)
                at = *link;
    if (!at)
        return true;
    *link = at->next;
    if (strcmp(at->name, "in") == 0) {
        diag_warn(&c->diag, DIAG_CHANGED, at->loc,
                  "'%s' is a message without an answer", op->name);
        diag_fix(&c->diag, at->loc, "oneway");
        op->oneway = true;
        return true;
    }
    diag_warn(&c->diag, DIAG_LEFT_OUT, op->loc,
              "operation '%s' is left out: a server sends nothing of its own "
              "accord",
              op->name);
    diag_note(&c->diag, op->loc,
              "let clients wait in an operation with [defer]");
    op->kind = DECL_RESERVED;
    op->attrs = NULL;
    return false;
}

bool dialect_leave_out(struct idl *c, struct decl *op, const struct param *p,
                       const char *why)
{
    if (c->dialect == DIALECT_ALMOND)
        return false;
    diag_warn(&c->diag, DIAG_LEFT_OUT, op->loc,
              "operation '%s' is left out: '%s' %s", op->name, p->name, why);
    diag_note(&c->diag, p->loc,
              "pass it in memory that is shared through a [shared] fpage");
    op->kind = DECL_RESERVED;
    op->attrs = NULL;
    return true;
}

static bool fit_message(struct idl *c, struct decl *op, enum direction dir)
{
    const struct message *m = layout_op(c, op, dir);
    uint32_t words = MSG_WORDS;

    if (m->max_words <= MSG_WORDS)
        return true;
    while (words > 1 && !parts_fit(m, words))
        words--;
    if (!parts_fit(m, words))
        return !dialect_leave_out(c, op, largest(m),
                                  "does not fit into a message");
    for (uint32_t i = 0; i < m->part_count; i++)
        if (m->parts[i].max_words > words)
            shrink(c, op, &m->parts[i], words);
    return true;
}

bool dialect_fit(struct idl *c, struct decl *op)
{
    if (c->dialect == DIALECT_ALMOND)
        return true;
    return fit_message(c, op, DIR_IN) &&
           (op->oneway || fit_message(c, op, DIR_OUT));
}

/* --- order ------------------------------------------------------------- */

static bool inherits_from(const struct decl *d, const struct decl *base)
{
    for (const struct name_ref *b = d->bases; b; b = b->next)
        if (!b->name->next && strcmp(b->name->part, base->name) == 0)
            return true;
    return false;
}

/* The link to a later interface that D inherits from; NULL if there is none. */
static struct decl **later_base(struct decl *d)
{
    for (struct decl **at = &d->next; d->bases && *at; at = &(*at)->next)
        if ((*at)->kind == DECL_INTERFACE && !(*at)->forward &&
            inherits_from(d, *at))
            return at;
    return NULL;
}

struct decl *dialect_order(struct decl *list)
{
    unsigned moves = 0;

    for (struct decl **at = &list; *at && moves < 1000;) {
        struct decl **later = later_base(*at);
        struct decl *base;

        if (!later) {
            (*at)->members = (*at)->kind == DECL_MODULE
                                 ? dialect_order((*at)->members)
                                 : (*at)->members;
            at = &(*at)->next;
            continue;
        }
        base = *later;
        *later = base->next;
        base->next = *at;
        *at = base;
        moves++;
    }
    return list;
}

/* --- names ------------------------------------------------------------- */

void dialect_rename_decl(struct idl *c, struct decl *d)
{
    static const char *const ours[] = {"version", "hash", "interface", "proto"};

    if (c->dialect == DIALECT_ALMOND || d->foreign || !d->name)
        return;
    if (d->kind == DECL_OP)
        name_check_member(c, &d->name, d->loc, "op");
    for (size_t i = 0;
         d->kind == DECL_CONST && d->scope &&
         d->scope->kind == DECL_INTERFACE && i < sizeof ours / sizeof *ours;
         i++)
        if (strcmp(ours[i], d->name) == 0)
            dialect_rename(c, &d->name, d->loc, "the");
}

bool dialect_rename(struct idl *c, const char **name, struct loc at,
                    const char *prefix)
{
    const char *old = *name;
    size_t len;

    if (c->dialect == DIALECT_ALMOND)
        return false;
    while (*old == '_')
        old++;
    len = strlen(old);
    while (len && old[len - 1] == '_')
        len--;
    old = arena_printf(&c->arena, "%s_%.*s", prefix, (int)len, old);
    if (len == 0)
        return false;
    diag_warn(&c->diag, DIAG_CHANGED, at, "'%s' is called '%s' here", *name,
              old);
    diag_fix(&c->diag, at, "%s", old);
    *name = old;
    return true;
}

/* --- the whole --------------------------------------------------------- */

void dialect_summary(const struct idl *c)
{
    if (c->dialect == DIALECT_ALMOND || !c->diag.out)
        return;
    fprintf(c->diag.out,
            "migration: %u assumed, %u changed, %u without effect, %u left "
            "out\n",
            c->diag.given[DIAG_DEFAULTED],
            c->diag.given[DIAG_CHANGED] + c->diag.given[DIAG_SINGLE_VALUE],
            c->diag.given[DIAG_NO_EFFECT],
            c->diag.given[DIAG_DROPPED] + c->diag.given[DIAG_LEFT_OUT]);
}
