/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests do with the loopback transport. */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <l4/server.h>
#include <l4/transport.h>

/* The server behind every capability: a generated dispatch function and its
 * arguments, or a function of the test's own. */
void loopback_serve(l4_dispatch_t dispatch, const void *ops, void *self);

/* Looks at a request before it is dispatched, or at an answer before it is
 * delivered, and may change all of it; NULL for none. */
typedef l4_tag_t loopback_tamper_fn(l4_tag_t tag, l4_words_t *w,
                                    l4_utcb_t *utcb);
void loopback_tamper_request(loopback_tamper_fn *fn);
void loopback_tamper_reply(loopback_tamper_fn *fn);

/* Capability slots are shifted by this much when they are passed on. */
enum { LOOPBACK_SHIFT = 1000 };

/* How often a message was sent, and how many arrived items were deleted. */
extern unsigned loopback_sent;
extern unsigned loopback_dropped;

/* The request as the server received it, for tests that look at its bytes. */
extern l4_tag_t loopback_request_tag;
extern uint64_t loopback_request[L4_MSG_WORDS];

/* Bits that "the kernel" adds to the tag of the next request. */
extern l4_tag_t loopback_kernel_bits;

#endif
