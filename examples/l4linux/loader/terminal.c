/* SPDX-License-Identifier: GPL-2.0-only */
#include <l4/env.h>
#include <l4/objects.h>
#include <l4/slots.h>
#include <l4/terminal.h>

#include "platform_l4.h"
#include "terminal.h"

static l4_signal_t events;
static terminal_t terminal;

l4_err_t terminal_init(unsigned virq)
{
    const l4_thread_t me = {L4_CAP_THREAD};
    const l4_factory_t factory = {L4_CAP_FACTORY};
    l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(l4_slot_alloc()));
    l4_err_t err;

    terminal.cap = l4_env_cap("terminal");
    if (terminal.cap == L4_CAP_NONE)
        return L4_ENOENT;
    err = l4_factory_create_signal(factory, &events, &ctx);
    if (!err)
        err = l4_signal_bind(events, me, virq, NULL);
    if (!err)
        err = l4_signal_ack(events, NULL);
    return err ? err : terminal_watch(terminal, events, NULL);
}

/* All of a piece or nothing: Linux comes again when there is room. */
long terminal_write(const char *text, unsigned long size)
{
    unsigned long gs_base = platform_enter();
    uint32_t part =
        size < TERMINAL_CHUNK ? (uint32_t)size : (uint32_t)TERMINAL_CHUNK;
    l4_err_t err = terminal_put(terminal, (const uint8_t *)text, part, NULL);

    platform_leave(gs_base);
    /* If the console is gone nobody sees it anyway. */
    return err == L4_EBUSY ? 0 : (long)part;
}

/* The signal is acknowledged first: what comes while we read raises it
 * again. */
unsigned long terminal_read(char *text, unsigned long size)
{
    unsigned long gs_base = platform_enter();
    uint32_t count =
        size < TERMINAL_CHUNK ? (uint32_t)size : (uint32_t)TERMINAL_CHUNK;

    (void)!l4_signal_ack(events, NULL);
    if (count == 0 ||
        terminal_get(terminal, count, (uint8_t *)text, &count, NULL) != 0)
        count = 0;
    platform_leave(gs_base);
    return count;
}

void terminal_window(unsigned short *columns, unsigned short *rows)
{
    unsigned long gs_base = platform_enter();

    if (terminal_size(terminal, columns, rows, NULL) != 0)
        *columns = *rows = 0;
    platform_leave(gs_base);
}
