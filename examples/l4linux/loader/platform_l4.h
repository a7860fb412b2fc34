/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions of struct l4_platform on the microkernel. */
#ifndef L4LINUX_PLATFORM_L4_H
#define L4LINUX_PLATFORM_L4_H

#include "platform.h"

/* Fills in the functions. The calling thread is the one that becomes the
 * vCPU. */
void platform_functions(struct l4_platform *platform);

/* The functions run while GS base is a process's. These bring the UTCB back
 * for the time of a call. */
unsigned long platform_enter(void);
void platform_leave(unsigned long gs_base);

#endif
