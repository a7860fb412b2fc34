/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory of programs: what belongs at an address, paged in on demand. */
#ifndef ROOT_MEMORY_H
#define ROOT_MEMORY_H

#include "program.h"

/* What an address of a program is. */
enum memory_kind {
    MEMORY_NONE,
    MEMORY_NULL,  /* nothing, close to 0 */
    MEMORY_GUARD, /* below a stack */
    MEMORY_CODE,  /* a segment of its file that may be executed */
    MEMORY_CONST, /* one that can only be read */
    MEMORY_DATA,  /* one that can be written */
    MEMORY_HEAP,
    MEMORY_STACK,
    MEMORY_AREA,   /* of program.area_add */
    MEMORY_MODULE, /* a boot module that the plan gives */
    MEMORY_SYSTEM  /* environment and info page */
};

/* What lies at an address, and in *rights what may be done there. */
enum memory_kind memory_at(const struct program *p, uint64_t address,
                           unsigned *rights);

/* What is to be mapped at an address. */
struct place {
    uint64_t address; /* where it begins in the program */
    uint64_t frame;
    unsigned order;
};

/* Makes sure that there is memory for an address that memory_at() knows, and
 * says which. L4_EFAULT if nothing belongs there or the access is not allowed,
 * L4_EQUOTA if the program may not have more memory, L4_ENOMEM if root has
 * none. */
l4_err_t memory_page(struct program *p, uint64_t address, unsigned access,
                     struct place *place);

/* Lays out a program that is about to start and maps its environment. */
l4_err_t memory_create(struct program *p);

/* Frees all memory of a program whose task is gone. */
void memory_destroy(struct program *p);

/* Adds and removes areas, as root.program says. */
l4_err_t memory_area_add(struct program *p, uint64_t address, uint64_t size,
                         unsigned rights);
l4_err_t memory_area_remove(struct program *p, uint64_t address);

/* Adds an area that shows a part of a dataspace. */
l4_err_t memory_attach(struct program *p, const struct area *area);

/* Ends all areas that show that dataspace, but those of `except`; their memory
 * is still to be revoked. */
void memory_detach(const struct dataspace *d, const struct program *except);

/* Reads one word of a program's memory, without paging in. */
bool memory_read(const struct program *p, uint64_t address, uint64_t *value);

#endif
