/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which frame a program has at which address: a tree like a page table, in
 * frames of its own.
 */
#ifndef ROOT_PAGEMAP_H
#define ROOT_PAGEMAP_H

#include <l4/err.h>
#include <l4/types.h>

/* An entry: a frame's address and these flags; 0 is no entry. */
#define PAGE_OWNED ((uint64_t)1)  /* to be freed with the entry */
#define PAGE_MAPPED ((uint64_t)2) /* so that frame 0 would be an entry too */
#define PAGE_FRAME (~(uint64_t)0xfff)

struct pagemap {
    uint64_t top;    /* frame of the first table, or FRAME_NONE */
    uint64_t frames; /* owned frames and tables, in number */
};

/* The entry for an address, 0 if there is none. */
uint64_t pagemap_find(const struct pagemap *map, uint64_t address);

/* Enters a frame, with PAGE_OWNED if it goes with the map. L4_ENOMEM if there
 * is no frame left for a table, L4_EEXIST if there is an entry. */
l4_err_t pagemap_set(struct pagemap *map, uint64_t address, uint64_t frame,
                     uint64_t flags);

/* Removes an entry; if its frame was owned, it is revoked and freed. */
void pagemap_remove(struct pagemap *map, uint64_t address);

/* Removes all entries and tables. */
void pagemap_clear(struct pagemap *map);

#endif
