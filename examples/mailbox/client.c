/* SPDX-License-Identifier: BSD-2-Clause */
/* Three threads wait for letters, then the main thread writes them. */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/thread.h>

#include "mailbox.h"

#define TAKERS 3u

static mailbox_t mailbox;
static uint64_t taken[TAKERS];

/* More important than the main thread: each runs until it waits. */
static void taker(void *arg)
{
    uint64_t number = (uint64_t)(uintptr_t)arg;
    l4_err_t err = mailbox_take(mailbox, &taken[number], NULL);

    if (err)
        l4_log(L4_LOG_ERROR, "thread %lu: %s", number, l4_err_text(err));
    else
        l4_log(L4_LOG_INFO, "thread %lu has letter %lu", number, taken[number]);
}

int main(void)
{
    const l4_thread_attr_t attr = {.name = "taker",
                                   .priority = l4_env()->priority};
    const l4_sched_t mine = {L4_CAP_SCHED};
    const l4_ctx_t impatient = L4_CTX_TIMEOUT(1000000);
    l4_thread_ctl_t threads[TAKERS];
    uint64_t letter = 0;

    mailbox.cap = l4_env_cap("mailbox");
    if (l4_sched_set_priority(mine, l4_env()->priority - 10, NULL))
        return 1;
    for (uintptr_t i = 0; i < TAKERS; i++) {
        if (l4_thread_create(&threads[i], taker, (void *)i, &attr))
            return 1;
    }
    /* One who does not wait for ever; its answer goes nowhere. */
    l4_err_t err = mailbox_take(mailbox, &letter, &impatient);
    l4_log(L4_LOG_INFO, "the main thread gives up: %s", l4_err_text(err));
    for (uint64_t i = 0; i < TAKERS + 1; i++) {
        if (mailbox_put(mailbox, 100 + i, NULL))
            return 1;
    }
    for (unsigned i = 0; i < TAKERS; i++)
        (void)!l4_thread_join(&threads[i]);
    return taken[2] == 101 && taken[1] == 102 && taken[0] == 103 ? 0 : 1;
}
