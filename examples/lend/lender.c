/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lends a page and a capability, and takes both back: from the borrower and,
 * without knowing of it, from everyone whom the borrower passed them on to.
 */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/server.h>
#include <l4/slots.h>

#include "lend.h"

#define COUNTER_LABEL 1u

static _Alignas(L4_PAGE_SIZE) char page[L4_PAGE_SIZE] = "a page of mine";
static l4_gate_t gate;

static l4_err_t next(void *self, l4_req_t *req, uint64_t *value)
{
    (void)req;
    *value = ++*(uint64_t *)self;
    return L4_OK;
}

static l4_err_t borrow(void *self, l4_req_t *req, l4_item_t *out,
                       counter_t *counter)
{
    (void)self, (void)req;
    (void)*(volatile char *)page; /* what is not there cannot be mapped */
    *out =
        l4_item_map(l4_fpage_mem((uintptr_t)page, L4_PAGE_ORDER, L4_MEM_R), 0);
    counter->cap = gate.cap;
    return L4_OK;
}

/* What was derived from ours goes; we keep our own. */
static l4_err_t time_is_up(void *self, l4_req_t *req)
{
    const l4_task_t me = {L4_CAP_TASK};
    const l4_fpage_t lent[] = {
        l4_fpage_mem((uintptr_t)page, L4_PAGE_ORDER, L4_RIGHTS_ALL),
        l4_fpage_cap(gate.cap, 0, L4_RIGHTS_ALL)};
    uint32_t done;
    int32_t error;
    l4_err_t err = l4_task_unmap(me, lent, 2, false, &done, &error, NULL);

    (void)self, (void)req;
    l4_log(L4_LOG_INFO, "taken back from everyone. I still have '%s'", page);
    return err ? err : error;
}

int main(void)
{
    static const lender_ops_t lender_ops = {.borrow = borrow,
                                            .time_is_up = time_is_up};
    static const counter_ops_t counter_ops = {.next = next};
    const l4_env_port_t *port = l4_env_port("lender");
    const l4_factory_t factory = {L4_CAP_FACTORY};
    const l4_thread_t me = {L4_CAP_THREAD};
    const l4_ctx_t into = L4_CTX(.caps = l4_slot_window(l4_slot_alloc()));
    static l4_range_t ranges[2];
    static uint64_t count;
    l4_server_t server;

    l4_server_init(&server, ranges, 2);
    if (!port ||
        l4_factory_create_gate(factory, me, COUNTER_LABEL, &gate, &into) ||
        counter_register(&server, COUNTER_LABEL, COUNTER_LABEL, &counter_ops,
                         &count) ||
        lender_register(&server, port->first_label, port->last_label,
                        &lender_ops, NULL))
        return 1;
    l4_server_loop(&server);
    return 0;
}
