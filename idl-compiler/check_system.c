/* SPDX-License-Identifier: BSD-2-Clause */
/* Systems: which programs there are, and who is connected to whom. */
#include <string.h>

#include "check.h"
#include "scope.h"
#include "system.h"

static struct instance *instance_find(const struct system *s, const char *name)
{
    struct instance *i = s->instances;

    while (i && strcmp(i->name, name) != 0)
        i = i->next;
    return i;
}

struct instance *instance_resolve(struct idl *c, const struct system *s,
                                  const char *name, struct loc loc)
{
    struct instance *found = instance_find(s, name);
    struct guess g = {.word = name};

    if (found)
        return found;
    for (const struct instance *i = s->instances; i; i = i->next)
        guess_try(&g, i->name);
    if (g.best)
        diag_error(&c->diag, DIAG_NAME_UNKNOWN, loc,
                   "there is no component '%s' in this system; did you mean "
                   "'%s'?",
                   name, g.best);
    else
        diag_error(&c->diag, DIAG_NAME_UNKNOWN, loc,
                   "there is no component '%s' in this system", name);
    return NULL;
}

/* --- instances --------------------------------------------------------- */

static struct grant *need_find(struct component *k, const struct grant *g)
{
    struct grant *need = k->needs;

    while (need && (need->kind != g->kind || !need->name || !g->name ||
                    strcmp(need->name, g->name) != 0))
        need = need->next;
    return need;
}

static struct grant *given_find(const struct instance *i, const char *name)
{
    struct grant *g = i->grants;

    while (g && (!g->name || strcmp(g->name, name) != 0))
        g = g->next;
    return g;
}

static void grant_add(struct instance *i, struct grant *g)
{
    struct grant **end = &i->grants;

    while (*end)
        end = &(*end)->next;
    *end = g;
}

/* What the system gives must be what the component needs: more would be
 * authority that nobody asked for. */
static void check_given(struct idl *c, struct instance *i, struct grant *g)
{
    const struct grant *same = g->name ? given_find(i, g->name) : NULL;

    if (same) {
        diag_error(&c->diag, DIAG_CLAUSE_TWICE, g->loc,
                   "'%s' is given to '%s' twice", g->name, i->name);
        diag_note(&c->diag, same->loc, "it is already given here");
        return;
    }
    if (g->kind != GRANT_CONSOLE && !need_find(i->component, g)) {
        diag_error(&c->diag, DIAG_NEED_UNKNOWN, g->loc,
                   "component '%s' does not need '%s as %s'",
                   i->component->decl->name, grant_word(g->kind), g->name);
        diag_note(&c->diag, i->component->decl->loc,
                  "it would say so here: %s as %s;", grant_word(g->kind),
                  g->name);
        return;
    }
    grant_add(i, g);
}

static void check_needs(struct idl *c, struct instance *i)
{
    bool console = false;

    for (const struct grant *g = i->grants; g; g = g->next)
        console |= g->kind == GRANT_CONSOLE;
    for (struct grant *need = i->component->needs; need; need = need->next) {
        if (need->kind == GRANT_CONSOLE) {
            struct grant *g = arena_alloc(&c->arena, sizeof *g);

            *g = *need;
            g->next = NULL;
            if (!console)
                grant_add(i, g);
            continue;
        }
        if (need->optional || given_find(i, need->name))
            continue;
        diag_error(&c->diag, DIAG_NEED_UNMET, i->loc,
                   "'%s' is not given '%s', which it needs", i->name,
                   need->name);
        diag_note(&c->diag, need->loc, "it is needed here, as '%s'",
                  grant_word(need->kind));
    }
}

static void check_instance_clause(struct idl *c, const struct decl *scope,
                                  struct instance *i, const struct clause *cl)
{
    static const char *const words[] = {
        "console", "irq",     "ports",  "mmio",  "module",    "manager",
        "device",  "trace",   "memory", "stack", "heap",      "quota",
        "table",   "budget",  "args",   "start", "supervise", "priority",
        "restart", "backoff", NULL};
    struct grant *g;

