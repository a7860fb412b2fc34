/* SPDX-License-Identifier: BSD-2-Clause */
/* The names that generated C code uses. */
#ifndef IDL_NAMES_H
#define IDL_NAMES_H

#include "idl.h"

/* Sets c_lower and c_upper of D from its path. */
void name_assign(struct idl *c, struct decl *d);

/*
 * Notes that D makes the C identifier TEXT at file scope; two declarations
 * making the same one are an error.
 */
void name_claim(struct idl *c, const struct decl *d, const char *text);

/* Claims all names that D gives rise to. */
void name_claim_all(struct idl *c, const struct decl *d);

/* An operation or a field becomes a member of a C struct: it may not be a
 * keyword of C or C++, or a macro of their headers. In an older dialect
 * PREFIX is put before it. */
void name_check_member(struct idl *c, const char **name, struct loc loc,
                       const char *prefix);

/* Whether a parameter of this name needs another one in C. */
bool name_is_taken(const char *name);

#endif
