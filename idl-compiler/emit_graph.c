/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The graph of authority: for programs (JSON) everything that anyone can hold,
 * for graphviz what is connected at first, and dashed what comes by passing
 * on.
 */
#include <inttypes.h>

#include "authority.h"
#include "emit.h"

/* --- JSON -------------------------------------------------------------- */

static const char *kind_name(const struct authority *x)
{
    static const char *const names[] = {"port",   "gate",    "task",
                                        "thread", "factory", "sched"};

    return x->kind == AUTHORITY_GRANT ? grant_word(x->grant->kind)
                                      : names[x->kind];
}

static void put_rights(struct emit *e, const char *const *rights)
{
    put(e, "\"rights\": [");
    for (unsigned i = 0; rights[i]; i++)
        put(e, "%s\"%s\"", i ? ", " : "", rights[i]);
    put(e, "]");
}

/* What is held, so that it can be told from everything else. */
static void put_authority(struct emit *e, const struct authority *x)
{
    const struct grant *g = x->grant;

    put(e, "\"kind\": \"%s\", \"of\": \"%s\"", kind_name(x), x->of->name);
    if (x->port)
        put(e, ", \"port\": \"%s\"", x->port->name);
    if (g && g->name)
        put(e, ", \"name\": \"%s\"", g->name);
    if (g && (g->kind == GRANT_IRQ || g->count))
        put(e, ", \"first\": %" PRIu64, g->first);
    if (g && g->count)
        put(e, ", \"count\": %" PRIu64, g->count);
    if (g && g->kind == GRANT_MODULE)
        put(e, ", \"module\": \"%s\"", g->text);
    if (g && g->kind == GRANT_SUPERVISE)
        put(e, ", \"program\": \"%s\"", g->text);
    if (g && g->dma)
        put(e, ", \"dma\": true");
    put(e, ", ");
    put_rights(e, authority_rights(x));
}

static void put_way(struct emit *e, const struct holding *h)
{
    if (!h->channel)
        return;
    put(e, ", \"from\": \"%s\"",
        h->from ? h->from->holder->name : h->authority->of->name);
    if (h->op)
        put(e, ", \"by\": \"%s.%s\"", decl_path(&e->c->arena, h->op->scope),
            h->op->name);
    else
        put(e, ", \"by\": \"%s\"",
            !h->from                       ? "DMA"
            : holding_controls(h->channel) ? "control"
                                           : "untrusted");
}

static void put_holding(struct emit *e, const struct holding *h)
{
    put(e, "    {\"holder\": \"%s\", ", h->holder->name);
    put_authority(e, h->authority);
    if (h->type)
        put(e, ", \"interface\": \"%s\"", decl_path(&e->c->arena, h->type));
    put(e, ", \"given\": %s", h->channel ? "false" : "true");
    put_way(e, h);
    put(e, "}%s\n", h->next ? "," : "");
}

static void put_component(struct emit *e, const struct instance *i)
{
    const struct settings *s = &i->settings;

    put(e,
        "    {\"name\": \"%s\", \"component\": \"%s\", \"program\": \"%s\",\n"
        "     \"untrusted\": %s, \"start\": \"%s\", \"priority\": %" PRIu64
        ",\n     \"memory\": %" PRIu64 ", \"quota\": %" PRIu64
        ", \"budget_ns\": %" PRIu64 ", \"period_ns\": %" PRIu64 "}%s\n",
        i->name, decl_path(&e->c->arena, i->component->decl),
        i->component->program, i->component->untrusted.src ? "true" : "false",
        s->manual ? "manual" : "auto", s->priority, s->memory, s->quota,
        s->budget_ns, s->period_ns, i->next ? "," : "");
}

static void put_connections(struct emit *e, const struct system *s)
{
    bool any = false;

    for (const struct instance *i = s->instances; i; i = i->next)
        for (const struct link *l = i->links; l; l = l->next) {
            put(e,
                "%s\n    {\"client\": \"%s\", \"use\": \"%s\", \"server\": "
                "\"%s\", \"port\": \"%s\", \"interface\": \"%s\", ",
                any ? "," : "", i->name, l->use->name, l->server->name,
                l->port->name, decl_path(&e->c->arena, l->use->iface));
            put(e, "\"give\": %s}", l->give ? "true" : "false");
            any = true;
        }
    put(e, "],\n");
}

