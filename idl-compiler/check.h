/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the checker; all of them report what they find to c->diag. */
#ifndef IDL_CHECK_H
#define IDL_CHECK_H

#include "eval.h"
#include "idl.h"

/* What an attribute may stand before (attr.def). */
enum attr_place {
    ON_MODULE = 1,
    ON_INTERFACE = 2,
    ON_OP = 4,
    ON_RESERVED = 8,
    ON_EXCEPTION = 16,
    ON_PARAM = 32,
    ON_FIELD = 64,
    ON_TYPE = 128,
    ON_CLAUSE = 256
};

/* Unknown, misplaced, doubled attributes and wrong numbers of arguments. */
void check_attrs(struct idl *c, struct attr *list, enum attr_place place);

/* The numeric argument of an attribute that takes one; 0 after an error. */
uint64_t attr_number(struct idl *c, const struct decl *scope,
                     const struct attr *at, uint64_t low, uint64_t high,
                     const char *what);

/* Far above anything that fits into a message, far below any overflow. */
enum { TYPE_SIZE_MAX = 65536 };

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
void check_union(struct idl *c, struct decl *d);

/* Reports [switch_type] in front of what is no union. */
void check_switch_type(struct idl *c, const struct decl *d);

/* A type that is named as an argument of an attribute; NULL if AT has none. */
struct type *attr_type(struct idl *c, const struct attr *at);

/* The integers that an integer, enum, bool or char can hold. */
struct int_range range_of(const struct type *t);

/* Interfaces: what they contain, except that operations come last. */
void check_interface(struct idl *c, struct decl *d);
void check_op(struct idl *c, struct decl *op);

/* Gives an exception its code, after those of SCOPE and its bases. */
void check_exception_code(struct idl *c, struct decl *d);

/* What the attributes of an interface or operation say beside its number. */
void check_interface_attrs(struct idl *c, struct decl *d);
void check_op_attrs(struct idl *c, struct decl *op);

/* Turns parameters in the DCE way of writing ([in, size_is(n)] u8 *p) into
 * ordinary ones; before their types are looked at. */
void check_param_forms(struct idl *c, struct decl *op);

/* The attributes of a parameter whose type is known. */
void check_param_attrs(struct idl *c, struct param *p);

/* What is passed in place of a T by [transmit_as]. */
struct type *check_transmit(struct idl *c, struct type *t,
                            const struct attr *at);

/* Reports an attribute without effect. WHY is a sentence. */
void check_no_effect(struct idl *c, const struct attr *at, const char *why);

/* The mask of the rights that the arguments of AT name, as rights of IFACE
 * (NULL: of memory). */
uint32_t check_rights(struct idl *c, const struct decl *scope,
                      const struct attr *at, const struct decl *iface);

#endif
