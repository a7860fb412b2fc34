/* SPDX-License-Identifier: GPL-2.0-only */
/* The console: output by the kernel's, input from the serial line, if the boot
 * plan gives it (irq and ports, both called "serial..."). */
#ifndef L4LINUX_SERIAL_H
#define L4LINUX_SERIAL_H

#include <l4/err.h>

/* Input raises virtual interrupt `virq` of the calling thread, a vCPU. Without
 * a serial line it does nothing. */
l4_err_t serial_init(unsigned virq);

/* As struct l4_platform says. */
void serial_write(const char *text, unsigned long size);
unsigned long serial_read(char *text, unsigned long size);

#endif
