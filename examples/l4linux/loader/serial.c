/* SPDX-License-Identifier: GPL-2.0-only */
#include <l4/env.h>
#include <l4/objects.h>

#include "platform_l4.h"
#include "serial.h"

/* A 16550. */
#define UART_DATA 0x3f8
#define UART_INTERRUPTS 0x3f9
#define UART_STATUS 0x3fd
#define RECEIVED 1u /* in the latter two */

/* What the kernel's console takes at once. */
#define CHUNK 480ul

static l4_signal_t irq;
static l4_ports_t ports;

static uint32_t uart_read(uint16_t port)
{
    uint32_t value = 0;

    (void)!l4_ports_read(ports, port, 1, &value, NULL);
    return value;
}

l4_err_t serial_init(unsigned virq)
{
    const l4_thread_t me = {L4_CAP_THREAD};
    l4_err_t err;

    irq.cap = l4_env_cap("serial-irq");
    ports.cap = l4_env_cap("serial");
    if (irq.cap == L4_CAP_NONE || ports.cap == L4_CAP_NONE)
        return L4_OK;
    err = l4_signal_bind(irq, me, virq, NULL);
    if (!err)
        err = l4_signal_ack(irq, NULL);
    if (!err)
        err = l4_ports_write(ports, UART_INTERRUPTS, 1, RECEIVED, NULL);
    return err;
}

void serial_write(const char *text, unsigned long size)
{
    const l4_console_t console = {L4_CAP_CONSOLE};
    unsigned long gs_base = platform_enter();

    while (size > 0) {
        unsigned long part = size < CHUNK ? size : CHUNK;

        (void)!l4_console_write(console, (const uint8_t *)text, (uint32_t)part,
                                NULL);
        text += part;
        size -= part;
    }
    platform_leave(gs_base);
}

/* The interrupt is acknowledged first: what comes while we read raises it
 * again. */
unsigned long serial_read(char *text, unsigned long size)
{
    unsigned long gs_base = platform_enter();
    unsigned long n = 0;

    if (ports.cap != L4_CAP_NONE) {
        (void)!l4_signal_ack(irq, NULL);
        while (n < size && uart_read(UART_STATUS) & RECEIVED)
            text[n++] = (char)uart_read(UART_DATA);
    }
    platform_leave(gs_base);
    return n;
}
