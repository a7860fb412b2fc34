/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What generated stubs call: the same functions above every transport. Stubs
 * include l4/transport.h, of which each transport has its own, chosen by
 * include path: libl4's makes system calls, the loopback calls a function of
 * the same process, that of Linux's processes goes through /dev/l4. It declares
 * l4_utcb(), includes this file, and defines what it says here in files of its
 * own, or inline, with L4_TRANSPORT as `static inline`.
 */
#ifndef L4_STUBS_H
#define L4_STUBS_H

#include <l4/err.h>
#include <l4/interface.h>
#include <l4/message.h>
#include <l4/utcb.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef L4_TRANSPORT
#define L4_TRANSPORT
#endif

/* Calls `cap`. In: `w` and the UTCB hold the request. Out: the answer. Blocks
 * as `ctx` says, for ever if NULL. */
L4_TRANSPORT l4_tag_t l4_transport_call(l4_cap_t cap, l4_tag_t tag,
                                        l4_words_t *w, const l4_ctx_t *ctx);

/* Sends to `cap` and expects no answer. The tag that comes back has
 * L4_TAG_ERROR, or is a success whatever else it holds. */
L4_TRANSPORT l4_tag_t l4_transport_send(l4_cap_t cap, l4_tag_t tag,
                                        const l4_words_t *w,
                                        const l4_ctx_t *ctx);

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

/* Deletes what the items of the answer just received brought; for a stub that
 * refuses an answer after looking into it. */
void l4_reply_drop(l4_tag_t got);

/* The same, and returns `err`. */
static inline l4_err_t l4_reply_refuse(l4_tag_t got, l4_err_t err)
{
    l4_reply_drop(got);
    return err;
}

/* For transports: the error that l4_reply_fail() returns. */
static inline l4_err_t l4_reply_code(l4_tag_t got, l4_tag_t want, uint64_t w0)
{
    const l4_tag_t differs = (got ^ want) >> L4_TAG_OP_SHIFT;
    const l4_err_t code = (l4_err_t)(uint32_t)w0;

    if (got & L4_TAG_ERROR)
        return l4_tag_err(got);
    if (differs == L4_TAG_RAISED >> L4_TAG_OP_SHIFT && l4_tag_words(got) &&
        !l4_tag_items(got) && (w0 >> 32) == 0 && code != 0)
        return code;
    if (got & (L4_TAG_ITEM_ERR | L4_TAG_SENT_ITEM_ERR))
        return L4_EITEM;
    return L4_EPROTO;
}

/*
 * Asks the server behind `cap` what it is: `found`, unless it is NULL, is
 * filled in whenever there was an answer. 0 if a client of `mine` may call it,
 * L4_EVERSION if it was built from another version, L4_EPROTO if it does not
 * tell.
 */
L4_NODISCARD l4_err_t l4_connect(l4_cap_t cap, l4_interface_t mine,
                                 l4_interface_t *found, const l4_ctx_t *ctx);

#ifdef __cplusplus
}
#endif

#endif
