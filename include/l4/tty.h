/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading and writing a terminal, blocking: see l4/idl/terminal.idl. */
#ifndef L4_TTY_H
#define L4_TTY_H

#include <l4/terminal.h>

/* Writes `count` bytes; blocks until there is room for them. What is no longer
 * than TERMINAL_CHUNK stays in one piece. */
l4_err_t l4_tty_write(terminal_t tty, const void *text, size_t count);

/* Reads up to `max` bytes, at least one; blocks until there is one. Returns how
 * many, or an error. */
int32_t l4_tty_read(terminal_t tty, void *keys, size_t max);

/* Blocks until everything written has been shown, for at most `timeout`. */
l4_err_t l4_tty_drain(terminal_t tty, l4_time_t timeout);

#endif
