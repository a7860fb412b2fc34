/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where everything lies in a message: the fixed part, packed by descending
 * alignment; the variable parts, each from a word of its own; the items.
 */
#ifndef IDL_LAYOUT_H
#define IDL_LAYOUT_H

#include "idl.h"

enum { MSG_WORDS = 64, MSG_ITEMS = 16, MSG_REGS = 5 };

/* A value in the fixed part. */
struct slot {
    const char *name;    /* of the parameter or field, for messages */
    struct param *param; /* NULL in an exception's payload */
    struct field
        *field; /* NULL in a request or reply, and for a whole payload */
    const struct type *type;
    bool is_count;   /* the element count of `param`, a u32 */
    uint32_t offset; /* bytes from word 0 */
};

/* The elements of a string or sequence. */
struct part {
    struct param *param;
    uint32_t elem_size;
    uint32_t max; /* elements */
    uint32_t max_words;
    uint32_t count_at; /* offset of its count */
};

struct item {
    struct param *param;
    uint32_t cap_index; /* how many capabilities come before it */
};

struct message {
    struct slot *slots; /* ascending by offset */
    uint32_t slot_count;
    struct part *parts;
    uint32_t part_count;
    struct item *items;
    uint32_t item_count;
    uint32_t fixed_words;
    uint32_t max_words;
    bool scalar; /* no parts, and every slot is one machine scalar */
};

/* A slot that is moved as an integer of 1, 2, 4 or 8 bytes. */
bool slot_is_scalar(const struct type *t);

/* The request (DIR_IN) or reply (DIR_OUT) of an operation. */
struct message *layout_op(struct idl *c, const struct decl *op,
                          enum direction dir);

/* The payload of an exception; its offsets count from word 1. One with a field
 * that varies is a single slot, the struct as C knows it. */
struct message *layout_exception(struct idl *c, const struct decl *d);

/* Reports a message that is too large, with what takes how much. */
void layout_check(struct idl *c, const struct decl *op, const struct message *m,
                  const char *what);

#endif
