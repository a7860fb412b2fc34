/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server that answers later. Who asks for a letter when there is none keeps
 * waiting: the right to answer is parked, the server goes on with others, and
 * answers when somebody puts a letter in. The last one who asked is answered
 * first here, to show that the order is the server's to choose.
 */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/server.h>

#include "mailbox.h"

#define LETTERS 8u
#define WAITING 8u

static uint64_t letters[LETTERS];
static unsigned letter_count;
static l4_later_t waiting[WAITING];
static unsigned waiting_count;

static l4_err_t put(void *self, l4_req_t *req, uint64_t letter)
{
    (void)self, (void)req;
    if (waiting_count > 0) {
        l4_log(L4_LOG_INFO, "letter %lu goes to number %u of those who wait",
               letter, waiting_count);
        /* If that client has given up meanwhile, nothing happens. */
        return mailbox_take_answer(&waiting[--waiting_count], letter);
    }
    if (letter_count == LETTERS)
        return L4_ENOMEM;
    letters[letter_count++] = letter;
    return L4_OK;
}

static l4_err_t take(void *self, l4_req_t *req, uint64_t *letter)
{
    (void)self;
    if (letter_count > 0) {
        *letter = letters[--letter_count];
        return L4_OK;
    }
    if (waiting_count == WAITING)
        return L4_EBUSY;
    l4_err_t err = l4_req_defer(req, &waiting[waiting_count]);
    if (err)
        return err;
    waiting_count++;
    return L4_DEFERRED;
}

int main(void)
{
    static const mailbox_ops_t ops = {.put = put, .take = take};
    const l4_env_port_t *port = l4_env_port("mailbox");
    static l4_range_t ranges[1];
    l4_server_t server;

    l4_server_init(&server, ranges, 1);
    if (!port || mailbox_register(&server, port->first_label, port->last_label,
                                  &ops, NULL) != L4_OK)
        return 1;
    l4_server_loop(&server);
    return 0;
}
