/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that lives as long as the compilation: allocated piecemeal, freed
 * at once. Allocation never fails (the program ends with a message).
 */
#ifndef IDL_ARENA_H
#define IDL_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
};

/* Ends the program: there is no memory. */
_Noreturn void arena_exhausted(void);

/* Zeroed memory, aligned for any object. */
void *arena_alloc(struct arena *a, size_t size);

/* A NUL-terminated copy of the LEN bytes at S. */
char *arena_strndup(struct arena *a, const char *s, size_t len);

/* A formatted string. AP is used up. */
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *a,
                                                         const char *fmt, ...);
__attribute__((format(printf, 2, 0))) char *
arena_vprintf(struct arena *a, const char *fmt, va_list ap);

/* Releases everything that was allocated from A. */
void arena_free(struct arena *a);

#endif
