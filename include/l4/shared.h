/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that another task can change while one looks at it. It is never
 * looked at in place: l4_shared_read() takes a snapshot that stays what it is,
 * and what is checked is the snapshot.
 */
#ifndef L4_SHARED_H
#define L4_SHARED_H

#include <l4/err.h>
#include <l4/fpage.h>

typedef struct l4_shared {
    uint64_t base; /* where it is mapped */
    uint64_t size; /* bytes */
} l4_shared_t;

/* The memory of a flexpage that arrived. */
static inline l4_shared_t l4_shared_of(l4_fpage_t fpage)
{
    l4_shared_t s;

    s.base = l4_fpage_base(fpage);
    s.size = (uint64_t)1 << l4_fpage_order(fpage);
    return s;
}

/* Whether `count` bytes from `offset` on lie within; nothing overflows. */
static inline bool l4_shared_holds(const l4_shared_t *s, uint64_t offset,
                                   uint64_t count)
{
    return offset <= s->size && count <= s->size - offset;
}

/* Copies `count` bytes from `offset` on to `to`, each read once. L4_ERANGE if
 * they are not all within. */
static inline l4_err_t l4_shared_read(const l4_shared_t *s, uint64_t offset,
                                      void *to, uint64_t count)
{
    if (!l4_shared_holds(s, offset, count))
        return L4_ERANGE;
    __builtin_memcpy(to, (const void *)(uintptr_t)(s->base + offset), count);
    /* What was read is what counts: the compiler does not read it again. */
    __asm__ volatile("" ::: "memory");
    return 0;
}

/* Copies `count` bytes to `offset`. L4_ERANGE if that is not all within. */
static inline l4_err_t l4_shared_write(const l4_shared_t *s, uint64_t offset,
                                       const void *from, uint64_t count)
{
    if (!l4_shared_holds(s, offset, count))
        return L4_ERANGE;
    __asm__ volatile("" ::: "memory");
    __builtin_memcpy((void *)(uintptr_t)(s->base + offset), from, count);
    __asm__ volatile("" ::: "memory");
    return 0;
}

#endif
