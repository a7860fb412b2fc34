/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the preprocessor brought from C headers is told apart from the
 * interface itself, by the line markers.
 */
#ifndef IDL_INCLUDE_H
#define IDL_INCLUDE_H

#include <stdbool.h>

#include "source.h"

/* A header that the generated code includes, too: `<a.h>` or `"a.h"`. */
struct include {
    const char *text;
    struct include *next;
};

/* Turns `import "x.h";` into #include, since what is in a header is C; *CHANGED
 * says whether there was one. Line numbers stay as they are. */
const char *include_from_imports(struct arena *a, const char *text,
                                 bool *changed);

/*
 * Sets SRC's `code` to its text without what C headers brought, *C_TEXT to that
 * alone, with everything in its place, and *HEADERS to the headers that were
 * included from RAW, the text before preprocessing, or other interfaces.
 */
void include_split(struct arena *a, struct source *src,
                   const struct source *raw, char **c_text,
                   struct include **headers);

#endif
