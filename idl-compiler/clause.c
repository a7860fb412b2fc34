/* SPDX-License-Identifier: BSD-2-Clause */
/* The form of statements in components and systems: their words and numbers. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "eval.h"
#include "scope.h"
#include "system.h"

static const struct attr_arg *arg_at(const struct clause *cl, unsigned n)
{
    const struct attr_arg *arg = cl->args;

    while (arg && n-- > 0)
        arg = arg->next;
    return arg;
}

bool clause_number(struct idl *c, const struct decl *scope,
                   const struct clause *cl, unsigned n, uint64_t low,
                   uint64_t high, uint64_t *out)
{
    const struct attr_arg *arg = arg_at(cl, n);

    if (!arg)
        return false;
    if (arg->kind != ARG_EXPR) {
        diag_error(&c->diag, DIAG_CLAUSE_FORM, arg->loc,
                   "'%s' takes a number here", cl->word);
        return false;
    }
    return eval_between(c, scope, arg->expr, low, high,
                        arena_printf(&c->arena, "the number of '%s'", cl->word),
                        out);
}

const char *clause_word(struct idl *c, const struct clause *cl, unsigned n)
{
    const struct attr_arg *arg = arg_at(cl, n);

    if (!arg)
        return NULL;
    if (arg->kind != ARG_EXPR || arg->expr->kind != EXPR_NAME ||
        arg->expr->name->next || arg->expr->name->absolute) {
        diag_error(&c->diag, DIAG_CLAUSE_FORM, arg->loc,
                   "'%s' takes a word here", cl->word);
        return NULL;
    }
    return arg->expr->name->part;
}

const char *clause_text(struct idl *c, const struct clause *cl, unsigned n)
{
    const struct attr_arg *arg = arg_at(cl, n);

    if (!arg)
        return NULL;
    if (arg->kind != ARG_STRING) {
        diag_error(&c->diag, DIAG_CLAUSE_FORM, arg->loc,
                   "'%s' takes a string here", cl->word);
        return NULL;
    }
    return arg->text;
}

bool clause_form(struct idl *c, const struct clause *cl, unsigned least,
                 unsigned most, bool named, const char *form)
{
    unsigned n = 0;

    for (const struct attr_arg *arg = cl->args; arg; arg = arg->next)
        n++;
    if (!cl->arrow && n >= least && n <= most && named == (cl->name != NULL))
        return true;
    diag_error(&c->diag, DIAG_CLAUSE_FORM, cl->loc, "expected: %s;", form);
    return false;
}

void clause_unknown(struct idl *c, const struct clause *cl,
                    const char *const *words)
{
    struct guess g = {.word = cl->word};

    for (; *words; words++)
        guess_try(&g, *words);
    if (g.best)
        diag_error(&c->diag, DIAG_CLAUSE_UNKNOWN, cl->loc,
                   "there is no statement '%s' here; did you mean '%s'?",
                   cl->word, g.best);
    else
        diag_error(&c->diag, DIAG_CLAUSE_UNKNOWN, cl->loc,
                   "there is no statement '%s' here", cl->word);
}

bool check_plan_name(struct idl *c, const char *name, struct loc loc)
{
    size_t len = strlen(name);

    for (const char *s = name; *s; s++)
        if (!isalnum((unsigned char)*s) && *s != '_' && *s != '-')
            len = 0;
    if (len > 0 && len <= PLAN_NAME_MAX)
        return true;
    diag_error(&c->diag, DIAG_PLAN_NAME, loc,
               "'%s' is no name for a boot plan: those have 1 to %d letters, "
               "digits, '-' and '_'",
               name, PLAN_NAME_MAX);
    return false;
}

/* "50ms" and the like in nanoseconds; 0 if it is no time. */
static uint64_t time_ns(const char *text)
{
    static const struct {
        const char *unit;
        uint64_t ns;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    char *end;
    unsigned long long n = strtoull(text, &end, 10);

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i].unit) == 0)
            return n > UINT64_MAX / units[i].ns ? UINT64_MAX : n * units[i].ns;
    return 0;
}

/* --- settings ---------------------------------------------------------- */

enum { PAGE = 4096, PRIORITY_MAX = 254, TABLE_MIN = 64, TABLE_MAX = 4096 };

static const uint64_t memory_max = (uint64_t)1 << 40;
static const uint64_t stack_max = (uint64_t)16 << 20;
static const uint64_t heap_max = (uint64_t)512 << 20;
enum { MS = 1000000, BACKOFF_MAX = 10000 };

