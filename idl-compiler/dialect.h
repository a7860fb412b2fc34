/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What files in the older dialects leave open or have too much of. Each
 * function reports what it assumes, and what to write instead; with the
 * dialect of our own none of them does anything.
 */
#ifndef IDL_DIALECT_H
#define IDL_DIALECT_H

#include "idl.h"

/* Whether AT means nothing here but something to the older compilers; then it
 * is reported. */
bool dialect_attr(struct idl *c, const struct attr *at);

/* Numbers of interfaces and operations that have none, or one that is not
 * possible here; 0: the caller reports what is wrong. */
uint32_t dialect_proto(struct idl *c, const struct decl *iface, uint64_t uuid);
uint32_t dialect_opnum(struct idl *c, const struct decl *op);

/* A maximum for what has none, as an expression; NULL: the caller reports what
 * is wrong. FIELD: it takes its room in any case, so it is smaller. */
struct expr *dialect_bound(struct idl *c, struct loc at, const char *name,
                           bool field);

/* BOUND, or MOST if that is less: more than that never fits. */
struct expr *dialect_clamp(struct idl *c, const struct decl *scope,
                           struct expr *bound, uint64_t most);

/* *NAME cannot be a name in C: PREFIX is put before it. False: the caller
 * reports what is wrong. */
bool dialect_rename(struct idl *c, const char **name, struct loc at,
                    const char *prefix);

/* `void *`: a number that is the address; reports that it means nothing to the
 * other side. An error, and no type, in the dialect of our own. */
struct type *dialect_address(struct idl *c, struct loc at, const char *name);

/* What a `void *` with a count of elements points to: bytes. Anything else
 * than void is left as it is. */
struct type *dialect_bytes(struct idl *c, struct type *t, const char *name);

/* What a name that stands for no type of C or of the file's means in an older
 * dialect: a thread's name is a capability. NULL: nothing. */
struct type *dialect_type(struct idl *c, const struct type *t);

/* A capability in a struct or array, which becomes a number; NULL: the caller
 * reports what is wrong. */
struct type *dialect_thread_field(struct idl *c, const struct type *t,
                                  struct loc at);

/* P, which goes both ways and cannot, becomes two; false in the dialect of our
 * own. */
bool dialect_split(struct idl *c, struct param *p);

/* [in] and [out] before an operation: it is sent one way. False: it is left
 * out. */
bool dialect_message(struct idl *c, struct decl *op);

/* Gives D another name if its own is taken in C. */
void dialect_rename_decl(struct idl *c, struct decl *d);

/* Makes strings and sequences of OP smaller until its messages are possible;
 * false if they are not: OP is left out. */
bool dialect_fit(struct idl *c, struct decl *op);

/* Leaves OP out, since P cannot be passed; false in the dialect of our own. */
bool dialect_leave_out(struct idl *c, struct decl *op, const struct param *p,
                       const char *why);

/* Puts interfaces that others of LIST inherit from in front of those; returns
 * the list. */
struct decl *dialect_order(struct decl *list);

/* The closing line: how much was assumed, changed and passed over. */
void dialect_summary(const struct idl *c);

#endif
