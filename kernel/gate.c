/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/factory.h>
#include <kernel/gate.h>
#include <kernel/preempt.h>
#include <kernel/thread.h>

#include "objects_kernel.h"

struct gate *gate_new(struct factory *pay, struct thread *server)
{
    struct gate *g = factory_block(pay, sizeof(*g));

    if (!g) {
        return NULL;
    }
    list_init(&g->link);
    list_init(&g->senders);
    gate_bind(g, server, L4_EUNBOUND);
    object_init(&g->object, OBJECT_GATE, pay);
    return g;
}

void gate_bind(struct gate *g, struct thread *server, int err)
{
    /* Nobody may queue again while the queue is emptied. */
    g->thread = NULL;
    g->fast = &thread_nobody;
    list_remove(&g->link);
    while (!list_empty(&g->senders)) {
        thread_fail(container_of(g->senders.next, struct thread, gate_link),
                    err);
    }
    g->thread = server;
    if (server) {
        g->fast = server;
        list_append(&server->gates, &g->link);
    }
}

bool gate_fail_senders(struct gate *g, int err)
{
    g->thread = NULL;
    g->fast = &thread_nobody;
    while (!list_empty(&g->senders)) {
        thread_fail(container_of(g->senders.next, struct thread, gate_link),
                    err);
        if (preempt_point(3)) {
            return false;
        }
    }
    return true;
}

bool gate_destroy(struct gate *g)
{
    if (!gate_fail_senders(g, L4_EDEAD)) {
        return false;
    }
    gate_bind(g, NULL, L4_EDEAD);
    factory_block_free(g);
    return true;
}

l4_err_t thread_op_bind(struct thread *self, struct invocation *inv,
                        struct gate *gate)
{
    if (!self->task) {
        return L4_EDEAD;
    }
    if (!gate_fail_senders(gate, L4_EUNBOUND)) {
        preempt_restart(inv->caller); /* its progress is all in the gate */
    }
    gate_bind(gate, self, L4_EUNBOUND);
    return L4_OK;
}
