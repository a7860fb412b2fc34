/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A heap. Its region is a row of blocks, each behind a header that says how
 * long it and the block before it are, under a check word. Free blocks hang
 * in bins by powers of two; two neighbours are never both free. What follows
 * the last block, from `top`, has not been touched yet.
 */
#include <string.h>

#include <l4/heap.h>

#include "heap_fault.h"

#define BINS 48
#define UNIT ((size_t)L4_HEAP_ALIGN)
#define MIN_SIZE (2 * UNIT) /* of a block: header and list links */

#define MAGIC_USED 0x75c3a5e91d6b42f0ull
#define MAGIC_FREE 0x1e8d93b64fa2c570ull

/* Sizes are in UNITs, headers included. */
struct block {
    uint32_t size;
    uint32_t before; /* size of the block before, 0 for the first */
    uint64_t check;
    struct block *next; /* of a free block, in its bin */
    struct block *prev;
};

#define HEADER offsetof(struct block, next)

L4_STATIC_ASSERT(HEADER == UNIT, "pieces stay aligned");
L4_STATIC_ASSERT(sizeof(struct block) == MIN_SIZE, "links fit a free block");

struct l4_heap {
    uint64_t magic;
    struct block *first;
    struct block *top; /* where the untouched rest begins */
    char *end;
    uint32_t top_before; /* size of the last block, 0 if there is none */
    uint32_t reserved;
    size_t used;
    struct block *bins[BINS];
};

static uint64_t block_check(const struct block *b, uint64_t magic)
{
    uint64_t sizes = (uint64_t)b->size << 32 | b->before;

    return magic ^ (uint64_t)(uintptr_t)b ^ sizes * 0x9e3779b97f4a7c15ull;
}

static void block_seal(struct block *b, uint64_t magic)
{
    b->check = block_check(b, magic);
}

/* Whether the block is free. A damaged header ends the program. */
static bool block_free(const struct block *b)
{
    if (b->check == block_check(b, MAGIC_FREE))
        return true;
    if (b->check != block_check(b, MAGIC_USED))
        heap_fault("damaged, or freed what it never gave", b);
    return false;
}

static size_t block_bytes(const struct block *b)
{
    return (size_t)b->size * UNIT;
}

static struct block *block_after(const struct block *b)
{
    return (struct block *)((char *)(uintptr_t)b + block_bytes(b));
}

static struct block *block_before(const struct block *b)
{
    return (struct block *)((char *)(uintptr_t)b - (size_t)b->before * UNIT);
}

/* The bin of blocks of that size: the index of its highest bit. */
static unsigned bin_of(uint32_t size)
{
    return 31u - (unsigned)__builtin_clz(size);
}

static void bin_insert(l4_heap_t *heap, struct block *b)
{
    struct block **bin = &heap->bins[bin_of(b->size)];

    block_seal(b, MAGIC_FREE);
    b->prev = NULL;
    b->next = *bin;
    if (*bin)
        (*bin)->prev = b;
    *bin = b;
}

static void bin_remove(l4_heap_t *heap, struct block *b)
{
    struct block **bin = &heap->bins[bin_of(b->size)];

    if (b->prev ? b->prev->next != b : *bin != b)
        heap_fault("free list damaged at", b);
    if (b->prev)
        b->prev->next = b->next;
    else
        *bin = b->next;
    if (b->next)
        b->next->prev = b->prev;
}

/* Tells what follows `b` how large `b` is now. */
static void block_announce(l4_heap_t *heap, const struct block *b)
{
    struct block *after = block_after(b);
    bool is_free;

    if (after == heap->top) {
        heap->top_before = b->size;
        return;
    }
    is_free = block_free(after);
    after->before = b->size;
    block_seal(after, is_free ? MAGIC_FREE : MAGIC_USED);
}

l4_heap_t *l4_heap_init(void *region, size_t size)
{
    uintptr_t start = ((uintptr_t)region + UNIT - 1) & ~(UNIT - 1);
    uintptr_t end = ((uintptr_t)region + size) & ~(UNIT - 1);
    l4_heap_t *heap = (l4_heap_t *)start;
    size_t head = (sizeof(*heap) + UNIT - 1) & ~(UNIT - 1);

    if (end < start || end - start < head + MIN_SIZE ||
        (end - start) / UNIT > UINT32_MAX)
        return NULL;
    memset(heap, 0, sizeof(*heap));
    heap->magic = MAGIC_USED;
    heap->first = (struct block *)(start + head);
    heap->top = heap->first;
    heap->end = (char *)end;
    heap->used = head;
    return heap;
}

