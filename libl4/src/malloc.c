/* SPDX-License-Identifier: BSD-2-Clause */
/* The program's own heap. */
#include <string.h>

#include <l4/env.h>
#include <l4/heap.h>
#include <l4/lock.h>

static l4_lock_t heap_lock;
static l4_heap_t *heap;

/* The heap, made on first use; NULL if the program has none. Needs the lock. */
static l4_heap_t *heap_get(void)
{
    const l4_env_t *env = l4_env();

    if (!heap)
        heap = l4_heap_init((void *)(uintptr_t)env->heap_start,
                            env->heap_end - env->heap_start);
    return heap;
}

void *malloc(size_t size)
{
    void *piece = NULL;

    l4_lock(&heap_lock);
    if (heap_get())
        piece = l4_heap_alloc(heap, size ? size : 1);
    l4_unlock(&heap_lock);
    return piece;
}

void *calloc(size_t count, size_t size)
{
    size_t bytes;
    void *piece;

    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    piece = malloc(bytes);
    if (piece)
        memset(piece, 0, bytes);
    return piece;
}

void *realloc(void *piece, size_t size)
{
    void *moved = NULL;

    l4_lock(&heap_lock);
    if (heap_get())
        moved = l4_heap_resize(heap, piece, size ? size : 1);
    l4_unlock(&heap_lock);
    return moved;
}

void free(void *piece)
{
    if (!piece)
        return;
    l4_lock(&heap_lock);
    if (heap_get())
        l4_heap_free(heap, piece);
    l4_unlock(&heap_lock);
}
