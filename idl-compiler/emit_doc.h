/* SPDX-License-Identifier: BSD-2-Clause */
/* Output that is read, not compiled. */
#ifndef IDL_EMIT_DOC_H
#define IDL_EMIT_DOC_H

#include "emit.h"

/* foo.layout.json and foo.md. */
void emit_layout(struct emit *e);
void emit_docs(struct emit *e);

/* What emit_docs() ends with: the types of the file. */
void emit_docs_types(struct emit *e);

/* A table of all messages to standard output. */
void emit_report(struct emit *e);

/* The comment in front of D: nothing but attributes and a type in between. */
const struct comment *doc_comment(const struct decl *d);

/* Calls FN for each error, by name, that a kernel object answers OP with, but
 * for those that any request may meet. */
typedef void doc_error_fn(struct emit *e, const char *name, size_t length);
void doc_errors(struct emit *e, const struct decl *op, doc_error_fn *fn);

/* A type as IDL spells it. */
const char *idl_type(struct emit *e, const struct type *t);

#endif
