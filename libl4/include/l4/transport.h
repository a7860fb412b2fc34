/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transport below generated stubs: system calls and the UTCB. Another
 * transport is another file of this name, chosen by include path.
 */
#ifndef L4_TRANSPORT_H
#define L4_TRANSPORT_H

#include <l4/err.h>
#include <l4/interface.h>
#include <l4/message.h>
#include <l4/syscall.h>

/* The call of a stub that was given a context: arms the timeouts and windows
 * it names, and disarms the windows afterwards. */
l4_tag_t l4_transport_call_ctx(l4_cap_t cap, l4_tag_t tag, l4_words_t *w,
                               const l4_ctx_t *ctx);

/* Calls `cap`. In: `w` and the UTCB hold the request. Out: the answer. Blocks
 * as `ctx` says, for ever if NULL. */
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

/* Sends to `cap` and expects no answer. The tag that comes back has
 * L4_TAG_ERROR, or is a success whatever else it holds. */
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

/*
 * Turns an answer `got` that is not the `want`ed one into an error: that of
 * the transport, the code that the server raised (`w0` is word 0), L4_EITEM
 * if an item was lost, else L4_EPROTO. Deletes items that arrived. The words
 * in the UTCB stay, for the payload of an exception.
 */
l4_err_t l4_reply_fail(l4_tag_t got, l4_tag_t want, uint64_t w0);

/* The same for an operation that raises nothing of its own: a code above 0
 * becomes L4_EPROTO. */
l4_err_t l4_reply_error(l4_tag_t got, l4_tag_t want, uint64_t w0);

/* For a server's loop: answers and waits, or waits, as the phase in `next`
 * says. Returns the tag of the request. */
static inline l4_tag_t l4_transport_next(l4_tag_t next, l4_words_t *w,
                                         uint64_t *label)
{
    return l4_ipc(next, L4_CAP_NONE, w, label);
}

/* Deletes what the items of the answer just received brought; for a stub that
 * refuses an answer after looking into it. */
void l4_reply_drop(l4_tag_t got);

/* The same, and returns `err`. */
static inline l4_err_t l4_reply_refuse(l4_tag_t got, l4_err_t err)
{
    l4_reply_drop(got);
    return err;
}

/*
 * Asks the server behind `cap` what it is: `found`, unless it is NULL, is
 * filled in whenever there was an answer. 0 if a client of `mine` may call it,
 * L4_EVERSION if it was built from another version, L4_EPROTO if it does not
 * tell.
 */
L4_NODISCARD l4_err_t l4_connect(l4_cap_t cap, l4_interface_t mine,
                                 l4_interface_t *found, const l4_ctx_t *ctx);

#endif
