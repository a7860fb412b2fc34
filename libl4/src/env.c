/* SPDX-License-Identifier: BSD-2-Clause */
/* Lookups by name in the environment page. */
#include <string.h>

#include <l4/env.h>

l4_cap_t l4_env_cap(const char *name)
{
    const l4_env_t *env = l4_env();

    for (uint32_t i = 0; i < env->cap_count && i < L4_ENV_CAPS; i++) {
        if (strncmp(env->caps[i].name, name, L4_ENV_NAME) == 0)
            return env->caps[i].slot;
    }
    return L4_CAP_NONE;
}

const l4_env_port_t *l4_env_port(const char *name)
{
    const l4_env_t *env = l4_env();

    for (uint32_t i = 0; i < env->port_count && i < L4_ENV_PORTS; i++) {
        if (strncmp(env->ports[i].name, name, L4_ENV_NAME) == 0)
            return &env->ports[i];
    }
    return NULL;
}

const l4_env_region_t *l4_env_region(const char *name)
{
    const l4_env_t *env = l4_env();

    for (uint32_t i = 0; i < env->region_count && i < L4_ENV_REGIONS; i++) {
        if (strncmp(env->regions[i].name, name, L4_ENV_NAME) == 0)
            return &env->regions[i];
    }
    return NULL;
}
