/* SPDX-License-Identifier: BSD-2-Clause */
/* From the plan in memory to the bytes that root reads. */
#include <string.h>

#include "encode.h"

/* The string table as it grows. Its first byte is the empty string. */
struct strings {
    char *bytes;
    uint32_t size;
    bool full;
};

static uint32_t string_add(struct strings *s, const char *bytes, size_t size)
{
    uint32_t at = s->size;

    if (size > L4_PLAN_STRINGS - s->size) {
        s->full = true;
        return 0;
    }
    memcpy(s->bytes + at, bytes, size);
    s->size += (uint32_t)size;
    return at;
}

static uint32_t name_add(struct strings *s, const char *name)
{
    return *name ? string_add(s, name, strlen(name) + 1) : 0;
}

static void program_encode(const struct program_text *p, struct strings *s,
                           l4_plan_program_t *out)
{
    memset(out, 0, sizeof(*out));
    out->name = name_add(s, p->name);
    out->module = name_add(s, p->module);
    out->args = string_add(s, p->args, p->args_size);
    out->arg_count = p->arg_count;
    out->memory = p->memory;
    out->stack = p->stack;
    out->heap = p->heap;
    out->quota = p->quota;
    out->priority = p->priority;
    out->budget_ns = p->budget_ns;
    out->period_ns = p->period_ns;
    out->table_order = p->table_order;
    out->flags = (p->autostart ? L4_PLAN_AUTOSTART : 0) | p->restart;
    out->backoff_ms = p->restart ? p->backoff_ms : 0;
    out->grant_count = p->grant_count;
}

size_t plan_encode(const struct plan_text *plan, void *out)
{
    l4_plan_header_t *h = out;
    l4_plan_program_t *programs = (void *)((char *)out + sizeof(*h));
    l4_plan_grant_t *grants = (void *)(programs + plan->program_count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < plan->program_count; i++)
        count += plan->programs[i].grant_count;
    if (count > L4_PLAN_GRANTS)
        return 0;
    struct strings s = {.bytes = (char *)(grants + count)};
    (void)string_add(&s, "", 1);

    uint32_t next = 0;
    for (uint32_t i = 0; i < plan->program_count; i++) {
        const struct program_text *p = &plan->programs[i];

        program_encode(p, &s, &programs[i]);
        programs[i].first_grant = next;
        for (uint32_t k = 0; k < p->grant_count; k++) {
            const struct grant_text *g = &p->grants[k];
            l4_plan_grant_t grant = {g->kind, name_add(&s, g->name), g->a,
                                     g->b};

            if (g->kind == L4_PLAN_MODULE)
                grant.a = name_add(&s, g->module);
            grants[next++] = grant;
        }
    }
    if (s.full)
        return 0;

    memset(h, 0, sizeof(*h));
    h->magic = L4_PLAN_MAGIC;
    h->version = L4_PLAN_VERSION;
    h->program_count = plan->program_count;
    h->program_offset = (uint32_t)((char *)programs - (char *)out);
    h->grant_count = count;
    h->grant_offset = (uint32_t)((char *)grants - (char *)out);
    h->string_size = s.size;
    h->string_offset = (uint32_t)(s.bytes - (char *)out);
    h->size = h->string_offset + s.size;
    h->exit_rule = plan->exit_rule;
    h->exit_program = plan->exit_program;
    return h->size;
}
