/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Heaps: memory in pieces of any size, out of one region. A heap keeps all of
 * its state in its region, checks its headers on every operation and ends the
 * program with a message when they are damaged. l4_heap_*() do not lock; the
 * program's own heap, behind malloc() and the rest, does.
 */
#ifndef L4_HEAP_H
#define L4_HEAP_H

#include <l4/types.h>

typedef struct l4_heap l4_heap_t;

/* Every piece is aligned to this. */
#define L4_HEAP_ALIGN 16

/* Makes a heap of `size` bytes at `region`. NULL if that is too small. */
l4_heap_t *l4_heap_init(void *region, size_t size);

/* A piece of at least `size` bytes, its content undefined. NULL if there is
 * none, or for size 0. */
void *l4_heap_alloc(l4_heap_t *heap, size_t size);

/* Gives a piece back; NULL is harmless. */
void l4_heap_free(l4_heap_t *heap, void *piece);

/* Makes a piece larger or smaller, moving it if need be. NULL (and the piece
 * as it was) if there is no room. */
void *l4_heap_resize(l4_heap_t *heap, void *piece, size_t size);

/* Bytes in use, headers included, and bytes the heap has in all. */
size_t l4_heap_used(const l4_heap_t *heap);
size_t l4_heap_size(const l4_heap_t *heap);

/* The program's heap, of the size the boot plan says. As in C. */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *piece, size_t size);
void free(void *piece);

#endif