static const uint64_t budget_min = 1000;
static const uint64_t period_min = 10000;
static const uint64_t period_max = (uint64_t)1 << 50;

static void check_size(struct idl *c, const struct decl *scope,
                       const struct clause *cl, uint64_t low, uint64_t high,
                       uint64_t *out)
{
    if (clause_number(c, scope, cl, 0, low, high, out) && *out % PAGE)
        diag_error(&c->diag, DIAG_SETTING_BAD, cl->args->loc,
                   "a size is a multiple of 4K");
}

static void set_memory(struct idl *c, const struct decl *scope,
                       const struct clause *cl, struct settings *s)
{
    check_size(c, scope, cl, PAGE, memory_max, &s->memory);
}

static void set_stack(struct idl *c, const struct decl *scope,
                      const struct clause *cl, struct settings *s)
{
    check_size(c, scope, cl, PAGE, stack_max, &s->stack);
}

static void set_heap(struct idl *c, const struct decl *scope,
                     const struct clause *cl, struct settings *s)
{
    check_size(c, scope, cl, 0, heap_max, &s->heap);
}

static void set_quota(struct idl *c, const struct decl *scope,
                      const struct clause *cl, struct settings *s)
{
    check_size(c, scope, cl, 0, memory_max, &s->quota);
}

static void set_priority(struct idl *c, const struct decl *scope,
                         const struct clause *cl, struct settings *s)
{
    (void)clause_number(c, scope, cl, 0, 0, PRIORITY_MAX, &s->priority);
}

static void set_table(struct idl *c, const struct decl *scope,
                      const struct clause *cl, struct settings *s)
{
    if (clause_number(c, scope, cl, 0, TABLE_MIN, TABLE_MAX, &s->table) &&
        s->table & (s->table - 1))
        diag_error(&c->diag, DIAG_SETTING_BAD, cl->args->loc,
                   "a table has a power of two of slots");
}

/* The N-th argument as a time. */
static bool clause_time(struct idl *c, const struct clause *cl, unsigned n,
                        uint64_t *out)
{
    const struct attr_arg *arg = arg_at(cl, n);

    *out = arg->kind == ARG_DECIMAL ? time_ns(arg->text) : 0;
    if (*out == 0)
        diag_error(&c->diag, DIAG_TIMEOUT_BAD, arg->loc,
                   "'%s' takes times, as in 2ms: a number with ns, us, ms or s",
                   cl->word);
    return *out != 0;
}

/* ... as the part of a budget, between LOW and HIGH. */
static bool budget_time(struct idl *c, const struct clause *cl, unsigned n,
                        uint64_t low, uint64_t high, uint64_t *out)
{
    if (!clause_time(c, cl, n, out))
        return false;
    if (*out >= low && *out <= high)
        return true;
    diag_error(&c->diag, DIAG_SETTING_BAD, arg_at(cl, n)->loc,
               "a budget has at least 1us, a period 10us to 13 days");
    return false;
}

static void set_budget(struct idl *c, const struct decl *scope,
                       const struct clause *cl, struct settings *s)
{
    (void)scope;
    if (budget_time(c, cl, 0, budget_min, period_max, &s->budget_ns) &&
        budget_time(c, cl, 1, period_min, period_max, &s->period_ns) &&
        s->budget_ns > s->period_ns)
        diag_error(&c->diag, DIAG_SETTING_BAD, cl->loc,
                   "the budget is longer than its period");
}

/* Strings are what stands between blanks, as in a boot plan. */
static void set_args(struct idl *c, const struct decl *scope,
                     const struct clause *cl, struct settings *s)
{
    unsigned n = 0;

    (void)scope;
    s->args = "";
    for (const struct attr_arg *arg = cl->args; arg; arg = arg->next) {
        const char *text = clause_text(c, cl, n++);

        if (text)
            s->args = arena_printf(&c->arena, "%s%s%s", s->args,
                                   *s->args ? " " : "", text);
    }
    if (strlen(s->args) > PLAN_ARGS_MAX - PLAN_NAME_MAX - 2)
        diag_error(&c->diag, DIAG_SETTING_BAD, cl->loc,
                   "arguments have at most %d characters",
                   PLAN_ARGS_MAX - PLAN_NAME_MAX - 2);
}

static void set_start(struct idl *c, const struct decl *scope,
                      const struct clause *cl, struct settings *s)
{
    const char *word = clause_word(c, cl, 0);

    (void)scope;
    s->manual = word && strcmp(word, "manual") == 0;
    if (word && !s->manual && strcmp(word, "auto") != 0)
        diag_error(&c->diag, DIAG_CLAUSE_FORM, cl->args->loc,
                   "a start is auto or manual");
}

