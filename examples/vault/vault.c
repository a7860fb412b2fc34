/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps a key. What it computes stands for a signature and is none. */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/server.h>

#include "notary.h"

static const uint64_t secret = 0x9e3779b97f4a7c15u;

static l4_err_t sign(void *self, l4_req_t *req, uint64_t what, uint64_t *result)
{
    uint64_t x = what ^ secret;

    (void)self, (void)req;
    for (int round = 0; round < 8; round++)
        x = (x ^ (x >> 31)) * (secret | 1);
    *result = x;
    return L4_OK;
}

static const key_ops_t ops = {.sign = sign};

int main(void)
{
    const l4_env_port_t *port = l4_env_port("key");
    static l4_range_t ranges[1];
    l4_server_t server;

    l4_server_init(&server, ranges, 1);
    if (!port || key_register(&server, port->first_label, port->last_label,
                              &ops, NULL) != L4_OK)
        return 1;
    l4_server_loop(&server);
    return 0;
}
