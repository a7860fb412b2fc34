/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of constant expressions. */
#ifndef IDL_EVAL_H
#define IDL_EVAL_H

#include "idl.h"

/* The integers that a type can hold; also what `~` complements within. */
struct int_range {
    unsigned bits; /* 1 to 64 */
    bool is_signed;
};

/* Any value that an expression may have, seen as 64-bit unsigned. */
extern const struct int_range range_any;

/*
 * Evaluates E as seen from SCOPE. Every intermediate result must lie between
 * -2^63 and 2^64-1. Reports an error and returns false otherwise.
 */
bool eval(struct idl *c, const struct decl *scope, const struct expr *e,
          struct int_range range, struct value *out);

/* Evaluates E and checks that it lies between LOW and HIGH. */
bool eval_between(struct idl *c, const struct decl *scope, const struct expr *e,
                  uint64_t low, uint64_t high, const char *what, uint64_t *out);

/* Whether V can be held in RANGE. */
bool value_fits(struct value v, struct int_range range);

/* -1, 0 or 1 as A is below, equal to or above B. */
int value_compare(struct value a, struct value b);

/* The number in decimal. */
const char *value_text(struct arena *a, struct value v);

#endif
