/* SPDX-License-Identifier: BSD-2-Clause */
/* The C preprocessor, which is run on files that have directives. */
#ifndef IDL_CPP_H
#define IDL_CPP_H

#include <stdbool.h>

#include "diag.h"

struct cpp {
    const char *program;         /* "cpp" */
    const char *const *includes; /* -I arguments, NULL-terminated */
    const char *const *macros;   /* -D and -U with their values, likewise */
};

/* Whether SRC has directives other than line markers and pragmas. */
bool cpp_is_needed(const struct source *src);

/* Runs the preprocessor on TEXT, the text of FILE. Returns what comes out as a
 * source with the path FILE, or NULL after reporting the failure. */
struct source *cpp_run(struct arena *a, struct diag *d, const struct cpp *cpp,
                       const char *file, const char *text);

#endif
