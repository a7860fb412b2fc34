/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial line for the kernel's own output: COM1, 115200 8n1. */
#ifndef ARCH_CONSOLE_H
#define ARCH_CONSOLE_H

/* Sends one character, a newline as CR LF. Polls for a bounded time; without
 * a working port it is lost. */
void arch_console_putc(char c);

#endif
