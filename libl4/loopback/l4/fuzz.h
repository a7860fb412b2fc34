/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `l4idl --emit=fuzz` rests on: a hostile peer for servers and clients
 * above the loopback transport. A fuzzer is foo_fuzz.c, the stubs and
 * libl4/loopback/{loopback,fuzz}.c together; as a program of its own it takes
 * the number of runs and a seed, with -DL4_LIBFUZZER it is driven by libFuzzer;
 * L4_FUZZ=server:0 in the environment then keeps to the server of the first
 * interface, L4_FUZZ=client:1 to the client of the second.
 */
#ifndef L4_FUZZ_H
#define L4_FUZZ_H

#include <l4/loopback.h>

/* The tags of an operation, and its most words. */
typedef struct l4_fuzz_op {
    l4_tag_t in;
    l4_tag_t out; /* L4_TAG_NONE if oneway */
    unsigned in_words;
    unsigned out_words;
} l4_fuzz_op_t;

typedef struct l4_fuzz_interface {
    const char *name;
    l4_dispatch_t dispatch;
    const void *ops;            /* handlers that check what they get */
    l4_err_t (*call)(unsigned); /* calls operation N and checks what comes */
    const l4_fuzz_op_t *op;
    unsigned op_count;
} l4_fuzz_interface_t;

/* Defined by the generated file. */
extern const l4_fuzz_interface_t l4_fuzz_interfaces[];
extern const unsigned l4_fuzz_interface_count;

/* Bytes of the input; 0 when it is used up. */
uint64_t l4_fuzz_number(unsigned bytes);

/* Ends the program: a stub let something through. */
_Noreturn void l4_fuzz_broken(const char *what);

/* Reads every byte, so that a sanitizer sees where they lie. */
void l4_fuzz_touch(const void *data, size_t size);

/* Up to `room` characters and a NUL; how many there are. */
uint32_t l4_fuzz_text(char *s, uint32_t room);

#define L4_FUZZ_CHECK(condition)        \
    do {                                \
        if (!(condition))               \
            l4_fuzz_broken(#condition); \
    } while (0)

#endif
