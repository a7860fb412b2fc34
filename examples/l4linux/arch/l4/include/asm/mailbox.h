/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Connections to native servers: a mailbox each, in the platform's memory. Who
 * fills it and calls `port_call` finds the answer there when it is
 * L4_PORT_DONE, and L4_VIRQ_PORTS is raised then. Another thread makes the call
 * meanwhile, so a server that takes its time does not hold up Linux.
 */
#ifndef _ASM_L4_MAILBOX_H
#define _ASM_L4_MAILBOX_H

#define L4_PORT_NAME 24
#define L4_PORT_WORDS 64

#define L4_PORT_IDLE 0u
#define L4_PORT_CALLING 1u /* the platform's, until DONE */
#define L4_PORT_DONE 2u

/* A message: the tag says how many words it has; it has no items. */
struct l4_port_message {
	unsigned long long tag;
	unsigned long long timeout; /* l4_time_t, of each phase */
	unsigned long long oneway;  /* 1: expects no answer */
	unsigned long long w[L4_PORT_WORDS];
};

struct l4_port {
	char name[L4_PORT_NAME];
	unsigned int state; /* L4_PORT_* */
	unsigned int reserved;
	struct l4_port_message message;
};

#endif
