/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which errors an operation of a kernel object answers with: those that follow
 * from how it is declared, and those that its comment names.
 */
#include <ctype.h>
#include <string.h>

#include "emit_doc.h"

enum { ERRORS_MAX = 32 };

struct errors {
    struct emit *e;
    doc_error_fn *fn;
    struct {
        const char *name;
        size_t length;
    } seen[ERRORS_MAX];
    unsigned count;
};

const struct comment *doc_comment(const struct decl *d)
{
    const struct source *src = d->loc.src;
    const struct comment *best = NULL;

    if (!src)
        return NULL;
    for (const struct comment *c = src->comments; c; c = c->next)
        if (c->end <= d->loc.begin && (!best || c->end > best->end))
            best = c;
    for (uint32_t i = best ? best->end : 0; best && i < d->loc.begin; i++)
        if (strchr(";{}", src->text[i]))
            return NULL;
    return best;
}

/* Each one once. */
static void add(struct errors *s, const char *name, size_t length)
{
    for (unsigned i = 0; i < s->count; i++)
        if (s->seen[i].length == length &&
            memcmp(s->seen[i].name, name, length) == 0)
            return;
    if (s->count == ERRORS_MAX)
        return;
    s->seen[s->count].name = name;
    s->seen[s->count++].length = length;
    s->fn(s->e, name, length);
}

static void add_name(struct errors *s, const char *name)
{
    add(s, name, strlen(name));
}

/* What is decided by looking at the message. */
static void add_slot(struct errors *s, const struct slot *slot)
{
    if (slot->type->validated)
        add_name(s, "L4_EINVAL");
    if (slot->is_count || (slot->param && slot->param->has_range))
        add_name(s, "L4_ERANGE");
    if (slot->is_count && slot->param->type->kind == TYPE_STRING)
        add_name(s, "L4_ESTR");
}

static void add_item(struct errors *s, const struct item *item)
{
    if (item->param->type->kind != TYPE_CAP) {
        add_name(s, "L4_EITEM");
        return;
    }
    add_name(s, "L4_ENOCAP");
    add_name(s, "L4_EINVAL");
    if (item->param->rights)
        add_name(s, "L4_EPERM");
}

static void add_declared(struct errors *s, const struct decl *op)
{
    if (op->required)
        add_name(s, "L4_EPERM");
    for (uint32_t i = 0; i < op->request->slot_count; i++)
        add_slot(s, &op->request->slots[i]);
    for (uint32_t i = 0; i < op->request->item_count; i++)
        add_item(s, &op->request->items[i]);
    if (op->reply && op->reply->item_count) {
        add_name(s, "L4_EWINDOW");
        add_name(s, "L4_EEXIST");
    }
}

void doc_errors(struct emit *e, const struct decl *op, doc_error_fn *fn)
{
    struct errors s = {.e = e, .fn = fn};
    const struct comment *c = doc_comment(op);
    const char *p = c ? op->loc.src->text + c->begin : NULL;
    const char *end = c ? op->loc.src->text + c->end : NULL;

    add_declared(&s, op);
    for (; p && p + 4 < end; p++) {
        const char *name = p;

        if (memcmp(p, "L4_E", 4) != 0)
            continue;
        while (p < end && (isupper((unsigned char)*p) || *p == '_' ||
                           isdigit((unsigned char)*p)))
            p++;
        add(&s, name, (size_t)(p - name));
    }
}
