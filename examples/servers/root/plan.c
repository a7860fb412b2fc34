/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading and checking the boot plan. */
#include <string.h>

#include "plan.h"

/* I/O ports and interrupt lines there can be. */
#define IO_PORTS 65536u
#define IRQ_LINES 1024u
#define IRQ_MODES 3u

/* Slots that every program has before those of its plan. */
#define TABLE_ORDER_MIN 6u
#define TABLE_ORDER_MAX 12u

/* Whether an array lies within the plan, behind its header. */
static bool array_inside(const l4_plan_header_t *h, uint32_t offset,
                         uint32_t count, size_t element)
{
    uint64_t end = offset + (uint64_t)count * element;

    return offset >= sizeof(*h) && offset % 8 == 0 && end <= h->size;
}

/* What is wrong with the header, or NULL. */
static const char *header_check(const l4_plan_header_t *h, size_t size)
{
    if (h->magic != L4_PLAN_MAGIC)
        return "this is no boot plan";
    if (h->version != L4_PLAN_VERSION)
        return "the plan is of another version";
    if (h->size < sizeof(*h) || h->size > size)
        return "the plan is cut short";
    if (h->program_count == 0)
        return "there is no program";
    if (h->program_count > L4_PLAN_PROGRAMS)
        return "there are too many programs";
    if (h->grant_count > L4_PLAN_GRANTS)
        return "there are too many grants";
    if (!array_inside(h, h->program_offset, h->program_count,
                      sizeof(l4_plan_program_t)))
        return "the programs lie outside the plan";
    if (!array_inside(h, h->grant_offset, h->grant_count,
                      sizeof(l4_plan_grant_t)))
        return "the grants lie outside the plan";
    if (h->string_size == 0 || h->string_size > L4_PLAN_STRINGS ||
        !array_inside(h, h->string_offset, h->string_size, 1))
        return "the strings lie outside the plan";
    if (((const char *)h)[h->string_offset + h->string_size - 1] != '\0')
        return "the last string has no end";
    if (h->exit_rule > L4_PLAN_EXIT_ALL)
        return "unknown rule for the end of the image";
    if (h->exit_program >= h->program_count)
        return "the program that ends the image does not exist";
    return NULL;
}

/* Whether there is a name of 1 to 23 harmless characters at that offset. */
static bool name_valid(const struct plan *plan, uint32_t offset)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    size_t length;

    if (offset >= plan->header->string_size)
        return false;
    const char *name = plan->strings + offset;
    length = strnlen(name, L4_PLAN_NAME);
    if (length == 0 || length == L4_PLAN_NAME)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!strchr(allowed, name[i]))
            return false;
    }
    return true;
}

/* Whether the arguments lie within the strings and are short enough. */
static bool args_valid(const struct plan *plan, const l4_plan_program_t *p)
{
    uint32_t end = p->args;

    if (p->arg_count > L4_PLAN_ARGS || p->args >= plan->header->string_size)
        return false;
    for (uint32_t i = 0; i < p->arg_count; i++) {
        if (end >= plan->header->string_size)
            return false;
        end += (uint32_t)strlen(plan->strings + end) + 1;
    }
    return end - p->args <= L4_PLAN_ARGS;
}

static bool size_valid(uint64_t size, uint64_t max)
{
    return size <= max && size % 4096 == 0;
}

/* Both, or none. */
static bool budget_valid(const l4_plan_program_t *p)
{
    if (p->budget_ns == 0)
        return p->period_ns == 0;
    return p->budget_ns >= L4_PLAN_BUDGET_MIN && p->budget_ns <= p->period_ns &&
           p->period_ns >= L4_PLAN_PERIOD_MIN &&
           p->period_ns <= L4_PLAN_PERIOD_MAX;
}

