/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the checker; all of them report what they find to c->diag. */
#ifndef IDL_CHECK_H
#define IDL_CHECK_H

#include "idl.h"

/* What an attribute may stand before (attr.def). */
enum attr_place {
    ON_MODULE,
    ON_INTERFACE,
    ON_OP,
    ON_RESERVED,
    ON_EXCEPTION,
    ON_PARAM,
    ON_FIELD,
    ON_TYPE
};

/* Unknown, misplaced, doubled attributes and wrong numbers of arguments. */
void check_attrs(struct idl *c, struct attr *list, enum attr_place place);

/* The numeric argument of an attribute that takes one; 0 after an error. */
uint64_t attr_number(struct idl *c, const struct decl *scope,
                     const struct attr *at, uint64_t low, uint64_t high,
                     const char *what);

/* Where a type stands decides what it may be. */
enum type_use { USE_FIELD, USE_PARAM, USE_ELEMENT, USE_TYPEDEF };

/*
 * Resolves names in *REF and puts the type itself in their place; fills in
 * size, alignment and bounds. After an error *REF is of kind TYPE_ERROR.
 */
void check_type(struct idl *c, const struct decl *scope, struct type **ref,
                enum type_use use);

/* const, typedef, native, enum, flags, struct and exception. */
void check_const(struct idl *c, struct decl *d);
void check_typedef(struct idl *c, struct decl *d);
void check_native(struct idl *c, struct decl *d);
void check_enum(struct idl *c, struct decl *d);
void check_fields(struct idl *c, struct decl *d);

/* Interfaces: what they contain, except that operations come last. */
void check_interface(struct idl *c, struct decl *d);
void check_op(struct idl *c, struct decl *op);

/* Gives an exception its code, after those of SCOPE and its bases. */
void check_exception_code(struct idl *c, struct decl *d);

/* The mask of the rights that the arguments of AT name, as rights of IFACE
 * (NULL: of memory). */
uint32_t check_rights(struct idl *c, const struct decl *scope,
                      const struct attr *at, const struct decl *iface);

#endif
