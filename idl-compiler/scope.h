/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and what they stand for. */
#ifndef IDL_SCOPE_H
#define IDL_SCOPE_H

#include "idl.h"

/* Which kinds of declaration a lookup accepts. */
#define KIND_BIT(kind) (1u << (kind))
#define KINDS_TYPE                                                          \
    (KIND_BIT(DECL_TYPEDEF) | KIND_BIT(DECL_NATIVE) | KIND_BIT(DECL_ENUM) | \
     KIND_BIT(DECL_FLAGS) | KIND_BIT(DECL_STRUCT) | KIND_BIT(DECL_UNION))
#define KINDS_VALUE (KIND_BIT(DECL_CONST) | KIND_BIT(DECL_ENUMERATOR))
#define KINDS_SCOPE                                                           \
    (KIND_BIT(DECL_MODULE) | KIND_BIT(DECL_INTERFACE) | KIND_BIT(DECL_ENUM) | \
     KIND_BIT(DECL_FLAGS))

/* Enters all declarations of all units; reports names used twice. */
void scope_declare(struct idl *c);

/* What NAME is in SCOPE itself, bases of an interface included; or NULL. */
struct decl *scope_find(struct idl *c, const struct decl *scope,
                        const char *name, unsigned kinds);

/*
 * Looks NAME up from SCOPE outwards. Reports an error and returns NULL when
 * there is none of KINDS; WHAT says in messages what was looked for.
 */
struct decl *scope_resolve(struct idl *c, const struct decl *scope,
                           const struct name *name, unsigned kinds,
                           const char *what);

/* The same for a NAME of one part, without a report. */
struct decl *scope_lookup(struct idl *c, const struct decl *scope,
                          const char *name, unsigned kinds);

/* Of the candidates fed to it, the one closest to a misspelt word. */
struct guess {
    const char *word;
    const char *best; /* NULL: nothing is close */
    unsigned distance;
};

void guess_try(struct guess *g, const char *candidate);

#endif
