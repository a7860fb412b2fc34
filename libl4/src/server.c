/* SPDX-License-Identifier: BSD-2-Clause */
/* The server loop. */
#include <string.h>

#include <l4/server.h>
#include <l4/slots.h>
#include <l4/syscall.h>
#include <l4/thread.h>

/* What of a received tag the dispatch functions see. */
#define REQUEST_MASK                                                   \
    (~(L4_TAG_PHASE_MASK | L4_TAG_SEND_TIMEOUT | L4_TAG_WAIT_TIMEOUT | \
       L4_TAG_SENT_ITEM_ERR))

void l4_server_init(l4_server_t *s, l4_range_t *ranges, uint32_t max)
{
    memset(s, 0, sizeof(*s));
    s->ranges = ranges;
    s->range_max = max;
    s->deadline = L4_TIME_NEVER;
}

void l4_server_timer(l4_server_t *s, l4_time_t deadline,
                     void (*expired)(l4_server_t *s))
{
    s->deadline = deadline;
    s->expired = expired;
    s->hot.size = 0;
}

l4_tag_t l4_server_timed(l4_server_t *s, l4_tag_t next)
{
    l4_utcb()->wait_timeout = s->deadline;
    return next | L4_TAG_WAIT_TIMEOUT;
}

/* The index of the first range that ends at or after `label`. */
static uint32_t range_search(const l4_server_t *s, uint64_t label)
{
    uint32_t low = 0;
    uint32_t high = s->range_count;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (s->ranges[mid].last < label)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

l4_err_t l4_server_add(l4_server_t *s, const l4_range_t *range)
{
    uint32_t at = range_search(s, range->first);

    if (range->first > range->last || !range->dispatch)
        return L4_EINVAL;
    if (at < s->range_count && s->ranges[at].first <= range->last)
        return L4_EEXIST;
    if (s->range_count == s->range_max)
        return L4_ENOMEM;
    memmove(&s->ranges[at + 1], &s->ranges[at],
            (s->range_count - at) * sizeof(*s->ranges));
    s->ranges[at] = *range;
    s->range_count++;
    s->hot.size = 0;
    return 0;
}

l4_err_t l4_server_remove(l4_server_t *s, uint64_t first)
{
    uint32_t at = range_search(s, first);

    if (at == s->range_count || s->ranges[at].first != first)
        return L4_ENOENT;
    s->range_count--;
    s->hot.size = 0;
    memmove(&s->ranges[at], &s->ranges[at + 1],
            (s->range_count - at) * sizeof(*s->ranges));
    return 0;
}

/* Makes sure that there is a window for capabilities, if one is wanted. */
static l4_err_t caps_window_fill(l4_server_t *s)
{
    l4_cap_t slot;

    if (!s->caps_wanted || s->caps)
        return 0;
    slot = l4_slots_alloc(s->caps_order);
    if (slot == L4_CAP_NONE)
        return L4_ENOMEM;
    s->caps = l4_fpage_cap(slot, s->caps_order, L4_RIGHTS_ALL);
    return 0;
}

/* Arms the windows for the next request. Calls of handlers that arm others
 * leave them as they find them. */
static void windows_arm(l4_server_t *s)
{
    l4_utcb_t *utcb = l4_utcb();

    /* Without slots left, requests with capabilities fail, others do not. */
    if (caps_window_fill(s) != 0)
        s->caps = L4_FPAGE_NONE;
    utcb->window[L4_WINDOW_CAP] = s->caps;
    utcb->window[L4_WINDOW_MEM] = s->mem;
    utcb->window[L4_WINDOW_IO] = s->io;
}

void l4_server_close(l4_server_t *s)
{
    if (s->caps)
        l4_slots_free(l4_fpage_slot(s->caps), l4_fpage_order(s->caps));
    s->caps = L4_FPAGE_NONE;
    s->caps_wanted = false;
}

l4_err_t l4_server_accept_caps(l4_server_t *s, unsigned order)
{
    if (order > 4)
        return L4_EINVAL;
    l4_server_close(s);
    s->caps_order = (uint8_t)order;
    s->caps_wanted = true;
    if (s->looping)
        windows_arm(s);
    return caps_window_fill(s);
}

void l4_server_accept_mem(l4_server_t *s, l4_fpage_t window)
{
    s->mem = window;
    if (s->looping)
        windows_arm(s);
}

void l4_server_accept_io(l4_server_t *s, l4_fpage_t window)
{
    s->io = window;
    if (s->looping)
        windows_arm(s);
}

/* Marks the item that brought `fpage` as kept. */
static l4_err_t item_keep(l4_req_t *req, unsigned kind, uint64_t base)
{
    unsigned count = l4_tag_items(req->tag);

    for (unsigned i = 0; i < count; i++) {
        const l4_item_t *item = &req->items[i];

        if (item->control == L4_ITEM_MAPPED &&
            l4_fpage_kind(item->fpage) == kind &&
            l4_fpage_base(item->fpage) == base) {
            req->kept |= 1u << i;
            return 0;
        }
    }
    return L4_ENOENT;
}

l4_err_t l4_req_keep(l4_req_t *req, l4_cap_t slot)
{
    return item_keep(req, L4_FPAGE_CAP, (uint64_t)slot << 12);
}

l4_err_t l4_req_keep_fpage(l4_req_t *req, l4_fpage_t fpage)
{
    return item_keep(req, l4_fpage_kind(fpage), l4_fpage_base(fpage));
}

/* The window for capabilities lost the slots that the handler keeps: gives
 * the others back, so that the next request gets a fresh one. */
static void caps_window_split(l4_server_t *s, const l4_req_t *req)
{
    l4_cap_t first = l4_fpage_slot(s->caps);
    uint32_t free_slots = (1u << (1u << s->caps_order)) - 1;
    unsigned count = l4_tag_items(req->tag);
    bool kept = false;

    for (unsigned i = 0; i < count; i++) {
        l4_fpage_t fpage = req->items[i].fpage;
        unsigned at = l4_fpage_slot(fpage) - first;
        unsigned slots = 1u << l4_fpage_order(fpage);

        if (!(req->kept & (1u << i)) || l4_fpage_kind(fpage) != L4_FPAGE_CAP)
            continue;
        for (unsigned slot = at; slot < at + slots; slot++)
            free_slots &= ~(1u << slot);
        kept = true;
    }
    if (!kept)
        return;
    for (unsigned i = 0; i < 1u << s->caps_order; i++) {
        if (free_slots & (1u << i))
            l4_slot_release(first + i);
    }
    s->caps = L4_FPAGE_NONE;
}

/* Deletes what a request brought and its handler did not keep. */
static void items_settle(l4_server_t *s, const l4_req_t *req)
{
    l4_fpage_t drop[L4_MSG_ITEMS];
    unsigned count = l4_tag_items(req->tag);
    size_t dropped = 0;

    for (unsigned i = 0; i < count; i++) {
        if (req->items[i].control == L4_ITEM_MAPPED && !(req->kept & (1u << i)))
            drop[dropped++] = req->items[i].fpage;
    }
    if (dropped)
        l4_unmap(drop, dropped);
    if (req->kept && s->caps)
        caps_window_split(s, req);
}

l4_tag_t l4_req_fail(l4_req_t *req, l4_err_t err)
{
    uint32_t words = err > 0 ? req->payload_words : 0;
    l4_tag_t what = req->tag & ~(L4_TAG_REPLY | L4_TAG_RAISED) &
                    (~(l4_tag_t)0 << L4_TAG_OP_SHIFT);

    if (words > L4_REQ_PAYLOAD)
        words = L4_REQ_PAYLOAD;
    memset(&req->w, 0, sizeof(req->w));
    req->w.w[0] = (uint32_t)err;
    for (uint32_t i = 1; i <= words; i++) {
        if (i < L4_MSG_REGS)
            req->w.w[i] = req->payload[i - 1];
        else
            req->utcb->mr[i] = req->payload[i - 1];
    }
    return what | L4_TAG_REPLY | L4_TAG_RAISED | (words + 1);
}

/* Who serves `label`, or NULL. Remembers it for the loop if that has its
 * handlers built in. */
static const l4_range_t *range_find(l4_server_t *s, uint64_t label)
{
    const l4_range_t *r;

    if (s->recent >= s->range_count ||
        label - s->ranges[s->recent].first >
            s->ranges[s->recent].last - s->ranges[s->recent].first)
        s->recent = range_search(s, label);
    if (s->recent == s->range_count || s->ranges[s->recent].first > label)
        return NULL;
    r = &s->ranges[s->recent];
    if (r->dispatch == s->hot_dispatch && r->ops == s->hot_ops &&
        s->deadline == L4_TIME_NEVER) {
        s->hot.first = r->first;
        s->hot.size = r->last - r->first;
        /* A range of all labels but the last is close enough. */
        s->hot.size += s->hot.size != UINT64_MAX;
        s->hot.self = r->self;
    }
    return r;
}

/* Answers one request: the tag of the answer, or L4_TAG_NONE. */
static l4_tag_t request_handle(l4_server_t *s, l4_req_t *req)
{
    const l4_range_t *range = range_find(s, req->label);

    req->kept = 0;
    req->payload_words = 0;
    if (!range)
        return l4_req_fail(req, L4_ENOSYS);
    return range->dispatch(range->self, range->ops, req);
}

/* Calls what the timer is for, if it is time. That may do IPC, and then the
 * message in the UTCB is gone: `reply` goes out first. Returns what is left to
 * answer. */
static l4_tag_t timer_check(l4_server_t *s, l4_req_t *req, l4_tag_t reply)
{
    if (s->deadline == L4_TIME_NEVER ||
        (l4_time_now() | L4_TIME_ABSOLUTE) < s->deadline)
        return reply;
    if (reply)
        l4_ipc(reply | L4_PHASE_REPLY, L4_CAP_NONE, &req->w, NULL);
    s->deadline = L4_TIME_NEVER;
    s->expired(s);
    return L4_TAG_NONE;
}

static l4_tag_t request_serve(l4_server_t *s, l4_req_t *req)
{
    unsigned items;
    l4_tag_t reply;

    req->tag &= REQUEST_MASK;
    items = l4_tag_items(req->tag);
    if (items)
        memcpy(req->items, req->utcb->items, items * sizeof(l4_item_t));
    reply = request_handle(s, req);
    if (items)
        items_settle(s, req);
    if (items || (s->caps_wanted && !s->caps))
        windows_arm(s);
    return reply;
}

l4_tag_t l4_server_handle(l4_server_t *s, l4_req_t *req)
{
    l4_tag_t reply = L4_TAG_NONE;

    /* A wait may be cancelled or time out; there is nothing to answer then. */
    if (!(req->tag & L4_TAG_ERROR))
        reply = request_serve(s, req);
    return l4_server_next(s, timer_check(s, req, reply));
}

l4_tag_t l4_server_begin(l4_server_t *s, l4_req_t *req, l4_dispatch_t dispatch,
                         const void *ops)
{
    req->server = s;
    req->utcb = l4_utcb();
    req->payload_words = 0;
    memset(&req->w, 0, sizeof(req->w));
    s->hot_dispatch = dispatch;
    s->hot_ops = ops;
    s->hot.size = 0;
    s->looping = true;
    s->stopped = false;
    windows_arm(s);
    return l4_server_next(s, L4_TAG_NONE);
}

void l4_server_end(l4_server_t *s, l4_req_t *req, l4_tag_t next)
{
    memset(req->utcb->window, 0, sizeof(req->utcb->window));
    s->looping = false;
    next &= ~L4_TAG_WAIT_TIMEOUT;
    if (next != L4_PHASE_WAIT)
        l4_ipc((next & ~L4_TAG_PHASE_MASK) | L4_PHASE_REPLY, L4_CAP_NONE,
               &req->w, NULL);
}

void l4_server_loop(l4_server_t *s)
{
    l4_req_t req;
    l4_tag_t next = l4_server_begin(s, &req, NULL, NULL);

    while (!s->stopped) {
        req.tag = l4_ipc(next, L4_CAP_NONE, &req.w, &req.label);
        next = l4_server_handle(s, &req);
    }
    l4_server_end(s, &req, next);
}

l4_err_t l4_req_defer(l4_req_t *req, l4_later_t *later)
{
    l4_words_t none = {{0}};
    l4_cap_t slot = l4_slots_alloc(0);
    l4_err_t err;

    if (slot == L4_CAP_NONE)
        return L4_ENOMEM;
    err = l4_tag_err(l4_ipc(L4_PHASE_PARK, slot, &none, NULL));
    if (err) {
        l4_slots_free(slot, 0);
        return err;
    }
    later->right = slot;
    later->tag = req->tag;
    return 0;
}

void l4_later_begin(const l4_later_t *later, l4_req_t *req)
{
    memset(req, 0, sizeof(*req));
    req->tag = later->tag;
    req->utcb = l4_utcb();
}

l4_err_t l4_later_end(l4_later_t *later, l4_req_t *req, l4_tag_t reply)
{
    l4_tag_t tag;

    if (later->right == L4_CAP_NONE)
        return L4_ENOCAP;
    tag = l4_ipc(reply | L4_PHASE_REPLY, later->right, &req->w, NULL);
    l4_slots_free(later->right, 0);
    later->right = L4_CAP_NONE;
    return l4_tag_err(tag);
}

void l4_server_stop(l4_server_t *s)
{
    s->stopped = true;
}
