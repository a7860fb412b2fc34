/* SPDX-License-Identifier: BSD-2-Clause */
/* Lets every victim die and looks at what is left: everything. */
#include <string.h>

#include <l4/env.h>
#include <l4/log.h>
#include <l4/services.h>
#include <l4/thread.h>

#define ROUNDS 50

static root_manager_t manager;
static unsigned failures;

static void failed(const char *name, const char *what, uint64_t is)
{
    failures++;
    l4_print("FAIL %s: %s: %lu\n", name, what, is);
}

/* Runs a program and waits for its end. */
static void run(const char *name, uint32_t number, root_program_info_t *info)
{
    char again[ROOT_NAME_MAX + 1];
    l4_err_t err = root_manager_run(manager, name, NULL);

    if (err)
        failed(name, l4_err_text(err), 0);
    do {
        l4_sleep(200000);
        err = root_manager_list(manager, number, info, again, sizeof(again),
                                NULL);
    } while (!err && info->state == ROOT_PROGRAM_STATE_RUNNING);
    if (err || info->memory_used != 0)
        failed(name, "memory is left", info->memory_used);
}

/* A victim's end as its name makes one expect it. */
static void judge(const char *name, uint32_t number)
{
    static const char *const exits[] = {"assert", "heap", "not"};
    uint64_t memory[2] = {0};
    uint64_t kernel[2] = {0};
    root_program_info_t info;
    bool exit = false;

    if (root_manager_available(manager, &memory[0], &kernel[0], NULL) != 0)
        failed(name, "nothing is available", 0);
    run(name, number, &info);
    for (unsigned i = 0; i < 3; i++)
        exit |= strcmp(exits[i], name) == 0;
    if (info.state !=
        (exit ? ROOT_PROGRAM_STATE_EXITED : ROOT_PROGRAM_STATE_DEAD))
        failed(name, "unexpected end", info.state);
    if (exit && info.status != (strcmp(name, "not") ? 126 : 0))
        failed(name, "unexpected status", (uint64_t)info.status);
    if (root_manager_available(manager, &memory[1], &kernel[1], NULL) != 0)
        failed(name, "nothing is available", 0);
    if (memory[0] != memory[1])
        failed(name, "bytes of memory lost", memory[0] - memory[1]);
    if (kernel[0] != kernel[1])
        failed(name, "bytes of kernel memory lost", kernel[0] - kernel[1]);
}

/* Starts and kills a program that waits for ever. */
static void kill_again_and_again(void)
{
    uint64_t memory[2] = {0};
    uint64_t kernel[2] = {0};

    for (unsigned i = 0; i < ROUNDS; i++) {
        l4_err_t err = root_manager_run(manager, "idle", NULL);

        if (!err && i % 2)
            l4_sleep(1000000);
        if (!err)
            err = root_manager_kill(manager, "idle", NULL);
        if (err)
            failed("idle", l4_err_text(err), i);
        if (i <= 1 || i == ROUNDS - 1)
            (void)!root_manager_available(manager, &memory[i > 1],
                                          &kernel[i > 1], NULL);
    }
    if (memory[0] != memory[1] || kernel[0] != kernel[1])
        failed("idle", "bytes lost", memory[0] - memory[1]);
}

int main(void)
{
    root_program_info_t info;
    char name[ROOT_NAME_MAX + 1];
    uint32_t number;

    manager.cap = l4_env_cap("manager");
    for (number = 0; root_manager_list(manager, number, &info, name,
                                       sizeof(name), NULL) == 0;
         number++) {
        if (strcmp(name, "judge") != 0 && strcmp(name, "idle") != 0)
            judge(name, number);
    }
    kill_again_and_again();
    if (root_manager_run(manager, "judge", NULL) != L4_ESTATE ||
        root_manager_run(manager, "nobody", NULL) != L4_ENOENT ||
        root_manager_kill(manager, "idle", NULL) != L4_ESTATE)
        failed("judge", "the manager's errors", 0);
    l4_print("judge: %u programs, %u failed\n", number, failures);
    return failures ? 1 : 0;
}
