/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server loop: one thread answers several interfaces, told apart by the
 * label of the gate or signal through which a message came.
 *
 *     static l4_range_t ranges[4];
 *     l4_server_t server;
 *     l4_server_init(&server, ranges, 4);
 *     calc_register(&server, first, last, &calc_ops, &state);
 *     l4_server_loop(&server);
 *
 * A server with one table of handlers that matters most runs calc_loop(&server,
 * &calc_ops) instead: the same loop with these handlers built in.
 *
 * A server thread runs one loop at a time. Handlers may call other servers.
 */
#ifndef L4_SERVER_H
#define L4_SERVER_H

#include <l4/err.h>
#include <l4/interface.h>
#include <l4/message.h>
#include <l4/utcb.h>

/* The payload of an exception: message words 1 and up of the answer. */
#define L4_REQ_PAYLOAD (L4_MSG_WORDS - 1)

struct l4_server;

/* A request, as a generated dispatch function and its handlers see it. */
typedef struct l4_req {
    l4_tag_t tag;    /* without phase, timeout and sent-item bits */
    uint64_t label;  /* of the gate or signal it came through */
    l4_words_t w;    /* words 0 to 4, of the request, then of the answer */
    l4_utcb_t *utcb; /* words 5 up in mr[], the answer's items in items[] */
    struct l4_server *server;
    uint32_t kept;          /* bit i: the handler keeps what items[i] brought */
    uint32_t payload_words; /* how many of payload[] a raised exception has */
    l4_item_t items[L4_MSG_ITEMS];    /* as received; stay during the handler */
    uint64_t payload[L4_REQ_PAYLOAD]; /* of a raised exception */
} l4_req_t;

/* A generated dispatch function: checks and decodes the request, calls the
 * handler, encodes the answer into req->w and the UTCB. Returns the tag of the
 * answer, or L4_TAG_NONE if there is none to send. */
typedef l4_tag_t (*l4_dispatch_t)(void *self, const void *ops, l4_req_t *req);

/* Who serves the labels from `first` to `last`. */
typedef struct l4_range {
    uint64_t first;
    uint64_t last; /* inclusive */
    l4_dispatch_t dispatch;
    const void *ops; /* the interface's table of handlers */
    void *self;      /* their first argument */
} l4_range_t;

/* The range whose handlers are built into the loop and which was served
 * last. */
typedef struct l4_hot_range {
    uint64_t first;
    uint64_t size; /* labels; 0: there is none */
    void *self;
} l4_hot_range_t;

typedef struct l4_server {
    l4_hot_range_t hot;
    l4_dispatch_t hot_dispatch; /* what the loop has built in, or NULL */
    const void *hot_ops;
    l4_range_t *ranges; /* sorted by label; the caller's storage */
    uint32_t range_count;
    uint32_t range_max;
    uint32_t recent;  /* index of the range served last */
    l4_fpage_t caps;  /* window for capabilities, allocated by the loop */
    l4_fpage_t mem;   /* window for memory, the program's choice */
    l4_fpage_t io;    /* window for I/O ports, likewise */
    bool caps_wanted; /* receive capabilities at all */
    bool stopped;
    bool looping;
    uint8_t caps_order; /* 1 << caps_order of them in one message */
    l4_time_t deadline; /* when to call `expired`, absolute; or never */
    void (*expired)(struct l4_server *s);
} l4_server_t;

/* Makes an empty server with room for `max` ranges, no receive windows. */
void l4_server_init(l4_server_t *s, l4_range_t *ranges, uint32_t max);

/* Lets `range` serve its labels. L4_EINVAL if first > last, L4_EEXIST if a
 * label is served already, L4_ENOMEM if the storage is full. */
L4_NODISCARD l4_err_t l4_server_add(l4_server_t *s, const l4_range_t *range);

/* Stops serving the range that begins with `first`. L4_ENOENT if none does. */
l4_err_t l4_server_remove(l4_server_t *s, uint64_t first);

/* Lets each request bring up to 1 << order capabilities, into slots that the
 * loop takes from the slot allocator. What a handler does not keep is deleted
 * when it returns. L4_ENOMEM if there are no free slots. */
L4_NODISCARD l4_err_t l4_server_accept_caps(l4_server_t *s, unsigned order);

/* Lets requests bring memory into `window`, a memory flexpage of this task
 * where nothing else is; L4_FPAGE_NONE ends that. A handler that keeps memory
 * sets another window before it returns. */
void l4_server_accept_mem(l4_server_t *s, l4_fpage_t window);

/* The same for the I/O ports in `window`, an I/O flexpage. */
void l4_server_accept_io(l4_server_t *s, l4_fpage_t window);

/* Calls `expired` from the loop once, when the absolute time `deadline` has
 * come; L4_TIME_NEVER: not any more. */
void l4_server_timer(l4_server_t *s, l4_time_t deadline,
                     void (*expired)(l4_server_t *s));

