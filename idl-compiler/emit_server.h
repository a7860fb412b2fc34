/* SPDX-License-Identifier: BSD-2-Clause */
/* What the emitters of the server's side share, and of exceptions. */
#ifndef IDL_EMIT_SERVER_H
#define IDL_EMIT_SERVER_H

#include "emit.h"

/* Local variables for what comes out of a handler, and the answer from them
 * in reply_, for one that is given later. */
void put_later_locals(struct emit *e, const struct decl *op);
void put_answer_later(struct emit *e, const struct decl *op);

/* The functions that answer an operation marked [defer]. */
void put_deferred(struct emit *e, const struct decl *op);

/* The inline part of IFACE's server, for the header. */
void put_server_inline(struct emit *e, const struct decl *iface);

/* --- exceptions (emit_exception.c) -------------------------------------- */

/* The functions that raise the exceptions of LIST, and those that read their
 * payloads. */
void put_raises(struct emit *e, const struct decl *list);
void put_getters(struct emit *e, const struct decl *list);

/* What becomes of err_, which a handler returned. */
void put_raised(struct emit *e, const struct side *s, const struct decl *op);

/* The function of a client that looks at a refusal of OP, and its head. */
void put_failed(struct emit *e, const struct decl *op, bool is_static);
void put_failed_head(struct emit *e, const struct decl *op);

#endif