static void set_restart(struct idl *c, const struct decl *scope,
                        const struct clause *cl, struct settings *s)
{
    static const char *const words[] = {
        [RESTART_NEVER] = "never",
        [RESTART_FAILED] = "failed",
        [RESTART_ALWAYS] = "always",
    };
    const char *word = clause_word(c, cl, 0);

    (void)scope;
    for (unsigned i = 0; word && i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], word) == 0) {
            s->restart = (enum restart)i;
            return;
        }
    if (word)
        diag_error(&c->diag, DIAG_CLAUSE_FORM, cl->args->loc,
                   "a restart is never, failed or always");
}

static void set_backoff(struct idl *c, const struct decl *scope,
                        const struct clause *cl, struct settings *s)
{
    uint64_t ns;

    (void)scope;
    if (!clause_time(c, cl, 0, &ns))
        return;
    s->backoff_ms = ns / MS;
    if (ns % MS || ns < MS || s->backoff_ms > BACKOFF_MAX)
        diag_error(&c->diag, DIAG_SETTING_BAD, cl->args->loc,
                   "a backoff is 1ms to 10s, in whole milliseconds");
}

static const struct setting {
    const char *word;
    void (*set)(struct idl *c, const struct decl *scope,
                const struct clause *cl, struct settings *s);
    size_t at; /* where settings keep the place */
    unsigned least;
    unsigned most;
    const char *form;
} table[] = {
    {"memory", set_memory, offsetof(struct settings, memory_at), 1, 1,
     "memory SIZE"},
    {"stack", set_stack, offsetof(struct settings, stack_at), 1, 1,
     "stack SIZE"},
    {"heap", set_heap, offsetof(struct settings, heap_at), 1, 1, "heap SIZE"},
    {"quota", set_quota, offsetof(struct settings, quota_at), 1, 1,
     "quota SIZE"},
    {"priority", set_priority, offsetof(struct settings, priority_at), 1, 1,
     "priority NUMBER"},
    {"table", set_table, offsetof(struct settings, table_at), 1, 1,
     "table SLOTS"},
    {"budget", set_budget, offsetof(struct settings, budget_at), 2, 2,
     "budget TIME, PERIOD"},
    {"args", set_args, offsetof(struct settings, args_at), 1, 64,
     "args \"ARGUMENT\", ..."},
    {"start", set_start, offsetof(struct settings, start_at), 1, 1,
     "start auto or start manual"},
    {"restart", set_restart, offsetof(struct settings, restart_at), 1, 1,
     "restart never, restart failed or restart always"},
    {"backoff", set_backoff, offsetof(struct settings, backoff_at), 1, 1,
     "backoff TIME"},
};

bool check_setting(struct idl *c, const struct decl *scope,
                   const struct clause *cl, struct settings *s)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct loc *at = (struct loc *)(void *)((char *)s + table[i].at);

        if (strcmp(table[i].word, cl->word) != 0)
            continue;
        if (at->src) {
            diag_error(&c->diag, DIAG_CLAUSE_TWICE, cl->loc,
                       "'%s' is said twice", cl->word);
            diag_note(&c->diag, *at, "it is already here");
        }
        *at = cl->loc;
        if (clause_form(c, cl, table[i].least, table[i].most, false,
                        table[i].form))
            table[i].set(c, scope, cl, s);
        return true;
    }
    return false;
}

#define COMPLETE(field, place, value)                                     \
    do {                                                                  \
        if (!s->place.src) {                                              \
            s->field = component->place.src ? component->field : (value); \
            s->place = component->place;                                  \
        }                                                                 \
    } while (0)

void settings_complete(struct settings *s, const struct settings *component)
{
    struct loc budget_at = s->budget_at;

    COMPLETE(memory, memory_at, (uint64_t)1 << 20);
    COMPLETE(stack, stack_at, (uint64_t)64 << 10);
    COMPLETE(heap, heap_at, (uint64_t)256 << 10);
    COMPLETE(quota, quota_at, 0);
    COMPLETE(table, table_at, 256);
    COMPLETE(priority, priority_at, 100);
    COMPLETE(args, args_at, NULL);
    COMPLETE(manual, start_at, false);
    COMPLETE(restart, restart_at, RESTART_NEVER);
    COMPLETE(backoff_ms, backoff_at, 0);
    COMPLETE(budget_ns, budget_at, 0);
    if (!budget_at.src)
        s->period_ns = component->period_ns;
}
