/* SPDX-License-Identifier: BSD-2-Clause */
/* A number for all that the two sides of an interface must agree on. */
#ifndef IDL_HASH_H
#define IDL_HASH_H

#include "ast.h"

/* Protocol, operations, messages and the types in them, bases included; names
 * of operations count, those of parameters and types do not. Never 0. */
uint64_t hash_interface(const struct decl *iface);

#endif
