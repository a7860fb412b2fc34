/* SPDX-License-Identifier: GPL-2.0-only */
#include <l4/env.h>
#include <l4/fpage.h>
#include <l4/objects.h>
#include <l4/services.h>
#include <l4/slots.h>

#include "confine.h"

#define LARGE_ORDER 21

static const root_program_t root = {L4_CAP_PROGRAM};
static root_dataspace_t ram;

l4_err_t confine_ram(uint64_t address, uint64_t size)
{
    l4_cap_t slot = l4_slot_alloc();
    l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(slot));
    l4_err_t err =
        root_program_dataspace_create(root, size, LARGE_ORDER, &ram, &ctx);

    if (!err)
        err = root_program_attach(root, ram, 0, address, size,
                                  L4_MEM_R | L4_MEM_W | L4_MEM_X, NULL);
    for (uint64_t at = 0; !err && at < size; at += (uint64_t)1 << LARGE_ORDER)
        *(volatile char *)(uintptr_t)(address + at) = 0;
    return err;
}

/* Moves a capability of this task by `self`, a capability to it, to another
 * slot, and leaves it the right to map only. */
static l4_err_t task_move(l4_task_t self, l4_cap_t to)
{
    const l4_map_entry_t entry = {l4_fpage_cap(self.cap, 0, L4_TASK_RIGHT_MAP),
                                  (uint64_t)to << 12 | L4_ITEM_GRANT};
    uint32_t done;
    int32_t error;
    l4_err_t err = l4_task_map(self, &entry, 1, &done, &error, NULL);

    return err ? err : error;
}

/* Rights of a capability that stays where it is are not taken away: it goes
 * elsewhere and comes back. */
static l4_err_t task_narrow(void)
{
    const l4_task_t here = {L4_CAP_TASK};
    const l4_task_t there = {l4_slot_alloc()};
    l4_err_t err = task_move(here, there.cap);

    if (err)
        return err;
    l4_slot_release(there.cap);
    return task_move(there, L4_CAP_TASK);
}

l4_err_t confine(void)
{
    l4_err_t err = root_program_seal(root, NULL);

    if (err)
        return err;
    if (ram.cap != L4_CAP_NONE)
        l4_slot_free(ram.cap);
    l4_cap_delete(L4_CAP_THREAD);
    l4_cap_delete(L4_CAP_SCHED);
    l4_cap_delete(L4_CAP_CONSOLE);
    return task_narrow();
}
