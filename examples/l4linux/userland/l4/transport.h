/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The transport of a Linux process: generated stubs, unchanged, above /dev/l4.
 * A capability is an open file: l4_open("calc") opens /dev/l4/calc. Messages
 * with items cannot be sent.
 */
#ifndef L4_TRANSPORT_H
#define L4_TRANSPORT_H

#include <l4/stubs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The connection of that name; L4_CAP_NONE with errno if it cannot be opened.
 * l4_close() gives it back. */
l4_cap_t l4_open(const char *name);
void l4_close(l4_cap_t cap);

/* Words from 5 on of a message. Each thread has its own. */
l4_utcb_t *l4_utcb(void);

#ifdef __cplusplus
}
#endif

#endif
