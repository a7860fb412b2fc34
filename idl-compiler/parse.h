/* SPDX-License-Identifier: BSD-2-Clause */
/* From a source file to its tree. */
#ifndef IDL_PARSE_H
#define IDL_PARSE_H

#include "idl.h"

/* What scanner and grammar share while one file is read. */
struct parser {
    struct arena *arena;
    struct diag *diag;
    struct source *src;
    enum dialect dialect;
    uint32_t at;          /* byte after the last token */
    uint32_t last;        /* where the one that the grammar looks at ends */
    uint32_t before;      /* where the one before it ended */
    uint32_t comment;     /* where the current one began */
    bool parts;           /* within a component or system */
    unsigned braces;      /* open there */
    struct decl *decls;   /* the result */
    struct decl *hoisted; /* declared within what is being read */
    unsigned anonymous;   /* how many got a name of ours */
};

/* Longest identifier, so that every generated line stays readable. */
enum { IDENT_MAX = 63 };

/*
 * Parses SRC. Errors go to D; the declarations that could be read are
 * returned in any case, in order, with their lists linked.
 */
struct decl *parse_source(struct arena *a, struct diag *d, struct source *src,
                          enum dialect dialect);

#endif
