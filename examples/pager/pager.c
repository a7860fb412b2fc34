/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pager. It makes an address space with a thread in it, and answers that
 * thread's page faults out of its own memory: the code comes from this
 * program's image, stack and data come from a handful of frames.
 */
#include <l4/env.h>
#include <l4/handlers.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/server.h>
#include <l4/slots.h>
#include <l4/thread.h>

#include "report.h"

/* The child's address space, and the slots of its two capabilities. */
#define CHILD_UTCB ((uint64_t)0x100000)
#define CHILD_STACK ((uint64_t)0x50000000)
#define CHILD_DATA ((uint64_t)0x60000000)
#define CHILD_BAD ((uint64_t)0x70000000)
#define CHILD_PAGES 4u
#define CHILD_PAGER ((l4_cap_t)1)
#define CHILD_REPORT ((l4_cap_t)2)

/* The labels under which we hear from it. */
#define FAULTS 1u
#define REPORTS 2u

/* A context that lets a created object arrive in a new slot. */
#define NEW_SLOT &(l4_ctx_t)L4_CTX(.caps = l4_slot_window(l4_slot_alloc()))

/* What runs in the child. Nothing is there before it is touched. */
static void child_main(l4_utcb_t *utcb)
{
    volatile uint64_t(*data)[L4_PAGE_SIZE / 8] = (void *)CHILD_DATA;
    report_t report = {CHILD_REPORT};
    uint64_t sum = 0;

    utcb->self = utcb; /* start code does this in a program of root's */
    for (uint64_t i = 0; i < CHILD_PAGES; i++)
        data[i][i] = i + 1;
    for (uint64_t i = 0; i < CHILD_PAGES; i++)
        sum += data[i][i];
    (void)!report_done(report, sum, NULL);
    *(volatile uint64_t *)CHILD_BAD = sum; /* refused: the thread ends */
}

/* A page of zeros for stack and data, one of ours each time. */
static uint64_t frame_take(void)
{
    static _Alignas(L4_PAGE_SIZE) uint8_t frames[CHILD_PAGES + 1][L4_PAGE_SIZE];
    static unsigned used;

    return used <= CHILD_PAGES ? (uintptr_t)frames[used++] : 0;
}

/* The kernel tells of a fault, and maps the page we answer with. */
static l4_err_t fault(void *self, l4_req_t *req, uint64_t address, uint64_t ip,
                      uint32_t access, l4_item_t *page)
{
    extern const char l4_image_end[];
    uint64_t to = address & ~(L4_PAGE_SIZE - 1);
    uint64_t from = 0;
    unsigned rights = L4_MEM_R | L4_MEM_W;

    (void)self;
    if (to == CHILD_STACK || to - CHILD_DATA < CHILD_PAGES * L4_PAGE_SIZE) {
        from = frame_take();
    } else if (to >= L4_IMAGE_BASE && to < (uintptr_t)l4_image_end) {
        from = to; /* code and constants: where they are here */
        rights = L4_MEM_R | L4_MEM_X;
    }
    if (!from || (access & ~rights)) {
        l4_log(L4_LOG_INFO, "%#lx: refused to the code at %#lx", address, ip);
        l4_server_stop(req->server);
        return L4_EFAULT;
    }
    /* What root has not yet paged in here could not be mapped on. */
    (void)*(const volatile uint8_t *)from;
    *page = l4_item_map(l4_fpage_mem(from, L4_PAGE_ORDER, rights), to);
    l4_log(L4_LOG_INFO, "%#lx: page %#lx of mine", address, from);
    return L4_OK;
}

static l4_err_t done(void *self, l4_req_t *req, uint64_t sum)
{
    (void)req;
    *(uint64_t *)self = sum;
    l4_log(L4_LOG_INFO, "the child says: the sum is %lu", sum);
    return L4_OK;
}

/* Ends the program unless a call went well. */
static void must(l4_err_t err)
{
    if (err == L4_OK)
        return;
    l4_log(L4_LOG_ERROR, "cannot make the child: %s", l4_err_text(err));
    l4_exit(1);
}

/* Makes the child: a task that holds two gates to us, and its thread. */
static void child_start(void)
{
    const l4_factory_t factory = {L4_CAP_FACTORY};
    const l4_thread_t me = {L4_CAP_THREAD};
    l4_gate_t faults, reports;
    l4_sched_t sched;
    l4_thread_t thread;
    l4_task_t task;
    l4_err_t err;
    uint32_t mapped;

    must(l4_factory_create_gate(factory, me, FAULTS, &faults, NEW_SLOT));
    must(l4_factory_create_gate(factory, me, REPORTS, &reports, NEW_SLOT));
    must(l4_factory_create_task(factory, 4, &task, NEW_SLOT));
    must(
        l4_factory_create_thread(factory, task, CHILD_UTCB, &thread, NEW_SLOT));
    must(
        l4_factory_create_sched(factory, l4_env()->priority, &sched, NEW_SLOT));

    const l4_map_entry_t gates[] = {
        {l4_fpage_cap(faults.cap, 0, 0), (uint64_t)CHILD_PAGER << 12},
        {l4_fpage_cap(reports.cap, 0, 0), (uint64_t)CHILD_REPORT << 12}};
    must(l4_task_map(task, gates, 2, &mapped, &err, NULL));
    must(err);
    must(l4_thread_set_context(thread, sched, NULL));
    must(l4_thread_set_handlers(thread, CHILD_PAGER, 0, NULL));
    must(l4_thread_start(thread, (uintptr_t)child_main,
                         CHILD_STACK + L4_PAGE_SIZE - 8, CHILD_UTCB, NULL));
}

int main(void)
{
    static const l4_pager_ops_t pager_ops = {.fault = fault};
    static const report_ops_t report_ops = {.done = done};
    static l4_range_t ranges[2];
    uint64_t sum = 0;
    l4_server_t server;

    l4_server_init(&server, ranges, 2);
    must(l4_pager_register(&server, FAULTS, FAULTS, &pager_ops, NULL));
    must(report_register(&server, REPORTS, REPORTS, &report_ops, &sum));
    child_start();
    l4_server_loop(&server);
    return sum == 10 ? 0 : 1;
}
