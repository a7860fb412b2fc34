/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passing on and taking back: memory and capabilities between tasks, as
 * recorded in the mapping database.
 */
#ifndef KERNEL_MAP_H
#define KERNEL_MAP_H

#include <l4/fpage.h>

#include <kernel/cap.h>
#include <kernel/mapdb.h>
#include <kernel/task.h>

/* Where a capability is to go; checked to be free. */
struct cap_dest {
    struct task *task;
    uint32_t slot;
};

/* What to pass on from `src`, and where to in `dst`. */
struct map_request {
    struct task *src;
    struct task *dst;
    l4_fpage_t fpage; /* of src */
    uint64_t dest;    /* base in dst | L4_ITEM_* flags */
};

/* The number of table entries that a flexpage changes, at 4 KiB each; above
 * L4_MSG_ITEMS for anything malformed or too big. */
unsigned map_entries(l4_fpage_t fpage);

/* Passes on one flexpage. Absent pages and slots are left out; none at all
 * is L4_EFAULT. Also L4_EEXIST, L4_EQUOTA, L4_EINVAL, L4_E2BIG. */
l4_err_t map_flexpage(const struct map_request *r);

/* Maps memory of no one's at `va`: an origin of its own. */
l4_err_t map_origin(struct task *dst, uint64_t va, uint64_t phys,
                    unsigned order, unsigned rights, bool cached);

/* Puts the first capability of a new object into a slot. L4_EQUOTA. */
l4_err_t cap_install(const struct cap_dest *dest, struct object *object,
                     struct cap cap);

/* Puts a capability derived from `slot` of `src` there. L4_EQUOTA,
 * L4_E2BIG. */
l4_err_t cap_derive(const struct cap_dest *dest, struct task *src,
                    uint32_t slot, struct cap cap);

/* Takes a flexpage's rights away from everyone who received them from `task`;
 * with `self` from it as well. */
l4_err_t unmap_flexpage(struct task *task, l4_fpage_t fpage, bool self);

/* Takes away everything derived from a node; with `self` the node too. */
void node_revoke(struct node *n, bool self);

#endif
