/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a system takes of its machine: memory, the kernel's pool, processor
 * time, interrupt lines; and whether a high priority can be made to wait for
 * a low one.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "system.h"

/* What root takes of the kernel's pool for each program, beside its quota
 * (docs/bootplan.md). */
static const uint64_t kernel_base = (uint64_t)256 << 10;
enum { KERNEL_SHARE = 32 };

/* A size for people. */
static const char *size_text(struct arena *a, uint64_t bytes)
{
    if (bytes % ((uint64_t)1 << 20) == 0)
        return arena_printf(a, "%" PRIu64 "M", bytes >> 20);
    return arena_printf(a, "%" PRIu64 "K", bytes >> 10);
}

static uint64_t pool_share(const struct instance *i)
{
    return kernel_base + i->settings.memory / KERNEL_SHARE + i->settings.quota;
}

static void note_shares(struct idl *c, const struct system *s,
                        uint64_t (*share)(const struct instance *i))
{
    for (const struct instance *i = s->instances; i; i = i->next)
        if (!i->settings.manual)
            diag_note(&c->diag, i->loc, "'%s' takes %s", i->name,
                      size_text(&c->arena, share(i)));
}

static uint64_t memory_share(const struct instance *i)
{
    return i->settings.memory;
}

/* Those that start with the image must all find what they are promised. */
static void check_sizes(struct idl *c, const struct system *s)
{
    struct loc memory_at = s->memory_at.src ? s->memory_at : s->decl->loc;
    struct loc pool_at = s->pool_at.src ? s->pool_at : s->decl->loc;
    uint64_t memory = s->pool;
    uint64_t pool = 0;

    for (const struct instance *i = s->instances; i; i = i->next) {
        if (i->settings.manual)
            continue;
        memory += i->settings.memory;
        pool += pool_share(i);
    }
    if (memory > s->memory) {
        diag_error(&c->diag, DIAG_MEMORY_SHORT, memory_at,
                   "the system needs %s of memory, the kernel's pool of %s "
                   "included; the machine has %s",
                   size_text(&c->arena, memory), size_text(&c->arena, s->pool),
                   size_text(&c->arena, s->memory));
        note_shares(c, s, memory_share);
    }
    if (pool > s->pool) {
        diag_error(&c->diag, DIAG_POOL_SHORT, pool_at,
                   "the system needs %s of the kernel's pool, which has %s",
                   size_text(&c->arena, pool), size_text(&c->arena, s->pool));
        note_shares(c, s, pool_share);
    }
}

/* --- processor time ---------------------------------------------------- */

static double time_share(const struct instance *i)
{
    return (double)i->settings.budget_ns / (double)i->settings.period_ns;
}

/* A budget is worth nothing if somebody above may take all the time. */
static void check_unbounded(struct idl *c, const struct system *s,
                            const struct instance *i)
{
    for (const struct instance *k = s->instances; k; k = k->next) {
        if (k->settings.budget_ns ||
            k->settings.priority <= i->settings.priority)
            continue;
        diag_warn(&c->diag, DIAG_BUDGET_WEAK, i->settings.budget_at,
                  "'%s' may not get its budget: '%s' has a higher priority and "
                  "no budget",
                  i->name, k->name);
        diag_note(&c->diag, k->loc,
                  "'%s' has priority %" PRIu64 ", '%s' %" PRIu64, k->name,
                  k->settings.priority, i->name, i->settings.priority);
        return;
    }
}

static void check_budgets(struct idl *c, const struct system *s)
{
    double least = 1 - (double)s->reserve / 100;
    double sum = 0;

    for (const struct instance *i = s->instances; i; i = i->next)
        if (i->settings.budget_ns)
            sum += time_share(i);
    if (sum > least + 1e-9) {
        diag_error(&c->diag, DIAG_TIME_SHORT,
                   s->reserve_at.src ? s->reserve_at : s->decl->loc,
                   "budgets take %.1f %% of the time; there are %.1f %%",
                   sum * 100, least * 100);
        for (const struct instance *i = s->instances; i; i = i->next)
            if (i->settings.budget_ns)
                diag_note(&c->diag, i->settings.budget_at, "'%s' takes %.1f %%",
                          i->name, time_share(i) * 100);
    }
    for (const struct instance *i = s->instances; i; i = i->next) {
        if (!i->settings.budget_ns)
            continue;
        check_unbounded(c, s, i);
        if (i->settings.quota)
            diag_warn(&c->diag, DIAG_BUDGET_WEAK, i->settings.budget_at,
                      "this binds the main thread of '%s' only: with a quota "
                      "it can make contexts without a budget",
                      i->name);
    }
}

