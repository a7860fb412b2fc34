/* SPDX-License-Identifier: BSD-2-Clause */
#include "alone.h"

#include <l4/log.h>
#include <stdarg.h>
#include <string.h>

#define SCRATCH ((uint64_t)0x7000000000)
#define STACK_SIZE 8192
#define THREADS 4
#define UTCBS ((uint64_t)0x300000)
#define EXIT_PORT 0xf4

const l4_task_t alone_task = {L4_ROOT_CAP_TASK};
const l4_factory_t alone_factory = {L4_ROOT_CAP_FACTORY};
const l4_ports_t alone_ports = {L4_ROOT_CAP_PORTS};

static const l4_console_t console = {L4_ROOT_CAP_CONSOLE};
static unsigned failures;

static void print(const char *text)
{
    l4_err_t err = l4_console_write(console, (const uint8_t *)text,
                                    (uint32_t)strlen(text), NULL);
    (void)err;
}

void alone_print(const char *format, ...)
{
    char text[240];
    va_list args;

    va_start(args, format);
    l4_vformat(text, sizeof(text), format, args);
    va_end(args);
    print(text);
}

void alone_failed(const char *file, int line, const char *what, uint64_t got,
                  uint64_t want)
{
    char text[200];

    failures++;
    l4_format(text, sizeof(text), "FAIL %s:%d %s: 0x%llx instead of 0x%llx\n",
              strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line, what,
              (unsigned long long)got, (unsigned long long)want);
    print(text);
}

void alone_run(const char *area, const struct alone_test *tests, size_t count)
{
    char text[100];
    unsigned failed = 0;

    for (size_t i = 0; i < count; i++) {
        failures = 0;
        tests[i].run();
        failed += failures > 0;
        if (failures == 0) {
            l4_format(text, sizeof(text), "ok %s.%s\n", area, tests[i].name);
            print(text);
        }
    }
    l4_format(text, sizeof(text), "%s: %u tests, %u failed\n", area,
              (unsigned)count, failed);
    print(text);
    l4_err_t err = l4_ports_write(alone_ports, EXIT_PORT, 1, failed, NULL);
    (void)err;
    for (;;) {
        pause_ns(L4_TIME_NEVER);
    }
}

l4_err_t map_in(l4_task_t task, l4_fpage_t fpage, uint64_t dest)
{
    const l4_map_entry_t entry = {fpage, dest};
    uint32_t done = 0;
    int32_t error = 0;
    l4_err_t err = l4_task_map(task, &entry, 1, &done, &error, NULL);

    CHECK_EQ(done, !err && !error);
    return err ? err : error;
}

l4_err_t unmap_in(l4_task_t task, l4_fpage_t fpage, bool self)
{
    uint32_t done = 0;
    int32_t error = 0;
    l4_err_t err = l4_task_unmap(task, &fpage, 1, self, &done, &error, NULL);

    CHECK_EQ(done, !err && !error);
    return err ? err : error;
}

l4_err_t map(uint64_t from, unsigned order, uint64_t dest)
{
    return map_in(alone_task, l4_fpage_mem(from, order, L4_RIGHTS_ALL), dest);
}

l4_err_t unmap(uint64_t at, unsigned order, bool self)
{
    return unmap_in(alone_task, l4_fpage_mem(at, order, L4_RIGHTS_ALL), self);
}

l4_err_t drop(l4_cap_t slot)
{
    return unmap_in(alone_task, l4_fpage_cap(slot, 0, L4_RIGHTS_ALL), true);
}

bool is_mapped(uint64_t page)
{
    if (map(page, ORDER_4K, SCRATCH)) {
        return false;
    }
    DONE(unmap(SCRATCH, ORDER_4K, true));
    return true;
}

bool is_writable(uint64_t page)
{
    const l4_fpage_t read = l4_fpage_mem(page, ORDER_4K, L4_MEM_R);
    const l4_fpage_t write = l4_fpage_mem(page, ORDER_4K, L4_MEM_R | L4_MEM_W);

    DONE(map_in(alone_task, read, SCRATCH));
    /* What is there already is no error unless it lacks a right. */
    l4_err_t err = map_in(alone_task, write, SCRATCH);
    DONE(unmap(SCRATCH, ORDER_4K, true));
    return err == L4_EEXIST;
}

uint64_t kernel_used(void)
{
    l4_factory_info_t info = {0};

    DONE(l4_factory_info(alone_factory, &info, NULL));
    return info.used;
}

l4_thread_t thread_run(l4_task_t task, l4_cap_t slot, uint8_t priority,
                       void (*entry)(uint64_t), uint64_t arg)
{
    static char stacks[THREADS][STACK_SIZE] __attribute__((aligned(16)));
    static unsigned count;
    unsigned i = count++ % THREADS;
    l4_thread_t thread;
    l4_sched_t sched;

    DONE(l4_factory_create_thread(alone_factory, task, UTCBS + i * L4_PAGE_SIZE,
                                  &thread, INTO(slot)));
    DONE(l4_factory_create_sched(alone_factory, priority, &sched,
                                 INTO(slot + 1)));
    DONE(l4_thread_set_context(thread, sched, NULL));
    DONE(l4_thread_start(thread, (uint64_t)(uintptr_t)entry,
                         (uint64_t)(uintptr_t)stacks[i] + STACK_SIZE - 8, arg,
                         NULL));
    return thread;
}

void pause_ns(uint64_t ns)
{
    l4_words_t w = {{0}};
    uint64_t label;

    (void)l4_wait(&w, &label, ns);
}
