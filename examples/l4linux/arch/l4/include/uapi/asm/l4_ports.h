/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/l4/NAME: calls to a native server. A capability is an open file: this
 * device, or what a call brought.
 */
#ifndef _UAPI_ASM_L4_PORTS_H
#define _UAPI_ASM_L4_PORTS_H

#include <linux/ioctl.h>

#include <asm/mailbox.h>

/*
 * One call, in and out. An item that is sent is a capability flexpage of order
 * 0 whose slot is an open file. Of what came back, such a flexpage has a new
 * open file; a memory flexpage has as its base where it begins in the file
 * `memory_file`, which mmap() maps.
 */
#define L4_PORT_CALL _IOWR('4', 1, struct l4_port_message)

/* A new open file, as the result: a capability that nobody else has and that
 * does nothing. With it goes whatever a server gave for as long as it is
 * there. */
#define L4_PORT_OWN _IO('4', 2)

#endif
