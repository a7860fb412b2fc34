/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots of the task's capability table: which are free. Slots below the
 * environment's cap_free are root's to fill and never handed out. Safe to use
 * from several threads.
 */
#ifndef L4_SLOTS_H
#define L4_SLOTS_H

#include <l4/err.h>
#include <l4/fpage.h>

/* Hands out the slots from `first` to `end`, exclusive, from now on; start-up
 * code's, once. At most 4096 slots. */
void l4_slots_init(l4_cap_t first, l4_cap_t end);

/* A free slot, empty; L4_CAP_NONE if there is none left. */
l4_cap_t l4_slot_alloc(void);

/* 1 << order free slots, aligned to as many; order up to 6. L4_CAP_NONE if
 * there are none. */
l4_cap_t l4_slots_alloc(unsigned order);

/* Deletes what the slots hold and frees them. Harmless for L4_CAP_NONE and for
 * slots that are not the program's own. */
void l4_slot_free(l4_cap_t slot);
void l4_slots_free(l4_cap_t slot, unsigned order);

/* Frees a slot known to be empty, without a system call. */
void l4_slot_release(l4_cap_t slot);

/* Deletes the capability in a slot, which stays allocated. If it is the first
 * capability of an object, the object is destroyed. */
void l4_cap_delete(l4_cap_t slot);

/* Takes flexpages of any kind out of this task. Leaves the UTCB's message
 * words from 5 on and its items as they are. */
void l4_unmap(const l4_fpage_t *fpages, size_t count);

/* A receive window for one capability: what to put into l4_ctx_t.caps. */
static inline l4_fpage_t l4_slot_window(l4_cap_t slot)
{
    return l4_fpage_cap(slot, 0, L4_RIGHTS_ALL);
}

#endif
