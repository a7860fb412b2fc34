/* SPDX-License-Identifier: BSD-2-Clause */
/* Declarations in C, and the signatures that header and source share. */
#ifndef IDL_EMIT_TYPES_H
#define IDL_EMIT_TYPES_H

#include "emit.h"

/* Constants, types and exceptions, of modules and interfaces alike. */
void put_declarations(struct emit *e, const struct decl *list);

/* A struct or union, and what its checks and copies need; an exception. */
void put_struct(struct emit *e, const struct decl *d);
void put_exception(struct emit *e, const struct decl *d);

/* "fs_busy" with a word put in: "fs_get_busy". */
const char *exception_function(struct emit *e, const struct decl *d,
                               const char *verb);

/* The head of a client function of OP under the name of IFACE, which is its
 * own interface or a derived one; without the semicolon. */
void put_client_prototype(struct emit *e, const struct decl *iface,
                          const struct decl *op);

/* The same, beginning with HEAD: "l4_err_t name(". */
void put_client_head(struct emit *e, const struct decl *iface,
                     const struct decl *op, const char *head);

/* "HEAD self, the parameters of the caller, ctx);" */
void put_caller(struct emit *e, const struct decl *op, const char *head,
                const char *self, const char *ctx);

/* The attribute of C that warns of a deprecated operation. */
void put_deprecated(struct emit *e, const struct decl *op);

/* Calls FN for every operation that IFACE inherits. */
void each_inherited(struct emit *e, const struct decl *iface,
                    void (*fn)(struct emit *e, const struct decl *iface,
                               const struct decl *op));

/* The inherited operation under the derived interface's name. */
void put_inherited_wrapper(struct emit *e, const struct decl *iface,
                           const struct decl *op);

/* The member for the Nth base in a table of handlers: base, base2, ... */
const char *base_member(struct emit *e, unsigned n);

/* The heads of the functions that answer a deferred request: with results, or
 * with an error; with the payload of EXCEPTION unless it is NULL. */
void put_answer_head(struct emit *e, const struct decl *op);
void put_refuse_head(struct emit *e, const struct decl *op,
                     const struct decl *exception);

/* Upper-case copy. */
const char *upper_case(struct emit *e, const char *s);

#endif
