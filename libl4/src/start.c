/* SPDX-License-Identifier: BSD-2-Clause */
/* From _start to main(). */
#include <l4/env.h>
#include <l4/slots.h>
#include <l4/syscall.h>

#include "start.h"

/* The strings in the environment page are at most this many. */
#define ARGS_MAX (L4_ENV_ARGS / 2)

/* Fills `argv` with pointers to the arguments; returns how many. */
static int args_collect(const l4_env_t *env, char **argv)
{
    const char *arg = env->args;
    const char *end = env->args + sizeof(env->args);
    int argc = 0;

    while ((uint32_t)argc < env->argc && argc < ARGS_MAX && arg < end) {
        argv[argc++] = (char *)(uintptr_t)arg;
        while (arg < end && *arg)
            arg++;
        arg++;
    }
    argv[argc] = NULL;
    return argc;
}

_Noreturn void l4_main_start(void)
{
    static char *argv[ARGS_MAX + 1];
    const l4_env_t *env = l4_env();
    l4_utcb_t *utcb = l4_utcb();

    utcb->user[L4_UTCB_USER_THREAD] = L4_CAP_THREAD;
    utcb->user[L4_UTCB_USER_CTL] = 0;
    if (env->magic != L4_ENV_MAGIC || env->version != L4_ENV_VERSION)
        __builtin_trap();
    l4_slots_init(env->cap_free, env->table_slots);
    l4_exit(main(args_collect(env, argv), argv));
}
