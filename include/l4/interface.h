/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an interface is, for a client that wants to know before it calls
 * whether the server was built from the same one. l4idl makes M_I_INTERFACE
 * for interface m::i, and every server answers operation 0 with its own:
 *
 *     err = l4_connect(cap, FS_FILE_INTERFACE, &found, NULL);
 */
#ifndef L4_INTERFACE_H
#define L4_INTERFACE_H

#include <l4/err.h>
#include <l4/tag.h>

enum { L4_INTERFACE_NAME = 24 };

typedef struct l4_interface {
    uint64_t hash;    /* of all that both sides must agree on */
    uint32_t version; /* major << 16 | minor; 0: none */
    uint32_t proto;
    char name[L4_INTERFACE_NAME]; /* terminated, cut if it is longer */
} l4_interface_t;

/* The answer to operation 0 in words 0 to 4. */
static inline void l4_interface_put(const l4_interface_t *i, uint64_t w[5])
{
    w[0] = i->hash;
    w[1] = (uint64_t)i->proto << 32 | i->version;
    __builtin_memcpy(&w[2], i->name, L4_INTERFACE_NAME);
}

static inline void l4_interface_get(l4_interface_t *i, const uint64_t w[5])
{
    i->hash = w[0];
    i->version = (uint32_t)w[1];
    i->proto = (uint32_t)(w[1] >> 32);
    __builtin_memcpy(i->name, &w[2], L4_INTERFACE_NAME);
    i->name[L4_INTERFACE_NAME - 1] = '\0';
}

/* Whether a client of `mine` may call a server of `theirs`: they are the same,
 * or both have the major version and the server's minor one is higher. */
static inline bool l4_interface_fits(const l4_interface_t *mine,
                                     const l4_interface_t *theirs)
{
    if (mine->proto != theirs->proto)
        return false;
    if (mine->hash == theirs->hash)
        return true;
    return mine->version && theirs->version > mine->version &&
           theirs->version >> 16 == mine->version >> 16;
}

/* How generated code asks that no handler is missing from a constant table. */
#if defined(__OPTIMIZE__)
__attribute__((error("a handler is missing from this table"))) void
l4_handler_missing_(void);
#define L4_HANDLER_CHECK(handler)                           \
    do {                                                    \
        if (__builtin_constant_p(!(handler)) && !(handler)) \
            l4_handler_missing_();                          \
    } while (0)
#else
#define L4_HANDLER_CHECK(handler) ((void)0)
#endif

#endif
