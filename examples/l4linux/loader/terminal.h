/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux's console: the terminal that the boot plan connects. */
#ifndef L4LINUX_TERMINAL_H
#define L4LINUX_TERMINAL_H

#include <l4/err.h>

/* Input, room for output and another size raise virtual interrupt `virq` of the
 * calling thread, a vCPU. L4_ENOENT without a terminal. */
l4_err_t terminal_init(unsigned virq);

/* As struct l4_platform says. */
long terminal_write(const char *text, unsigned long size);
unsigned long terminal_read(char *text, unsigned long size);
void terminal_window(unsigned short *columns, unsigned short *rows);

#endif
