/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts what it is given. */
#include <l4/env.h>
#include <l4/server.h>
#include <l4/slots.h>

#include "given.h"

static uint32_t taken_count;

static l4_err_t calls(void *self, l4_req_t *req, uint32_t *result)
{
    (void)self, (void)req;
    *result = taken_count;
    return L4_OK;
}

static l4_err_t take(void *self, l4_req_t *req, l4_cap_t what)
{
    (void)self, (void)req;
    taken_count += what != L4_CAP_NONE;
    return L4_OK;
}

static const plain_ops_t plain_ops = {.calls = calls};
static const taker_ops_t taker_ops = {.take = take, .taken = calls};

int main(void)
{
    const l4_env_port_t *plain = l4_env_port("plain");
    const l4_env_port_t *taker = l4_env_port("taker");
    static l4_range_t ranges[2];
    l4_server_t server;

    l4_server_init(&server, ranges, 2);
    if (!plain || !taker || l4_server_accept_caps(&server, 0) != L4_OK ||
        plain_register(&server, plain->first_label, plain->last_label,
                       &plain_ops, NULL) != L4_OK ||
        taker_register(&server, taker->first_label, taker->last_label,
                       &taker_ops, NULL) != L4_OK)
        return 1;
    l4_server_loop(&server);
    return 0;
}