    if (cl->instance)
        diag_error(&c->diag, DIAG_CLAUSE_PLACE, cl->loc,
                   "a component contains no other ones");
    else if (check_grant(c, scope, cl, true, &g)) {
        if (g)
            check_given(c, i, g);
    } else if (!check_setting(c, scope, cl, &i->settings)) {
        clause_unknown(c, cl, words);
    }
}

static struct component *component_of(struct idl *c, const struct decl *scope,
                                      const struct clause *cl)
{
    struct name own = {.part = cl->name, .loc = cl->name_loc};
    const struct decl *d = scope_resolve(c, scope, cl->type ? cl->type : &own,
                                         KIND_BIT(DECL_COMPONENT), "component");

    return d ? d->component : NULL;
}

/* An instance, without its connections. */
static void check_instance(struct idl *c, struct system *s,
                           const struct clause *cl)
{
    const struct instance *same = instance_find(s, cl->name);
    struct component *k = component_of(c, s->decl->scope, cl);
    struct instance **end = &s->instances;
    struct instance *i;

    if (!k || !check_plan_name(c, cl->name, cl->name_loc))
        return;
    if (same) {
        diag_error(&c->diag, DIAG_NAME_TWICE, cl->loc,
                   "there are two '%s' in this system", cl->name);
        diag_note(&c->diag, same->loc, "the first one is here");
        return;
    }
    if (s->instance_count == PLAN_PROGRAMS_MAX)
        diag_error(&c->diag, DIAG_SYSTEM_LARGE, cl->loc,
                   "a system has at most %d components", PLAN_PROGRAMS_MAX);
    i = arena_alloc(&c->arena, sizeof *i);
    i->name = cl->name;
    i->loc = cl->name_loc;
    i->component = k;
    i->index = s->instance_count++;
    while (*end)
        end = &(*end)->next;
    *end = i;
    for (const struct clause *in = cl->clauses; in; in = in->next)
        check_instance_clause(c, s->decl->scope, i, in);
    settings_complete(&i->settings, &k->settings);
    check_needs(c, i);
}

/* --- connections ------------------------------------------------------- */

/* The port or use of that name; reports if there is none. */
static const struct port *port_resolve(struct idl *c, const struct instance *i,
                                       const struct port *list,
                                       const struct end *end, const char *what)
{
    struct guess g = {.word = end->port ? end->port : ""};

    if (!end->port) {
        diag_error(&c->diag, DIAG_CLAUSE_FORM, end->loc,
                   "which port of '%s'? Write %s.PORT", end->name, end->name);
        return NULL;
    }
    for (const struct port *p = list; p; p = p->next) {
        if (strcmp(p->name, end->port) == 0)
            return p;
        guess_try(&g, p->name);
    }
    if (g.best)
        diag_error(&c->diag, DIAG_NAME_UNKNOWN, end->port_loc,
                   "'%s' %s no '%s'; did you mean '%s'?", i->name, what,
                   end->port, g.best);
    else
        diag_error(&c->diag, DIAG_NAME_UNKNOWN, end->port_loc,
                   "'%s' %s no '%s'", i->name, what, end->port);
    diag_note(&c->diag, i->component->decl->loc, "it is of this component");
    return NULL;
}

static bool takes_items(const struct decl *op, void *arg)
{
    (void)arg;
    for (const struct param *p = op->params; p; p = p->next)
        if ((p->dir & DIR_IN) &&
            (p->type->kind == TYPE_CAP || p->type->kind == TYPE_FPAGE))
            return true;
    return false;
}

static struct link *link_find(const struct instance *i, const struct port *use)
{
    struct link *l = i->links;

    while (l && l->use != use)
        l = l->next;
    return l;
}

