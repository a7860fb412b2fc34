/* SPDX-License-Identifier: BSD-2-Clause */
/* A 16550 at the first serial line's ports. */
#ifndef CONSOLE_UART_H
#define CONSOLE_UART_H

#include <l4/objects.h>

/* Bytes that fit when nothing is left to send. */
#define UART_BURST 16u

/* Begins to receive. */
l4_err_t uart_init(l4_ports_t ports);

/* The byte received first; -1 if there is none. */
int uart_get(void);

/* Whether there is room for UART_BURST bytes. */
bool uart_idle(void);

void uart_put(const uint8_t *bytes, uint32_t count);

/* Whether the interrupt fires for room, beside received bytes. */
void uart_want_room(bool wanted);

/* Whether there is still a cause for the interrupt; it comes once only for all
 * that there are. */
bool uart_pending(void);

#endif
