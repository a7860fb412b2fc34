/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/fpage.h>
#include <l4/objects.h>
#include <l4/root.h>

#include "frames.h"

void *frame_at(uint64_t frame)
{
    return (void *)(uintptr_t)(L4_ROOT_RAM + frame);
}

void frame_revoke(uint64_t frame, unsigned order)
{
    l4_task_t task = {L4_ROOT_CAP_TASK};
    l4_fpage_t page = l4_fpage_mem((uint64_t)(uintptr_t)frame_at(frame), order,
                                   L4_RIGHTS_ALL);
    uint32_t done;
    int32_t error;

    (void)!l4_task_unmap(task, &page, 1, false, &done, &error, NULL);
}
