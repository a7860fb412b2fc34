/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capabilities and the tables that hold them. Pure data structure.
 *
 * A capability is 16 bytes: the object's address with its type in bits 0-3
 * and, for gates, their rights in bits 4-6; and the label. The label of a
 * gate is what its server sees; any other object's holds the rights in bits
 * 0-2, and ports their range above.
 */
#ifndef KERNEL_CAP_H
#define KERNEL_CAP_H

#include <l4/types.h>

#include <kernel/object.h>

struct node;

struct cap {
    uint64_t word; /* object | gate rights << 4 | type; 0: empty */
    uint64_t label;
};

L4_STATIC_ASSERT(sizeof(struct cap) == 16, "capability format");

#define CAP_TYPE_MASK 0xfull
#define CAP_GATE_RIGHTS 4
#define CAP_OBJECT_MASK (~(uint64_t)(OBJECT_ALIGN - 1))

/* Rights, as the IDL numbers them. */
#define RIGHT_GATE_GIVE 1u

/* A task's capabilities, and beside them their nodes. */
struct captab {
    struct cap *caps;
    struct node **nodes;
    uint32_t size;
};

static inline enum object_type cap_type(const struct cap *cap)
{
    return (enum object_type)(cap->word & CAP_TYPE_MASK);
}

static inline bool cap_empty(const struct cap *cap)
{
    return cap->word == 0;
}

/* The object's address; what lies there depends on the type. */
static inline void *cap_target(const struct cap *cap)
{
    return (void *)(uintptr_t)(cap->word & CAP_OBJECT_MASK);
}

/* What all objects have, of the one that a capability names. */
struct object *cap_object(const struct cap *cap);

/* A capability to the object at `target`. For gates `label` is the label,
 * otherwise what stands above the rights. */
struct cap cap_make(void *target, enum object_type type, unsigned rights,
                    uint64_t label);

static inline unsigned cap_rights(const struct cap *cap)
{
    if (cap_type(cap) == OBJECT_GATE) {
        return (unsigned)(cap->word >> CAP_GATE_RIGHTS) & 7;
    }
    return (unsigned)cap->label & 7;
}

/* The same with no more than the rights in `mask`. */
struct cap cap_restrict(struct cap cap, unsigned mask);

/* The capability in a slot, or NULL if there is no such slot or it is
 * empty. */
static inline struct cap *captab_get(const struct captab *t, uint64_t slot)
{
    if (slot >= t->size || cap_empty(&t->caps[slot])) {
        return NULL;
    }
    return &t->caps[slot];
}

/* Whether something can be put there: the slot exists, is not 0, is empty. */
static inline bool captab_free(const struct captab *t, uint64_t slot)
{
    return slot > 0 && slot < t->size && cap_empty(&t->caps[slot]);
}

/* Puts a capability and its node into a free slot; takes both out again. */
void captab_put(struct captab *t, uint32_t slot, struct cap cap,
                struct node *node);
void captab_clear(struct captab *t, uint32_t slot);

#endif
