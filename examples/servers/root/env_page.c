/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "caps.h"
#include "env_page.h"
#include "region.h"

L4_STATIC_ASSERT(L4_PLAN_CAPS <= L4_ENV_CAPS, "all capabilities have names");
L4_STATIC_ASSERT(L4_PLAN_PORTS <= L4_ENV_PORTS, "all ports are listed");
L4_STATIC_ASSERT(L4_PLAN_REGIONS <= L4_ENV_REGIONS, "all regions are listed");
L4_STATIC_ASSERT(L4_PLAN_ARGS <= L4_ENV_ARGS, "all arguments fit");
L4_STATIC_ASSERT(L4_PLAN_NAME <= L4_ENV_NAME, "names fit");

static void port_write(l4_env_t *env, const char *name, l4_cap_t gate)
{
    uint32_t n = env->port_count++;
    l4_env_port_t *port = &env->ports[n];

    strlcpy(port->name, name, sizeof(port->name));
    port->first_label = port_label(n);
    port->last_label = port->first_label + PORT_LABELS - 1;
    port->gate = gate;
}

static void cap_write(l4_env_t *env, const char *name, l4_cap_t slot)
{
    l4_env_cap_t *cap = &env->caps[env->cap_count++];

    strlcpy(cap->name, name, sizeof(cap->name));
    cap->slot = slot;
}

static void region_write(l4_env_t *env, const char *name, struct region at)
{
    l4_env_region_t *region = &env->regions[env->region_count++];

    strlcpy(region->name, name, sizeof(region->name));
    region->address = at.address;
    region->size = at.size;
}

static void args_write(const struct program *p, l4_env_t *env)
{
    const char *args = plan_string(&plan, p->plan->args);
    size_t size = 0;

    for (uint32_t i = 0; i < p->plan->arg_count; i++)
        size += strlen(args + size) + 1;
    memcpy(env->args, args, size);
    env->argc = p->plan->arg_count;
}

void env_page_write(const struct program *p, l4_env_t *env)
{
    env->magic = L4_ENV_MAGIC;
    env->version = L4_ENV_VERSION;
    env->program = p->number;
    strlcpy(env->name, p->name, sizeof(env->name));
    env->heap_start = p->heap_start;
    env->heap_end = p->heap_start + p->plan->heap;
    env->stack_start = L4_STACK_TOP - p->plan->stack;
    env->stack_end = L4_STACK_TOP;
    env->memory_quota = p->plan->memory;
    env->factory_quota = p->plan->quota;
    env->table_slots = 1u << p->plan->table_order;
    env->cap_free = grant_slot(p, p->plan->grant_count);
    env->priority = (uint8_t)p->plan->priority;
    for (uint32_t i = 0; i < p->plan->grant_count; i++) {
        const char *name = plan_string(&plan, p->grants[i].name);

        if (p->grants[i].kind == L4_PLAN_PROVIDE)
            port_write(env, name, grant_slot(p, i));
        else if (plan_is_region(&p->grants[i]))
            region_write(env, name, region_at(p, env->region_count));
        else if (p->grants[i].kind != L4_PLAN_CONSOLE)
            cap_write(env, name, grant_slot(p, i));
    }
    args_write(p, env);
}
