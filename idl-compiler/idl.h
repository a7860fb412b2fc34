/* SPDX-License-Identifier: BSD-2-Clause */
/* One compilation: what the phases after the parser share. */
#ifndef IDL_IDL_H
#define IDL_IDL_H

#include "ast.h"
#include "diag.h"

enum { SYMBOL_BUCKETS = 1024, C_NAME_BUCKETS = 1024 };

struct c_name;

/* Which compiler's files are read: in those of others, what is not said gets a
 * default, and what means nothing here is passed over, each with a warning. */
enum dialect { DIALECT_ALMOND, DIALECT_DICE, DIALECT_IDL4 };

struct idl {
    struct arena arena;
    struct diag diag;
    struct unit *units; /* in the order they were read; main first */
    struct decl *root;  /* the outermost scope */
    const char *const *include_dirs;        /* -I, NULL-terminated */
    const char *const *macros;              /* -D and -U, likewise */
    const char *cpp;                        /* the preprocessor's program */
    enum dialect dialect;                   /* of all files */
    struct decl *symbols[SYMBOL_BUCKETS];   /* see scope.h */
    struct c_name *c_names[C_NAME_BUCKETS]; /* see names.h */
};

/*
 * Reads the file at PATH and everything it imports into C->units. Errors are
 * reported; false if the main file could not be opened.
 */
bool idl_load(struct idl *c, const char *path);

/* Resolves and checks everything, lays out all messages. */
void idl_check(struct idl *c);

#endif
