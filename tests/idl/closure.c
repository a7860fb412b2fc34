/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The closure of authority against a model of it: random systems are written
 * as IDL and given to the compiler; what can be held is computed here once
 * more, from the rules in docs/idl.md, by trying everything until nothing new
 * comes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "authority.h"

enum { PARTS = 5, INTERFACES = 4, OPS = 2, LINKS = 8, SYSTEMS = 400 };

/* What a parameter carries: an interface, or one of these. */
enum {
    CARRIES_TASK = INTERFACES,
    CARRIES_GATE,
    CARRIES_ANY,
    CARRIES_MEMORY,
    CARRIES_IO,
    CARRIES_NOTHING,
    CARRIES
};

/* What something is held as. */
enum {
    AS_TASK = INTERFACES,
    AS_THREAD,
    AS_SCHED,
    AS_DEVICE,
    AS_GATE,
    AS_MEMORY,
    AS_PORTS,
    AS_ANY,
    TYPES
};

struct op {
    unsigned in, out; /* CARRIES_* */
};

struct link_model {
    unsigned client, server, as;
    bool give;
};

/* One random system. */
struct model {
    unsigned base[INTERFACES]; /* of each, or itself; always a lower number */
    struct op ops[INTERFACES][OPS];
    unsigned port[PARTS]; /* the interface that each provides */
    bool untrusted[PARTS];
    bool device[PARTS]; /* has all devices */
    bool memory[PARTS]; /* has registers that are DMA authority */
    bool ports[PARTS];  /* has I/O ports */
    struct link_model links[LINKS];
    unsigned link_count;
};

/* Authorities by number. */
enum {
    TASK = 0,
    THREAD = PARTS,
    SCHED = 2 * PARTS,
    GATE = 3 * PARTS,
    LABEL = 4 * PARTS, /* to a port, with give */
    DEVICE = 5 * PARTS,
    MEMORY = 6 * PARTS,
    PORTS = 7 * PARTS,
    LINK = 8 * PARTS,
    AUTHORITIES = LINK + LINKS
};

static bool has[PARTS][AUTHORITIES][TYPES];
static bool changed;

static uint64_t seed;

