/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "clients.h"

/* What belongs to a session beside the screen's part of it. */
struct client {
    uint64_t label; /* 0: none */
    l4_cap_t signal;
    l4_later_t waiter;
    uint32_t wanted; /* events the waiter waits for */
    uint32_t told;   /* events the signal has been raised for */
};

struct screen screen;
static struct client clients[SCREEN_SESSIONS];
static const char *focus_name;

void clients_init(uint8_t escape, const char *focus)
{
    screen_init(&screen, escape);
    memset(clients, 0, sizeof(clients));
    focus_name = focus;
}

/* A session for a label that has none. */
static uint32_t session_open(uint64_t label)
{
    char name[SCREEN_NAME];
    uint32_t number;

    client_name(label, name, sizeof(name));
    number = screen_open(&screen, name);
    if (number == 0)
        return 0;
    clients[number].label = label;
    if (focus_name && strcmp(focus_name, name) == 0)
        screen.focus = number;
    return number;
}

/* The session of who sent a request; 0 if there are too many. Labels are the
 * boot plan's, so there are no more of them than connections. */
static uint32_t session_of(const l4_req_t *req)
{
    for (uint32_t i = 1; i < SCREEN_SESSIONS; i++) {
        if (clients[i].label == req->label)
            return i;
    }
    return session_open(req->label);
}

static l4_err_t client_put(void *self, l4_req_t *req, const uint8_t *text,
                           uint32_t text_count)
{
    uint32_t number = session_of(req);
    l4_err_t err;

    (void)self;
    if (number == 0)
        return L4_ENOMEM;
    err = screen_put(&screen, number, text, text_count);
    /* What it waited for, it sees when it asks again. */
    clients[number].told &= screen.sessions[number].events;
    if (!err)
        output_start();
    return err;
}

static l4_err_t client_get(void *self, l4_req_t *req, uint32_t max,
                           uint8_t *keys, uint32_t *keys_count)
{
    uint32_t number = session_of(req);

    (void)self;
    if (number == 0)
        return L4_ENOMEM;
    *keys_count = screen_get(&screen, number, keys, max);
    clients[number].told &= screen.sessions[number].events;
    return 0;
}

static l4_err_t client_size(void *self, l4_req_t *req, uint16_t *columns,
                            uint16_t *rows)
{
    uint32_t number = session_of(req);

    (void)self;
    if (number == 0)
        return L4_ENOMEM;
    *columns = screen.columns;
    *rows = screen.rows;
    screen.sessions[number].events &= ~(uint32_t)TERMINAL_EVENTS_RESIZED;
    clients[number].told &= screen.sessions[number].events;
    return 0;
}

static l4_err_t client_wait(void *self, l4_req_t *req, terminal_events_t wanted,
                            terminal_events_t *result)
{
    uint32_t number = session_of(req);
    struct client *c = &clients[number];
    l4_err_t err;

    (void)self;
    if (number == 0)
        return L4_ENOMEM;
    *result = screen.sessions[number].events;
    if (*result & wanted)
        return 0;
    if (c->waiter.right != L4_CAP_NONE)
        (void)!terminal_wait_answer(&c->waiter, 0);
    err = l4_req_defer(req, &c->waiter);
    c->wanted = wanted;
    return err ? err : L4_DEFERRED;
}

/* Raising a signal is the kernel's work and takes no time. Anything else might
 * be a gate of the client's, who would then make us wait. */
static l4_err_t client_watch(void *self, l4_req_t *req, l4_signal_t signal)
{
    uint32_t number = session_of(req);
    struct client *c = &clients[number];

    (void)self;
    if (number == 0)
        return L4_ENOMEM;
    if (signal.cap == L4_CAP_NONE || !signal_usable(signal.cap))
        return L4_EINVAL;
    if (l4_req_keep(req, signal.cap) != 0)
        return L4_EINVAL;
    if (c->signal != L4_CAP_NONE)
        signal_drop(c->signal);
    c->signal = signal.cap;
    c->told = 0;
    clients_tell();
    return 0;
}

static void client_tell(struct client *c, uint32_t events)
{
    if (c->waiter.right != L4_CAP_NONE && (events & c->wanted))
        (void)!terminal_wait_answer(&c->waiter, (terminal_events_t)events);
    if (c->signal != L4_CAP_NONE && (events & ~c->told))
        signal_raise(c->signal);
    c->told = events;
}

void clients_tell(void)
{
    for (uint32_t i = 1; i < SCREEN_SESSIONS; i++) {
        if (clients[i].label)
            client_tell(&clients[i], screen.sessions[i].events);
    }
}

const terminal_ops_t client_ops = {
    .put = client_put,
    .get = client_get,
    .size = client_size,
    .wait = client_wait,
    .watch = client_watch,
};
