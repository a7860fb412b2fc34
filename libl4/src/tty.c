/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/tty.h>

/* Blocks until one of the events holds. */
static l4_err_t wait_for(terminal_t tty, terminal_events_t wanted,
                         const l4_ctx_t *ctx)
{
    terminal_events_t events = 0;
    l4_err_t err = 0;

    /* Another thread that waits ends our wait early. */
    while (!err && !(events & wanted))
        err = terminal_wait(tty, wanted, &events, ctx);
    return err;
}

l4_err_t l4_tty_write(terminal_t tty, const void *text, size_t count)
{
    const uint8_t *from = text;

    while (count > 0) {
        uint32_t part =
            count < TERMINAL_CHUNK ? (uint32_t)count : (uint32_t)TERMINAL_CHUNK;
        l4_err_t err = terminal_put(tty, from, part, NULL);

        if (err == L4_EBUSY) {
            err = wait_for(tty, TERMINAL_EVENTS_ROOM, NULL);
            part = 0;
        }
        if (err)
            return err;
        from += part;
        count -= part;
    }
    return 0;
}

int32_t l4_tty_read(terminal_t tty, void *keys, size_t max)
{
    uint32_t room =
        max < TERMINAL_CHUNK ? (uint32_t)max : (uint32_t)TERMINAL_CHUNK;
    uint32_t count = 0;
    l4_err_t err = 0;

    while (!err && count == 0 && room > 0) {
        count = room;
        err = terminal_get(tty, room, keys, &count, NULL);
        if (!err && count == 0)
            err = wait_for(tty, TERMINAL_EVENTS_INPUT, NULL);
    }
    return err ? err : (int32_t)count;
}

l4_err_t l4_tty_drain(terminal_t tty, l4_time_t timeout)
{
    const l4_ctx_t ctx = L4_CTX_TIMEOUT(timeout);

    return wait_for(tty, TERMINAL_EVENTS_DRAINED, &ctx);
}