/* The port must have the interface that its client wants. */
static void check_types(struct idl *c, const struct clause *cl,
                        const struct port *use, const struct port *port)
{
    struct arena *a = &c->arena;

    if (interface_conforms(port->iface, use->iface))
        return;
    diag_error(&c->diag, DIAG_CONNECT_TYPE, cl->loc,
               "'%s' has interface '%s', which is not the '%s' that '%s' needs",
               cl->to.port, decl_path(a, port->iface), decl_path(a, use->iface),
               cl->from.port);
    diag_note(&c->diag, use->loc, "it is used here");
    diag_note(&c->diag, port->loc, "it is provided here");
    if (interface_conforms(use->iface, port->iface))
        diag_note(&c->diag, use->iface->loc,
                  "'%s' inherits from '%s', not the other way round",
                  use->iface->name, port->iface->name);
}

static void check_connect(struct idl *c, struct system *s,
                          const struct clause *cl)
{
    struct instance *client =
        instance_resolve(c, s, cl->from.name, cl->from.loc);
    struct instance *server = instance_resolve(c, s, cl->to.name, cl->to.loc);
    const struct port *use;
    const struct port *port;
    const struct link *same;
    struct link *link;
    struct link **end;

    if (!client || !server)
        return;
    use = port_resolve(c, client, client->component->uses, &cl->from, "uses");
    port = port_resolve(c, server, server->component->provides, &cl->to,
                        "provides");
    if (port && use)
        check_types(c, cl, use, port);
    if (!use)
        return;
    same = link_find(client, use);
    if (same) {
        diag_error(&c->diag, DIAG_CLAUSE_TWICE, cl->loc,
                   "'%s.%s' is connected twice", client->name, use->name);
        diag_note(&c->diag, same->loc, "it is already connected here");
        return;
    }
    link = arena_alloc(&c->arena, sizeof *link);
    *link =
        (struct link){.client = client,
                      .use = use,
                      .server = server,
                      .port = port,
                      .give = interface_each_op(use->iface, takes_items, NULL),
                      .inverts = attr_find(cl->attrs, "inverts") != NULL,
                      .loc = cl->loc};
    for (end = &client->links; *end;)
        end = &(*end)->next;
    *end = link;
}

static bool is_region(const struct grant *g)
{
    return g->kind == GRANT_MMIO || g->kind == GRANT_MODULE;
}

/* Each use has its connection, and the plan has room for all. Returns how much
 * of it this one takes. */
static unsigned check_connected(struct idl *c, const struct instance *i)
{
    unsigned caps = i->component->provide_count;
    unsigned regions = 0;

    for (const struct grant *g = i->grants; g; g = g->next) {
        caps++;
        regions += is_region(g);
    }
    for (const struct link *l = i->links; l; l = l->next)
        caps++;
    if (regions > PLAN_REGIONS_MAX)
        diag_error(&c->diag, DIAG_SYSTEM_LARGE, i->loc,
                   "'%s' has %u pieces of device memory and boot modules; at "
                   "most %d are possible",
                   i->name, regions, PLAN_REGIONS_MAX);
    if (caps > PLAN_CAPS_MAX)
        diag_error(&c->diag, DIAG_SYSTEM_LARGE, i->loc,
                   "'%s' has %u ports, connections and grants; at most %d are "
                   "possible",
                   i->name, caps, PLAN_CAPS_MAX);
    for (const struct port *u = i->component->uses; u; u = u->next) {
        if (u->optional || link_find(i, u))
            continue;
        diag_error(&c->diag, DIAG_USE_UNCONNECTED, i->loc,
                   "'%s.%s' is not connected; add 'connect %s.%s -> "
                   "COMPONENT.PORT;'",
                   i->name, u->name, i->name, u->name);
        diag_note(&c->diag, u->loc, "it is used here");
    }
    return caps;
}

