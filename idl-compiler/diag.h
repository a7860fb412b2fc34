/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Diagnostics: file:line:col, the source line, a caret under the range.
 * After DIAG_MAX errors the rest is counted and not shown.
 */
#ifndef IDL_DIAG_H
#define IDL_DIAG_H

#include <stdbool.h>
#include <stdio.h>

#include "source.h"

enum { DIAG_MAX = 20 };

struct diag {
    FILE *out;       /* where messages go; NULL keeps them quiet */
    unsigned errors; /* reported so far */
    unsigned warnings;
    bool quiet_notes; /* the message that the next notes belong to was cut */
};

__attribute__((format(printf, 3, 4))) void
diag_error(struct diag *d, struct loc at, const char *fmt, ...);

__attribute__((format(printf, 3, 4))) void
diag_warn(struct diag *d, struct loc at, const char *fmt, ...);

/* A remark that belongs to the error or warning before it. */
__attribute__((format(printf, 3, 4))) void
diag_note(struct diag *d, struct loc at, const char *fmt, ...);

/* The closing line "N errors", when there is something to count. */
void diag_summary(struct diag *d);

#endif