/* A free block of at least that size, out of its bin; NULL if there is none. */
static struct block *bin_take(l4_heap_t *heap, uint32_t size)
{
    for (unsigned i = bin_of(size); i < BINS; i++) {
        struct block *b = heap->bins[i];

        while (b && b->size < size)
            b = b->next;
        if (!b)
            continue;
        if (!block_free(b))
            heap_fault("free list holds a used block at", b);
        bin_remove(heap, b);
        return b;
    }
    return NULL;
}

/* A new block from the untouched rest. */
static struct block *top_take(l4_heap_t *heap, uint32_t size)
{
    struct block *b = heap->top;

    if ((size_t)(heap->end - (char *)b) < (size_t)size * UNIT)
        return NULL;
    b->size = size;
    b->before = heap->top_before;
    heap->top = block_after(b);
    heap->top_before = size;
    return b;
}

/* Gives a block, in no bin, back: merges it with free neighbours. */
static void block_release(l4_heap_t *heap, struct block *b)
{
    struct block *after = block_after(b);

    if (after != heap->top && block_free(after)) {
        bin_remove(heap, after);
        b->size += after->size;
    }
    if (b->before && block_free(block_before(b))) {
        struct block *before = block_before(b);

        bin_remove(heap, before);
        before->size += b->size;
        b = before;
    }
    if (block_after(b) == heap->top) {
        heap->top = b;
        heap->top_before = b->before;
        return;
    }
    bin_insert(heap, b);
    block_announce(heap, b);
}

/* Cuts a block, in no bin, down to `size` and gives the rest back. */
static void block_trim(l4_heap_t *heap, struct block *b, uint32_t size)
{
    uint32_t rest = b->size - size;
    struct block *tail;

    if (rest < MIN_SIZE / UNIT)
        return;
    b->size = size;
    tail = block_after(b);
    tail->size = rest;
    tail->before = size;
    block_seal(tail, MAGIC_USED);
    block_seal(b, MAGIC_USED);
    block_release(heap, tail);
}

/* The size of the block that holds a piece of `bytes`; 0 if none can. */
static uint32_t size_for(size_t bytes)
{
    size_t units;

    if (bytes == 0 || bytes > (size_t)UINT32_MAX * UNIT - 2 * UNIT)
        return 0;
    units = (bytes + HEADER + UNIT - 1) / UNIT;
    return units < MIN_SIZE / UNIT ? MIN_SIZE / UNIT : (uint32_t)units;
}

void *l4_heap_alloc(l4_heap_t *heap, size_t size)
{
    uint32_t units = size_for(size);
    struct block *b;

    if (!units)
        return NULL;
    b = bin_take(heap, units);
    if (!b)
        b = top_take(heap, units);
    if (!b)
        return NULL;
    block_seal(b, MAGIC_USED);
    block_trim(heap, b, units);
    heap->used += block_bytes(b);
    return (char *)b + HEADER;
}

/* The block of a piece, which must be one in use. */
static struct block *block_of(const l4_heap_t *heap, void *piece)
{
    struct block *b = (struct block *)((char *)piece - HEADER);

    if ((uintptr_t)piece % UNIT || b < heap->first || b >= heap->top)
        heap_fault("was given a strange address", piece);
    if (block_free(b))
        heap_fault("freed twice", piece);
    return b;
}

void l4_heap_free(l4_heap_t *heap, void *piece)
{
    struct block *b;

    if (!piece)
        return;
    b = block_of(heap, piece);
    heap->used -= block_bytes(b);
    /* No longer valid, even where it melts into another block. */
    b->check = 0;
    block_release(heap, b);
}

void *l4_heap_resize(l4_heap_t *heap, void *piece, size_t size)
{
    uint32_t units = size_for(size);
    struct block *b;
    void *moved;

    if (!piece)
        return l4_heap_alloc(heap, size);
    if (!units)
        return NULL;
    b = block_of(heap, piece);
    if (units <= b->size) {
        heap->used -= block_bytes(b);
        block_trim(heap, b, units);
        heap->used += block_bytes(b);
        return piece;
    }
    moved = l4_heap_alloc(heap, size);
    if (moved) {
        memcpy(moved, piece, block_bytes(b) - HEADER);
        l4_heap_free(heap, piece);
    }
    return moved;
}

size_t l4_heap_used(const l4_heap_t *heap)
{
    return heap->used;
}

size_t l4_heap_size(const l4_heap_t *heap)
{
    return (size_t)(heap->end - (const char *)heap);
}