void emit_graph(struct emit *e)
{
    const struct system *s = e->system;
    bool any = false;

    put(e, "{\"system\": \"%s\", \"memory\": %" PRIu64 ", \"pool\": %" PRIu64,
        s->decl->name, s->memory, s->pool);
    put(e, ",\n  \"components\": [\n");
    for (const struct instance *i = s->instances; i; i = i->next)
        put_component(e, i);
    put(e, "  ],\n  \"connections\": [");
    put_connections(e, s);
    put(e, "  \"holds\": [\n");
    for (const struct holding *h = s->authority->holdings; h; h = h->next)
        put_holding(e, h);
    put(e, "  ],\n  \"root_holds\": [");
    for (const struct authority *x = s->authority->authorities; x;
         x = x->next) {
        if (x->kind != AUTHORITY_SEND || x->give) {
            put(e, "%s\n    {", any ? "," : "");
            put_authority(e, x);
            put(e, "}");
            any = true;
        }
    }
    put(e, "],\n  \"never\": [");
    for (const struct never *n = s->nevers; n; n = n->next) {
        const char *what = n->port    ? n->port->name
                           : n->grant ? n->grant->name
                                      : NULL;

        put(e, "%s\n    {\"from\": \"%s\", \"to\": \"%s\"",
            n == s->nevers ? "" : ",", n->from->name, n->to->name);
        if (what)
            put(e, ", \"what\": \"%s\"", what);
        put(e, "}");
    }
    put(e, "]}\n");
}

/* --- graphviz ---------------------------------------------------------- */

static void dot_instance(struct emit *e, const struct instance *i)
{
    put(e, "    \"%s\" [label=\"%s\\npriority %" PRIu64 "%s\"%s];\n", i->name,
        i->name, i->settings.priority,
        i->settings.budget_ns ? text(e, "\\nbudget %.1f %%",
                                     100.0 * (double)i->settings.budget_ns /
                                         (double)i->settings.period_ns)
                              : "",
        i->component->untrusted.src
            ? ", style=\"filled\", fillcolor=\"#f4d8d8\""
            : "");
}

static void dot_grant(struct emit *e, const struct instance *i,
                      const struct grant *g)
{
    const char *name = grant_text(&e->c->arena, g);

    put(e, "    \"%s\" [shape=ellipse];\n    \"%s\" -> \"%s\" [%s];\n", name,
        i->name, name, g->dma ? "color=red, label=\"DMA\"" : "color=gray");
}

/* What is not given but can be had: once for each two, dashed. */
static void dot_derived(struct emit *e, const struct authority_graph *g,
                        const struct instance *a, const struct instance *b)
{
    const char *label = NULL;

    for (const struct holding *h = g->holdings; h; h = h->next) {
        const struct authority *x = h->authority;

        if (h->holder != a || x->of != b || !h->channel)
            continue;
        if (holding_controls(h))
            label = "controls";
        else if (!label || x->kind == AUTHORITY_SEND)
            label = x->port ? x->port->name : kind_name(x);
    }
    if (label)
        put(e,
            "    \"%s\" -> \"%s\" [style=dashed, color=red, label=\"%s\"];\n",
            a->name, b->name, label);
}

void emit_dot(struct emit *e)
{
    const struct system *s = e->system;

    put(e,
        "// Generated by l4idl from %s.idl: who holds what. Dashed: what can\n"
        "// come by passing on.\n"
        "digraph \"%s\" {\n"
        "    rankdir=LR;\n"
        "    node [shape=box, fontname=\"sans-serif\"];\n"
        "    edge [fontname=\"sans-serif\", fontsize=10];\n",
        e->base, s->decl->name);
    for (const struct instance *i = s->instances; i; i = i->next)
        dot_instance(e, i);
    for (const struct instance *i = s->instances; i; i = i->next)
        for (const struct link *l = i->links; l; l = l->next)
            put(e, "    \"%s\" -> \"%s\" [label=\"%s: %s\"%s];\n", i->name,
                l->server->name, l->port->name,
                decl_path(&e->c->arena, l->use->iface),
                l->give ? ", penwidth=2" : "");
    for (const struct instance *i = s->instances; i; i = i->next)
        for (const struct grant *g = i->grants; g; g = g->next)
            if (g->kind != GRANT_CONSOLE)
                dot_grant(e, i, g);
    for (const struct instance *a = s->instances; a; a = a->next)
        for (const struct instance *b = s->instances; b; b = b->next)
            if (a != b)
                dot_derived(e, s->authority, a, b);
    put(e, "}\n");
}
