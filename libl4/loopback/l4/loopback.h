/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Servers and clients in one process of the build machine, to test them
 * without booting. The stubs are the real ones, made with `l4_add_idl(...
 * HOST)` and compiled with this directory before libl4's:
 *
 *     l4_loopback_reset();
 *     l4_server_init(&server, ranges, 4);
 *     calc_register(&server, 1, 1, &calc_ops, &state);
 *     err = calc_add((calc_t){1}, 2, 3, &sum, NULL);
 *
 * A capability is a number: it reaches the server of the label of that number.
 * Each side of a call has a UTCB of its own, so a handler that calls someone
 * destroys the message that it is serving, as it does on the real thing. What
 * one side did not write is filled with 0xa5.
 */
#ifndef L4_LOOPBACK_H
#define L4_LOOPBACK_H

#include <l4/server.h>
#include <l4/transport.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Forgets all servers, tampering and counts. */
void l4_loopback_reset(void);

/* Fills all UTCBs with something else than 0xa5. */
void l4_loopback_fill(uint8_t byte);

/* Puts one dispatch function, generated or not, behind every capability. */
void l4_loopback_serve(l4_dispatch_t dispatch, const void *ops, void *self);

/* Sees a request before it is dispatched, or an answer before it is delivered,
 * and may change all of it; NULL for none. */
typedef l4_tag_t l4_loopback_tamper_fn(l4_tag_t tag, l4_words_t *w,
                                       l4_utcb_t *utcb);
void l4_loopback_tamper_request(l4_loopback_tamper_fn *fn);
void l4_loopback_tamper_reply(l4_loopback_tamper_fn *fn);

/* A capability slot that is passed on arrives as one so much higher. */
enum { L4_LOOPBACK_SHIFT = 1000 };

struct l4_loopback {
    unsigned sent;                  /* messages */
    unsigned dropped;               /* items that the client's side deleted */
    unsigned kept;                  /* items that handlers kept */
    l4_tag_t request_tag;           /* the last request as it was sent ... */
    uint64_t request[L4_MSG_WORDS]; /* ... and its words */
    l4_tag_t kernel_bits;           /* added to the tags of requests */
    l4_time_t timeout;              /* of the last call's context */
    l4_err_t fail;                  /* not 0: the next calls fail so ... */
    unsigned fail_count;            /* ... so many times */
    l4_tag_t later_tag;             /* the last answer given later ... */
    uint64_t later[L4_MSG_WORDS];   /* ... and its words */
};
extern struct l4_loopback l4_loopback;

#ifdef __cplusplus
}
#endif

#endif
