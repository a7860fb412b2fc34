/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The transport of a Linux process: generated stubs, unchanged, above /dev/l4.
 * A capability is an open file: l4_open("calc") opens /dev/l4/calc. Messages
 * with items cannot be sent.
 */
#ifndef L4_TRANSPORT_H
#define L4_TRANSPORT_H

#include <l4/err.h>
#include <l4/interface.h>
#include <l4/message.h>
#include <l4/utcb.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The connection of that name; L4_CAP_NONE with errno if it cannot be opened.
 * l4_close() gives it back. */
l4_cap_t l4_open(const char *name);
void l4_close(l4_cap_t cap);

/* Words from 5 on of a message. Each thread has its own. */
l4_utcb_t *l4_utcb(void);
l4_tag_t l4_transport_call(l4_cap_t cap, l4_tag_t tag, l4_words_t *w,
                           const l4_ctx_t *ctx);
l4_tag_t l4_transport_send(l4_cap_t cap, l4_tag_t tag, const l4_words_t *w,
                           const l4_ctx_t *ctx);
l4_err_t l4_reply_fail(l4_tag_t got, l4_tag_t want, uint64_t w0);
l4_err_t l4_reply_error(l4_tag_t got, l4_tag_t want, uint64_t w0);
void l4_reply_drop(l4_tag_t got);
static inline l4_err_t l4_reply_refuse(l4_tag_t got, l4_err_t err)
{
    l4_reply_drop(got);
    return err;
}
L4_NODISCARD l4_err_t l4_connect(l4_cap_t cap, l4_interface_t mine,
                                 l4_interface_t *found, const l4_ctx_t *ctx);

#ifdef __cplusplus
}
#endif

#endif
