/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Factories: memory quota, and the objects made out of it.
 */
#ifndef KERNEL_FACTORY_H
#define KERNEL_FACTORY_H

#include <l4/types.h>

#include <kernel/object.h>
#include <kernel/pool.h>

struct factory {
    struct object object;
    struct pool pool;
    struct list objects;  /* alive, made by this one */
    size_t count;         /* of objects not freed yet */
    size_t quota;         /* pages it was given */
    uint8_t max_priority; /* of contexts it makes */
};

/* The first factory; it owns the whole pool. */
extern struct factory factory_root;

/* Makes factory_root out of `bytes` of memory at `base`. */
void factory_init(void *base, size_t bytes);

/* 1 << order zeroed pages, or NULL: the quota is exhausted. */
void *factory_pages(struct factory *f, unsigned order);
void factory_pages_free(struct factory *f, void *pages, unsigned order);

/* The same for pages that are all zero already. */
void factory_pages_free_clean(struct factory *f, void *pages, unsigned order);

/* A zeroed block of up to 1 KiB, or NULL; frees a block of any factory. */
void *factory_block(struct factory *f, size_t size);
void factory_block_free(void *block);

/* The last step of a factory's destruction. False: objects it made are still
 * to be destroyed, which has begun; call again after them. */
bool factory_destroy(struct factory *f);

#endif
