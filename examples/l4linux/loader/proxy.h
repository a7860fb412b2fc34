/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux's connections to native servers: a thread that makes the calls of each.
 */
#ifndef L4LINUX_PROXY_H
#define L4LINUX_PROXY_H

#include <l4/err.h>

#include "mailbox.h"

/* Finds the program's connections, the terminal left out, and makes a thread
 * for each. An answer raises virtual interrupt `virq` of the calling thread. */
l4_err_t ports_init(unsigned virq);

/* As struct l4_platform says. */
extern unsigned ports_count;
extern struct l4_port ports[];
void ports_call(unsigned port);

#endif
