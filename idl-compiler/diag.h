/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Diagnostics: file:line:col, message and code, the source line, a caret under
 * the range, and what could be written there instead. After DIAG_MAX errors
 * the rest is counted and not shown.
 */
#ifndef IDL_DIAG_H
#define IDL_DIAG_H

#include <stdbool.h>
#include <stdio.h>

#include "source.h"

enum { DIAG_MAX = 20 };

/* diag.def: DIAG_NAME_TWICE and so on. */
enum diag_code {
#define DIAG(code, name, text) DIAG_##name,
#include "diag.def"
#undef DIAG
    DIAG_CODES
};

/* "E0301", and what the reference says of it. */
const char *diag_code_text(enum diag_code code);
const char *diag_code_meaning(enum diag_code code);

struct diag {
    FILE *out;       /* where messages go; NULL keeps them quiet */
    unsigned errors; /* reported so far */
    unsigned warnings;
    bool unlimited;             /* show all warnings */
    unsigned given[DIAG_CODES]; /* how often each code was */
    bool quiet_notes; /* the message that the next notes belong to was cut */
    struct loc shown; /* whose source line stands above */
};

__attribute__((format(printf, 4, 5))) void diag_error(struct diag *d,
                                                      enum diag_code code,
                                                      struct loc at,
                                                      const char *fmt, ...);

__attribute__((format(printf, 4, 5))) void diag_warn(struct diag *d,
                                                     enum diag_code code,
                                                     struct loc at,
                                                     const char *fmt, ...);

/* A remark that belongs to the error or warning before it. */
__attribute__((format(printf, 3, 4))) void
diag_note(struct diag *d, struct loc at, const char *fmt, ...);

/* What could be written in place of AT, or inserted if AT is empty; belongs to
 * the message before it. */
__attribute__((format(printf, 3, 4))) void
diag_fix(struct diag *d, struct loc at, const char *fmt, ...);

/* The closing line "N errors", when there is something to count. */
void diag_summary(struct diag *d);

#endif
