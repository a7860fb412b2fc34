/* SPDX-License-Identifier: BSD-2-Clause */
/* Has some of everything, and waits for ever. */
#include <l4/heap.h>
#include <l4/thread.h>

static void sleeper(void *arg)
{
    (void)arg;
    (void)l4_park(L4_TIME_NEVER);
}

int main(void)
{
    static l4_thread_ctl_t threads[4];
    char *memory = malloc(100000);

    for (unsigned i = 0; memory && i < 100000; i += 4096)
        memory[i] = 1;
    for (unsigned i = 0; i < 4; i++)
        (void)!l4_thread_create(&threads[i], sleeper, NULL, NULL);
    return (int)l4_park(L4_TIME_NEVER);
}
