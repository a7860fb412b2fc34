/* SPDX-License-Identifier: BSD-2-Clause */
/* The transport of programs: system calls and the UTCB, built into the stubs.
 * What the functions do stands in l4/stubs.h. */
#ifndef L4_TRANSPORT_H
#define L4_TRANSPORT_H

#include <l4/syscall.h>

#define L4_TRANSPORT static inline
#include <l4/stubs.h>

/* The call of a stub that was given a context: arms the timeouts and windows
 * it names, and disarms the windows afterwards. */
l4_tag_t l4_transport_call_ctx(l4_cap_t cap, l4_tag_t tag, l4_words_t *w,
                               const l4_ctx_t *ctx);

static inline l4_tag_t l4_transport_call(l4_cap_t cap, l4_tag_t tag,
                                         l4_words_t *w, const l4_ctx_t *ctx)
{
    if (__builtin_expect(ctx != NULL, 0)) {
        /* A copy: the words of the usual way stay in registers. */
        l4_words_t words = *w;
        tag = l4_transport_call_ctx(cap, tag, &words, ctx);
        *w = words;
        return tag;
    }
    return l4_ipc(tag | L4_PHASE_CALL, cap, w, NULL);
}

static inline l4_tag_t l4_transport_send(l4_cap_t cap, l4_tag_t tag,
                                         const l4_words_t *w,
                                         const l4_ctx_t *ctx)
{
    l4_words_t words = *w;
    if (ctx && ctx->timeout != L4_TIME_NEVER) {
        l4_utcb()->send_timeout = ctx->timeout;
        tag |= L4_TAG_SEND_TIMEOUT;
    }
    return l4_ipc(tag | L4_PHASE_SEND, cap, &words, NULL);
}

/* For a server's loop: answers and waits, or waits, as the phase in `next`
 * says. Returns the tag of the request. */
static inline l4_tag_t l4_transport_next(l4_tag_t next, l4_words_t *w,
                                         uint64_t *label)
{
    return l4_ipc(next, L4_CAP_NONE, w, label);
}

#endif
