/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads lines, and starts the driver they come from anew when told "again":
 * a driver's death must give its interrupt free. */
#include <string.h>

#include <l4/env.h>
#include <l4/log.h>
#include <l4/server.h>
#include <l4/services.h>

#include "reader.h"

static l4_err_t typed(void *self, l4_req_t *req, const char *line,
                      uint32_t line_count)
{
    root_manager_t manager = {l4_env_cap("manager")};
    l4_err_t err;

    (void)self, (void)line_count;
    l4_log(L4_LOG_INFO, "read '%s'", line);
    if (strcmp(line, "quit") == 0)
        l4_server_stop(req->server);
    if (strcmp(line, "again") != 0)
        return L4_OK;
    err = root_manager_kill(manager, "serial-driver", NULL);
    if (err == L4_OK)
        err = root_manager_run(manager, "serial-driver", NULL);
    l4_log(err ? L4_LOG_ERROR : L4_LOG_INFO, "driver: %s", l4_err_text(err));
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
    l4_log(L4_LOG_INFO, "ready");
    l4_server_loop(&server);
    return 0;
}
