/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The closure. Every holding is combined with every other one: as what passes
 * (a channel, or control of a program) and as what is passed. Holdings are
 * looked at in the order they were found, so that the way by which something
 * was found is a short one.
 */
#include "authority.h"

#include <inttypes.h>
#include <string.h>

static bool untrusted(const struct instance *i)
{
    return i->component->untrusted.src != NULL;
}

/* --- what there is ----------------------------------------------------- */

static struct authority *authority_add(struct authority_graph *g,
                                       enum authority_kind kind,
                                       const struct instance *of,
                                       const struct decl *type)
{
    struct authority *x = arena_alloc(g->arena, sizeof *x);

    x->kind = kind;
    x->of = of;
    x->type = type;
    *g->authorities_end = x;
    g->authorities_end = &x->next;
    return x;
}

/* A holding, unless it is there already: then NULL. */
static struct holding *holding_add(struct authority_graph *g,
                                   const struct instance *holder,
                                   struct authority *x, const struct decl *type)
{
    struct holding *h;

    for (h = x->first; h; h = h->same)
        if (h->holder == holder && h->type == type)
            return NULL;
    h = arena_alloc(g->arena, sizeof *h);
    h->holder = holder;
    h->authority = x;
    h->type = type;
    h->same = x->first;
    x->first = h;
    *g->holdings_end = h;
    g->holdings_end = &h->next;
    return h;
}

/* What the system itself gives. */
static struct authority *give(struct authority_graph *g,
                              enum authority_kind kind,
                              const struct instance *of,
                              const struct decl *type, struct loc at)
{
    struct authority *x = authority_add(g, kind, of, type);

    holding_add(g, of, x, type)->at = at;
    return x;
}

static const struct decl *grant_type(const struct authority_graph *g,
                                     enum grant_kind kind)
{
    switch (kind) {
    case GRANT_IRQ: return g->signal;
    case GRANT_PORTS: return g->ports;
    case GRANT_DEVICE: return g->device;
    case GRANT_TRACE: return g->trace;
    case GRANT_CONSOLE: return g->console;
    case GRANT_MANAGER: return g->manager;
    case GRANT_SUPERVISE: return g->supervisor;
    default: return g->memory;
    }
}

static void give_instance(struct authority_graph *g, const struct instance *i)
{
    give(g, AUTHORITY_TASK, i, g->task, i->loc);
    give(g, AUTHORITY_THREAD, i, g->thread, i->loc);
    give(g, AUTHORITY_SCHED, i, g->sched, i->loc);
    if (i->settings.quota)
        give(g, AUTHORITY_FACTORY, i, g->factory, i->loc);
    for (const struct port *p = i->component->provides; p; p = p->next)
        give(g, AUTHORITY_GATE, i, p->iface, p->loc)->port = p;
    for (const struct grant *k = i->grants; k; k = k->next)
        give(g, AUTHORITY_GRANT, i, grant_type(g, k->kind), k->loc)->grant = k;
}

static void give_links(struct authority_graph *g, const struct instance *i)
{
    for (const struct link *l = i->links; l; l = l->next) {
        struct authority *x =
            authority_add(g, AUTHORITY_SEND, l->server, l->port->iface);

        x->port = l->port;
        x->give = l->give;
        holding_add(g, i, x, l->use->iface)->at = l->loc;
    }
}

/* --- passing on -------------------------------------------------------- */

bool holding_controls(const struct holding *h)
{
    const struct authority *x = h->authority;

    if (x->of == h->holder)
        return false;
    /* A gate passed on as its interface is a label, and no longer this. */
    if (x->kind == AUTHORITY_GATE)
        return true;
    if (x->kind == AUTHORITY_TASK || x->kind == AUTHORITY_THREAD ||
        x->kind == AUTHORITY_FACTORY)
        return !h->type || h->type == x->type || untrusted(h->holder);
    return false;
}

/* Memory, which passes as a flexpage of memory and not as a capability. */
static bool is_memory(const struct authority *x)
{
    return x->kind == AUTHORITY_GRANT &&
           (x->grant->kind == GRANT_MMIO || x->grant->kind == GRANT_MODULE);
}

/* Whether a value of that type can be it. Ports pass as their capability, and
 * as a flexpage that whoever has the capability can make. */
static bool carries(const struct type *t, const struct authority *x)
{
    if (t->kind == TYPE_FPAGE && t->io)
        return x->kind == AUTHORITY_GRANT && x->grant->kind == GRANT_PORTS;
    return t->kind == (is_memory(x) ? TYPE_FPAGE : TYPE_CAP);
}

/* What a parameter that carries something has it as; NULL: anything. */
static const struct decl *carried_type(const struct authority_graph *g,
                                       const struct type *t)
{
    if (t->kind == TYPE_FPAGE)
        return t->io ? g->ports : NULL;
    return t->decl;
}

/* Whether the holder of H passes it on where a parameter like that goes. One
 * that is taken at its interfaces passes what the parameter names. */
