/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The transport of a Linux process: generated stubs, unchanged, above /dev/l4.
 *
 * A capability is an open file, its number that of the descriptor:
 * l4_open("calc") opens /dev/l4/calc, and a capability that comes with an
 * answer is a new descriptor. A call takes it if its context names a window,
 * as L4_CTX(.caps = L4_CAPS(0)); memory that a server gives is mapped where the
 * context says, L4_CTX(.mem = l4_fpage_mem(address, order, rights)), which has
 * to be free. What comes otherwise is refused: L4_EITEM.
 *
 * Memory of the process's own cannot be passed on, nor can ports: L4_EITEM.
 * System calls of Linux fail with EFAULT if they are to read or write a
 * server's memory; copy it. A server may take it back: SIGBUS.
 */
#ifndef L4_TRANSPORT_H
#define L4_TRANSPORT_H

#include <l4/stubs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A window for 1 << order capabilities, up to 16, anywhere. */
#define L4_CAPS(order) l4_fpage_cap(0, (order), L4_RIGHTS_ALL)

/* The connection of that name; L4_CAP_NONE with errno if it cannot be opened.
 */
l4_cap_t l4_open(const char *name);

/* A capability of this process's own that does nothing, to be shown to the
 * server of `connection`: it is there until it is closed, or the process is
 * gone. L4_CAP_NONE with errno if there are too many. */
l4_cap_t l4_own(l4_cap_t connection);

/* Gives a capability back. */
void l4_close(l4_cap_t cap);

/* Words from 5 on of a message, and its items. Each thread has its own. */
l4_utcb_t *l4_utcb(void);

#ifdef __cplusplus
}
#endif

#endif