static void check_all_connected(struct idl *c, const struct system *s)
{
    unsigned caps = 0;

    for (const struct instance *i = s->instances; i; i = i->next)
        caps += check_connected(c, i);
    if (caps > PLAN_GRANTS_MAX)
        diag_error(&c->diag, DIAG_SYSTEM_LARGE, s->decl->loc,
                   "the system has %u ports, connections and grants; at most "
                   "%d are possible",
                   caps, PLAN_GRANTS_MAX);
}

/* --- the rest ---------------------------------------------------------- */

/* What `b.x` in `never a -> b.x` is: a port, or what b is given. */
static bool never_target(struct idl *c, struct never *n,
                         const struct clause *cl)
{
    const struct component *k = n->to->component;

    if (!cl->to.port)
        return true;
    n->grant = given_find(n->to, cl->to.port);
    if (n->grant)
        return true;
    n->port = port_resolve(c, n->to, k->provides, &cl->to, "provides");
    return n->port != NULL;
}

static void check_never(struct idl *c, struct system *s,
                        const struct clause *cl)
{
    struct never **end = &s->nevers;
    struct never *n = arena_alloc(&c->arena, sizeof *n);

    n->loc = cl->loc;
    n->from = instance_resolve(c, s, cl->from.name, cl->from.loc);
    n->to = instance_resolve(c, s, cl->to.name, cl->to.loc);
    if (!n->from || !n->to || !never_target(c, n, cl))
        return;
    if (cl->from.port) {
        diag_error(&c->diag, DIAG_CLAUSE_FORM, cl->from.port_loc,
                   "a rule is about all of '%s', not a port of it",
                   cl->from.name);
        return;
    }
    if (n->from == n->to) {
        diag_error(&c->diag, DIAG_NEVER_ITSELF, cl->loc,
                   "'%s' always reaches itself", cl->from.name);
        return;
    }
    while (*end)
        end = &(*end)->next;
    *end = n;
}

static void check_exit(struct idl *c, struct system *s, const struct clause *cl)
{
    const char *word;

    if (!clause_form(c, cl, 1, 1, false,
                     "exit COMPONENT, exit all or exit never"))
        return;
    word = clause_word(c, cl, 0);
    if (!word)
        return;
    if (s->exit_at.src) {
        diag_error(&c->diag, DIAG_CLAUSE_TWICE, cl->loc,
                   "'exit' is said twice");
        diag_note(&c->diag, s->exit_at, "it is already here");
    }
    s->exit_at = cl->loc;
    s->exit_rule = strcmp(word, "all") == 0     ? EXIT_ALL
                   : strcmp(word, "never") == 0 ? EXIT_NEVER
                                                : EXIT_PROGRAM;
    if (s->exit_rule == EXIT_PROGRAM)
        s->exit_program = instance_resolve(c, s, word, cl->args->loc);
}

/* A number about the machine, said at most once. */
static void check_machine(struct idl *c, struct system *s,
                          const struct clause *cl)
{
    static const struct {
        const char *word;
        size_t value, at;
        uint64_t low, high, unit;
    } all[] = {
        {"memory", offsetof(struct system, memory),
         offsetof(struct system, memory_at), (uint64_t)8 << 20,
         (uint64_t)1 << 40, (uint64_t)1 << 20},
        {"pool", offsetof(struct system, pool),
         offsetof(struct system, pool_at), (uint64_t)1 << 20, (uint64_t)1 << 36,
         (uint64_t)1 << 20},
        {"reserve", offsetof(struct system, reserve),
         offsetof(struct system, reserve_at), 0, 100, 1},
    };
    unsigned i = 0;
    struct loc *at;
    uint64_t *value;

    while (strcmp(all[i].word, cl->word) != 0)
        i++;
    at = (struct loc *)(void *)((char *)s + all[i].at);
    value = (uint64_t *)(void *)((char *)s + all[i].value);
    if (!clause_form(c, cl, 1, 1, false,
                     i == 2 ? "reserve PERCENT"
                            : arena_printf(&c->arena, "%s SIZE", cl->word)))
        return;
    if (at->src) {
        diag_error(&c->diag, DIAG_CLAUSE_TWICE, cl->loc, "'%s' is said twice",
                   cl->word);
        diag_note(&c->diag, *at, "it is already here");
    }
    *at = cl->loc;
    if (clause_number(c, s->decl->scope, cl, 0, all[i].low, all[i].high,
                      value) &&
        *value % all[i].unit)
        diag_error(&c->diag, DIAG_SETTING_BAD, cl->args->loc,
                   "this is a multiple of 1M");
}

