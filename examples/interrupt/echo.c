/* SPDX-License-Identifier: BSD-2-Clause */
/* Says what was typed, until that is "quit". */
#include <string.h>

#include <l4/env.h>
#include <l4/log.h>
#include <l4/server.h>

#include "reader.h"

static l4_err_t typed(void *self, l4_req_t *req, const char *line,
                      uint32_t line_count)
{
    (void)self;
    if (strcmp(line, "quit") == 0)
        l4_server_stop(req->server);
    else
        l4_log(L4_LOG_INFO, "%u characters: %s", line_count, line);
    return L4_OK;
}

int main(void)
{
    static const reader_ops_t ops = {.typed = typed};
    const l4_env_port_t *port = l4_env_port("reader");
    static l4_range_t ranges[1];
    l4_server_t server;

    l4_server_init(&server, ranges, 1);
    if (!port || reader_register(&server, port->first_label, port->last_label,
                                 &ops, NULL) != L4_OK)
        return 1;
    l4_log(L4_LOG_INFO, "type something");
    l4_server_loop(&server);
    return 0;
}
