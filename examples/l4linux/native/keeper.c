/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starts and ends Linux over and over, at other points of its life each time.
 * Each time it holds exactly what the plan gives it, and leaves nothing.
 *
 *     keeper ROUNDS STEP     the n-th round lasts n * STEP ms
 */
#include <string.h>

#include <l4/env.h>
#include <l4/log.h>
#include <l4/services.h>
#include <l4/thread.h>

#define MS 1000000ull
#define OF_ALL 12 /* types of capabilities */

static root_manager_t manager;
static root_supervisor_t guest;
static unsigned failures;

static void check(bool good, const char *what, unsigned round)
{
    if (good)
        return;
    failures++;
    l4_print("FAIL keeper: %s, round %u\n", what, round);
}

static uint32_t decimal(const char *text)
{
    uint32_t value = 0;

    while (*text >= '0' && *text <= '9')
        value = value * 10 + (uint32_t)(*text++ - '0');
    return value;
}

/* Whether a capability is one of those that Linux may have, and no more. */
static bool expected(const root_cap_entry_t *cap, const char *name)
{
    switch (cap->type) {
    case L4_CAP_TYPE_TASK:
        /* Its own, to map only; or a process's. */
        return cap->slot != L4_CAP_TASK || cap->rights == L4_TASK_RIGHT_MAP;
    case L4_CAP_TYPE_FACTORY: return cap->slot == L4_CAP_FACTORY;
    case L4_CAP_TYPE_GATE:
        return strcmp(name, "program") == 0 || strcmp(name, "pager") == 0 ||
               strcmp(name, "exception") == 0 || strcmp(name, "terminal") == 0;
    case L4_CAP_TYPE_SIGNAL: return true; /* its own; irqs have names */
    default: return false;
    }
}

/* Lists what Linux holds. */
static void caps_check(void)
{
    static const char *const types[OF_ALL] = {
        "empty",   "task",   "thread", "gate",    "sched", "signal",
        "factory", "device", "ports",  "console", "reply", "trace"};
    root_cap_entry_t caps[ROOT_CAPS_MAX];
    uint32_t next = 0;

    for (;;) {
        uint32_t count = ROOT_CAPS_MAX;

        if (root_manager_caps(manager, "linux", next, caps, &count, NULL) ||
            count == 0)
            return;
        for (uint32_t i = 0; i < count; i++) {
            char name[ROOT_NAME_MAX + 1] = "";

            (void)!root_manager_cap_name(manager, "linux", caps[i].slot, name,
                                         sizeof(name), NULL);
            l4_print("linux holds: %s %s, rights %x\n",
                     caps[i].type < OF_ALL ? types[caps[i].type] : "?", name,
                     caps[i].rights);
            check(expected(&caps[i], name), "a capability too many", 0);
        }
        next = caps[count - 1].slot + 1;
    }
}

/* All memory: what is free, and what the others have, who are paged in as they
 * go. */
static uint64_t memory_sum(uint64_t *kernel)
{
    char name[ROOT_NAME_MAX + 1];
    root_program_info_t info;
    uint64_t sum = 0;

    check(root_manager_available(manager, &sum, kernel, NULL) == 0, "available",
          0);
    for (uint32_t i = 0;
         root_manager_list(manager, i, &info, name, sizeof(name), NULL) == 0;
         i++)
        sum += info.memory_used;
    return sum;
}

int main(int argc, char **argv)
{
    uint32_t rounds = argc > 1 ? decimal(argv[1]) : 1;
    uint32_t step = argc > 2 ? decimal(argv[2]) : 100;
    root_program_info_t info;
    uint64_t memory[2];
    uint64_t kernel[2];

    manager.cap = l4_env_cap("manager");
    guest.cap = l4_env_cap("linux");
    memory[0] = memory_sum(&kernel[0]);
    for (uint32_t i = 1; i <= rounds; i++) {
        check(root_supervisor_start(guest, NULL) == 0, "start", i);
        l4_sleep(i * step * MS);
        check(root_supervisor_info(guest, &info, NULL) == 0 &&
                  info.state == ROOT_PROGRAM_STATE_RUNNING,
              "it ended by itself", i);
        if (i == rounds)
            caps_check();
        check(root_supervisor_stop(guest, NULL) == 0, "stop", i);
        memory[1] = memory_sum(&kernel[1]);
        check(memory[0] == memory[1], "bytes of memory lost", i);
        check(kernel[0] == kernel[1], "bytes of kernel memory lost", i);
        l4_print("keeper: round %u, %lu KiB of memory in use\n", i,
                 info.memory_used / 1024);
    }
    l4_print("keeper: %u failed\n", failures);
    return failures != 0;
}
