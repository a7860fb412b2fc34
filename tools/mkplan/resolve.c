/* SPDX-License-Identifier: BSD-2-Clause */
/* What the names in a plan refer to. */
#include <string.h>

#include "plan_text.h"

/* The program of that name; program_count if there is none. */
static uint32_t program_find(const struct plan_text *plan, const char *name)
{
    uint32_t i = 0;

    while (i < plan->program_count && strcmp(plan->programs[i].name, name) != 0)
        i++;
    return i;
}

/* Which of the program's ports has that name; UINT32_MAX if none. */
static uint32_t port_find(const struct program_text *p, const char *name)
{
    uint32_t port = 0;

    for (uint32_t i = 0; i < p->grant_count; i++) {
        if (p->grants[i].kind != L4_PLAN_PROVIDE)
            continue;
        if (strcmp(p->grants[i].name, name) == 0)
            return port;
        port++;
    }
    return UINT32_MAX;
}

static void connection_resolve(struct plan_text *plan, struct grant_text *g)
{
    g->a = program_find(plan, g->server);
    if (g->a == plan->program_count) {
        plan_error(plan, g->line, "there is no program \"%s\"", g->server);
        return;
    }
    uint32_t port = port_find(&plan->programs[g->a], g->port);
    if (port == UINT32_MAX)
        plan_error(plan, g->line, "program \"%s\" provides no port \"%s\"",
                   g->server, g->port);
    else
        g->b |= port;
}

static void supervised_resolve(struct plan_text *plan, struct grant_text *g)
{
    g->a = program_find(plan, g->server);
    if (g->a == plan->program_count)
        plan_error(plan, g->line, "there is no program \"%s\"", g->server);
}

/* Whether the image has a module of that name. */
static void module_check(struct plan_text *plan, const struct program_text *p,
                         const char *module, const char *const *modules,
                         int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(modules[i], module) == 0)
            return;
    }
    plan_error(plan, p->line,
               "program \"%s\" needs the module \"%s\", which is not among the "
               "image's programs",
               p->name, module);
}

void plan_resolve(struct plan_text *plan, const char *const *modules, int count)
{
    for (uint32_t i = 0; i < plan->program_count; i++) {
        struct program_text *p = &plan->programs[i];
        uint32_t ports = 0;

        module_check(plan, p, p->module, modules, count);
        for (uint32_t k = 0; k < p->grant_count; k++) {
            if (p->grants[k].kind == L4_PLAN_CONNECT)
                connection_resolve(plan, &p->grants[k]);
            if (p->grants[k].kind == L4_PLAN_SUPERVISE)
                supervised_resolve(plan, &p->grants[k]);
            if (p->grants[k].kind == L4_PLAN_MODULE)
                module_check(plan, p, p->grants[k].module, modules, count);
            ports += p->grants[k].kind == L4_PLAN_PROVIDE;
        }
        if (ports > L4_PLAN_PORTS)
            plan_error(plan, p->line,
                       "program \"%s\" provides %u ports; "
                       "at most %d are possible",
                       p->name, ports, L4_PLAN_PORTS);
    }
    if (plan->exit_rule != L4_PLAN_EXIT_PROGRAM)
        return;
    plan->exit_program = program_find(plan, plan->exit_name);
    if (plan->exit_program == plan->program_count)
        plan_error(plan, plan->exit_line, "there is no program \"%s\"",
                   plan->exit_name);
}
