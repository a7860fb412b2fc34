/* SPDX-License-Identifier: BSD-2-Clause */
/* Is given a dataspace to look at. */
#include <l4/env.h>
#include <l4/fpage.h>
#include <l4/server.h>
#include <l4/services.h>

#include "share.h"

#define AT 0x50000000ull
#define SIZE 0x400000ull

static const root_program_t root = {L4_CAP_PROGRAM};
static root_dataspace_t space;

static l4_err_t take(void *self, l4_req_t *req, root_dataspace_t what,
                     int32_t *writable)
{
    (void)self;
    space = what;
    *writable =
        root_program_attach(root, what, 0, AT, SIZE, L4_MEM_R | L4_MEM_W, NULL);
    if (root_program_attach(root, what, 0, AT, SIZE, L4_MEM_R, NULL) != 0)
        return L4_EFAULT;
    return l4_req_keep(req, what.cap);
}

static l4_err_t do_read(void *self, l4_req_t *req, uint64_t offset,
                        uint64_t *value)
{
    (void)self, (void)req;
    *value = *(volatile uint64_t *)(uintptr_t)(AT + offset);
    return 0;
}

static l4_err_t misuse(void *self, l4_req_t *req, int32_t *revoke,
                       int32_t *destroy)
{
    (void)self, (void)req;
    *revoke = root_dataspace_revoke(space, NULL);
    *destroy = root_dataspace_destroy(space, NULL);
    return 0;
}

int main(void)
{
    static const share_ops_t ops = {
        .take = take, .read = do_read, .misuse = misuse};
    const l4_env_port_t *port = l4_env_port("share");
    static l4_range_t ranges[1];
    l4_server_t server;

    l4_server_init(&server, ranges, 1);
    if (!port ||
        share_register(&server, port->first_label, port->last_label, &ops,
                       NULL) ||
        l4_server_accept_caps(&server, 0))
        return 1;
    l4_server_loop(&server);
    return 0;
}