/* What is wrong with a program by itself, or NULL. */
static const char *program_check(const struct plan *plan,
                                 const l4_plan_program_t *p)
{
    if (!name_valid(plan, p->name))
        return "its name is empty, too long or has strange characters";
    if (!name_valid(plan, p->module))
        return "its module has no valid name";
    if (!args_valid(plan, p))
        return "its arguments are malformed or too long";
    if (p->memory == 0 || !size_valid(p->memory, L4_PLAN_MEMORY_MAX))
        return "its memory is no sensible size";
    if (p->stack == 0 || !size_valid(p->stack, L4_PLAN_STACK_MAX))
        return "its stack is no sensible size";
    if (!size_valid(p->heap, L4_PLAN_HEAP_MAX))
        return "its heap is no sensible size";
    if (!size_valid(p->quota, L4_PLAN_MEMORY_MAX))
        return "its quota is no sensible size";
    if (p->priority > 254)
        return "its priority is above 254";
    if (p->table_order < TABLE_ORDER_MIN || p->table_order > TABLE_ORDER_MAX)
        return "its capability table has an impossible size";
    if (!budget_valid(p))
        return "its budget is no sensible part of its period";
    if (p->flags & ~L4_PLAN_FLAGS)
        return "it has unknown flags";
    if (p->backoff_ms > L4_PLAN_BACKOFF_MAX ||
        !p->backoff_ms != !(p->flags & L4_PLAN_RESTART))
        return "it waits too long before it is started again, or not at all";
    return NULL;
}

/* What is wrong with a connection, or NULL. */
static const char *connection_check(const struct plan *plan,
                                    const l4_plan_grant_t *g)
{
    if (g->a >= plan->header->program_count)
        return "it is connected to a program that does not exist";

    const l4_plan_program_t *server = &plan->programs[g->a];
    if (plan_find_grant(plan, server, L4_PLAN_PROVIDE,
                        g->b & ~L4_PLAN_SENDONLY) == server->grant_count)
        return "it is connected to a port that does not exist";
    return NULL;
}

/* What is wrong with a grant, or NULL. */
static const char *grant_check(const struct plan *plan,
                               const l4_plan_grant_t *g)
{
    bool plain = g->a == 0 && g->b == 0;

    if (g->kind != L4_PLAN_CONSOLE && !name_valid(plan, g->name))
        return "a name is empty, too long or has strange characters";
    switch (g->kind) {
    case L4_PLAN_CONNECT: return connection_check(plan, g);
    case L4_PLAN_IRQ:
        return g->a < IRQ_LINES && g->b < IRQ_MODES
                   ? NULL
                   : "it wants an interrupt line that cannot exist";
    case L4_PLAN_IOPORTS:
        return g->b != 0 && g->a < IO_PORTS && g->b <= IO_PORTS - g->a
                   ? NULL
                   : "it wants I/O ports that cannot exist";
    case L4_PLAN_SUPERVISE:
        return g->a < plan->header->program_count && g->b == 0
                   ? NULL
                   : "it supervises a program that does not exist";
    case L4_PLAN_MMIO:
        return g->b != 0 && g->b <= L4_PLAN_MMIO_PAGES &&
                       g->a <= UINT32_MAX - g->b
                   ? NULL
                   : "it wants device memory that cannot exist";
    case L4_PLAN_MODULE:
        return name_valid(plan, g->a) && g->b == 0
                   ? NULL
                   : "it wants a boot module without a valid name";
    case L4_PLAN_PROVIDE:
    case L4_PLAN_MANAGER:
    case L4_PLAN_CONSOLE:
    case L4_PLAN_DEVICE:
    case L4_PLAN_TRACE:
        return plain ? NULL : "a grant has values where it has no use";
    default: return "it is granted something unknown";
    }
}

/* Whether grants `i` and `k` of the same program have the same name, where
 * that would hide one of them. */
static bool grants_collide(const struct plan *plan, const l4_plan_grant_t *i,
                           const l4_plan_grant_t *k)
{
    bool i_port = i->kind == L4_PLAN_PROVIDE;
    bool k_port = k->kind == L4_PLAN_PROVIDE;

    if (i->kind == L4_PLAN_CONSOLE || k->kind == L4_PLAN_CONSOLE)
        return i->kind == k->kind;
    return i_port == k_port &&
           strcmp(plan_string(plan, i->name), plan_string(plan, k->name)) == 0;
}

