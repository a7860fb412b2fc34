/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How late a thread of the highest priority wakes when its timer expires while
 * the kernel is busy for someone else: the operations that take the kernel
 * longest, one after the other.
 *
 * Each is repeated with the timer set to expire an instruction or a few later
 * every time, from before it begins until after it ends. The latest wake-up of
 * all counts, from the moment that was asked for to the woken thread's next
 * instruction: entry, timer and switch are in it.
 */
#ifndef TESTS_IRQOFF_H
#define TESTS_IRQOFF_H

#include "alone.h"

struct irqoff_op {
    const char *name;
    void (*prepare)(void); /* before each run, or NULL */
    void (*run)(void);
    void (*restore)(void); /* after it, or NULL */
};

/* Ordered by area: irqoff_memory.c, irqoff_object.c. */
extern const struct irqoff_op irqoff_memory[];
extern const size_t irqoff_memory_count;
extern const struct irqoff_op irqoff_objects[];
extern const size_t irqoff_objects_count;

/* Before the first and after the last run of the operations on objects. */
void irqoff_objects_begin(void);

/* Slots that the operations may use. */
#define IRQOFF_SLOTS 64u

#endif
