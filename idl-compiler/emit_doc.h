/* SPDX-License-Identifier: BSD-2-Clause */
/* Output that is read, not compiled. */
#ifndef IDL_EMIT_DOC_H
#define IDL_EMIT_DOC_H

#include "emit.h"

/* foo.layout.json and foo.md. */
void emit_layout(struct emit *e);
void emit_docs(struct emit *e);

/* A table of all messages to standard output. */
void emit_report(struct emit *e);

/* A type as IDL spells it. */
const char *idl_type(struct emit *e, const struct type *t);

#endif
