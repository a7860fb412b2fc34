/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TRACEDUMP_H
#define TRACEDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <l4/trace.h>

/* A ring as it was found, checked to lie within the memory. */
struct ring {
    const l4_trace_header_t *header;
    const l4_trace_record_t *records;
    uint64_t first; /* number of the oldest record that is still there */
    uint64_t end;
};

/* Finds the ring in a file; false, and a message, if there is none. */
bool ring_open(struct ring *r, const char *file);

/* Record number `n`, r->first up to r->end. */
static inline const l4_trace_record_t *ring_record(const struct ring *r,
                                                   uint64_t n)
{
    return &r->records[n % r->header->capacity];
}

enum { NAME_SIZE = 64 };

/* "task/thread", or "thread 12" if it is not known any more. */
void thread_text(const struct ring *r, uint32_t number, char out[NAME_SIZE]);

/* Task alone. */
void task_text(const struct ring *r, uint32_t number, char out[NAME_SIZE]);

/* Reads operations' names, as l4idl writes them. */
void names_read(const char *file);

/* Takes a line of such a file that describes an argument; false if that is not
 * what it is. */
bool argument_read(const char *line);

/* Prints what words 0 to 3 of a message hold, `name=value, ...` or as members
 * of a JSON object; returns how many. */
unsigned put_arguments(uint64_t tag, const uint64_t *words, bool is_json,
                       FILE *out);

/* "interface.operation" of a tag, or numbers. */
void operation_text(uint64_t tag, char out[NAME_SIZE]);

/* What a system call does with its message: "call", "send" and so on. */
const char *phase_text(uint64_t tag);

/* What came of a message: "ok", an error's name or number. */
void result_text(uint64_t tag, char out[NAME_SIZE]);

/* Prints all records for people, or as a timeline for Chrome's tracing or
 * Perfetto. */
void print_text(const struct ring *r, FILE *out);
void print_json(const struct ring *r, FILE *out);

#endif
