/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loopback transport: a call goes straight to the server's dispatch
 * function, within one process of the build machine. See l4/loopback.h.
 */
#ifndef L4_TRANSPORT_H
#define L4_TRANSPORT_H

#include <l4/stubs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The UTCB of whoever runs: each side of a call has its own. */
l4_utcb_t *l4_utcb(void);

/* A server's loop gets no messages from here: they go to its handlers. */
l4_tag_t l4_transport_next(l4_tag_t next, l4_words_t *w, uint64_t *label);

#ifdef __cplusplus
}
#endif

#endif
