/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loopback transport: a call goes straight to the server's dispatch
 * function, within one process of the build machine. See l4/loopback.h.
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

l4_utcb_t *l4_utcb(void);
l4_tag_t l4_transport_call(l4_cap_t cap, l4_tag_t tag, l4_words_t *w,
                           const l4_ctx_t *ctx);
l4_tag_t l4_transport_send(l4_cap_t cap, l4_tag_t tag, const l4_words_t *w,
                           const l4_ctx_t *ctx);
l4_err_t l4_reply_fail(l4_tag_t got, l4_tag_t want, uint64_t w0);
l4_err_t l4_reply_error(l4_tag_t got, l4_tag_t want, uint64_t w0);
l4_tag_t l4_transport_next(l4_tag_t next, l4_words_t *w, uint64_t *label);
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
