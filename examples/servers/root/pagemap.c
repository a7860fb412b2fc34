/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/fpage.h>

#include "frames.h"
#include "pagemap.h"

#define LEVELS 4
#define LEVEL_BITS 9
#define ENTRIES (1u << LEVEL_BITS)

/* Where in a table of that level (0: the leaves) the address is. */
static unsigned index_of(uint64_t address, unsigned level)
{
    unsigned shift = L4_PAGE_ORDER + level * LEVEL_BITS;

    return (unsigned)(address >> shift) & (ENTRIES - 1);
}

/* The leaf entry for an address. NULL if there is no table for it, and none
 * can be made or `make` does not ask for one. */
static uint64_t *entry_at(struct pagemap *map, uint64_t address, bool make)
{
    uint64_t *link = &map->top;

    for (unsigned level = LEVELS; level-- > 0;) {
        if (*link == FRAME_NONE) {
            uint64_t frame = make ? frame_alloc() : FRAME_NONE;

            if (frame == FRAME_NONE)
                return NULL;
            *link = frame;
            map->frames++;
        }
        uint64_t *table = frame_at(*link);
        link = &table[index_of(address, level)];
    }
    return link;
}

uint64_t pagemap_find(const struct pagemap *map, uint64_t address)
{
    struct pagemap copy = *map;
    const uint64_t *entry = entry_at(&copy, address, false);

    return entry ? *entry : 0;
}

l4_err_t pagemap_set(struct pagemap *map, uint64_t address, uint64_t frame,
                     uint64_t flags)
{
    uint64_t *entry = entry_at(map, address, true);

    if (!entry)
        return L4_ENOMEM;
    if (*entry)
        return L4_EEXIST;
    *entry = (frame & PAGE_FRAME) | (flags & PAGE_OWNED) | PAGE_MAPPED;
    if (flags & PAGE_OWNED)
        map->frames++;
    return 0;
}

static void entry_drop(struct pagemap *map, uint64_t entry)
{
    if (entry & PAGE_OWNED) {
        frame_revoke(entry & PAGE_FRAME, L4_PAGE_ORDER);
        frame_free(entry & PAGE_FRAME);
        map->frames--;
    }
}

void pagemap_remove(struct pagemap *map, uint64_t address)
{
    uint64_t *entry = entry_at(map, address, false);

    if (entry) {
        entry_drop(map, *entry);
        *entry = 0;
    }
}

/* Frees what hangs in a table of the lowest level, and the table. */
static void leaf_clear(struct pagemap *map, uint64_t frame)
{
    const uint64_t *table = frame_at(frame);

    for (unsigned i = 0; i < ENTRIES; i++)
        entry_drop(map, table[i]);
    frame_free(frame);
    map->frames--;
}

/* Goes through the tree without recursion: at each level, the table and how
 * far it has been emptied. */
void pagemap_clear(struct pagemap *map)
{
    uint64_t tables[LEVELS] = {[LEVELS - 1] = map->top};
    unsigned at[LEVELS] = {0};
    unsigned level = LEVELS - 1;

    if (map->top == FRAME_NONE)
        return;
    while (level < LEVELS) {
        const uint64_t *table = frame_at(tables[level]);

        if (at[level] == ENTRIES) {
            frame_free(tables[level]);
            map->frames--;
            level++;
            continue;
        }
        uint64_t below = table[at[level]++];
        if (below == FRAME_NONE)
            continue;
        if (level == 1) {
            leaf_clear(map, below);
            continue;
        }
        level--;
        tables[level] = below;
        at[level] = 0;
    }
    map->top = FRAME_NONE;
}
