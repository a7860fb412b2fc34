/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the server's emitter that its files share. */
#ifndef IDL_EMIT_SERVER_H
#define IDL_EMIT_SERVER_H

#include "emit.h"

enum { PROTO_USER = 256 }; /* below: the kernel's */

/* Local variables for what comes out of a handler. */
void put_out_locals(struct emit *e, const struct decl *op);

/* Encodes the answer from them and returns its tag, or, for one that is given
 * LATER, leaves it in reply_. */
void put_encode(struct emit *e, const struct decl *op, bool later);

/* The functions that answer an operation marked [defer]. */
void put_deferred(struct emit *e, const struct decl *op);

#endif
