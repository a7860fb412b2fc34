/* SPDX-License-Identifier: BSD-2-Clause */
/* The console's clients: what they ask for, and what they are told. */
#ifndef CONSOLE_CLIENTS_H
#define CONSOLE_CLIENTS_H

#include <l4/terminal.h>

#include "screen.h"

extern struct screen screen;
extern const terminal_ops_t client_ops;

/* Forgets all clients. The session that has this name gets the keyboard as soon
 * as it is there; NULL: the first. */
void clients_init(uint8_t escape, const char *focus);

/* Tells clients of events that hold now. */
void clients_tell(void);

/* What clients need of the rest of the program, or of a test: */

/* The name of the client with that label. */
void client_name(uint64_t label, char *name, size_t size);

/* Whether the capability is a signal, so that to raise it cannot take long. */
bool signal_usable(l4_cap_t signal);
void signal_raise(l4_cap_t signal);
void signal_drop(l4_cap_t signal);

/* There is more to show than before. */
void output_start(void);

#endif
