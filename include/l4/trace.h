/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace ring: what happened in the kernel, in the order it happened. It is
 * made when the kernel boots with `trace=ORDER` on its command line, 1 << ORDER
 * pages, and the kernel alone writes it. Root finds it at L4_ROOT_TRACE,
 * read-only, and may map it on; programs to which the boot plan gives the trace
 * find it at L4_TRACE_ADDRESS. It begins with a header page pair, which holds
 * the names of threads; records follow.
 */
#ifndef L4_TRACE_H
#define L4_TRACE_H

#include <l4/types.h>

#define L4_TRACE_MAGIC 0x4543415254444c41ull /* "ALDTRACE" */
#define L4_TRACE_FORMAT 1u

#define L4_TRACE_ADDRESS ((uint64_t)0x00007f0000000000)

#define L4_TRACE_HEADER_SIZE 0x2000u
#define L4_TRACE_NAMES 100u

/* What a record tells of. Unused words are 0. */
#define L4_TRACE_SYSCALL 1u /* words: tag, capability, message words 0 to 3 */
#define L4_TRACE_SWITCH 2u  /* `thread` goes on. Words: the number of the */
                            /* former one, its tag, its label */
#define L4_TRACE_RETURN 3u  /* to the same thread. Words: 0, tag, label */
#define L4_TRACE_FAULT 4u   /* `detail`: vector. Words: address, ip, error */
#define L4_TRACE_IRQ 5u     /* `detail`: vector of the processor */
#define L4_TRACE_MAP 6u     /* words: flexpage, where to | flags */
#define L4_TRACE_UNMAP 7u   /* words: flexpage */
#define L4_TRACE_GUEST 8u   /* a vCPU's guest entered the kernel: word: rax */

typedef struct l4_trace_record {
    uint64_t time; /* ns, on the clock of the info page */
    uint16_t type; /* L4_TRACE_* */
    uint16_t detail;
    uint32_t thread; /* whose number; the same for as long as it lives */
    uint64_t word[6];
} l4_trace_record_t;

/* The name of a thread, at index number % L4_TRACE_NAMES: that of the last
 * one there. Names are cut, and end with NUL unless they fill the field. */
typedef struct l4_trace_name {
    uint32_t thread; /* its number */
    char task[24];
    char name[20];
    uint32_t reserved[8];
} l4_trace_name_t;

typedef struct l4_trace_header {
    uint64_t magic;
    uint32_t version;
    uint32_t record_size;
    uint32_t capacity; /* records in the ring */
    uint32_t running;  /* 1: records are being written */
    uint64_t written;  /* records written up to now: the next one goes to */
                       /* index written % capacity. Counted up only after */
                       /* the record is complete */
    uint64_t reserved[4];
    l4_trace_name_t names[L4_TRACE_NAMES];
} l4_trace_header_t;

L4_STATIC_ASSERT(sizeof(l4_trace_record_t) == 64, "trace format");
L4_STATIC_ASSERT(sizeof(l4_trace_name_t) == 80, "trace format");
L4_STATIC_ASSERT(sizeof(l4_trace_header_t) <= L4_TRACE_HEADER_SIZE,
                 "trace format");

/* The records behind the header. */
static inline const l4_trace_record_t *
l4_trace_records(const l4_trace_header_t *h)
{
    return (const l4_trace_record_t *)((const char *)h + L4_TRACE_HEADER_SIZE);
}

#endif
