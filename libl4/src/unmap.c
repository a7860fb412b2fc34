/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deleting capabilities and mappings. This calls the kernel by hand, in
 * registers alone, because it runs between a stub and its caller, or between
 * a handler and its answer, whose words lie in the UTCB.
 */
#include <l4/env.h>
#include <l4/objects.h>
#include <l4/slots.h>
#include <l4/syscall.h>

/* What fits the words in registers, beside the count. */
#define BATCH (L4_MSG_REGS - 1)

/* The request of task.unmap with that many flexpages. */
#define UNMAP_TAG(n) L4_TAG(L4_TASK_PROTO, L4_TASK_OP_UNMAP, 1 + (n), 0)
#define UNMAP_SELF ((uint64_t)1 << 32)

/* Takes up to BATCH flexpages away; returns how many it is done with. */
static size_t unmap_some(const l4_fpage_t *fpages, size_t count)
{
    size_t n = count < BATCH ? count : BATCH;
    l4_words_t w = {{n | UNMAP_SELF}};
    l4_tag_t tag = UNMAP_TAG(n) | L4_PHASE_CALL;

    for (size_t i = 0; i < n; i++)
        w.w[1 + i] = fpages[i];
    tag = l4_ipc(tag, L4_CAP_TASK, &w, NULL);
    if (tag & (L4_TAG_ERROR | L4_TAG_RAISED))
        return n;

    uint32_t done = (uint32_t)w.w[0];
    int32_t error = (int32_t)(w.w[0] >> 32);
    if (done > n)
        return n;
    /* One that is refused is passed over. */
    return error ? done + 1 : done;
}

void l4_unmap(const l4_fpage_t *fpages, size_t count)
{
    size_t at = 0;

    while (at < count)
        at += unmap_some(fpages + at, count - at);
}

void l4_cap_delete(l4_cap_t slot)
{
    l4_fpage_t fpage = l4_fpage_cap(slot, 0, L4_RIGHTS_ALL);

    l4_unmap(&fpage, 1);
}
