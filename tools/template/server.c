/* SPDX-License-Identifier: BSD-2-Clause */
/* Greets whoever calls, and counts how often it did. */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/server.h>

#include "greeter.h"

struct state {
    uint32_t count;
};

static l4_err_t greet(void *self, l4_req_t *req, const char *name,
                      uint32_t name_count, char *text)
{
    struct state *state = self;

    (void)req;
    if (name_count == 0)
        return GREETER_NAMELESS;
    state->count++;
    l4_format(text, 65, "Hello, %s!", name);
    return L4_OK;
}

static l4_err_t count(void *self, l4_req_t *req, uint32_t *result)
{
    const struct state *state = self;

    (void)req;
    *result = state->count;
    return L4_OK;
}

static const greeter_ops_t ops = {.greet = greet, .count = count};

int main(void)
{
    const l4_env_port_t *port = l4_env_port("greeter");
    static struct state state;
    static l4_range_t ranges[1];
    l4_server_t server;

    l4_server_init(&server, ranges, 1);
    if (!port || greeter_register(&server, port->first_label, port->last_label,
                                  &ops, &state) != L4_OK)
        return 1;
    l4_server_loop(&server);
    return 0;
}
