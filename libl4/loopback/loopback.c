/* SPDX-License-Identifier: BSD-2-Clause */
/* The loopback transport, and what of the server loop it takes to use it. */
#include <l4/loopback.h>

#include <stdlib.h>
#include <string.h>

/* How many ranges of labels are served, and how deep handlers may call. */
enum { RANGES_MAX = 32, DEPTH_MAX = 16 };

struct l4_loopback l4_loopback;

static l4_utcb_t utcbs[DEPTH_MAX + 1];
static unsigned depth;
static l4_range_t served[RANGES_MAX];
static l4_server_t *servers[RANGES_MAX]; /* whose range it is */
static unsigned range_count;
static l4_loopback_tamper_fn *tamper_request;
static l4_loopback_tamper_fn *tamper_reply;

l4_utcb_t *l4_utcb(void)
{
    return &utcbs[depth];
}

void l4_loopback_reset(void)
{
    memset(&l4_loopback, 0, sizeof l4_loopback);
    range_count = 0;
    depth = 0;
    tamper_request = NULL;
    tamper_reply = NULL;
    /* Old contents must not matter. */
    l4_loopback_fill(0xa5);
}

void l4_loopback_fill(uint8_t byte)
{
    memset(utcbs, byte, sizeof utcbs);
}

void l4_loopback_serve(l4_dispatch_t dispatch, const void *ops, void *self)
{
    l4_loopback_reset();
    served[0] = (l4_range_t){.first = 1,
                             .last = UINT64_MAX,
                             .dispatch = dispatch,
                             .ops = ops,
                             .self = self};
    servers[0] = NULL;
    range_count = 1;
}

void l4_loopback_tamper_request(l4_loopback_tamper_fn *fn)
{
    tamper_request = fn;
}

void l4_loopback_tamper_reply(l4_loopback_tamper_fn *fn)
{
    tamper_reply = fn;
}

/* --- a message's way --------------------------------------------------- */

/* Copies the words that do not travel in registers, and maps the items. */
static void transfer(l4_utcb_t *to, const l4_utcb_t *from, l4_tag_t tag)
{
    for (unsigned i = L4_MSG_REGS; i < l4_tag_words(tag) && i < L4_MSG_WORDS;
         i++)
        to->mr[i] = from->mr[i];
    for (unsigned i = 0; i < l4_tag_items(tag) && i < L4_MSG_ITEMS; i++) {
        l4_fpage_t f = from->items[i].fpage;

        if (l4_fpage_kind(f) == L4_FPAGE_CAP)
            f += (l4_fpage_t)L4_LOOPBACK_SHIFT << 12;
        to->items[i].control = L4_ITEM_MAPPED;
        to->items[i].fpage = f;
    }
}

static const l4_range_t *range_find(uint64_t label)
{
    for (unsigned i = 0; i < range_count; i++)
        if (served[i].first <= label && label <= served[i].last)
            return &served[i];
    return NULL;
}

static l4_tag_t deliver(const l4_range_t *range, l4_cap_t cap, l4_tag_t tag,
                        const l4_words_t *w, l4_req_t *req)
{
    l4_utcb_t *from = &utcbs[depth];
    l4_utcb_t *to;
    l4_tag_t reply;

    if (depth == DEPTH_MAX)
        abort();
    to = &utcbs[++depth];
    memset(req, 0, sizeof *req);
    l4_loopback.sent++;
    l4_loopback.request_tag = tag;
    memcpy(l4_loopback.request, from->mr, sizeof from->mr);
    memcpy(l4_loopback.request, w->w, sizeof w->w);
    transfer(to, from, tag);
    req->tag = tag | l4_loopback.kernel_bits;
    req->w = *w;
    req->label = cap;
    req->utcb = to;
    req->server = servers[range - served];
    if (tamper_request)
        req->tag = tamper_request(req->tag, &req->w, to);
    memcpy(req->items, to->items, sizeof req->items);
    reply = range->dispatch(range->self, range->ops, req);
    if (reply != L4_TAG_NONE && !(reply & L4_TAG_ERROR))
        transfer(from, to, reply);
    depth--;
    return reply;
}

/* Whether the test wants this call to fail. */
static bool must_fail(const l4_ctx_t *ctx)
{
    l4_loopback.timeout = ctx ? ctx->timeout : L4_TIME_NEVER;
    if (!l4_loopback.fail || l4_loopback.fail_count == 0)
        return false;
    l4_loopback.fail_count--;
    return true;
}

l4_tag_t l4_transport_call(l4_cap_t cap, l4_tag_t tag, l4_words_t *w,
                           const l4_ctx_t *ctx)
{
    const l4_range_t *range = range_find(cap);
    l4_req_t req;
    l4_tag_t reply;

    if (must_fail(ctx))
        return l4_tag_error(l4_loopback.fail);
    if (cap == L4_CAP_NONE || !range)
        return l4_tag_error(L4_ENOCAP);
    reply = deliver(range, cap, tag, w, &req);
    if (reply == L4_TAG_NONE)
        return l4_tag_error(L4_EDEAD);
    *w = req.w;
    if (!(reply & L4_TAG_ERROR) && tamper_reply)
        reply = tamper_reply(reply, w, &utcbs[depth]);
    return reply;
}