/* Gives back what a server holds: the slots of its window. Not while its loop
 * runs. */
void l4_server_close(l4_server_t *s);

/* Answers requests until l4_server_stop(). An unknown label or protocol is
 * answered with L4_ENOSYS. Blocks. */
void l4_server_loop(l4_server_t *s);

/* Ends the loop once the current request is answered; for handlers. */
void l4_server_stop(l4_server_t *s);

/* Keeps the capability that arrived in `slot`, or the memory or I/O ports that
 * arrived at `fpage`, beyond the handler. Keeping a capability passes its slot
 * to the handler, who gives it back with l4_slot_free(). L4_ENOENT if this
 * request brought no such thing. */
l4_err_t l4_req_keep(l4_req_t *req, l4_cap_t slot);
l4_err_t l4_req_keep_fpage(l4_req_t *req, l4_fpage_t fpage);

/* The answer that raises `err` (not 0) for this request, with the payload of
 * req->payload if it is above 0. For generated code: the result is the tag to
 * return from a dispatch function. */
l4_tag_t l4_req_fail(l4_req_t *req, l4_err_t err);

/* The same where the words are in `w`. */
static inline l4_tag_t l4_req_refuse(l4_req_t *req, l4_words_t *w, l4_err_t err)
{
    l4_tag_t tag = l4_req_fail(req, err);

    *w = req->w;
    return tag;
}

/* Why a request is not the one whose tag an operation `want`s. */
static inline l4_err_t l4_req_misfit(l4_tag_t tag, l4_tag_t want)
{
    if ((tag ^ want) & L4_TAG_KERNEL)
        return L4_EPERM;
    return tag & L4_TAG_ITEM_ERR ? L4_EITEM : L4_EMSG;
}

/* Operation 0 of every interface: what it is. */
static inline l4_tag_t l4_req_describe(l4_req_t *req, l4_interface_t i)
{
    if (req->tag != L4_TAG(i.proto, 0, 0, 0))
        return l4_req_fail(req, L4_EMSG);
    l4_interface_put(&i, req->w.w);
    return L4_TAG(i.proto, 0, L4_MSG_REGS, 0) | L4_TAG_REPLY;
}

/*
 * For generated loops. l4_server_begin() arms the windows, readies `req` and
 * says with which tag to wait first; `dispatch` and `ops` are what the loop has
 * built in. l4_server_handle() serves the request in `req` the general way,
 * and says with which tag to answer and wait. l4_server_end() gives the last
 * answer.
 */
l4_tag_t l4_server_begin(l4_server_t *s, l4_req_t *req, l4_dispatch_t dispatch,
                         const void *ops);
l4_tag_t l4_server_handle(l4_server_t *s, l4_req_t *req);
void l4_server_end(l4_server_t *s, l4_req_t *req, l4_tag_t next);

/* Whether `label` is of the range that was served last. */
static L4_ALWAYS_INLINE bool l4_server_knows(const l4_server_t *s,
                                             uint64_t label)
{
    return label - s->hot.first < s->hot.size;
}

/* Makes `next` end its wait when the time for the timer has come. */
l4_tag_t l4_server_timed(l4_server_t *s, l4_tag_t next);

/* The tag that answers with `reply` and waits; without an answer, waits. */
static L4_ALWAYS_INLINE l4_tag_t l4_server_next(l4_server_t *s, l4_tag_t reply)
{
    l4_tag_t next = reply ? reply | L4_PHASE_REPLY_WAIT : L4_PHASE_WAIT;

    if (__builtin_expect(s->deadline != L4_TIME_NEVER, 0))
        return l4_server_timed(s, next);
    return next;
}

/*
 * Deferred answers. A handler of an operation marked [defer] may keep the
 * right to answer and return L4_DEFERRED:
 *
 *     err = l4_req_defer(req, &later);
 *     return err ? err : L4_DEFERRED;
 *
 * Later, from any handler of the same thread, `m_i_op_answer(&later, ...)` or
 * `m_i_op_refuse(&later, code)` uses the right up.
 */
#define L4_DEFERRED ((l4_err_t)0x7fffffff)

typedef struct l4_later {
    l4_cap_t right; /* a slot; L4_CAP_NONE when used up */
    l4_tag_t tag;   /* of the request */
} l4_later_t;

/* Keeps the right to answer `req`. L4_ENOMEM without a free slot, L4_ENOENT if
 * nobody waits for the answer. */
L4_NODISCARD l4_err_t l4_req_defer(l4_req_t *req, l4_later_t *later);

/* For generated code: what stands for the request while it is answered, and
 * the answer. */
void l4_later_begin(const l4_later_t *later, l4_req_t *req);
l4_err_t l4_later_end(l4_later_t *later, l4_req_t *req, l4_tag_t reply);

/* The low four bits of the label of a gate are the rights of its holder, if
 * operations of the interface require any: label = object << 4 | rights. */
#define L4_LABEL_RIGHTS_BITS 4

#endif
