/* SPDX-License-Identifier: GPL-2.0-only */
/* Tells the time by the microkernel's clock page, for Linux's to be compared
 * with. */
#include <l4/env.h>
#include <l4/server.h>
#include <l4/thread.h>

#include "timekeeper.h"

static l4_err_t now(void *self, l4_req_t *req, uint64_t *time)
{
    (void)self;
    (void)req;
    *time = l4_time_now();
    return L4_OK;
}

int main(void)
{
    static const timekeeper_ops_t ops = {.now = now};
    const l4_env_port_t *port = l4_env_port("time");
    static l4_range_t ranges[1];
    l4_server_t server;

    l4_server_init(&server, ranges, 1);
    if (!port || timekeeper_register(&server, port->first_label,
                                     port->last_label, &ops, NULL) != L4_OK)
        return 1;
    l4_server_loop(&server);
    return 0;
}
