/* SPDX-License-Identifier: BSD-2-Clause */
/* COM1, a 16550 or what passes for one. */
#include <arch/cpu.h>

#include "init.h"
#include "x86.h"

#define UART_DATA (COM1 + 0)
#define UART_INTERRUPTS (COM1 + 1)
#define UART_FIFO (COM1 + 2)
#define UART_LINE (COM1 + 3)
#define UART_MODEM (COM1 + 4)
#define UART_STATUS (COM1 + 5)
#define UART_DIVISOR_LOW (COM1 + 0)
#define UART_DIVISOR_HIGH (COM1 + 1)

#define LINE_DIVISOR 0x80 /* the first two ports are the divisor's */
#define LINE_8N1 0x03
#define FIFO_ON 0x07       /* and cleared */
#define MODEM_DTR_RTS 0x0b /* and OUT2, which lets interrupts through */
#define STATUS_TX_EMPTY 0x20

/* More than a character takes at 115200 baud. */
#define POLL_MAX 100000

void console_init(void)
{
    out8(UART_INTERRUPTS, 0);
    out8(UART_LINE, LINE_DIVISOR);
    out8(UART_DIVISOR_LOW, 1);
    out8(UART_DIVISOR_HIGH, 0);
    out8(UART_LINE, LINE_8N1);
    out8(UART_FIFO, FIFO_ON);
    out8(UART_MODEM, MODEM_DTR_RTS);
}

static void uart_put(uint8_t byte)
{
    for (unsigned i = 0; i < POLL_MAX; i++) {
        if (in8(UART_STATUS) & STATUS_TX_EMPTY) {
            break;
        }
    }
    out8(UART_DATA, byte);
}

void arch_console_putc(char c)
{
    if (c == '\n') {
        uart_put('\r');
    }
    uart_put((uint8_t)c);
}
