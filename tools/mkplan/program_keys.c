/* SPDX-License-Identifier: BSD-2-Clause */
/* The key=value words of a `program` line. */
#include <string.h>

#include "program_keys.h"

#define BAD_SIZE "is no multiple of 4K, or too large"

/* Appends one argument. */
static bool arg_add(struct program_text *p, const char *text, size_t length)
{
    if (length + 1 > sizeof(p->args) - p->args_size)
        return false;
    memcpy(p->args + p->args_size, text, length);
    p->args_size += (uint32_t)length;
    p->args[p->args_size++] = '\0';
    p->arg_count++;
    return true;
}

/* Reads arguments, separated by blanks. */
static const char *args_set(struct program_text *p, const char *value)
{
    for (;;) {
        value += strspn(value, " \t");
        if (!*value)
            return NULL;
        size_t length = strcspn(value, " \t");
        if (!arg_add(p, value, length))
            return "is too long";
        value += length;
    }
}

static const char *module_set(struct program_text *p, const char *value)
{
    return name_read(value, p->module) ? NULL : "is no name";
}

/* Reads a size in whole pages. */
static const char *size_set(uint64_t *size, const char *value, uint64_t min,
                            uint64_t max)
{
    if (!number_read(value, size))
        return "is no size (a number, with K, M or G)";
    if (*size % 4096 || *size > max)
        return BAD_SIZE;
    return *size < min ? "is too small" : NULL;
}

static const char *memory_set(struct program_text *p, const char *value)
{
    return size_set(&p->memory, value, 4096, L4_PLAN_MEMORY_MAX);
}

static const char *stack_set(struct program_text *p, const char *value)
{
    return size_set(&p->stack, value, 4096, L4_PLAN_STACK_MAX);
}

static const char *heap_set(struct program_text *p, const char *value)
{
    return size_set(&p->heap, value, 0, L4_PLAN_HEAP_MAX);
}

static const char *quota_set(struct program_text *p, const char *value)
{
    return size_set(&p->quota, value, 0, L4_PLAN_MEMORY_MAX);
}

static const char *priority_set(struct program_text *p, const char *value)
{
    uint64_t number;

    if (!number_read(value, &number) || number > 254)
        return "is not from 0 to 254";
    p->priority = (uint32_t)number;
    return NULL;
}

static const char *budget_set(struct program_text *p, const char *value)
{
    if (!time_read(value, &p->budget_ns))
        return "is no time (a number with ns, us, ms or s)";
    return p->budget_ns < L4_PLAN_BUDGET_MIN ? "is less than 1us" : NULL;
}

static const char *period_set(struct program_text *p, const char *value)
{
    if (!time_read(value, &p->period_ns))
        return "is no time (a number with ns, us, ms or s)";
    return p->period_ns < L4_PLAN_PERIOD_MIN ||
                   p->period_ns > L4_PLAN_PERIOD_MAX
               ? "is not between 10us and 13 days"
               : NULL;
}

static const char *table_set(struct program_text *p, const char *value)
{
    uint64_t slots;

    if (!number_read(value, &slots) || slots < 64 || slots > 4096 ||
        (slots & (slots - 1)))
        return "is no power of two from 64 to 4096";
    p->table_order = (uint32_t)__builtin_ctzll(slots);
    return NULL;
}

static const char *start_set(struct program_text *p, const char *value)
{
    p->autostart = strcmp(value, "auto") == 0;
    if (!p->autostart && strcmp(value, "manual") != 0)
        return "is neither auto nor manual";
    return NULL;
}

static const char *restart_set(struct program_text *p, const char *value)
{
    static const struct {
        const char *name;
        uint32_t flags;
    } policies[] = {{"never", 0},
                    {"failed", L4_PLAN_RESTART_FAILED},
                    {"always", L4_PLAN_RESTART_ALWAYS}};

    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        if (strcmp(value, policies[i].name) == 0) {
            p->restart = policies[i].flags;
            return NULL;
        }
    }
    return "is not never, failed or always";
}

static const char *backoff_set(struct program_text *p, const char *value)
{
    uint64_t number;

    if (!number_read(value, &number) || number == 0 ||
        number > L4_PLAN_BACKOFF_MAX)
        return "is not from 1 to 10000 milliseconds";
    p->backoff_ms = (uint32_t)number;
    return NULL;
}

static const struct key {
    const char *name;
    const char *(*set)(struct program_text *p, const char *value);
} keys[] = {
    {"module", module_set},   {"args", args_set},
    {"memory", memory_set},   {"stack", stack_set},
    {"heap", heap_set},       {"quota", quota_set},
    {"table", table_set},     {"priority", priority_set},
    {"start", start_set},     {"restart", restart_set},
    {"backoff", backoff_set}, {"budget", budget_set},
    {"period", period_set},
};

void program_key(struct plan_text *plan, struct program_text *p, char *word)
{
    char *value = strchr(word, '=');

    if (!value) {
        plan_error(plan, p->line, "expected key=value, found \"%s\"", word);
        return;
    }
    *value++ = '\0';
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcmp(keys[i].name, word) != 0)
            continue;
        const char *wrong = keys[i].set(p, value);
        if (wrong)
            plan_error(plan, p->line, "%s=%s: this %s", word, value, wrong);
        return;
    }
    plan_error(plan, p->line,
               "unknown key \"%s\"; there are module, args, memory, stack, "
               "heap, quota, table, priority, budget, period, start, restart "
               "and backoff",
               word);
}

void program_defaults(struct program_text *p)
{
    memset(p, 0, sizeof(*p));
    p->memory = 1 << 20;
    p->stack = 64 << 10;
    p->heap = 256 << 10;
    p->priority = 100;
    p->table_order = 8;
    p->autostart = true;
    p->backoff_ms = 100;
}

void program_named(struct program_text *p)
{
    memcpy(p->module, p->name, sizeof(p->module));
    (void)arg_add(p, p->name, strlen(p->name));
}