static void check_arrow(struct idl *c, struct system *s,
                        const struct clause *cl)
{
    static const char *const words[] = {"connect", "never", NULL};

    for (const struct attr *at = cl->attrs; at; at = at->next)
        if (strcmp(at->name, "inverts") != 0 ||
            strcmp(cl->word, "connect") != 0)
            check_no_effect(c, at, "it belongs elsewhere.");
    if (strcmp(cl->word, "connect") == 0)
        check_connect(c, s, cl);
    else if (strcmp(cl->word, "never") == 0)
        check_never(c, s, cl);
    else
        clause_unknown(c, cl, words);
}

static void check_clause(struct idl *c, struct system *s,
                         const struct clause *cl)
{
    static const char *const words[] = {"memory",  "pool",  "reserve", "exit",
                                        "connect", "never", NULL};

    if (cl->instance)
        return;
    check_attrs(c, cl->attrs, ON_CLAUSE);
    if (cl->arrow) {
        check_arrow(c, s, cl);
        return;
    }
    if (strcmp(cl->word, "connect") == 0 || strcmp(cl->word, "never") == 0)
        diag_error(&c->diag, DIAG_CLAUSE_FORM, cl->loc, "expected: %s",
                   cl->word[0] == 'c' ? "connect A.PORT -> B.PORT;"
                                      : "never A -> B.PORT; or never A -> B;");
    else if (strcmp(cl->word, "exit") == 0)
        check_exit(c, s, cl);
    else if (strcmp(cl->word, "memory") == 0 || strcmp(cl->word, "pool") == 0 ||
             strcmp(cl->word, "reserve") == 0)
        check_machine(c, s, cl);
    else
        clause_unknown(c, cl, words);
}

static void check_system(struct idl *c, struct decl *d)
{
    struct system *s = arena_alloc(&c->arena, sizeof *s);
    unsigned errors = c->diag.errors;

    s->decl = d;
    s->memory = (uint64_t)256 << 20;
    s->pool = (uint64_t)16 << 20;
    d->system = s;
    for (const struct clause *cl = d->clauses; cl; cl = cl->next)
        if (cl->instance)
            check_instance(c, s, cl);
    for (const struct clause *cl = d->clauses; cl; cl = cl->next)
        check_clause(c, s, cl);
    if (!s->instances)
        diag_error(&c->diag, DIAG_SYSTEM_EMPTY, d->loc,
                   "there is no component in this system");
    check_all_connected(c, s);
    check_starts(c, s);
    if (c->diag.errors != errors)
        return;
    check_limits(c, s);
    check_priorities(c, s);
    check_nevers(c, s);
    s->valid = c->diag.errors == errors;
}

static void each_decl(struct idl *c, struct decl *list, enum decl_kind kind,
                      void (*fn)(struct idl *c, struct decl *d))
{
    for (struct decl *d = list; d; d = d->next) {
        if (d->kind == kind)
            fn(c, d);
        if (d->kind == DECL_MODULE)
            each_decl(c, d->members, kind, fn);
    }
}

void check_systems(struct idl *c)
{
    for (struct unit *u = c->units; u; u = u->next)
        each_decl(c, u->decls, DECL_COMPONENT, check_component);
    if (c->diag.errors == 0)
        for (struct unit *u = c->units; u; u = u->next)
            each_decl(c, u->decls, DECL_SYSTEM, check_system);
}
