/* SPDX-License-Identifier: BSD-2-Clause */
/* The server under attack: handlers that count, in the generated loop. */
#include "raw.h"

#include <l4/env.h>
#include <l4/objects.h>
#include <l4/server.h>

#include "victim.h"

#define WINDOW 0x70000000ull

static _Alignas(4096) uint8_t buffer[4096];
static uint32_t calls;
static l4_later_t waiting;

/* A handler ran: its arguments are what the interface allows. */
static void called(bool is_valid)
{
    calls++;
    if (!is_valid)
        l4_print("FAIL a handler got what its interface excludes\n");
}

/* NOLINTNEXTLINE(readability-function-size): as the interface has it */
static l4_err_t scalars(void *self, l4_req_t *req, bool b, h_mode_t m,
                        h_perm_t p, uint32_t n, bool *b2, h_mode_t *m2,
                        h_perm_t *p2, uint32_t *n2)
{
    (void)self, (void)req;
    called(h_mode_valid(m) && h_perm_valid(p) && n >= 1 && n <= 9);
    *b2 = b;
    *m2 = m;
    *p2 = p;
    *n2 = n;
    return 0;
}

static l4_err_t text(void *self, l4_req_t *req, const char *s, uint32_t s_count,
                     char *t)
{
    (void)self, (void)req;
    called(s_count <= H_TEXT_MAX && strlen(s) == s_count);
    memcpy(t, s, s_count + 1);
    return 0;
}

/* NOLINTNEXTLINE(readability-function-size): as the interface has it */
static l4_err_t list(void *self, l4_req_t *req, const h_mode_t *q,
                     uint32_t q_count, const h_rec_t *r, h_mode_t *q2,
                     uint32_t *q2_count, h_rec_t *r2)
{
    bool is_valid = q_count <= 8 && h_mode_valid(r->m);

    (void)self, (void)req;
    for (uint32_t i = 0; is_valid && i < q_count; i++)
        is_valid = h_mode_valid(q2[i] = q[i]);
    called(is_valid);
    *q2_count = q_count;
    *r2 = *r;
    return 0;
}

static l4_err_t take(void *self, l4_req_t *req, l4_cap_t c)
{
    (void)self, (void)req;
    called(c != L4_CAP_NONE);
    return L4_EBUSY;
}

static l4_err_t look(void *self, l4_req_t *req, l4_fpage_t p)
{
    (void)self, (void)req;
    called(l4_fpage_base(p) == WINDOW);
    return L4_EBUSY;
}

static l4_err_t open(void *self, l4_req_t *req, l4_cap_t *c)
{
    (void)self, (void)req, (void)c;
    called(true);
    return L4_ENOENT;
}

static l4_err_t map(void *self, l4_req_t *req, l4_item_t *p)
{
    (void)self, (void)req, (void)p;
    called(true);
    return L4_ENOENT;
}

static l4_err_t risky(void *self, l4_req_t *req, uint32_t what,
                      uint32_t *result)
{
    const h_full_t full = {.limit = what, .hard = true};

    (void)self;
    called(true);
    *result = what;
    switch (what) {
    case 1: return h_raise_full(req, &full);
    case 2: return 77;     /* not declared */
    case 3: return H_FULL; /* without its payload */
    default: return 0;
    }
}

/* Only the kernel may send that. */
static l4_err_t tick(void *self, l4_req_t *req, uint64_t count)
{
    (void)self, (void)req, (void)count;
    called(false);
    return 0;
}

static l4_err_t put(void *self, l4_req_t *req, uint32_t v)
{
    (void)self, (void)req, (void)v;
    called(false);
    return 0;
}

static l4_err_t hint(void *self, l4_req_t *req, uint32_t h)
{
    (void)self, (void)req;
    called(h >= 1 && h <= 9);
    return 0;
}

static l4_err_t wait(void *self, l4_req_t *req, uint32_t *result)
{
    l4_err_t err = l4_req_defer(req, &waiting);

    (void)self, (void)result;
    called(true);
    return err ? err : L4_DEFERRED;
}

static l4_err_t wake(void *self, l4_req_t *req)
{
    (void)self, (void)req;
    called(true);
    return h_victim_wait_answer(&waiting, 42);
}

