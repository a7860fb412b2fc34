/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver for the serial line. Its authority is one interrupt, eight I/O
 * ports and the right to send lines to one reader.
 */
#include <l4/env.h>
#include <l4/handlers.h>
#include <l4/objects.h>
#include <l4/server.h>

#include "reader.h"

/* COM1: a 16550. */
#define UART_DATA 0x3f8
#define UART_INTERRUPTS 0x3f9
#define UART_STATUS 0x3fd
#define RECEIVED 1u /* in the latter two */
#define MAY_SEND 0x20u

#define IRQ_LABEL 1u /* of the interrupt's messages */

static l4_signal_t irq;
static l4_ports_t ports;
static reader_t reader;

static char line[READER_LINE_MAX + 1];
static uint32_t length;

static uint32_t uart_read(uint16_t port)
{
    uint32_t value = 0;

    (void)!l4_ports_read(ports, port, 1, &value, NULL);
    return value;
}

static void echo(const char *text)
{
    for (; *text; text++) {
        while (!(uart_read(UART_STATUS) & MAY_SEND))
            ;
        (void)!l4_ports_write(ports, UART_DATA, 1, (uint8_t)*text, NULL);
    }
}

/* Sends the line off. The interface says how long we wait. */
static void line_end(void)
{
    echo("\r\n");
    line[length] = '\0';
    length = 0;
    if (reader_typed(reader, line, NULL) != L4_OK)
        echo("(nobody reads)\r\n");
}

static void char_received(char c)
{
    if (c == '\r') {
        line_end();
    } else if ((c == '\b' || c == 0x7f) && length > 0) {
        length--;
        echo("\b \b");
    } else if (c >= ' ' && c < 0x7f && length < READER_LINE_MAX) {
        line[length++] = c;
        echo((const char[]){c, '\0'});
    }
}

/* The interrupt came, and is masked until acknowledged. We do that first: a
 * character that comes while we read makes it fire again. */
static l4_err_t fired(void *self, l4_req_t *req, uint64_t count)
{
    (void)self, (void)req, (void)count;
    (void)!l4_signal_ack(irq, NULL);
    while (uart_read(UART_STATUS) & RECEIVED)
        char_received((char)uart_read(UART_DATA));
    return L4_OK;
}

int main(void)
{
    static const l4_signal_handler_ops_t ops = {.fired = fired};
    static l4_range_t ranges[1];
    l4_thread_t me = {L4_CAP_THREAD};
    l4_server_t server;

    irq.cap = l4_env_cap("irq");
    ports.cap = l4_env_cap("uart");
    reader.cap = l4_env_cap("reader");
    l4_server_init(&server, ranges, 1);
    if (l4_signal_handler_register(&server, IRQ_LABEL, IRQ_LABEL, &ops, NULL) ||
        l4_signal_bind(irq, me, IRQ_LABEL, NULL) || l4_signal_ack(irq, NULL) ||
        l4_ports_write(ports, UART_INTERRUPTS, 1, RECEIVED, NULL))
        return 1;
    l4_server_loop(&server);
    return 0;
}
