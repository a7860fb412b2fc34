/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocking without a partner: a send to a gate that nobody serves ends by its
 * timeout or by a cancel, and the kernel remembers a cancel that comes early.
 */
#include <l4/env.h>
#include <l4/objects.h>
#include <l4/syscall.h>
#include <l4/thread.h>

l4_err_t l4_park(l4_time_t timeout)
{
    l4_words_t w = {{0}};
    l4_tag_t tag = L4_PHASE_SEND;
    l4_err_t err;

    if (timeout != L4_TIME_NEVER) {
        l4_utcb()->send_timeout = timeout;
        tag |= L4_TAG_SEND_TIMEOUT;
    }
    err = l4_tag_err(l4_ipc(tag, L4_CAP_PARK, &w, NULL));
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
