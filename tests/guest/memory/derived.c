/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is made of a capability has no right that this one lacks, however the
 * two are passed on afterwards: the debug kernel looks.
 */
#include "alone.h"

#include <l4/debug.h>

#define FIRST 40
#define SECOND 41
#define THIRD 42
#define THREAD 44      /* and its context */
#define ITEM_RIGHTS 7u /* that an item can take */
#define PORT 0x60

static void ordered(void)
{
    const l4_debug_t debug = {L4_ROOT_CAP_TRACE};
    l4_debug_report_t found = {.failures = 1};

    DONE(l4_debug_check(debug, true, &found, NULL));
    CHECK_EQ(found.failures, 0);
}

static l4_fpage_t whole(uint32_t slot)
{
    return l4_fpage_cap(slot, 0, L4_RIGHTS_ALL);
}

/* SECOND is made of FIRST, which is granted then. With fewer rights it cannot
 * be: it would have less than what is made of it. */
static void grant(unsigned rights)
{
    bool all = (rights & ITEM_RIGHTS) == ITEM_RIGHTS;

    ordered();
    CHECK_EQ(map_in(alone_task, l4_fpage_cap(FIRST, 0, rights),
                    (uint64_t)THIRD << 12 | L4_ITEM_GRANT),
             all ? L4_OK : L4_EBUSY);
    ordered();
    DONE(drop(all ? THIRD : FIRST));
    DONE(map_in(alone_task, whole(L4_ROOT_CAP_SCHED), (uint64_t)SECOND << 12));
    DONE(drop(SECOND));
}

static void ports(void)
{
    l4_ports_t some;
    l4_ports_t fewer;

    for (unsigned rights = 0; rights <= L4_RIGHTS_ALL; rights++) {
        DONE(l4_ports_range(alone_ports, PORT, 8, &some, INTO(FIRST)));
        DONE(l4_ports_range(some, PORT, 4, &fewer, INTO(SECOND)));
        grant(rights);
    }
}

static void idle(uint64_t unused)
{
    (void)unused;
    pause_ns(L4_TIME_NEVER);
}

static void gates(void)
{
    l4_thread_t thread = thread_run(alone_task, THREAD, 10, idle, 0);
    l4_gate_t gate;
    l4_gate_t minted;

    for (unsigned rights = 0; rights <= L4_RIGHTS_ALL; rights++) {
        DONE(l4_factory_create_gate(alone_factory, thread, 1, &gate,
                                    INTO(FIRST)));
        DONE(l4_task_mint(alone_task, gate, 2, L4_RIGHTS_ALL, &minted,
                          INTO(SECOND)));
        grant(rights);
    }
    DONE(drop(THREAD));
    DONE(drop(THREAD + 1));
}

static void mapped(void)
{
    l4_signal_t made;

    for (unsigned rights = 0; rights <= L4_RIGHTS_ALL; rights++) {
        DONE(l4_factory_create_signal(alone_factory, &made, INTO(FIRST)));
        DONE(map_in(alone_task, whole(FIRST), (uint64_t)SECOND << 12));
        grant(rights);
    }
}

void root_main(void);
void root_main(void)
{
    static const struct alone_test tests[] = {
        ALONE_TEST(ports),
        ALONE_TEST(gates),
        ALONE_TEST(mapped),
    };

    alone_run("memory-derived", tests, sizeof(tests) / sizeof(tests[0]));
}
