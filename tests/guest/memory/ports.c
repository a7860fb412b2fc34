/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports as flexpages: in and out at user level. */
#include "alone.h"

#include <l4/info.h>

#define SLOTS 40
#define PORT 0x61 /* reading it has no effect */

static l4_fpage_t ports(uint64_t first, unsigned order)
{
    return l4_fpage(L4_FPAGE_IO, first << 12, order, L4_RIGHTS_ALL);
}

static uint8_t in8(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static volatile unsigned reads;

static void reader(uint64_t arg)
{
    for (;;) {
        (void)in8((uint16_t)arg);
        reads++;
        pause_ns(1000000);
    }
}

/* Whether a thread of `task` can read the port. */
static bool may_read(l4_task_t task, uint16_t port)
{
    l4_thread_info_t info = {0};
    unsigned before = reads;
    l4_thread_t thread = thread_run(task, SLOTS + 2, 210, reader, port);

    DONE(l4_thread_info(thread, &info, NULL));
    bool faulted = info.state == L4_THREAD_STATE_FAULTED;
    CHECK_EQ(faulted, reads == before);
    CHECK(!faulted || info.fault_vector == 13);
    DONE(drop(SLOTS + 2));
    DONE(drop(SLOTS + 3));
    return !faulted;
}

/* A task with this program in it. */
static l4_task_t task_make(void)
{
    l4_task_t task;

    DONE(l4_factory_create_task(alone_factory, 5, &task, INTO(SLOTS)));
    for (uint64_t at = L4_ROOT_IMAGE; is_mapped(at); at += L4_PAGE_SIZE) {
        DONE(map_in(task, l4_fpage_mem(at, ORDER_4K, L4_RIGHTS_ALL), at));
    }
    return task;
}

static void mapped(void)
{
    l4_ports_t few;

    DONE(l4_ports_range(alone_ports, 0x60, 8, &few, INTO(SLOTS + 1)));
    CHECK(!may_read(alone_task, PORT));
    CHECK_EQ(l4_ports_map(few, 0x80, 2, NULL), L4_EPERM);
    CHECK_EQ(l4_ports_map(few, 0x60, 4, NULL), L4_EPERM);
    CHECK_EQ(l4_ports_map(few, 0x61, 1, NULL), L4_EINVAL);
    DONE(l4_ports_map(few, 0x60, 3, NULL));
    CHECK_EQ(l4_ports_map(few, 0x60, 0, NULL), L4_EEXIST);
    CHECK(may_read(alone_task, PORT));
    CHECK(!may_read(alone_task, 0x68));
    (void)in8(PORT); /* we, too, though we were there before */
    DONE(drop(SLOTS + 1));
}

static void passed_on(void)
{
    l4_task_t task = task_make();

    CHECK(!may_read(task, PORT));
    CHECK_EQ(map_in(task, ports(0x60, 2), 0), L4_EINVAL);
    CHECK_EQ(map_in(task, ports(0x60, 4), 0x60 << 12), L4_EFAULT);
    CHECK_EQ(map_in(task, ports(0x60, 17), 0x60 << 12), L4_EINVAL);
    DONE(map_in(task, ports(0x60, 2), 0x60 << 12));
    DONE(map_in(task, ports(0x60, 1), 0x60 << 12));
    CHECK_EQ(map_in(task, ports(0x60, 3), 0x60 << 12), L4_EEXIST);
    CHECK(may_read(task, PORT));
    CHECK(!may_read(task, 0x64));
    CHECK(may_read(alone_task, 0x64));

    DONE(unmap_in(alone_task, ports(0x61, 0), false));
    CHECK(!may_read(task, PORT));
    CHECK(may_read(alone_task, PORT));
    DONE(map_in(task, ports(0x60, 3), 0x60 << 12 | L4_ITEM_GRANT));
    CHECK(may_read(task, PORT));
    CHECK(!may_read(alone_task, PORT));
    DONE(drop(SLOTS));
    DONE(l4_ports_map(alone_ports, 0x60, 3, NULL));
    CHECK(may_read(alone_task, PORT));
    DONE(unmap_in(alone_task, ports(0, 16), true));
    CHECK(!may_read(alone_task, PORT));
}

static void quota(void)
{
    uint64_t before = kernel_used();
    unsigned count = 0;

    while (count < 100 &&
           !l4_ports_map(alone_ports, (uint16_t)(count * 2), 0, NULL)) {
        count++;
    }
    CHECK(count < 100);
    DONE(unmap_in(alone_task, ports(0, 16), true));
    CHECK_EQ(kernel_used(), before);
}

/* Without `trace=` on the command line there is nothing to start. */
static void no_trace(void)
{
    const l4_info_t *info = (const l4_info_t *)(uintptr_t)L4_INFO_ADDRESS;
    const l4_trace_t trace = {L4_ROOT_CAP_TRACE};

    CHECK_EQ(info->trace_size, 0);
    CHECK(!is_mapped(L4_ROOT_TRACE));
    CHECK_EQ(l4_trace_start(trace, NULL), L4_ESTATE);
    CHECK_EQ(l4_trace_stop(trace, NULL), L4_ESTATE);
}

void root_main(void);
void root_main(void)
{
    static const struct alone_test tests[] = {
        ALONE_TEST(mapped),
        ALONE_TEST(passed_on),
        ALONE_TEST(quota),
        ALONE_TEST(no_trace),
    };

    alone_run("memory-ports", tests, sizeof(tests) / sizeof(tests[0]));
}
