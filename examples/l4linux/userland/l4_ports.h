/* SPDX-License-Identifier: GPL-2.0-only */
/* The requests of /dev/l4, as the port's own headers have them. */
#ifndef L4LINUX_L4_PORTS_H
#define L4LINUX_L4_PORTS_H

#include <sys/ioctl.h>

#include "mailbox.h"

#define L4_PORT_CALL _IOWR('4', 1, struct l4_port_message)
#define L4_PORT_OWN _IO('4', 2)

#endif
