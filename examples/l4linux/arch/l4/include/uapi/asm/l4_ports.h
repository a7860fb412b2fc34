/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* /dev/l4/NAME: one call to a native server, in and out. */
#ifndef _UAPI_ASM_L4_PORTS_H
#define _UAPI_ASM_L4_PORTS_H

#include <linux/ioctl.h>

#include <asm/mailbox.h>

#define L4_PORT_CALL _IOWR('4', 1, struct l4_port_message)

#endif
