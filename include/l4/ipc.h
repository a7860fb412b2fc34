/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPC by phase, for those who do not use generated stubs. A message is a tag
 * made with L4_TAG(), its words 0 to 4 in `w`, the rest and the items in the
 * UTCB. All return the tag received, or the tag of an error: l4_tag_err().
 */
#ifndef L4_IPC_H
#define L4_IPC_H

#include <l4/syscall.h>

/* Arms the phases' timeouts: tag bits to add for a send and a wait bounded by
 * `timeout` each. */
static inline l4_tag_t l4_ipc_timeouts(l4_time_t send, l4_time_t wait)
{
    l4_utcb_t *utcb = l4_utcb();
    l4_tag_t bits = 0;

    if (send != L4_TIME_NEVER) {
        utcb->send_timeout = send;
        bits |= L4_TAG_SEND_TIMEOUT;
    }
    if (wait != L4_TIME_NEVER) {
        utcb->wait_timeout = wait;
        bits |= L4_TAG_WAIT_TIMEOUT;
    }
    return bits;
}

/* Sends to `cap` and waits for the answer; each phase bounded by `timeout`. */
static inline l4_tag_t l4_call(l4_cap_t cap, l4_tag_t tag, l4_words_t *w,
                               l4_time_t timeout)
{
    return l4_ipc(tag | L4_PHASE_CALL | l4_ipc_timeouts(timeout, timeout), cap,
                  w, NULL);
}

/* Sends to `cap`, waits for the receiver at most `timeout`, expects no answer.
 * Returns 0 or an error. */
static inline l4_err_t l4_send(l4_cap_t cap, l4_tag_t tag, const l4_words_t *w,
                               l4_time_t timeout)
{
    l4_words_t words = *w;
    tag |= L4_PHASE_SEND | l4_ipc_timeouts(timeout, L4_TIME_NEVER);
    return l4_tag_err(l4_ipc(tag, cap, &words, NULL));
}

/* Waits for a message from anyone. */
static inline l4_tag_t l4_wait(l4_words_t *w, uint64_t *label,
                               l4_time_t timeout)
{
    *w = (l4_words_t){{0}}; /* nothing is sent */
    return l4_ipc(L4_PHASE_WAIT | l4_ipc_timeouts(L4_TIME_NEVER, timeout),
                  L4_CAP_NONE, w, label);
}

/* Answers the last call received and waits for the next message. Answering
 * never blocks, and succeeds if the caller is gone. */
static inline l4_tag_t l4_reply_wait(l4_tag_t tag, l4_words_t *w,
                                     uint64_t *label, l4_time_t timeout)
{
    tag |= L4_PHASE_REPLY_WAIT | l4_ipc_timeouts(L4_TIME_NEVER, timeout);
    return l4_ipc(tag, L4_CAP_NONE, w, label);
}

/* Answers the last call received and goes on. */
static inline l4_err_t l4_reply(l4_tag_t tag, const l4_words_t *w)
{
    l4_words_t words = *w;
    return l4_tag_err(l4_ipc(tag | L4_PHASE_REPLY, L4_CAP_NONE, &words, NULL));
}

#endif
