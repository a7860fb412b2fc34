/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <l4/fpage.h>
#include <l4/slots.h>

#include "caps.h"
#include "dataspace.h"
#include "frames.h"
#include "memory.h"

static struct dataspace dataspaces[DATASPACES];

/* What its capabilities' labels begin with. */
static uint64_t label_of(const struct dataspace *d)
{
    return (uint64_t)LABEL_DATASPACE << LABEL_SHIFT |
           (uint64_t)(d - dataspaces) << L4_LABEL_RIGHTS_BITS;
}

struct dataspace *dataspace_named(uint64_t label)
{
    uint64_t index = (uint32_t)label >> L4_LABEL_RIGHTS_BITS;

    if (label >> LABEL_SHIFT != LABEL_DATASPACE || index >= DATASPACES)
        return NULL;
    return dataspaces[index].owner ? &dataspaces[index] : NULL;
}

uint64_t dataspaces_memory(const struct program *owner)
{
    uint64_t bytes = 0;

    for (unsigned i = 0; i < DATASPACES; i++) {
        const struct dataspace *d = &dataspaces[i];

        if (d->owner == owner)
            bytes += d->size + d->units.frames * L4_PAGE_SIZE;
    }
    return bytes;
}

/* An unused one, unless the owner has too many. */
static struct dataspace *dataspace_unused(const struct program *owner)
{
    struct dataspace *unused = NULL;
    unsigned count = 0;

    for (unsigned i = 0; i < DATASPACES; i++) {
        if (dataspaces[i].owner == owner)
            count++;
        if (!dataspaces[i].owner && !unused)
            unused = &dataspaces[i];
    }
    return count < DATASPACES_OF_ONE ? unused : NULL;
}

l4_err_t dataspace_create(struct program *owner, uint64_t size, unsigned order,
                          struct dataspace **created)
{
    struct dataspace *d = dataspace_unused(owner);
    uint64_t label;
    l4_err_t err;

    if ((order != L4_PAGE_ORDER && order != BLOCK_ORDER) || size == 0 ||
        size & (((uint64_t)1 << order) - 1))
        return L4_EINVAL;
    if (size > owner->plan->memory ||
        program_memory(owner) > owner->plan->memory - size)
        return L4_EQUOTA;
    if (!d)
        return L4_ENOMEM;
    label =
        label_of(d) | ROOT_DATASPACE_RIGHT_WRITE | ROOT_DATASPACE_RIGHT_MANAGE;
    err = service_label(label, &d->cap);
    if (err)
        return err;
    d->owner = owner;
    d->size = size;
    d->order = order;
    *created = d;
    return 0;
}

uint64_t dataspace_unit(struct dataspace *d, uint64_t offset)
{
    uint64_t address = (offset >> d->order) << L4_PAGE_ORDER;
    uint64_t entry = pagemap_find(&d->units, address);
    bool small = d->order == L4_PAGE_ORDER;
    uint64_t frame;

    if (entry)
        return entry & PAGE_FRAME;
    frame = small ? frame_alloc() : block_alloc();
    if (frame == FRAME_NONE)
        return FRAME_NONE;
    if (pagemap_set(&d->units, address, frame, 0) == 0) {
        d->present++;
        return frame;
    }
    if (small)
        frame_free(frame);
    else
        block_free(frame);
    return FRAME_NONE;
}

l4_cap_t dataspace_view(struct dataspace *d)
{
    if (d->view == L4_CAP_NONE && service_label(label_of(d), &d->view) != 0) {
        l4_slot_free(d->view);
        d->view = L4_CAP_NONE;
    }
    return d->view;
}

/* Takes the memory away from everyone who has it mapped. */
static void units_revoke(const struct dataspace *d)
{
    for (uint64_t at = 0; at < d->size; at += (uint64_t)1 << d->order) {
        uint64_t entry =
            pagemap_find(&d->units, (at >> d->order) << L4_PAGE_ORDER);

        if (entry)
            frame_revoke(entry & PAGE_FRAME, d->order);
    }
}

static void units_free(const struct dataspace *d)
{
    for (uint64_t at = 0; at < d->size; at += (uint64_t)1 << d->order) {
        uint64_t entry =
            pagemap_find(&d->units, (at >> d->order) << L4_PAGE_ORDER);

        if (entry && d->order == L4_PAGE_ORDER)
            frame_free(entry & PAGE_FRAME);
        else if (entry)
            block_free(entry & PAGE_FRAME);
    }
}

void dataspace_revoke(struct dataspace *d)
{
    l4_slot_free(d->view);
    d->view = L4_CAP_NONE;
    memory_detach(d, d->owner);
    units_revoke(d);
}

void dataspace_destroy(struct dataspace *d)
{
    l4_slot_free(d->view);
    l4_slot_free(d->cap);
    memory_detach(d, NULL);
    units_revoke(d);
    units_free(d);
    pagemap_clear(&d->units);
    memset(d, 0, sizeof(*d));
}

void dataspaces_destroy(const struct program *owner)
{
    for (unsigned i = 0; i < DATASPACES; i++) {
        if (dataspaces[i].owner == owner)
            dataspace_destroy(&dataspaces[i]);
    }
}
