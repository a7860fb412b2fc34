/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A transport within one process: a call goes straight to a function that
 * plays the server. Client and server have a UTCB each.
 */
#ifndef L4_TRANSPORT_H
#define L4_TRANSPORT_H

#include <l4/err.h>
#include <l4/message.h>
#include <l4/utcb.h>

#ifdef __cplusplus
extern "C" {
#endif

l4_utcb_t *l4_utcb(void);
l4_tag_t l4_transport_call(l4_cap_t cap, l4_tag_t tag, l4_words_t *w,
                           const l4_ctx_t *ctx);
l4_tag_t l4_transport_send(l4_cap_t cap, l4_tag_t tag, const l4_words_t *w,
                           const l4_ctx_t *ctx);
l4_err_t l4_reply_fail(l4_tag_t got, l4_tag_t want, uint64_t w0);
void l4_reply_drop(l4_tag_t got);

#ifdef __cplusplus
}
#endif

#endif
