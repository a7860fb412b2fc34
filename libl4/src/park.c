/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocking without a partner ends by its timeout or by a cancel, and the kernel
 * remembers a cancel that comes early.
 */
#include <l4/ipc.h>
#include <l4/objects.h>
#include <l4/thread.h>

l4_err_t l4_park(l4_time_t timeout)
{
    l4_words_t w = {{0}};
    l4_tag_t tag = L4_PHASE_HALT | l4_ipc_timeouts(L4_TIME_NEVER, timeout);
    l4_err_t err = l4_tag_err(l4_ipc(tag, L4_CAP_NONE, &w, NULL));

    return err == L4_ECANCELED ? 0 : err;
}

void l4_unpark(l4_cap_t thread)
{
    l4_thread_t target = {thread};

    (void)!l4_thread_cancel(target, NULL);
}

void l4_sleep(l4_time_t time)
{
    (void)l4_park(time);
}

l4_cap_t l4_thread_self(void)
{
    return (l4_cap_t)l4_utcb()->user[L4_UTCB_USER_THREAD];
}
