/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux's connections to native servers: threads that make the calls of each.
 */
#ifndef L4LINUX_PROXY_H
#define L4LINUX_PROXY_H

#include <l4/err.h>

#include "mailbox.h"

/* Finds the program's connections, the terminal left out, and makes a thread
 * for each of their mailboxes. An answer raises virtual interrupt `virq` of the
 * calling thread. */
l4_err_t ports_init(unsigned virq);

/* As struct l4_platform says. */
extern unsigned ports_count;
extern l4_cap_t ports_caps;
extern struct l4_port ports[];
extern struct l4_mailbox mailboxes[];
void ports_call(unsigned mail);
void ports_cancel(unsigned mail);
long ports_own(unsigned slot);
void ports_drop(unsigned long long fpage);

#endif
