/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Linux is given when it starts: its memory, and the functions through
 * which it reaches the microkernel. The loader (an Almond program) and the
 * host shim (a Linux process) provide it; Linux has nothing else.
 *
 * Functions are called with virtual interrupts masked, and run on the caller's
 * stack, which is aligned to 8 bytes only. They keep FS and GS bases and
 * vector registers. Errors are negative l4_err_t.
 */
#ifndef _ASM_L4_PLATFORM_H
#define _ASM_L4_PLATFORM_H

#include "layout.h"

#define L4_PLATFORM_VERSION 2u

/* Virtual interrupts. */
#define L4_VIRQ_TIMER 0u   /* L4_VCPU_VIRQ_TIMER */
#define L4_VIRQ_CONSOLE 1u /* input, room for output, another size */
#define L4_VIRQ_PORTS 2u   /* a server answered: asm/mailbox.h */

#ifndef __ASSEMBLY__

#include "mailbox.h"

struct l4_platform {
	unsigned int version;
	unsigned int size; /* of this structure */
	unsigned long ram_size;
	unsigned long initrd; /* in RAM, at its end; 0: none */
	unsigned long initrd_size;
	const char *command_line;
	unsigned int tsc_khz; /* of the time-stamp counter */

	/* Phase RESUME: does not return, Linux is entered at entry_ip. */
	void (*resume)(void);
	/* Phase HALT: returns when a virtual interrupt is pending. */
	void (*halt)(void);
	/* Nanoseconds of the clock that deadlines are in. */
	unsigned long (*time)(void);

	/* An address space for processes: a capability, or an error. */
	long (*task_create)(void);
	void (*task_destroy)(unsigned long task);
	/* Takes memory away: `rights` (L4_MEM_*) of 1 << order bytes. */
	void (*task_unmap)(unsigned long task, unsigned long address,
			   unsigned int order, unsigned int rights);

	/* One page of RAM at another address of the host task (vmalloc). */
	long (*host_map)(unsigned long address, unsigned long ram);
	void (*host_unmap)(unsigned long address, unsigned long size);

	/* How many bytes were taken; 0: there is no room. */
	long (*console_write)(const char *text, unsigned long size);
	/* Bytes typed, at most `size`; 0 if there are none. */
	unsigned long (*console_read)(char *text, unsigned long size);

	/* 0 by 0 if nobody knows. */
	void (*console_size)(unsigned short *columns, unsigned short *rows);

	/* Ends the server. */
	void (*exit)(int status);

	/* Connections to native servers; see asm/mailbox.h. Each has
	 * L4_PORT_MAILS mailboxes, one after the other. */
	unsigned int port_count;
	struct l4_port *ports;
	struct l4_mailbox *mailboxes;
	/* The first of L4_PORT_CAPS slots, for what servers give. */
	unsigned int port_caps;
	void (*port_call)(unsigned int mail);
	/* Of a mailbox that was made CANCELLING: it will be DONE soon. */
	void (*port_cancel)(unsigned int mail);
	/* Makes an object in an empty slot that does nothing: a signal. */
	long (*port_own)(unsigned int slot);
	/* Takes a flexpage away, out of the host task and all tasks. */
	void (*port_drop)(unsigned long long fpage);
};

#endif
#endif