l4_tag_t l4_transport_send(l4_cap_t cap, l4_tag_t tag, const l4_words_t *w,
                           const l4_ctx_t *ctx)
{
    const l4_range_t *range = range_find(cap);
    l4_req_t req;

    if (must_fail(ctx))
        return l4_tag_error(l4_loopback.fail);
    if (cap == L4_CAP_NONE || !range)
        return l4_tag_error(L4_ENOCAP);
    return deliver(range, cap, tag, w, &req) == L4_TAG_NONE ? 0 : L4_TAG_ERROR;
}

void l4_reply_drop(l4_tag_t got)
{
    if (got & L4_TAG_ERROR)
        return;
    for (unsigned i = 0; i < l4_tag_items(got) && i < L4_MSG_ITEMS; i++)
        l4_loopback.dropped += utcbs[depth].items[i].control == L4_ITEM_MAPPED;
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

/* --- the server's side ------------------------------------------------- */

void l4_server_init(l4_server_t *s, l4_range_t *ranges, uint32_t max)
{
    memset(s, 0, sizeof *s);
    s->ranges = ranges;
    s->range_max = max;
    s->deadline = L4_TIME_NEVER;
}

l4_err_t l4_server_add(l4_server_t *s, const l4_range_t *range)
{
    if (range->first > range->last || !range->dispatch)
        return L4_EINVAL;
    for (unsigned i = 0; i < range_count; i++)
        if (served[i].first <= range->last && range->first <= served[i].last)
            return L4_EEXIST;
    if (range_count == RANGES_MAX || (s && s->range_count == s->range_max))
        return L4_ENOMEM;
    servers[range_count] = s;
    served[range_count++] = *range;
    if (s)
        s->range_count++;
    return 0;
}

l4_err_t l4_server_remove(l4_server_t *s, uint64_t first)
{
    for (unsigned i = 0; i < range_count; i++)
        if (served[i].first == first) {
            servers[i] = servers[range_count - 1];
            served[i] = served[--range_count];
            s->range_count--;
            return 0;
        }
    return L4_ENOENT;
}

l4_err_t l4_server_accept_caps(l4_server_t *s, unsigned order)
{
    s->caps_wanted = true;
    return order > 4 ? L4_EINVAL : 0;
}

void l4_server_accept_mem(l4_server_t *s, l4_fpage_t window)
{
    s->mem = window;
}

void l4_server_accept_io(l4_server_t *s, l4_fpage_t window)
{
    s->io = window;
}

/* Requests are served when they are made: a loop ends before it begins. */
void l4_server_loop(l4_server_t *s)
{
    s->stopped = true;
}

l4_tag_t l4_server_begin(l4_server_t *s, l4_req_t *req, l4_dispatch_t dispatch,
                         const void *ops)
{
    (void)dispatch;
    (void)ops;
    memset(req, 0, sizeof *req);
    s->stopped = true;
    return L4_PHASE_WAIT;
}

l4_tag_t l4_server_handle(l4_server_t *s, l4_req_t *req)
{
    (void)s;
    (void)req;
    abort();
}

l4_tag_t l4_server_timed(l4_server_t *s, l4_tag_t next)
{
    (void)s;
    return next;
}

void l4_server_end(l4_server_t *s, l4_req_t *req, l4_tag_t next)
{
    (void)s;
    (void)req;
    (void)next;
}

l4_tag_t l4_transport_next(l4_tag_t next, l4_words_t *w, uint64_t *label)
{
    (void)next;
    (void)w;
    (void)label;
    abort();
}

void l4_server_close(l4_server_t *s)
{
    s->caps_wanted = false;
}

void l4_server_stop(l4_server_t *s)
{
    s->stopped = true;
}

l4_err_t l4_req_keep(l4_req_t *req, l4_cap_t slot)
{
    (void)req;
    (void)slot;
    l4_loopback.kept++;
    return 0;
}

l4_err_t l4_req_keep_fpage(l4_req_t *req, l4_fpage_t fpage)
{
    (void)req;
    (void)fpage;
    l4_loopback.kept++;
    return 0;
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

/* --- deferred answers --------------------------------------------------- */

l4_err_t l4_req_defer(l4_req_t *req, l4_later_t *later)
{
    later->right = 1;
    later->tag = req->tag;
    return 0;
}

void l4_later_begin(const l4_later_t *later, l4_req_t *req)
{
    memset(req, 0, sizeof *req);
    req->tag = later->tag;
    req->utcb = l4_utcb();
}

/* The caller has long returned: the answer is kept for the test to look at. */
l4_err_t l4_later_end(l4_later_t *later, l4_req_t *req, l4_tag_t reply)
{
    if (later->right == L4_CAP_NONE)
        return L4_ENOCAP;
    later->right = L4_CAP_NONE;
    l4_loopback.later_tag = reply;
    memcpy(l4_loopback.later, req->utcb->mr, sizeof l4_loopback.later);
    memcpy(l4_loopback.later, req->w.w, sizeof req->w.w);
    return 0;
}
