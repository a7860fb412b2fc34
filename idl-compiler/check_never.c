/* SPDX-License-Identifier: BSD-2-Clause */
/* The `never` rules, and the way by which authority flows against them. */
#include "authority.h"

enum { STEPS_MAX = 24 };

/* What a rule forbids: the port or grant it names, or of a whole component
 * every port, its task and what of devices it is given. */
static bool is_forbidden(const struct never *n, const struct holding *h)
{
    const struct authority *x = h->authority;

    if (h->holder != n->from || x->of != n->to)
        return false;
    if (n->grant)
        return x->kind == AUTHORITY_GRANT && x->grant == n->grant;
    if (n->port)
        return x->kind <= AUTHORITY_GATE && x->port == n->port;
    if (x->kind == AUTHORITY_GRANT)
        return x->grant->kind != GRANT_CONSOLE;
    return true;
}

static void note_first(struct idl *c, const struct holding *h)
{
    const struct authority *x = h->authority;
    const char *what = authority_text(&c->arena, x);

    switch (x->kind) {
    case AUTHORITY_SEND:
        diag_note(&c->diag, h->at, "'%s' holds %s by this connection",
                  h->holder->name, what);
        break;
    case AUTHORITY_GATE:
        diag_note(&c->diag, h->at, "'%s' provides '%s.%s'", h->holder->name,
                  x->of->name, x->port->name);
        break;
    case AUTHORITY_GRANT:
        diag_note(&c->diag, h->at, "'%s' is given %s%s", h->holder->name, what,
                  x->grant->dma ? ", which is DMA authority" : "");
        break;
    default:
        diag_note(&c->diag, h->at, "'%s' holds %s, its own", h->holder->name,
                  what);
        break;
    }
}

/* One step: how H came from what its predecessor had. */
static void note_step(struct idl *c, const struct holding *h)
{
    const char *what = authority_text(&c->arena, h->authority);
    const struct holding *way = h->channel;

    if (h->op && h->param)
        diag_note(&c->diag, h->param->loc,
                  "'%s' can pass %s to '%s', as '%s' of operation '%s'",
                  h->from->holder->name, what, h->holder->name, h->param->name,
                  h->op->name);
    else if (!h->from)
        diag_note(&c->diag, way->authority->grant->loc,
                  "so '%s' can do whatever '%s' can", h->holder->name,
                  h->authority->of->name);
    else if (holding_controls(way))
        diag_note(&c->diag, h->holder->loc,
                  "so '%s' has all that '%s' has, %s too", h->holder->name,
                  way->authority->of->name, what);
    else
        diag_note(&c->diag, h->holder->component->untrusted,
                  "'%s' and '%s' are untrusted and may pass on %s unasked",
                  h->from->holder->name, h->holder->name, what);
}

/* The steps that lead to H, the first one first. Each is told once. */
static void note_path(struct idl *c, const struct holding *h,
                      const struct holding **told, unsigned *count)
{
    for (unsigned i = 0; i < *count; i++)
        if (told[i] == h)
            return;
    if (*count == STEPS_MAX)
        return;
    told[(*count)++] = h;
    if (!h->from && !h->channel) {
        note_first(c, h);
        return;
    }
    if (h->from && !holding_controls(h->channel))
        note_path(c, h->from, told, count);
    note_path(c, h->channel, told, count);
    if (h->from)
        note_path(c, h->from, told, count);
    note_step(c, h);
}

static const char *target_text(struct arena *a, const struct never *n)
{
    if (n->port)
        return arena_printf(a, "'%s.%s'", n->to->name, n->port->name);
    if (n->grant)
        return arena_printf(a, "'%s.%s'", n->to->name, n->grant->name);
    return arena_printf(a, "'%s'", n->to->name);
}

static void check_never(struct idl *c, const struct authority_graph *g,
                        const struct never *n)
{
    const struct holding *told[STEPS_MAX];
    unsigned count = 0;

    for (const struct holding *h = g->holdings; h; h = h->next) {
        if (!is_forbidden(n, h))
            continue;
        diag_error(&c->diag, DIAG_NEVER_BROKEN, n->loc, "'%s' can reach %s",
                   n->from->name, target_text(&c->arena, n));
        note_path(c, h, told, &count);
        return;
    }
}

void check_nevers(struct idl *c, struct system *s)
{
    const struct authority_graph *g;

    s->authority = g = authority_close(c, s);
    for (const struct never *n = s->nevers; n; n = n->next)
        check_never(c, g, n);
}
