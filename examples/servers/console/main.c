/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console server: shares the serial line among its clients. Nothing that a
 * client does takes longer than one message, and what it says waits in a buffer
 * of its own; see docs/console.md.
 *
 *     console [--focus=NAME] [--colour] [--escape=KEY] [--size=COLUMNSxROWS]
 */
#include <string.h>

#include <l4/env.h>
#include <l4/handlers.h>
#include <l4/log.h>
#include <l4/server.h>
#include <l4/services.h>
#include <l4/slots.h>

#include "clients.h"
#include "uart.h"

#define IRQ_LABEL 1u /* of the interrupt's messages */
#define ESCAPE ('T' - '@')

static l4_signal_t irq;

void client_name(uint64_t label, char *name, size_t size)
{
    const root_program_t root = {L4_CAP_PROGRAM};
    char program[ROOT_NAME_MAX + 1];

    if (root_program_client(root, label, program, sizeof(program), NULL) != 0)
        l4_format(program, sizeof(program), "%#lx", (unsigned long)label);
    l4_format(name, size, "%s", program);
}

bool signal_usable(l4_cap_t signal)
{
    const l4_task_t self = {L4_CAP_TASK};
    l4_cap_type_t type;
    uint32_t rights;

    return l4_task_cap_info(self, signal, &type, &rights, NULL) == 0 &&
           type == L4_CAP_TYPE_SIGNAL;
}

void signal_raise(l4_cap_t signal)
{
    const l4_signal_t s = {signal};

    (void)!l4_signal_raise(s, NULL);
}

void signal_drop(l4_cap_t signal)
{
    l4_slot_free(signal);
}

/* Fills the line's buffer, if it is empty; the interrupt does the rest. */
void output_start(void)
{
    uint8_t bytes[UART_BURST];
    uint32_t count;

    if (!uart_idle())
        return;
    count = screen_output(&screen, bytes, UART_BURST);
    uart_put(bytes, count);
    uart_want_room(count != 0);
    clients_tell();
}

static void input_read(void)
{
    for (unsigned i = 0; i < UART_BURST; i++) {
        int byte = uart_get();

        if (byte < 0)
            return;
        screen_key(&screen, (uint8_t)byte);
    }
}

/* The line raises its interrupt anew only after all causes are gone. */
static l4_err_t fired(void *self, l4_req_t *req, uint64_t count)
{
    (void)self, (void)req, (void)count;
    (void)!l4_signal_ack(irq, NULL);
    do {
        input_read();
        output_start();
    } while (uart_pending());
    clients_tell();
    return L4_OK;
}

/* The value of `--NAME=VALUE`, or NULL. */
static const char *option(int argc, char **argv, const char *name)
{
    size_t length = strlen(name);

    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], name, length) == 0)
            return argv[i] + length;
    }
    return NULL;
}

static uint32_t number(const char **text)
{
    uint32_t value = 0;

    while (**text >= '0' && **text <= '9' && value < 1000)
        value = value * 10 + (uint32_t)(*(*text)++ - '0');
    return value;
}

/* The size that is said, or the terminal's. */
static void size_begin(const char *text)
{
    uint32_t columns;
    uint32_t rows;

    if (!text) {
        screen_ask(&screen);
        return;
    }
    columns = number(&text);
    text += *text == 'x';
    rows = number(&text);
    if (columns && rows && !*text) {
        screen.columns = (uint16_t)columns;
        screen.rows = (uint16_t)rows;
    }
}

static l4_err_t start(l4_server_t *server)
{
    static const l4_signal_handler_ops_t irq_ops = {.fired = fired};
    const l4_thread_t me = {L4_CAP_THREAD};
    const l4_ports_t ports = {l4_env_cap("uart")};
    const l4_env_port_t *port = l4_env_port("terminal");
    l4_err_t err;

    if (!port)
        return L4_ENOENT;
    irq.cap = l4_env_cap("irq");
    err = terminal_register(server, port->first_label, port->last_label,
                            &client_ops, NULL);
    if (!err)
        err = l4_signal_handler_register(server, IRQ_LABEL, IRQ_LABEL, &irq_ops,
                                         NULL);
    if (!err)
        err = l4_server_accept_caps(server, 0);
    if (!err)
        err = uart_init(ports);
    if (!err)
        err = l4_signal_bind(irq, me, IRQ_LABEL, NULL);
    return err ? err : l4_signal_ack(irq, NULL);
}

int main(int argc, char **argv)
{
    static l4_range_t ranges[2];
    static l4_server_t server;
    const char *escape = option(argc, argv, "--escape=");
    uint8_t key = escape ? (uint8_t)*escape & 0x1f : ESCAPE;
    l4_err_t err;

    clients_init(key, option(argc, argv, "--focus="));
    screen.colour = option(argc, argv, "--colour") != NULL;
    l4_server_init(&server, ranges, 2);
    err = start(&server);
    if (err) {
        l4_log(L4_LOG_ERROR, "no serial line or no port: %s", l4_err_text(err));
        return 1;
    }
    size_begin(option(argc, argv, "--size="));
    screen_say(&screen, "ctrl-%c h for help", key + '@');
    output_start();
    l4_server_loop(&server);
    return 0;
}
