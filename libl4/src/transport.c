/* SPDX-License-Identifier: BSD-2-Clause */
/* The cold paths of the transport: calls with a context, and answers that are
 * not what a stub expected. */
#include <string.h>

#include <l4/slots.h>
#include <l4/transport.h>

l4_tag_t l4_transport_call_ctx(l4_cap_t cap, l4_tag_t tag, l4_words_t *w,
                               const l4_ctx_t *ctx)
{
    l4_utcb_t *utcb = l4_utcb();
    l4_fpage_t armed[L4_WINDOWS];

    memcpy(armed, utcb->window, sizeof(armed));
    if (ctx->timeout != L4_TIME_NEVER) {
        utcb->send_timeout = ctx->timeout;
        utcb->wait_timeout = ctx->timeout;
        tag |= L4_TAG_SEND_TIMEOUT | L4_TAG_WAIT_TIMEOUT;
    }
    if (ctx->caps)
        utcb->window[L4_WINDOW_CAP] = ctx->caps;
    if (ctx->mem)
        utcb->window[L4_WINDOW_MEM] = ctx->mem;
    if (ctx->io)
        utcb->window[L4_WINDOW_IO] = ctx->io;

    tag = l4_ipc(tag | L4_PHASE_CALL, cap, w, NULL);

    /* A server's loop finds its own windows again. */
    memcpy(utcb->window, armed, sizeof(armed));
    return tag;
}

void l4_reply_drop(l4_tag_t got)
{
    const l4_utcb_t *utcb = l4_utcb();
    l4_fpage_t arrived[L4_MSG_ITEMS];
    unsigned items = l4_tag_items(got);
    size_t count = 0;

    if (got & L4_TAG_ERROR)
        return;
    for (unsigned i = 0; i < items && i < L4_MSG_ITEMS; i++) {
        if (utcb->items[i].control == L4_ITEM_MAPPED)
            arrived[count++] = utcb->items[i].fpage;
    }
    if (count)
        l4_unmap(arrived, count);
}

l4_err_t l4_reply_fail(l4_tag_t got, l4_tag_t want, uint64_t w0)
{
    l4_reply_drop(got);
    return l4_reply_code(got, want, w0);
}

l4_err_t l4_reply_error(l4_tag_t got, l4_tag_t want, uint64_t w0)
{
    l4_err_t err = l4_reply_fail(got, want, w0);

    return err > 0 ? L4_EPROTO : err;
}
