/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program in root's place needs to test the kernel: it has root's
 * capabilities, and nothing has been done for it. All RAM is in its space in
 * the largest pages.
 */
#ifndef TESTS_ALONE_H
#define TESTS_ALONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <l4/err.h>
#include <l4/fpage.h>
#include <l4/ipc.h>
#include <l4/objects.h>
#include <l4/root.h>
#include <l4/slots.h>

#define RAM (L4_ROOT_RAM + 0x4000000) /* 64 MiB of ours, in large pages */
#define ORDER_4K 12u
#define ORDER_2M 21u
#define SIZE_2M ((uint64_t)1 << ORDER_2M)

struct alone_test {
    const char *name;
    void (*run)(void);
};

#define ALONE_TEST(function) \
    {                        \
#function, function  \
    }

/* Runs the tests, prints a line for each, and ends the machine. */
_Noreturn void alone_run(const char *area, const struct alone_test *tests,
                         size_t count);

/* Prints to the console, as l4_format(). */
void alone_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

void alone_failed(const char *file, int line, const char *what, uint64_t got,
                  uint64_t want);

#define CHECK_EQ(is, should)                                    \
    do {                                                        \
        uint64_t got_ = (uint64_t)(is);                         \
        uint64_t want_ = (uint64_t)(should);                    \
        if (got_ != want_)                                      \
            alone_failed(__FILE__, __LINE__, #is, got_, want_); \
    } while (0)

#define CHECK(condition) CHECK_EQ(!!(condition), 1)
#define DONE(call) CHECK_EQ(call, 0)

extern const l4_task_t alone_task;
extern const l4_factory_t alone_factory;
extern const l4_ports_t alone_ports;

/* Lets a created object arrive in a slot. */
#define INTO(slot) (&(l4_ctx_t)L4_CTX(.caps = l4_slot_window(slot)))

/* One entry of task.map and task.unmap. */
l4_err_t map_in(l4_task_t task, l4_fpage_t fpage, uint64_t dest);
l4_err_t unmap_in(l4_task_t task, l4_fpage_t fpage, bool self);

/* The same for memory of our own. */
l4_err_t map(uint64_t from, unsigned order, uint64_t dest);
l4_err_t unmap(uint64_t at, unsigned order, bool self);

/* Deletes a capability of ours. */
l4_err_t drop(l4_cap_t slot);

/* Whether something is mapped at a page of ours, and may be written. */
bool is_mapped(uint64_t page);
bool is_writable(uint64_t page);

/* Bytes that the kernel has in use. */
uint64_t kernel_used(void);

/* A thread of `task`, in `slot` and its context in the next one. */
l4_thread_t thread_run(l4_task_t task, l4_cap_t slot, uint8_t priority,
                       void (*entry)(uint64_t), uint64_t arg);

/* Lets others run for a while. */
void pause_ns(uint64_t ns);

static inline uint32_t *word(uint64_t address)
{
    return (uint32_t *)(uintptr_t)address;
}

#endif
