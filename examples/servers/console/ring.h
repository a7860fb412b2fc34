/* SPDX-License-Identifier: BSD-2-Clause */
/* A queue of bytes of fixed size. */
#ifndef CONSOLE_RING_H
#define CONSOLE_RING_H

#include <l4/types.h>

#define RING_SIZE 4096u

/* All zero: empty. */
struct ring {
    uint32_t head;  /* index of the oldest byte */
    uint32_t count; /* bytes in it */
    uint8_t bytes[RING_SIZE];
};

static inline uint32_t ring_room(const struct ring *r)
{
    return RING_SIZE - r->count;
}

/* The i-th oldest byte, of count. */
static inline uint8_t ring_at(const struct ring *r, uint32_t i)
{
    return r->bytes[(r->head + i) % RING_SIZE];
}

/* Takes the oldest byte out; there must be one. */
static inline uint8_t ring_take(struct ring *r)
{
    uint8_t byte = ring_at(r, 0);

    r->head = (r->head + 1) % RING_SIZE;
    r->count--;
    return byte;
}

/* Adds a byte; if there is no room the oldest one is lost. */
static inline void ring_add(struct ring *r, uint8_t byte)
{
    if (r->count == RING_SIZE)
        (void)ring_take(r);
    r->bytes[(r->head + r->count++) % RING_SIZE] = byte;
}

#endif