static l4_err_t keep(void *self, l4_req_t *req, const h_note_t *n, h_note_t *n2)
{
    (void)self, (void)req;
    called(n->bytes_count <= 20 && memchr(n->title, 0, sizeof(n->title)) &&
           (n->v.tag == H_NUMBER || n->v.tag == H_NAME));
    *n2 = *n;
    return 0;
}

static l4_err_t array(void *self, l4_req_t *req, const h_mode_t *a,
                      h_mode_t *a2)
{
    (void)self, (void)req;
    called(h_mode_valid(a[0]) && h_mode_valid(a[1]) && h_mode_valid(a[2]));
    memcpy(a2, a, 3 * sizeof(*a));
    return 0;
}

static l4_err_t maybe(void *self, l4_req_t *req, const h_rec_t *r)
{
    (void)self, (void)req;
    called(!r || h_mode_valid(r->m));
    return 0;
}

static l4_err_t share(void *self, l4_req_t *req, l4_item_t *out)
{
    (void)self, (void)req;
    called(true);
    *out = l4_item_map(l4_fpage_mem((uint64_t)(uintptr_t)buffer, L4_PAGE_ORDER,
                                    L4_MEM_R | L4_MEM_W),
                       0);
    return 0;
}

/* The client may write there what it likes. */
static l4_err_t peek(void *self, l4_req_t *req, uint64_t at, h_ring_t *r)
{
    const l4_shared_t here = {(uint64_t)(uintptr_t)buffer, sizeof(buffer)};
    l4_err_t err = h_ring_snapshot(&here, at, r);

    (void)self, (void)req;
    called(err || h_mode_valid(r->m));
    return err;
}

/* The four that its client has. */
static l4_err_t use_ports(void *self, l4_req_t *req, l4_fpage_t p)
{
    (void)self, (void)req;
    called(l4_fpage_base(p) == 0x80ull << 12 && l4_fpage_order(p) == 2);
    return L4_EBUSY;
}

static l4_err_t give_ports(void *self, l4_req_t *req, l4_item_t *p)
{
    (void)self, (void)req, (void)p;
    called(true);
    return L4_ENOENT;
}

static l4_err_t ping(void *self, l4_req_t *req, uint32_t n)
{
    (void)self, (void)req;
    called(n >= 1 && n <= 9);
    return 0;
}

/* Leaves the stack full of what must not leave. */
static l4_err_t state(void *self, l4_req_t *req, uint32_t *count,
                      bool *is_empty)
{
    l4_cap_t slot = l4_fpage_slot(req->server->caps);
    l4_cap_type_t type = L4_CAP_TYPE_EMPTY;
    uint32_t rights;

    (void)self;
    raw_stack_fill(H_EVIL_STALE);
    *count = calls;
    *is_empty = l4_task_cap_info((l4_task_t){L4_CAP_TASK}, slot, &type, &rights,
                                 NULL) == 0 &&
                type == L4_CAP_TYPE_EMPTY;
    return 0;
}

static const h_victim_ops_t ops = {
    .base = {.ping = ping},
    .scalars = scalars,
    .text = text,
    .list = list,
    .take = take,
    .look = look,
    .open = open,
    .map = map,
    .risky = risky,
    .tick = tick,
    .put = put,
    .hint = hint,
    .wait = wait,
    .wake = wake,
    .state = state,
    .keep = keep,
    .array = array,
    .maybe = maybe,
    .share = share,
    .peek = peek,
    .use_ports = use_ports,
    .give_ports = give_ports,
};

int main(void)
{
    const l4_env_port_t *port = l4_env_port("victim");
    static l4_range_t ranges[1];
    static l4_server_t server;

    buffer[0] = 0; /* what was never touched cannot be passed on */
    l4_server_init(&server, ranges, 1);
    l4_server_accept_mem(&server,
                         l4_fpage_mem(WINDOW, L4_PAGE_ORDER, L4_MEM_R));
    l4_server_accept_io(&server, RAW_PORTS(0x80));
    if (!port || l4_server_accept_caps(&server, 0) != 0 ||
        h_victim_register(&server, port->first_label, port->last_label, &ops,
                          NULL) != 0)
        return 1;
    h_victim_loop(&server, &ops);
    return 1;
}