/* What is wrong with the grants of a program, or NULL. */
static const char *grants_check(const struct plan *plan,
                                const l4_plan_program_t *p)
{
    const l4_plan_grant_t *g = plan_grants(plan, p);
    uint32_t ports = 0;
    uint32_t regions = 0;

    for (uint32_t i = 0; i < p->grant_count; i++) {
        const char *what = grant_check(plan, &g[i]);

        if (what)
            return what;
        if (g[i].kind == L4_PLAN_PROVIDE)
            ports++;
        if (plan_is_region(&g[i]))
            regions++;
        for (uint32_t k = 0; k < i; k++) {
            if (grants_collide(plan, &g[i], &g[k]))
                return "two of its ports or capabilities have one name";
        }
    }
    if (ports > L4_PLAN_PORTS || regions > L4_PLAN_REGIONS ||
        p->grant_count > L4_PLAN_CAPS)
        return "it is granted too much";
    return NULL;
}

/* Whether a program before `index` has its name. */
static bool program_repeated(const struct plan *plan, uint32_t index)
{
    const char *name = plan_string(plan, plan->programs[index].name);

    for (uint32_t i = 0; i < index; i++) {
        if (strcmp(plan_string(plan, plan->programs[i].name), name) == 0)
            return true;
    }
    return false;
}

/* What is wrong with all programs but their grants; `index` says whose. */
static const char *programs_check(const struct plan *plan, uint32_t *index)
{
    const l4_plan_header_t *h = plan->header;
    uint32_t next = 0;

    for (*index = 0; *index < h->program_count; ++*index) {
        const l4_plan_program_t *p = &plan->programs[*index];
        const char *what = program_check(plan, p);

        if (what)
            return what;
        if (p->first_grant != next || p->grant_count > h->grant_count - next)
            return "its grants are not its own";
        next += p->grant_count;
        if (program_repeated(plan, *index))
            return "another program has its name";
    }
    if (next != h->grant_count) {
        *index = h->program_count - 1;
        return "grants are left over behind it";
    }
    return NULL;
}

l4_err_t plan_open(struct plan *plan, const void *data, size_t size,
                   struct plan_fault *fault)
{
    const l4_plan_header_t *h = data;

    fault->program = 0;
    fault->in_program = false;
    fault->what = "the plan is cut short";
    if (size < sizeof(*h))
        return L4_EFORMAT;
    fault->what = header_check(h, size);
    if (fault->what)
        return L4_EFORMAT;

    const char *base = data;
    plan->header = h;
    plan->programs = (const void *)(base + h->program_offset);
    plan->grants = (const void *)(base + h->grant_offset);
    plan->strings = base + h->string_offset;

    fault->in_program = true;
    fault->what = programs_check(plan, &fault->program);
    for (uint32_t i = 0; !fault->what && i < h->program_count; i++) {
        fault->program = i;
        fault->what = grants_check(plan, &plan->programs[i]);
    }
    return fault->what ? L4_EFORMAT : 0;
}

const char *plan_string(const struct plan *plan, uint32_t offset)
{
    return plan->strings + offset;
}

const l4_plan_grant_t *plan_grants(const struct plan *plan,
                                   const l4_plan_program_t *program)
{
    return plan->grants + program->first_grant;
}

bool plan_is_region(const l4_plan_grant_t *g)
{
    return g->kind == L4_PLAN_MMIO || g->kind == L4_PLAN_MODULE;
}

uint32_t plan_find_grant(const struct plan *plan,
                         const l4_plan_program_t *program, uint32_t kind,
                         uint32_t n)
{
    const l4_plan_grant_t *grants = plan_grants(plan, program);

    for (uint32_t i = 0; i < program->grant_count; i++) {
        if (grants[i].kind == kind && n-- == 0)
            return i;
    }
    return program->grant_count;
}
