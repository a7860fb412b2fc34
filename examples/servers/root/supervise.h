/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of programs that ended: those whom the plan wants started again
 * are, after a delay that doubles with each time, and who waits for an end is
 * told.
 */
#ifndef ROOT_SUPERVISE_H
#define ROOT_SUPERVISE_H

#include <l4/server.h>

#include "program.h"

/* The longest delay, and how long a program has to run for the next delay to
 * be the first one again. */
#define SUPERVISE_DELAY_MAX ((uint64_t)10000000000) /* ns */

/* Restarts happen in that server's loop. */
void supervise_init(l4_server_t *server);

/* A program has just ended; whether it is to be started again. */
bool supervise_ended(struct program *p);

#endif
