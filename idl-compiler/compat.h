/* SPDX-License-Identifier: BSD-2-Clause */
/* Does a new version of a file get along with programs built from the old? */
#ifndef IDL_COMPAT_H
#define IDL_COMPAT_H

#include "idl.h"

/*
 * Compares NEW with OLD, both checked. What breaks running programs ("wire")
 * or the compilation of their sources ("source") is reported as an error of
 * NEW; what was added is printed.
 */
void compat_check(struct idl *new, const struct idl *old);

#endif
