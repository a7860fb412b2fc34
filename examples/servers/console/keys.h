/* SPDX-License-Identifier: BSD-2-Clause */
/* What keys mean to the console itself. */
#ifndef CONSOLE_KEYS_H
#define CONSOLE_KEYS_H

#include "screen.h"

/* The key behind the escape key. */
void command_key(struct screen *s, uint8_t key);

enum report_state {
    REPORT_NONE,  /* it is no report of a size */
    REPORT_MORE,  /* it may become one */
    REPORT_WHOLE, /* it is one */
};

/* Reads the report of a terminal where its cursor is, ESC [ rows ; columns R,
 * each from 1 to 999. */
enum report_state report_parse(const char *text, uint32_t count,
                               uint32_t *columns, uint32_t *rows);

#endif
