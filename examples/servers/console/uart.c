/* SPDX-License-Identifier: BSD-2-Clause */
#include "uart.h"

#define BASE 0x3f8u

/* Registers. */
#define DATA 0u
#define INTERRUPTS 1u /* which there are to be */
#define CAUSE 2u      /* read: of the interrupt; write: the FIFOs */
#define LINE 5u       /* its state */

#define RECEIVED 1u /* in INTERRUPTS and LINE */
#define ROOM 2u     /* in INTERRUPTS */
#define IDLE 0x20u  /* in LINE: nothing is left to send */
#define NO_CAUSE 1u /* in CAUSE */
#define FIFOS 1u

static l4_ports_t uart;
static bool room_wanted;

static uint32_t reg_read(unsigned reg)
{
    uint32_t value = 0;

    (void)!l4_ports_read(uart, (uint16_t)(BASE + reg), 1, &value, NULL);
    return value;
}

static l4_err_t reg_write(unsigned reg, uint32_t value)
{
    return l4_ports_write(uart, (uint16_t)(BASE + reg), 1, value, NULL);
}

l4_err_t uart_init(l4_ports_t ports)
{
    l4_err_t err;

    uart = ports;
    room_wanted = false;
    err = reg_write(CAUSE, FIFOS);
    return err ? err : reg_write(INTERRUPTS, RECEIVED);
}

int uart_get(void)
{
    return reg_read(LINE) & RECEIVED ? (int)(uint8_t)reg_read(DATA) : -1;
}

bool uart_idle(void)
{
    return reg_read(LINE) & IDLE;
}

void uart_put(const uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        (void)!reg_write(DATA, bytes[i]);
}

void uart_want_room(bool wanted)
{
    if (wanted == room_wanted)
        return;
    room_wanted = wanted;
    (void)!reg_write(INTERRUPTS, wanted ? RECEIVED | ROOM : RECEIVED);
}

bool uart_pending(void)
{
    return !(reg_read(CAUSE) & NO_CAUSE);
}
