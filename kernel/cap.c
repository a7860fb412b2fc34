/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/assert.h>
#include <kernel/cap.h>

struct cap cap_make(void *target, enum object_type type, unsigned rights,
                    uint64_t label)
{
    struct cap cap = {.word = (uint64_t)(uintptr_t)target | type,
                      .label = label};

    assert(((uintptr_t)target & (OBJECT_ALIGN - 1)) == 0);
    if (type == OBJECT_GATE) {
        cap.word |= (uint64_t)(rights & 7) << CAP_GATE_RIGHTS;
    } else {
        cap.label = (label & ~7ull) | (rights & 7);
    }
    return cap;
}

struct cap cap_restrict(struct cap cap, unsigned mask)
{
    if (cap_type(&cap) == OBJECT_GATE) {
        cap.word &= ~((uint64_t)(~mask & 7) << CAP_GATE_RIGHTS);
    } else {
        cap.label &= ~(uint64_t)(~mask & 7);
    }
    return cap;
}

void captab_put(struct captab *t, uint32_t slot, struct cap cap,
                struct node *node)
{
    assert(captab_free(t, slot));
    t->caps[slot] = cap;
    t->nodes[slot] = node;
}

void captab_clear(struct captab *t, uint32_t slot)
{
    t->caps[slot] = (struct cap){0};
    t->nodes[slot] = NULL;
}
