/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Connections to native servers, and the mailboxes in the platform's memory
 * through which messages go there: some for each connection, so that a server
 * that answers later holds up nobody. Who fills one and calls `port_call` finds
 * the answer there when it is L4_MAIL_DONE, and L4_VIRQ_PORTS is raised then.
 * Another thread makes the call meanwhile, so Linux goes on.
 *
 * The message is also what a process passes to /dev/l4 (uapi/asm/l4_ports.h).
 */
#ifndef _ASM_L4_MAILBOX_H
#define _ASM_L4_MAILBOX_H

#define L4_PORT_NAME 24
#define L4_PORT_WORDS 64
#define L4_PORT_ITEMS 16

/* How many calls of one connection are under way at once. */
#define L4_PORT_MAILS 4

/* Capability slots, and windows of 2 MiB at L4_FOREIGN_ADDRESS, for what
 * servers give to processes. */
#define L4_PORT_CAPS 64
#define L4_PORT_MEMORY 64
#define L4_PORT_MEMORY_ORDER 21

/* States of a mailbox. Linux makes it CALLING and, if it gives up, CANCELLING;
 * the platform makes that CANCELLED, and either DONE. */
#define L4_MAIL_IDLE 0u
#define L4_MAIL_CALLING 1u
#define L4_MAIL_CANCELLING 2u
#define L4_MAIL_CANCELLED 3u
#define L4_MAIL_DONE 4u

/* As the microkernel's l4_item_t; in what form capabilities and memory are
 * named is told where it is used. */
struct l4_port_item {
	unsigned long long control;
	unsigned long long fpage;
};

/* The tag says how many words and items there are. */
struct l4_port_message {
	unsigned long long tag;
	unsigned long long timeout; /* l4_time_t, of each phase */
	unsigned int oneway;	    /* 1: expects no answer */
	unsigned int caps;	    /* so many capabilities may come back */
	unsigned int memory;	    /* log2 of the bytes that may; 0: none */
	int memory_file;	    /* out, of a process: where they are */
	unsigned long long w[L4_PORT_WORDS];
	struct l4_port_item items[L4_PORT_ITEMS];
};

struct l4_mailbox {
	unsigned int state;	       /* L4_MAIL_* */
	unsigned int cap;	       /* slot to call */
	unsigned long long cap_window; /* flexpages, 0 for none: where what */
	unsigned long long mem_window; /* comes back arrives */
	struct l4_port_message message;
};

struct l4_port {
	char name[L4_PORT_NAME];
	unsigned int cap; /* its slot */
};

#endif