static bool passes(const struct authority_graph *g, const struct holding *h,
                   const struct param *p)
{
    const struct decl *wanted = carried_type(g, p->type);

    if (!carries(p->type, h->authority))
        return false;
    if (!wanted || !h->type || untrusted(h->holder))
        return true;
    if (wanted == g->gate && h->authority->kind <= AUTHORITY_GATE)
        return true;
    return interface_conforms(h->type, wanted);
}

/* What arrives: of a gate passed as its interface, only a label. */
static struct authority *passed(struct authority_graph *g,
                                const struct holding *h, const struct param *p)
{
    struct authority *x = h->authority;
    struct authority *label;

    if (x->kind != AUTHORITY_GATE || untrusted(h->holder) || !p ||
        !p->type->decl || p->type->decl == g->gate)
        return x;
    for (label = g->authorities; label; label = label->next)
        if (label->kind == AUTHORITY_SEND && label->port == x->port &&
            label->of == x->of && label->give)
            return label;
    label = authority_add(g, AUTHORITY_SEND, x->of, x->type);
    label->port = x->port;
    label->give = true;
    return label;
}

/* H goes through CHANNEL to somebody else. */
struct passing {
    struct authority_graph *graph;
    const struct holding *channel;
    const struct holding *what;
    const struct instance *to;
    enum direction dir;
};

static void pass(const struct passing *w, const struct decl *op,
                 const struct param *p, const struct decl *type)
{
    struct holding *h =
        holding_add(w->graph, w->to, passed(w->graph, w->what, p), type);

    if (!h)
        return;
    h->from = w->what;
    h->channel = w->channel;
    h->op = op;
    h->param = p;
}

static bool pass_by_op(const struct decl *op, void *arg)
{
    const struct passing *w = arg;

    for (const struct param *p = op->params; p; p = p->next)
        if ((p->dir & w->dir) && passes(w->graph, w->what, p))
            pass(w, op, p, carried_type(w->graph, p->type));
    return false;
}

/* What the ends of a channel say to each other. A client that is not taken at
 * its interfaces calls any operation that there is. */
static const struct decl *spoken(const struct holding *channel)
{
    if (!channel->type || untrusted(channel->holder) ||
        !interface_conforms(channel->authority->port->iface, channel->type))
        return channel->authority->port->iface;
    return channel->type;
}

/* The holder of CHANNEL may call its server. */
static void pass_through(struct authority_graph *g,
                         const struct holding *channel,
                         const struct holding *what)
{
    const struct authority *x = channel->authority;
    bool request = what->holder == channel->holder;
    struct passing w = {g, channel, what, request ? x->of : channel->holder,
                        request ? DIR_IN : DIR_OUT};

    if (channel->holder == x->of ||
        (what->holder != channel->holder && what->holder != x->of))
        return;
    if (request && !x->give && x->kind == AUTHORITY_SEND)
        return;
    (void)interface_each_op(spoken(channel), pass_by_op, &w);
    /* Two that keep to no interface may agree on anything: the kernel lets
     * items go with every answer. */
    if (untrusted(channel->holder) && untrusted(x->of))
        pass(&w, NULL, NULL, what->type);
}

/* WAY is what passes, WHAT what is passed. */
static void combine(struct authority_graph *g, const struct holding *way,
                    const struct holding *what)
{
    const struct authority *x = way->authority;
    struct passing w = {g, way, what, way->holder, DIR_OUT};

    if (x->kind == AUTHORITY_SEND || x->kind == AUTHORITY_GATE)
        pass_through(g, way, what);
    if (holding_controls(way) && what->holder == x->of)
        pass(&w, NULL, NULL, what->type);
}

/* Who can make a device write to memory can do anything to anyone. */
static void seize(struct authority_graph *g, const struct holding *way)
{
    const struct authority *x = way->authority;
    struct authority *end = NULL;

    if (x->kind != AUTHORITY_GRANT || !x->grant->dma)
        return;
    for (struct authority *t = g->authorities; t != end; t = t->next)
        if (t->kind == AUTHORITY_TASK && t->of != way->holder) {
            struct holding *h = holding_add(g, way->holder, t, t->type);

            if (h)
                h->channel = way;
        }
}

struct authority_graph *authority_close(struct idl *c, const struct system *s)
{
    struct authority_graph *g = arena_alloc(&c->arena, sizeof *g);

    g->arena = &c->arena;
    g->system = s;
    g->authorities_end = &g->authorities;
    g->holdings_end = &g->holdings;
    authority_names(c, g);
    for (const struct instance *i = s->instances; i; i = i->next)
        give_instance(g, i);
    for (const struct instance *i = s->instances; i; i = i->next)
        give_links(g, i);
    for (const struct holding *h = g->holdings; h; h = h->next) {
        const struct holding *other = g->holdings;

        seize(g, h);
        for (; other != h; other = other->next) {
            combine(g, h, other);
            combine(g, other, h);
        }
        combine(g, h, h);
    }
    return g;
}
