/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the client's side stands in the header. */
#ifndef IDL_EMIT_CLIENT_H
#define IDL_EMIT_CLIENT_H

#include "emit.h"

/* The prototype of OP's function, or all of it if it is inline. */
void put_client_declaration(struct emit *e, const struct decl *op);

#endif