static unsigned random_below(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static bool conforms(const struct model *m, unsigned type, unsigned base)
{
    if (type >= INTERFACES || base >= INTERFACES)
        return type == base;
    while (type != base && m->base[type] != type)
        type = m->base[type];
    return type == base;
}

static bool carries_items(unsigned what)
{
    return what != CARRIES_NOTHING;
}

static bool wants_give(const struct model *m, unsigned iface)
{
    for (;; iface = m->base[iface]) {
        for (unsigned i = 0; i < OPS; i++)
            if (carries_items(m->ops[iface][i].in))
                return true;
        if (m->base[iface] == iface)
            return false;
    }
}

static void model_make(struct model *m)
{
    memset(m, 0, sizeof *m);
    for (unsigned i = 0; i < INTERFACES; i++) {
        m->base[i] = i && random_below(2) ? random_below(i) : i;
        for (unsigned k = 0; k < OPS; k++) {
            m->ops[i][k].in = CARRIES_NOTHING;
            m->ops[i][k].out = CARRIES_NOTHING;
            if (random_below(4) == 0)
                m->ops[i][k].in = random_below(CARRIES);
            if (random_below(4) == 0)
                m->ops[i][k].out = random_below(CARRIES);
        }
    }
    for (unsigned i = 0; i < PARTS; i++) {
        m->port[i] = random_below(INTERFACES);
        m->untrusted[i] = random_below(4) == 0;
        m->device[i] = random_below(16) == 0;
        m->memory[i] = random_below(12) == 0;
        m->ports[i] = random_below(8) == 0;
    }
    m->link_count = 1 + random_below(LINKS);
    for (unsigned i = 0; i < m->link_count; i++) {
        struct link_model *l = &m->links[i];

        l->client = random_below(PARTS);
        l->server = random_below(PARTS);
        l->as = m->port[l->server];
        while (m->base[l->as] != l->as && random_below(2))
            l->as = m->base[l->as];
        l->give = wants_give(m, l->as);
    }
}

/* --- the rules, by trying everything ----------------------------------- */

static void hold(unsigned who, unsigned what, unsigned as)
{
    changed |= !has[who][what][as];
    has[who][what][as] = true;
}

static bool is_gate(unsigned x)
{
    return x >= GATE && x < LABEL;
}

/* The server of a capability to a port; PARTS if it is none. */
static unsigned server_of(const struct model *m, unsigned x)
{
    if (x >= LINK)
        return m->links[x - LINK].server;
    return x >= GATE && x < DEVICE ? x % PARTS : PARTS;
}

/* Whether WHO passes on X, held as TYPE, where a parameter carries CARRIED. */
static bool passes_on(const struct model *m, unsigned who, unsigned x,
                      unsigned type, unsigned carried)
{
    bool memory = x >= MEMORY && x < PORTS;

    if (carried == CARRIES_IO)
        return x >= PORTS && x < LINK &&
               (type == AS_PORTS || type == AS_ANY || m->untrusted[who]);
    if (carried == CARRIES_NOTHING || memory != (carried == CARRIES_MEMORY))
        return false;
    if (carried == CARRIES_ANY || memory || type == AS_ANY || m->untrusted[who])
        return true;
    if (carried == CARRIES_GATE && server_of(m, x) < PARTS)
        return true;
    if (carried == CARRIES_TASK)
        return type == AS_TASK;
    return carried == CARRIES_GATE ? type == AS_GATE
                                   : conforms(m, type, carried);
}

static unsigned arrives_as(unsigned carried)
{
    if (carried < INTERFACES)
        return carried;
    return carried == CARRIES_TASK   ? AS_TASK
           : carried == CARRIES_GATE ? AS_GATE
           : carried == CARRIES_IO   ? AS_PORTS
                                     : AS_ANY;
}

static void pass_on(const struct model *m, unsigned from, unsigned to,
                    unsigned x, unsigned type, unsigned carried)
{
    if (from == to || !passes_on(m, from, x, type, carried))
        return;
    if (is_gate(x) && !m->untrusted[from] && carried < CARRIES_GATE)
        x = LABEL + x % PARTS;
    hold(to, x, arrives_as(carried));
}

/* What two say to each other by the operations of an interface. */
struct talk {
    const struct model *model;
    unsigned who, server, iface;
    bool give;
};

/* X, held as AS, by the operations of one interface, without its bases. */
static void talk_ops(const struct talk *t, unsigned iface, unsigned x,
                     unsigned as)
{
    const struct model *m = t->model;

    for (unsigned k = 0; k < OPS; k++) {
        if (t->give && has[t->who][x][as])
            pass_on(m, t->who, t->server, x, as, m->ops[iface][k].in);
        if (has[t->server][x][as])
            pass_on(m, t->server, t->who, x, as, m->ops[iface][k].out);
    }
}

static void talk_about(const struct talk *t, unsigned x, unsigned as)
{
    const struct model *m = t->model;
    unsigned iface = t->iface;

    talk_ops(t, iface, x, as);
    while (m->base[iface] != iface) {
        iface = m->base[iface];
        talk_ops(t, iface, x, as);
    }
    if (!m->untrusted[t->who] || !m->untrusted[t->server])
        return;
    if (t->give && has[t->who][x][as])
        hold(t->server, x, as);
    if (has[t->server][x][as])
        hold(t->who, x, as);
}

/* All that WHO can exchange by one capability, held as TYPE. */
static void talk(const struct model *m, unsigned who, unsigned way,
                 unsigned type)
{
    struct talk t = {.model = m, .who = who, .server = server_of(m, way)};

    t.iface = m->port[t.server];
    t.give = way < LINK || m->links[way - LINK].give;
    if (type < INTERFACES && conforms(m, t.iface, type) && !m->untrusted[who])
        t.iface = type;
    for (unsigned x = 0; x < AUTHORITIES; x++)
        for (unsigned as = 0; as < TYPES; as++)
            talk_about(&t, x, as);
}

static bool controls(const struct model *m, unsigned who, unsigned x,
                     unsigned type)
{
    if (x % PARTS == who || x >= LINK)
        return false;
    if (is_gate(x))
        return true;
    if (x >= SCHED)
        return false;
    return type == AS_ANY || m->untrusted[who] ||
           type == (x < THREAD ? AS_TASK : AS_THREAD);
}

static void take_all(unsigned who, unsigned whose)
{
    for (unsigned x = 0; x < AUTHORITIES; x++)
        for (unsigned as = 0; as < TYPES; as++)
            if (has[whose][x][as])
                hold(who, x, as);
}

static void follow(const struct model *m, unsigned who, unsigned x,
                   unsigned type)
{
    if (server_of(m, x) < PARTS && server_of(m, x) != who)
        talk(m, who, x, type);
    if (controls(m, who, x, type))
        take_all(who, x % PARTS);
    if (x >= DEVICE && x < PORTS)
        for (unsigned i = 0; i < PARTS; i++)
            if (i != who)
                hold(who, TASK + i, AS_TASK);
}

/* What the system gives. */
static void model_give(const struct model *m)
{
    memset(has, 0, sizeof has);
    for (unsigned i = 0; i < PARTS; i++) {
        hold(i, TASK + i, AS_TASK);
        hold(i, THREAD + i, AS_THREAD);
        hold(i, SCHED + i, AS_SCHED);
        hold(i, GATE + i, m->port[i]);
        if (m->device[i])
            hold(i, DEVICE + i, AS_DEVICE);
        if (m->memory[i])
            hold(i, MEMORY + i, AS_MEMORY);
        if (m->ports[i])
            hold(i, PORTS + i, AS_PORTS);
    }
    for (unsigned i = 0; i < m->link_count; i++)
        hold(m->links[i].client, LINK + i, m->links[i].as);
}

static void model_close(const struct model *m)
{
    model_give(m);
    do {
        changed = false;
        for (unsigned who = 0; who < PARTS; who++)
            for (unsigned x = 0; x < AUTHORITIES; x++)
                for (unsigned as = 0; as < TYPES; as++)
                    if (has[who][x][as])
                        follow(m, who, x, as);
    } while (changed);
}

/* --- the same as IDL --------------------------------------------------- */

static void put_param(FILE *out, const char *dir, unsigned what)
{
    if (what < INTERFACES)
        fprintf(out, "%s cap<i%u> %s_x", dir, what, dir);
    else if (what == CARRIES_TASK)
        fprintf(out, "%s cap<l4::task> %s_x", dir, dir);
    else if (what == CARRIES_GATE)
        fprintf(out, "%s cap<l4::gate> %s_x", dir, dir);
    else if (what == CARRIES_ANY)
        fprintf(out, "%s cap %s_x", dir, dir);
    else if (what == CARRIES_MEMORY)
        fprintf(out, "%s fpage %s_x", dir, dir);
    else if (what == CARRIES_IO)
        fprintf(out, "%s fpage<io> %s_x", dir, dir);
    else
        fprintf(out, "%s u32 %s_x", dir, dir);
}

static void put_interfaces(FILE *out, const struct model *m)
{
    fputs("module l4 { [proto(300)] interface task { [op(1)] void f(); };\n"
          "interface gate {}; };\n",
          out);
    for (unsigned i = 0; i < INTERFACES; i++)
        fprintf(out, "interface i%u;\n", i);
    for (unsigned i = 0; i < INTERFACES; i++) {
        fprintf(out, "[proto(%u)] interface i%u", 400 + i, i);
        if (m->base[i] != i)
            fprintf(out, " : i%u", m->base[i]);
        fputs(" {\n", out);
        for (unsigned k = 0; k < OPS; k++) {
            fprintf(out, "    [op(%u)] void o%u_%u(", k + 1, i, k);
            put_param(out, "in", m->ops[i][k].in);
            fputs(", ", out);
            put_param(out, "out", m->ops[i][k].out);
            fputs(");\n", out);
        }
        fputs("};\n", out);
    }
}

static void put_part(FILE *out, const struct model *m, unsigned i)
{
    fprintf(out, "component c%u { provides i%u port;%s%s%s%s", i, m->port[i],
            m->untrusted[i] ? " untrusted;" : "",
            m->device[i] ? " device as device;" : "",
            m->memory[i] ? " mmio as regs;" : "",
            m->ports[i] ? " ports as io;" : "");
    for (unsigned k = 0; k < m->link_count; k++)
        if (m->links[k].client == i)
            fprintf(out, " uses i%u u%u;", m->links[k].as, k);
    fputs(" };\n", out);
}

static void put_model(FILE *out, const struct model *m)
{
    put_interfaces(out, m);
    for (unsigned i = 0; i < PARTS; i++)
        put_part(out, m, i);
    fputs("system s {\n", out);
    for (unsigned i = 0; i < PARTS; i++) {
        fprintf(out, "    component c%u {%s", i,
                m->device[i] ? " device as device;" : "");
        if (m->memory[i])
            fprintf(out, " mmio 0x%x000, 4K as regs;", 0xfe000 + i);
        if (m->ports[i])
            fprintf(out, " ports 0x%x, 1 as io;", 0x3f0 + i);
        fputs(" };\n", out);
    }
    for (unsigned k = 0; k < m->link_count; k++)
        fprintf(out, "    connect c%u.u%u -> c%u.port;\n", m->links[k].client,
                k, m->links[k].server);
    fputs("};\n", out);
}

/* --- comparison -------------------------------------------------------- */

/* What matters to rules: ports, programs and devices that can be reached. */
enum {
    REACH_PORT,
    REACH_TASK,
    REACH_THREAD,
    REACH_SCHED,
    REACH_DEVICE,
    REACH_MEMORY,
    REACH_PORTS,
    REACHES
};

static void reach_model(const struct model *m,
                        bool reach[PARTS][REACHES][PARTS])
{
    static const unsigned kinds[] = {
        REACH_TASK, REACH_THREAD, REACH_SCHED,  REACH_PORT,
        REACH_PORT, REACH_DEVICE, REACH_MEMORY, REACH_PORTS,
    };

    for (unsigned who = 0; who < PARTS; who++)
        for (unsigned x = 0; x < AUTHORITIES; x++)
            for (unsigned as = 0; as < TYPES; as++) {
                if (!has[who][x][as])
                    continue;
                if (x >= LINK)
                    reach[who][REACH_PORT][server_of(m, x)] = true;
                else
                    reach[who][kinds[x / PARTS]][x % PARTS] = true;
            }
}

static void reach_graph(const struct authority_graph *g,
                        bool reach[PARTS][REACHES][PARTS])
{
    for (const struct holding *h = g->holdings; h; h = h->next) {
        const struct authority *x = h->authority;
        unsigned kind = REACH_PORT;

        if (x->kind == AUTHORITY_TASK)
            kind = REACH_TASK;
        else if (x->kind == AUTHORITY_THREAD)
            kind = REACH_THREAD;
        else if (x->kind == AUTHORITY_SCHED)
            kind = REACH_SCHED;
        else if (x->kind == AUTHORITY_GRANT)
            kind = x->grant->kind == GRANT_DEVICE  ? REACH_DEVICE
                   : x->grant->kind == GRANT_PORTS ? REACH_PORTS
                                                   : REACH_MEMORY;
        reach[h->holder->index][kind][x->of->index] = true;
    }
}

static const struct system *system_of(struct idl *c)
{
    const struct decl *d = c->units->decls;

    while (d && d->kind != DECL_SYSTEM)
        d = d->next;
    return d ? d->system : NULL;
}

/* One system: 0 if both agree. */
static int compare_one(const struct model *m, const char *path)
{
    bool want[PARTS][REACHES][PARTS] = {{{false}}};
    bool got[PARTS][REACHES][PARTS] = {{{false}}};
    struct idl c = {.diag.out = stderr};
    FILE *out = fopen(path, "w");
    int differ;

    assert_non_null(out);
    put_model(out, m);
    fclose(out);
    model_close(m);
    reach_model(m, want);
    assert_true(idl_load(&c, path));
    idl_check(&c);
    assert_int_equal(c.diag.errors, 0);
    reach_graph(system_of(&c)->authority, got);
    differ = memcmp(want, got, sizeof want);
    arena_free(&c.arena);
    return differ;
}

static void closures_agree(void **state)
{
    char path[] = "/tmp/closure-XXXXXX";
    int fd = mkstemp(path);
    unsigned reached = 0;

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (unsigned i = 1; i <= SYSTEMS; i++) {
        struct model m;

        seed = i;
        model_make(&m);
        if (compare_one(&m, path) != 0)
            fail_msg("system %u differs: see %s", i, path);
        for (unsigned who = 0; who < PARTS; who++)
            for (unsigned x = LINK; x < AUTHORITIES; x++)
                for (unsigned as = 0; as < TYPES; as++)
                    reached += has[who][x][as];
    }
    unlink(path);
    print_message("%u systems, %u ways to ports\n", SYSTEMS, reached);
    assert_true(reached > SYSTEMS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(closures_agree)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
