/* SPDX-License-Identifier: BSD-2-Clause */
#include "loopback.h"

#include <string.h>

unsigned loopback_sent;
unsigned loopback_dropped;
l4_tag_t loopback_request_tag;
uint64_t loopback_request[L4_MSG_WORDS];
l4_tag_t loopback_kernel_bits;

static l4_utcb_t client_utcb;
static l4_utcb_t server_utcb;
static l4_dispatch_t server_dispatch;
static const void *server_ops;
static void *server_self;
static loopback_tamper_fn *tamper_request;
static loopback_tamper_fn *tamper_reply;

l4_utcb_t *l4_utcb(void)
{
    return &client_utcb;
}

void loopback_serve(l4_dispatch_t dispatch, const void *ops, void *self)
{
    server_dispatch = dispatch;
    server_ops = ops;
    server_self = self;
    tamper_request = NULL;
    tamper_reply = NULL;
    loopback_sent = 0;
    loopback_dropped = 0;
    loopback_kernel_bits = 0;
    /* Old contents must not matter. */
    memset(&client_utcb, 0xa5, sizeof client_utcb);
    memset(&server_utcb, 0x5a, sizeof server_utcb);
}

void loopback_tamper_request(loopback_tamper_fn *fn)
{
    tamper_request = fn;
}

void loopback_tamper_reply(loopback_tamper_fn *fn)
{
    tamper_reply = fn;
}

/* Copies the words that do not travel in registers, and maps the items. */
static void transfer(l4_utcb_t *to, const l4_utcb_t *from, l4_tag_t tag)
{
    for (unsigned i = L4_MSG_REGS; i < l4_tag_words(tag) && i < L4_MSG_WORDS;
         i++)
        to->mr[i] = from->mr[i];
    for (unsigned i = 0; i < l4_tag_items(tag) && i < L4_MSG_ITEMS; i++) {
        l4_fpage_t f = from->items[i].fpage;

        if (l4_fpage_kind(f) == L4_FPAGE_CAP)
            f += (l4_fpage_t)LOOPBACK_SHIFT << 12;
        to->items[i].control = L4_ITEM_MAPPED;
        to->items[i].fpage = f;
    }
}

static l4_tag_t deliver(l4_tag_t tag, const l4_words_t *w, l4_req_t *req)
{
    memset(req, 0, sizeof *req);
    loopback_sent++;
    loopback_request_tag = tag;
    memcpy(loopback_request, client_utcb.mr, sizeof loopback_request);
    memcpy(loopback_request, w->w, sizeof w->w);
    transfer(&server_utcb, &client_utcb, tag);
    req->tag = tag | loopback_kernel_bits;
    req->w = *w;
    req->utcb = &server_utcb;
    if (tamper_request)
        req->tag = tamper_request(req->tag, &req->w, &server_utcb);
    memcpy(req->items, server_utcb.items, sizeof req->items);
    return server_dispatch(server_self, server_ops, req);
}

l4_tag_t l4_transport_call(l4_cap_t cap, l4_tag_t tag, l4_words_t *w,
                           const l4_ctx_t *ctx)
{
    l4_req_t req;
    l4_tag_t reply;

    (void)ctx;
    if (cap == L4_CAP_NONE)
        return l4_tag_error(L4_ENOCAP);
    reply = deliver(tag, w, &req);
    if (reply == L4_TAG_NONE)
        return l4_tag_error(L4_EDEAD);
    *w = req.w;
    if (reply & L4_TAG_ERROR)
        return reply;
    transfer(&client_utcb, &server_utcb, reply);
    if (tamper_reply)
        reply = tamper_reply(reply, w, &client_utcb);
    return reply;
}

l4_tag_t l4_transport_send(l4_cap_t cap, l4_tag_t tag, const l4_words_t *w,
                           const l4_ctx_t *ctx)
{
    l4_req_t req;

    (void)ctx;
    if (cap == L4_CAP_NONE)
        return l4_tag_error(L4_ENOCAP);
    return deliver(tag, w, &req) == L4_TAG_NONE ? 0 : L4_TAG_ERROR;
}

void l4_reply_drop(l4_tag_t got)
{
    for (unsigned i = 0; i < l4_tag_items(got) && i < L4_MSG_ITEMS; i++)
        loopback_dropped += client_utcb.items[i].control == L4_ITEM_MAPPED;
}

l4_err_t l4_reply_fail(l4_tag_t got, l4_tag_t want, uint64_t w0)
{
    if (got & L4_TAG_ERROR)
        return l4_tag_err(got);
    l4_reply_drop(got);
    if ((got ^ want) >> L4_TAG_OP_SHIFT == L4_TAG_RAISED >> L4_TAG_OP_SHIFT &&
        l4_tag_words(got) && !l4_tag_items(got) && w0 && w0 >> 32 == 0)
        return (l4_err_t)(uint32_t)w0;
    if (got & (L4_TAG_ITEM_ERR | L4_TAG_SENT_ITEM_ERR))
        return L4_EITEM;
    return L4_EPROTO;
}

l4_tag_t l4_req_fail(l4_req_t *req, l4_err_t err)
{
    uint32_t words = err > 0 ? req->payload_words : 0;

    memset(&req->w, 0, sizeof req->w);
    req->w.w[0] = (uint32_t)err;
    for (uint32_t i = 1; i <= words; i++) {
        if (i < L4_MSG_REGS)
            req->w.w[i] = req->payload[i - 1];
        else
            req->utcb->mr[i] = req->payload[i - 1];
    }
    return L4_TAG(l4_tag_proto(req->tag), l4_tag_op(req->tag), words + 1, 0) |
           L4_TAG_REPLY | L4_TAG_RAISED;
}

l4_err_t l4_server_add(l4_server_t *s, const l4_range_t *range)
{
    (void)s;
    loopback_serve(range->dispatch, range->ops, range->self);
    return 0;
}
