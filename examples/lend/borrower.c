/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Borrows a page and a capability, and passes both on: here only to other
 * places of its own, but it could be to anyone.
 */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/slots.h>
#include <l4/thread.h>

#include "lend.h"

#define HERE ((uint64_t)0x50000000)
#define THERE ((uint64_t)0x51000000)
#define NOWHERE ((uint64_t)0x52000000)

static const l4_task_t me = {L4_CAP_TASK};

static l4_err_t pass_on(l4_fpage_t what, uint64_t dest)
{
    const l4_map_entry_t entry = {what, dest};
    uint32_t done;
    int32_t error;
    l4_err_t err = l4_task_map(me, &entry, 1, &done, &error, NULL);

    return err ? err : error;
}

/* What is not there cannot be passed on. */
static bool is_there(uint64_t page)
{
    return pass_on(l4_fpage_mem(page, L4_PAGE_ORDER, L4_MEM_R), NOWHERE) ==
           L4_OK;
}

static void count(const char *which, counter_t counter)
{
    uint64_t value = 0;
    l4_err_t err = counter_next(counter, &value, NULL);

    if (err)
        l4_log(L4_LOG_INFO, "%s capability: %s", which, l4_err_text(err));
    else
        l4_log(L4_LOG_INFO, "%s capability: %lu", which, value);
}

int main(void)
{
    const lender_t lender = {l4_env_cap("lender")};
    const counter_t copy = {l4_slot_alloc()};
    const l4_ctx_t windows =
        L4_CTX(.caps = l4_slot_window(l4_slot_alloc()),
               .mem = l4_fpage_mem(HERE, L4_PAGE_ORDER, L4_RIGHTS_ALL));
    l4_fpage_t page;
    counter_t counter;

    if (lender_borrow(lender, &page, &counter, &windows) ||
        pass_on(l4_fpage_mem(HERE, L4_PAGE_ORDER, L4_MEM_R), THERE) ||
        pass_on(l4_fpage_cap(counter.cap, 0, L4_RIGHTS_ALL),
                (uint64_t)copy.cap << 12))
        return 1;
    l4_log(L4_LOG_INFO, "I read '%s', also where I passed it on: '%s'",
           (const char *)HERE, (const char *)THERE);
    count("borrowed", counter);
    count("passed on", copy);

    if (lender_time_is_up(lender, NULL))
        return 1;
    l4_log(L4_LOG_INFO, "the page is %s, its copy is %s",
           is_there(HERE) ? "there" : "gone",
           is_there(THERE) ? "there" : "gone");
    count("borrowed", counter);
    count("passed on", copy);
    return 0;
}