/* --- devices ----------------------------------------------------------- */

/* Whether two grants are of the same thing. */
static bool grants_overlap(const struct grant *a, const struct grant *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == GRANT_IRQ)
        return a->first == b->first;
    return (a->kind == GRANT_PORTS || a->kind == GRANT_MMIO) &&
           a->first < b->first + b->count && b->first < a->first + a->count;
}

/* An interrupt has one driver; registers should. */
static void check_shared(struct idl *c, const struct instance *i,
                         const struct grant *g)
{
    for (const struct instance *k = i; k; k = k->next)
        for (const struct grant *other = k == i ? g->next : k->grants; other;
             other = other->next) {
            if (!grants_overlap(g, other))
                continue;
            if (g->kind == GRANT_IRQ)
                diag_error(&c->diag, DIAG_IRQ_TWICE, other->loc,
                           "'%s' and '%s' are both given interrupt %" PRIu64,
                           i->name, k->name, g->first);
            else
                diag_warn(&c->diag, DIAG_DEVICE_SHARED, other->loc,
                          "'%s' and '%s' are both given these %s", i->name,
                          k->name, grant_word(g->kind));
            diag_note(&c->diag, g->loc, "the first time is here");
        }
}

void check_limits(struct idl *c, struct system *s)
{
    check_sizes(c, s);
    check_budgets(c, s);
    for (const struct instance *i = s->instances; i; i = i->next)
        for (const struct grant *g = i->grants; g; g = g->next)
            check_shared(c, i, g);
}

/* --- priorities -------------------------------------------------------- */

/* The highest priority that an instance may run with: its own, or that of
 * somebody who calls it, since a call lends the caller's. */
struct lent {
    uint64_t priority;
    const struct link *by; /* NULL: its own */
};

static bool is_call(const struct decl *op, void *arg)
{
    (void)arg;
    return !op->oneway;
}

/* Spreads priorities along calls until nothing changes. */
static void lend(const struct system *s, struct lent *lent)
{
    bool changed = true;

    for (const struct instance *i = s->instances; i; i = i->next)
        lent[i->index] = (struct lent){i->settings.priority, NULL};
    while (changed) {
        changed = false;
        for (const struct instance *i = s->instances; i; i = i->next)
            for (const struct link *l = i->links; l; l = l->next) {
                struct lent *to = &lent[l->server->index];

                if (lent[i->index].priority <= to->priority ||
                    !interface_each_op(l->use->iface, is_call, NULL))
                    continue;
                *to = (struct lent){lent[i->index].priority, l};
                changed = true;
            }
    }
}

/* An operation whose caller waits for the server without lending it time, and
 * for any length of time. */
static bool lends_nothing(const struct decl *op, void *arg)
{
    const struct decl **found = arg;

    if (op->timeout_ns || (!op->oneway && !op->defer))
        return false;
    *found = op;
    return true;
}

static void check_inversion(struct idl *c, const struct link *l,
                            const struct lent *lent)
{
    const struct lent *from = &lent[l->client->index];
    const struct decl *op = NULL;

    if (l->inverts || from->priority <= l->server->settings.priority ||
        !interface_each_op(l->use->iface, lends_nothing, &op))
        return;
    diag_error(&c->diag, DIAG_PRIORITY_INVERTED, l->loc,
               "'%s' with priority %" PRIu64 " may have to wait for '%s' with "
               "%" PRIu64 ", and lends it no time",
               l->client->name, from->priority, l->server->name,
               l->server->settings.priority);
    diag_note(&c->diag, op->loc,
              op->oneway ? "'%s' is oneway: its sender waits until the server "
                           "takes it"
                         : "'%s' is deferred: from then on the server runs on "
                           "its own time",
              op->name);
    if (from->by)
        diag_note(&c->diag, from->by->loc,
                  "'%s' has that priority while '%s' calls it", l->client->name,
                  from->by->client->name);
    diag_note(&c->diag, l->server->loc,
              "raise the priority of '%s', give '%s' a timeout, or accept it "
              "by '[inverts] connect'",
              l->server->name, op->name);
}

void check_priorities(struct idl *c, struct system *s)
{
    struct lent lent[PLAN_PROGRAMS_MAX];

    lend(s, lent);
    for (const struct instance *i = s->instances; i; i = i->next)
        for (const struct link *l = i->links; l; l = l->next)
            check_inversion(c, l, lent);
}
