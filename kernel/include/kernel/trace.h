/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace ring. While it is off, nothing of this runs: the entries of the
 * kernel are others.
 */
#ifndef KERNEL_TRACE_H
#define KERNEL_TRACE_H

#include <l4/trace.h>

#include <kernel/object.h>

struct boot_info;
struct task;
struct thread;

/* Authority over the trace; there is one. */
struct trace {
    struct object object;
    l4_trace_header_t *ring; /* NULL: there is none */
    uint64_t size;           /* of the ring, bytes */
};

extern struct trace authority_trace;

/* If the command line says `trace=ORDER`, makes a ring of 1 << ORDER pages,
 * maps it for root, and starts to trace. L4_ERANGE, L4_EQUOTA. */
l4_err_t trace_boot(const struct boot_info *bi, struct task *root);

/* A record of the thread `t` (NULL: none). Without a ring nothing happens. */
void trace_put(unsigned type, unsigned detail, const struct thread *t,
               const uint64_t word[6]);

/* The kernel is about to return: to `before`, who entered, or to another. */
void trace_leave(const struct thread *before);

#endif
