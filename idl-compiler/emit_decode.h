/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a request to the arguments of a handler, and from its results to the
 * answer: the same for a server and for a kernel object. NAME_v_ is the value
 * of a parameter, NAME_n_ the count of a string or sequence.
 */
#ifndef IDL_EMIT_DECODE_H
#define IDL_EMIT_DECODE_H

#include "emit.h"

/* Local variables: of one parameter, of all and what decoding needs besides,
 * of those only that come out. */
void put_local(struct emit *e, const struct side *s, const struct param *p);
void put_locals(struct emit *e, const struct side *s, const struct decl *op);
void put_out_locals(struct emit *e, const struct side *s,
                    const struct decl *op);

/* Compares the tag, looks at every value, bounds what is variable, and only
 * then loads; what comes out is zero at first. */
void put_request_decode(struct emit *e, const struct side *s,
                        const struct decl *op);

/* The decoding without comparing the tag and without items. */
void put_slots_decode(struct emit *e, const struct side *s,
                      const struct decl *op);

/* The arguments of the handler behind its first ones. */
void add_call_args(struct emit *e, struct args *a, const struct side *s,
                   const struct decl *op);

/* The parameters of a handler, in the same order. */
void add_handler_args(struct emit *e, struct args *a, const struct decl *op,
                      bool is_kernel);

/* Refuses counts that a handler must not return. */
void put_out_counts(struct emit *e, const struct side *s,
                    const struct message *m);

/* Writes the words of the answer; with parts, their number is in words_. */
void put_answer_words(struct emit *e, const struct side *s,
                      const struct decl *op);

/* Copies of what lies in the message, in debug builds, and their check after
 * the handler: WHAT is "local", "save" or "check". */
void put_inplace(struct emit *e, const struct decl *op, const char *what);

#endif
