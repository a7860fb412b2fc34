/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dataspaces: memory that a program owns, pays for and may share by passing a
 * capability on. It comes in units of 4 KiB or 2 MiB, each when it is first
 * touched.
 */
#ifndef ROOT_DATASPACE_H
#define ROOT_DATASPACE_H

#include <l4/services.h>

#include "pagemap.h"
#include "program.h"

#define DATASPACES 64u       /* of all programs */
#define DATASPACES_OF_ONE 8u /* of one */

struct dataspace {
    const struct program *owner; /* NULL: there is none */
    uint64_t size;
    unsigned order;       /* of a unit, L4_PAGE_ORDER or BLOCK_ORDER */
    struct pagemap units; /* by their number */
    uint64_t present;     /* units there are */
    l4_cap_t cap;         /* root's: what the owner got comes from these */
    l4_cap_t view;
};

/* A new one. L4_EQUOTA beyond the owner's memory, L4_ENOMEM if there are too
 * many. */
l4_err_t dataspace_create(struct program *owner, uint64_t size, unsigned order,
                          struct dataspace **created);

/* Takes it away from everyone and frees it. */
void dataspace_destroy(struct dataspace *d);
void dataspaces_destroy(const struct program *owner);

/* The one that a label names, NULL if there is none. */
struct dataspace *dataspace_named(uint64_t label);

/* The frame that begins the unit at `offset`, made if need be; FRAME_NONE if
 * there is no memory left. */
uint64_t dataspace_unit(struct dataspace *d, uint64_t offset);

/* Bytes of the owner's memory that its dataspaces count for. */
uint64_t dataspaces_memory(const struct program *owner);

/* A capability to look only; L4_CAP_NONE if there are no slots. */
l4_cap_t dataspace_view(struct dataspace *d);

/* Takes the memory away from all who attached it but the owner, and the
 * capabilities that only look. */
void dataspace_revoke(struct dataspace *d);

#endif
