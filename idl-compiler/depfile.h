/* SPDX-License-Identifier: BSD-2-Clause */
/* A list of what the output was made from, for make and Ninja. */
#ifndef IDL_DEPFILE_H
#define IDL_DEPFILE_H

#include "buf.h"
#include "idl.h"

/* One rule: TARGET depends on every file that was read. */
void depfile_write(struct buf *out, const char *target, const struct idl *c);

#endif
