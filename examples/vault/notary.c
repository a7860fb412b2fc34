/* SPDX-License-Identifier: BSD-2-Clause */
/* Lets the key sign for others, but not for ever. */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/server.h>

#include "notary.h"

#define SIGNATURES 2

struct state {
    key_t key;
    uint32_t signatures;
};

static l4_err_t sign(void *self, l4_req_t *req, const char *text,
                     uint32_t text_count, uint64_t *result)
{
    struct state *state = self;
    uint64_t digest = text_count;

    if (state->signatures == SIGNATURES) {
        const notary_enough_t why = {.had = SIGNATURES};

        return notary_raise_enough(req, &why);
    }
    for (uint32_t i = 0; i < text_count; i++)
        digest = digest * 31 + (unsigned char)text[i];
    state->signatures++;
    l4_log(L4_LOG_INFO, "signs '%s'", text);
    return key_sign(state->key, digest, result, NULL);
}

static const notary_ops_t ops = {.sign = sign};

int main(void)
{
    const l4_env_port_t *port = l4_env_port("notary");
    static struct state state;
    static l4_range_t ranges[1];
    l4_server_t server;

    state.key.cap = l4_env_cap("key");
    l4_server_init(&server, ranges, 1);
    if (!port || notary_register(&server, port->first_label, port->last_label,
                                 &ops, &state) != L4_OK)
        return 1;
    l4_server_loop(&server);
    return 0;
}
