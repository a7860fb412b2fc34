/* SPDX-License-Identifier: BSD-2-Clause */
/* What the hostile server does to a good answer, and what the caller's stub
 * must make of it. */
#ifndef TESTS_HOSTILE_ATTACKS_H
#define TESTS_HOSTILE_ATTACKS_H

#include <l4/err.h>
#include <l4/tag.h>

#include "victim.h"

enum { ITEM_AS_IS, ITEM_NONE, ITEM_CAP, ITEM_PAGE };

struct attack {
    const char *name;
    unsigned op; /* H_VICTIM_OP_* that the caller calls */
    l4_err_t want;
    bool replace_tag;
    l4_tag_t tag;
    uint64_t code; /* word 0 of such an answer */
    l4_tag_t tag_add;
    int item;
    unsigned at; /* where `value` of `size` bytes goes */
    unsigned size;
    uint64_t value;
};

#define ONE_ITEM ((l4_tag_t)1 << L4_TAG_ITEMS_SHIFT)
#define VALUE(where, bytes, what) \
    .at = (where), .size = (bytes), .value = (what)
#define RAISED(op, words, error)                                               \
    .replace_tag = true, .code = (error),                                      \
    .tag = L4_TAG(H_VICTIM_PROTO, H_VICTIM_OP_##op, words, 0) | L4_TAG_REPLY | \
           L4_TAG_RAISED

static const struct attack attacks[] = {
    {"a good answer", H_VICTIM_OP_SCALARS, 0, .tag_add = 0},
    {"a word too many", H_VICTIM_OP_SCALARS, L4_EPROTO, .tag_add = 1},
    {"a word too few", H_VICTIM_OP_SCALARS, L4_EPROTO, .tag_add = (l4_tag_t)-1},
    {"another operation", H_VICTIM_OP_SCALARS, L4_EPROTO,
     .tag_add = (l4_tag_t)1 << L4_TAG_OP_SHIFT},
    {"another protocol", H_VICTIM_OP_SCALARS, L4_EPROTO,
     .tag_add = (l4_tag_t)1 << L4_TAG_PROTO_SHIFT},
    {"a request", H_VICTIM_OP_SCALARS, L4_EPROTO, .tag_add = -L4_TAG_REPLY},
    {"a capability too many", H_VICTIM_OP_SCALARS, L4_EPROTO,
     .tag_add = ONE_ITEM, .item = ITEM_CAP},
    {"a page too many", H_VICTIM_OP_SCALARS, L4_EPROTO, .tag_add = ONE_ITEM,
     .item = ITEM_PAGE},
    {"a bool of 2", H_VICTIM_OP_SCALARS, L4_EPROTO,
     VALUE(H_VICTIM_SCALARS_OUT_AT_B2, 1, 2)},
    {"no such enumerator", H_VICTIM_OP_SCALARS, L4_EPROTO,
     VALUE(H_VICTIM_SCALARS_OUT_AT_M2, 4, 3)},
    {"no such flag", H_VICTIM_OP_SCALARS, L4_EPROTO,
     VALUE(H_VICTIM_SCALARS_OUT_AT_P2, 2, 4)},
    {"below the range", H_VICTIM_OP_SCALARS, L4_EPROTO,
     VALUE(H_VICTIM_SCALARS_OUT_AT_N2, 4, 0)},
    {"above the range", H_VICTIM_OP_SCALARS, L4_EPROTO,
     VALUE(H_VICTIM_SCALARS_OUT_AT_N2, 4, 10)},
    {
        "an error of 0",
        H_VICTIM_OP_SCALARS,
        L4_EPROTO,
        RAISED(SCALARS, 1, 0),
    },
    {
        "an undeclared exception",
        H_VICTIM_OP_SCALARS,
        L4_EPROTO,
        RAISED(SCALARS, 1, 77),
    },
    {
        "an error with a capability",
        H_VICTIM_OP_SCALARS,
        L4_EPROTO,
        RAISED(SCALARS, 1, 0xfffffffd),
        .tag_add = ONE_ITEM,
        .item = ITEM_CAP,
    },
    {
        "an error as it should be",
        H_VICTIM_OP_SCALARS,
        L4_EINVAL,
        RAISED(SCALARS, 1, 0xfffffffd),
    },
    {"another operation's string", H_VICTIM_OP_TEXT, L4_EPROTO,
     .tag_add = (l4_tag_t)1 << L4_TAG_OP_SHIFT},
    {"another protocol's string", H_VICTIM_OP_TEXT, L4_EPROTO,
     .tag_add = (l4_tag_t)1 << L4_TAG_PROTO_SHIFT},
    {"a request with a string", H_VICTIM_OP_TEXT, L4_EPROTO,
     .tag_add = -L4_TAG_REPLY},
    {"a capability with a string", H_VICTIM_OP_TEXT, L4_EPROTO,
     .tag_add = ONE_ITEM, .item = ITEM_CAP},
    {"not even a count", H_VICTIM_OP_TEXT, L4_EPROTO, .tag_add = (l4_tag_t)-2},
    {"a string too long", H_VICTIM_OP_TEXT, L4_EPROTO, .tag_add = 1,
     VALUE(H_VICTIM_TEXT_OUT_AT_T, 4, 17)},
    {"a string longer than its message", H_VICTIM_OP_TEXT, L4_EPROTO,
     VALUE(H_VICTIM_TEXT_OUT_AT_T, 4, 16)},
    {"a string without end", H_VICTIM_OP_TEXT, L4_EPROTO,
     VALUE(H_VICTIM_TEXT_OUT_AT_T, 4, 0xffffffff)},
    {"a NUL inside", H_VICTIM_OP_TEXT, L4_EPROTO, VALUE(8 + 2, 1, 0)},
    {"too many elements", H_VICTIM_OP_LIST, L4_EPROTO, .tag_add = 3,
     VALUE(H_VICTIM_LIST_OUT_AT_Q2, 4, 9)},
    {"more elements than words", H_VICTIM_OP_LIST, L4_EPROTO,
     VALUE(H_VICTIM_LIST_OUT_AT_Q2, 4, 8)},
    {"an element that is none", H_VICTIM_OP_LIST, L4_EPROTO, VALUE(16, 4, 7)},
    {"a bool of 255 in a struct", H_VICTIM_OP_LIST, L4_EPROTO,
     VALUE(H_VICTIM_LIST_OUT_AT_R2 + offsetof(h_rec_t, on), 1, 255)},
    {"a page for a capability", H_VICTIM_OP_OPEN, L4_EPROTO, .item = ITEM_PAGE},
    {"nothing for a capability", H_VICTIM_OP_OPEN, L4_EPROTO,
     .item = ITEM_NONE},
    {"no capability", H_VICTIM_OP_OPEN, L4_EPROTO, .tag_add = -ONE_ITEM},
    {"a word with a capability", H_VICTIM_OP_OPEN, L4_EPROTO, .tag_add = 1},
    {"a capability for a page", H_VICTIM_OP_MAP, L4_EPROTO, .item = ITEM_CAP},
    {"a word with a page", H_VICTIM_OP_MAP, L4_EPROTO, .tag_add = 1},
    {
        "an exception without its payload",
        H_VICTIM_OP_RISKY,
        L4_EPROTO,
        RAISED(RISKY, 1, H_FULL),
    },
    {
        "an exception without any",
        H_VICTIM_OP_RISKY,
        H_GONE,
        RAISED(RISKY, 1, H_GONE),
    },
    {
        "an exception with one too many",
        H_VICTIM_OP_RISKY,
        L4_EPROTO,
        RAISED(RISKY, 2, H_GONE),
    },
    {
        "an undeclared exception with a payload",
        H_VICTIM_OP_RISKY,
        L4_EPROTO,
        RAISED(RISKY, 2, 77),
    },
    {"a count above its room", H_VICTIM_OP_KEEP, L4_EPROTO,
     VALUE(offsetof(h_note_t, bytes_count), 4, 21)},
    {"a text without its end", H_VICTIM_OP_KEEP, L4_EPROTO,
     VALUE(offsetof(h_note_t, title), 16, 'x')},
    {"a text behind its end", H_VICTIM_OP_KEEP, L4_EPROTO,
     VALUE(offsetof(h_note_t, title) + 5, 1, 'x')},
    {"a value without an arm", H_VICTIM_OP_KEEP, L4_EPROTO,
     VALUE(offsetof(h_note_t, v), 1, 9)},
    {"an element of an array that is none", H_VICTIM_OP_ARRAY, L4_EPROTO,
     VALUE(4 * 2, 4, 7)},
    {"a capability for shared memory", H_VICTIM_OP_SHARE, L4_EPROTO,
     .item = ITEM_CAP},
    {"a page for ports", H_VICTIM_OP_GIVE_PORTS, L4_EPROTO, .item = ITEM_PAGE},
    {"another interface", 0, L4_EVERSION, VALUE(0, 1, ~H_VICTIM_HASH & 0xff)},
    {"a description without a name", 0, L4_EPROTO, .tag_add = (l4_tag_t)-3},
    {
        "a description that fails with 0",
        0,
        L4_EPROTO,
        .replace_tag = true,
        .tag = L4_TAG(H_VICTIM_PROTO, 0, 1, 0) | L4_TAG_REPLY | L4_TAG_RAISED,
    },
    {"a payload that is none", H_VICTIM_OP_RISKY, H_FULL,
     RAISED(RISKY, 2, H_FULL), VALUE(8 + 4, 1, 2)},
};

enum { ATTACKS = sizeof(attacks) / sizeof(attacks[0]) };

#endif
