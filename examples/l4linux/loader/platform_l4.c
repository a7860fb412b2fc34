/* SPDX-License-Identifier: GPL-2.0-only */
#include <l4/env.h>
#include <l4/fpage.h>
#include <l4/objects.h>
#include <l4/slots.h>
#include <l4/syscall.h>
#include <l4/thread.h>

#include "platform_l4.h"
#include "proxy.h"
#include "terminal.h"

/* A process's task holds no capabilities: the smallest table there is. */
#define TASK_TABLE_ORDER 4

unsigned long platform_enter(void)
{
    unsigned long gs_base;

    __asm__ volatile("rdgsbase %0" : "=r"(gs_base));
    __asm__ volatile("wrgsbase %0" : : "r"(L4_UTCB_AREA) : "memory");
    return gs_base;
}

void platform_leave(unsigned long gs_base)
{
    __asm__ volatile("wrgsbase %0" : : "r"(gs_base) : "memory");
}

/* The phases of a vCPU take no message, and need no UTCB. */
static void vcpu_phase(l4_tag_t phase)
{
    l4_words_t words = {{0}};

    (void)l4_ipc(phase, L4_CAP_NONE, &words, NULL);
}

/* Where Linux jumps to, from whatever stack: there is no way back. */
extern void vcpu_resume(void);
__asm__(".pushsection .text\n"
        "vcpu_resume:\n"
        "    mov $6 << 16, %eax\n" /* L4_PHASE_RESUME */
        "    syscall\n"
        "    ud2\n"
        ".popsection");
L4_STATIC_ASSERT(L4_PHASE_RESUME == 6 << 16, "phase");

static void vcpu_halt(void)
{
    vcpu_phase(L4_PHASE_HALT);
}

static long task_create(void)
{
    const l4_factory_t factory = {L4_CAP_FACTORY};
    unsigned long gs_base = platform_enter();
    l4_cap_t slot = l4_slot_alloc();
    l4_task_t task;
    long result = -L4_ENOMEM;

    if (slot != L4_CAP_NONE) {
        const l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(slot));
        l4_err_t err =
            l4_factory_create_task(factory, TASK_TABLE_ORDER, &task, &ctx);

        if (err)
            l4_slot_release(slot);
        result = err ? -1 : (long)slot;
    }
    platform_leave(gs_base);
    return result;
}

static void task_destroy(unsigned long task)
{
    unsigned long gs_base = platform_enter();

    l4_slot_free((l4_cap_t)task);
    platform_leave(gs_base);
}

static void task_unmap(unsigned long task, unsigned long address,
                       unsigned order, unsigned rights)
{
    const l4_task_t cap = {(l4_cap_t)task};
    const l4_fpage_t page = l4_fpage_mem(address, order, rights);
    unsigned long gs_base = platform_enter();
    uint32_t done;
    int32_t error;

    (void)!l4_task_unmap(cap, &page, 1, true, &done, &error, NULL);
    platform_leave(gs_base);
}

static long host_map(unsigned long address, unsigned long ram)
{
    const l4_task_t self = {L4_CAP_TASK};
    const l4_map_entry_t entry = {
        l4_fpage_mem(ram, L4_PAGE_ORDER, L4_RIGHTS_ALL), address};
    unsigned long gs_base = platform_enter();
    uint32_t done;
    int32_t error;

    /* What root has not paged in cannot be mapped on. */
    (void)*(const volatile char *)ram;
    l4_err_t err = l4_task_map(self, &entry, 1, &done, &error, NULL);
    platform_leave(gs_base);
    return err ? err : error;
}

/* Page by page: the range is no power of two. */
static void host_unmap(unsigned long address, unsigned long size)
{
    unsigned long gs_base = platform_enter();

    for (unsigned long at = address; at < address + size; at += L4_PAGE_SIZE) {
        const l4_fpage_t page = l4_fpage_mem(at, L4_PAGE_ORDER, L4_RIGHTS_ALL);

        l4_unmap(&page, 1);
    }
    platform_leave(gs_base);
}

static void platform_exit(int status)
{
    (void)platform_enter();
    l4_exit(status);
}

static unsigned long time_now(void)
{
    return l4_time_now();
}

void platform_functions(struct l4_platform *platform)
{
    platform->resume = vcpu_resume;
    platform->halt = vcpu_halt;
    platform->time = time_now;
    platform->task_create = task_create;
    platform->task_destroy = task_destroy;
    platform->task_unmap = task_unmap;
    platform->host_map = host_map;
    platform->host_unmap = host_unmap;
    platform->console_write = terminal_write;
    platform->console_read = terminal_read;
    platform->console_size = terminal_window;
    platform->exit = platform_exit;
    platform->port_count = ports_count;
    platform->ports = ports;
    platform->mailboxes = mailboxes;
    platform->port_caps = ports_caps;
    platform->port_call = ports_call;
    platform->port_cancel = ports_cancel;
    platform->port_own = ports_own;
    platform->port_drop = ports_drop;
}
