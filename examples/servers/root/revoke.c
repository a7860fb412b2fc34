/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/fpage.h>
#include <l4/objects.h>
#include <l4/root.h>

#include "frames.h"

void frame_revoke(uint64_t frame)
{
    l4_task_t task = {L4_ROOT_CAP_TASK};
    l4_fpage_t page = l4_fpage_mem((uint64_t)(uintptr_t)frame_at(frame),
                                   L4_PAGE_ORDER, L4_RIGHTS_ALL);
    uint32_t done;
    int32_t error;

    (void)!l4_task_unmap(task, &page, 1, false, &done, &error, NULL);
}
