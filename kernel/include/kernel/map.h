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

/* An operation was interrupted, and is to be called again: not an error that
 * a user sees. */
#define MAP_AGAIN 1

/* Not one of the simple cases: the general function is to be called. */
#define MAP_GENERAL 2

/* In map_request.done: what has been dealt with was not all absent. */
#define MAP_SOME (1ull << 63)

/* What to pass on from `src`, and where to in `dst`. */
struct map_request {
    struct task *src;
    struct task *dst;
    l4_fpage_t fpage; /* of src */
    uint64_t dest;    /* base in dst | L4_ITEM_* flags */
    uint64_t done;    /* bytes or slots that have been passed on, 0 at first */
    unsigned limit;   /* entries to change at most, 0: any number */
};

/* The node of a large page that has been split: its pieces are those entries
 * of its range that have the node beside them. None is ever added. */
struct node_split {
    struct node node;
    uint64_t phys;   /* where its range starts */
    uint64_t pieces; /* how many are left */
    uint64_t from;   /* no piece is below that address */
};

/* Passes on one flexpage, or what is left of it after MAP_AGAIN. Absent pages
 * and slots are left out; none at all is L4_EFAULT. Also L4_EEXIST, L4_EQUOTA,
 * L4_EINVAL, L4_E2BIG, L4_EBUSY. */
l4_err_t map_flexpage(struct map_request *r);

/* The simple cases that nearly all are: one page, and nothing in the way.
 * MAP_GENERAL: nothing has been done, or a part that the general function
 * will not do again. */
l4_err_t map_page(struct task *src, struct task *dst, l4_fpage_t fpage,
                  uint64_t dest);

/* Maps memory of no one's at `va`: an origin of its own. */
l4_err_t map_origin(struct task *dst, uint64_t va, uint64_t phys,
                    unsigned order, unsigned rights, bool cached);

/* Puts the first capability of a new object into a slot. L4_EQUOTA: the object
 * dies again. */
l4_err_t cap_install(const struct cap_dest *dest, struct object *object,
                     struct cap cap);

/* Puts a capability there, derived from that of `parent`. L4_EQUOTA,
 * L4_E2BIG. */
l4_err_t cap_derive(const struct cap_dest *dest, struct node *parent,
                    struct cap cap);

/* Takes a flexpage's rights away from everyone who received them from `task`;
 * with `self` from it as well. MAP_AGAIN: not yet all. */
l4_err_t unmap_flexpage(struct task *task, l4_fpage_t fpage, bool self,
                        struct unmap_progress *p);

/* Takes away everything derived from a node; with `self` the node too. False:
 * not yet all, call again. */
bool node_revoke(struct node *n, bool self);

/* Moves the leaf at `va` of `src`, or the part of it that `to` covers, out of
 * its table and to `to`. L4_EQUOTA; L4_E2BIG: it has been passed on more often
 * than can be sorted out. */
l4_err_t leaf_give(struct task *src, struct ptab_slot *slot, uint64_t va,
                   struct node *to);

#endif
