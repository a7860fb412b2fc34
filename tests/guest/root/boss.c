/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts, stops and waits for others; nothing of them is left each time. */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/services.h>
#include <l4/thread.h>

#define ROUNDS 20
#define MS 1000000ull

static unsigned failures;
static root_supervisor_t owner;
static root_supervisor_t peer;

static void check(bool good, const char *what)
{
    if (good)
        return;
    failures++;
    l4_print("FAIL boss: %s\n", what);
}

static uint64_t left(uint64_t *kernel)
{
    const root_manager_t manager = {l4_env_cap("manager")};
    uint64_t memory = 0;

    check(root_manager_available(manager, &memory, kernel, NULL) == 0,
          "available");
    return memory;
}

/* The whole test of dataspaces, from start to end. */
static void share(void)
{
    root_program_state_t state;
    root_program_info_t info;

    check(root_supervisor_start(peer, NULL) == 0, "start the peer");
    check(root_supervisor_start(owner, NULL) == 0, "start the owner");
    check(root_supervisor_start(owner, NULL) == L4_ESTATE, "start it twice");
    check(root_supervisor_ended(owner, &state, NULL) == 0 &&
              state == ROOT_PROGRAM_STATE_EXITED,
          "the owner's end");
    check(root_supervisor_info(owner, &info, NULL) == 0 && info.status == 0,
          "the owner's status");
    check(root_supervisor_ended(peer, &state, NULL) == 0 &&
              state == ROOT_PROGRAM_STATE_DEAD,
          "the peer's death");
    check(root_supervisor_stop(peer, NULL) == L4_ESTATE, "stop the dead");
}

/* Stops it at varied points of its life. */
static void stopping(void)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        check(root_supervisor_start(peer, NULL) == 0 &&
                  root_supervisor_start(owner, NULL) == 0,
              "start again");
        l4_sleep(i * MS / 10);
        (void)!root_supervisor_stop(owner, NULL);
        (void)!root_supervisor_stop(peer, NULL);
    }
}

/* The plan's restarts: later and later, for those that fail. */
static void restarting(void)
{
    const root_supervisor_t unstable = {l4_env_cap("unstable")};
    const root_supervisor_t steady = {l4_env_cap("steady")};
    uint64_t begin = l4_time_now();
    root_program_info_t info = {.starts = 0};

    check(root_supervisor_start(unstable, NULL) == 0 &&
              root_supervisor_start(steady, NULL) == 0,
          "start");
    while (info.starts < 4) {
        l4_sleep(MS);
        check(root_supervisor_info(unstable, &info, NULL) == 0, "info");
    }
    check(l4_time_now() - begin >= (20 + 40 + 80) * MS, "too soon");
    while (info.state != ROOT_PROGRAM_STATE_DUE) {
        l4_sleep(MS);
        check(root_supervisor_info(unstable, &info, NULL) == 0, "info");
    }
    check(root_supervisor_stop(unstable, NULL) == 0, "stop what is due");
    l4_sleep(400 * MS);
    check(root_supervisor_info(unstable, &info, NULL) == 0 &&
              info.starts == 4 && info.state == ROOT_PROGRAM_STATE_KILLED,
          "it stays away");
    check(root_supervisor_info(steady, &info, NULL) == 0 && info.starts == 1 &&
              info.state == ROOT_PROGRAM_STATE_EXITED,
          "who succeeds stays ended");
}

int main(void)
{
    uint64_t kernel[2] = {0, 1};
    uint64_t memory[2];

    owner.cap = l4_env_cap("owner");
    peer.cap = l4_env_cap("peer");
    memory[0] = left(&kernel[0]);
    share();
    memory[1] = left(&kernel[1]);
    check(memory[0] == memory[1] && kernel[0] == kernel[1], "bytes are lost");
    stopping();
    restarting();
    memory[1] = left(&kernel[1]);
    check(memory[0] == memory[1] && kernel[0] == kernel[1],
          "bytes are lost by stopping");
    l4_print("boss: %u failed\n", failures);
    return failures != 0;
}
