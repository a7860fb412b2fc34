/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client whose server is hostile: its stubs return the right error, write no
 * result and delete what came along.
 */
#include "raw.h"

#include <l4/env.h>
#include <l4/objects.h>
#include <l4/slots.h>

#include "attacks.h"
#include "victim.h"

#define WINDOW 0x70000000ull

static h_victim_t victim;
static h_evil_t evil;
static l4_cap_t slot;
static struct tally tally = {.who = "hostile server"};

static void check(bool holds, const char *what, int64_t got)
{
    tally_check(&tally, holds, what, got);
}

static l4_err_t call_scalars(const l4_ctx_t *ctx)
{
    h_mode_t m = 99;
    h_perm_t p = 99;
    uint32_t n = 99;
    bool b = true;
    l4_err_t err =
        h_victim_scalars(victim, true, H_MODE_RD, 0, 1, &b, &m, &p, &n, ctx);

    check(!err || (b && m == 99 && p == 99 && n == 99), "scalars written", err);
    check(err || (!b && m == H_MODE_RD && n == 5), "scalars not written", err);
    return err;
}

static l4_err_t call_text(const l4_ctx_t *ctx)
{
    char t[H_TEXT_MAX + 1] = "?";
    l4_err_t err = h_victim_text(victim, "hello", t, sizeof(t), ctx);

    check(!err || (t[0] == '?' && !t[1]), "a string written", err);
    check(err || strcmp(t, "xxxxxxxx") == 0, "a string not written", err);
    return err;
}

static l4_err_t call_list(const l4_ctx_t *ctx)
{
    const h_rec_t r = {.m = H_MODE_WR};
    h_mode_t q[8] = {99};
    h_rec_t r2 = {.n = 99};
    uint32_t count = 8;
    l4_err_t err = h_victim_list(victim, q, 0, &r, q, &count, &r2, ctx);

    check(!err || (count == 8 && q[0] == 99 && r2.n == 99), "list written",
          err);
    check(err || (count == 4 && q[3] == H_MODE_RD), "list not written", err);
    return err;
}

/* The slot that was armed holds something only after success. */
static l4_err_t call_open(const l4_ctx_t *ctx)
{
    l4_cap_t c = 99;
    l4_err_t err = h_victim_open(victim, &c, ctx);

    check(err ? c == 99 : c == slot, "a capability written", c);
    if (!err)
        l4_cap_delete(c);
    return err;
}

static l4_err_t call_map(const l4_ctx_t *ctx)
{
    l4_fpage_t p = 99;
    l4_err_t err = h_victim_map(victim, &p, ctx);

    check(err ? p == 99 : l4_fpage_base(p) == WINDOW, "a page written",
          (int64_t)p);
    if (!err)
        l4_unmap(&p, 1);
    return err;
}

static l4_err_t call_keep(const l4_ctx_t *ctx)
{
    h_note_t n;
    h_note_t n2 = {.bytes_count = 99};
    l4_err_t err;

    /* What is not in use does not leave, whatever it is. */
    memset(&n, H_EVIL_STALE, sizeof(n));
    memcpy(n.title, "abc", 4);
    n.bytes_count = 1;
    n.bytes[0] = 1;
    n.v.tag = H_NUMBER;
    n.v.u.n = 5;
    err = h_victim_keep(victim, &n, &n2, ctx);
    check(!err || n2.bytes_count == 99, "a note written", err);
    check(err || (n2.bytes_count == 0 && n2.v.tag == H_NUMBER),
          "a note not written", err);
    return err;
}

static l4_err_t call_array(const l4_ctx_t *ctx)
{
    static const h_mode_t a[3] = {H_MODE_RD, H_MODE_WR, H_MODE_RD};
    h_mode_t a2[3] = {99, 99, 99};
    l4_err_t err = h_victim_array(victim, a, a2, ctx);

    check(!err || (a2[0] == 99 && a2[2] == 99), "an array written", err);
    check(err || (a2[0] == H_MODE_RD && a2[2] == H_MODE_RD),
          "an array not written", err);
    return err;
}

/* What lies in the server's memory is looked at as any message. */
static l4_err_t call_share(const l4_ctx_t *ctx)
{
    h_ring_t r = {.head = 99};
    l4_shared_t here = {0};
    l4_fpage_t page;
    l4_err_t err = h_victim_share(victim, &here, ctx);

    check(!err || here.size == 0, "shared memory written", err);
    if (err)
        return err;
    check(here.base == WINDOW && here.size == 4096, "what is shared",
          (int64_t)here.base);
    check(h_ring_snapshot(&here, 0, &r) == L4_EINVAL, "no such enumerator", 0);
    check(h_ring_snapshot(&here, 32, &r) == L4_EINVAL, "a bool of 2", 0);
    check(h_ring_snapshot(&here, 4096 - 8, &r) == L4_ERANGE, "the end", 0);
    check(h_ring_snapshot(&here, UINT64_MAX - 3, &r) == L4_ERANGE, "around", 0);
    check(r.head == 99, "a bad ring written", r.head);
    check(h_ring_snapshot(&here, 16, &r) == 0 && r.head == 7, "a good ring", 0);
    page = l4_fpage_mem(WINDOW, L4_PAGE_ORDER, L4_MEM_R | L4_MEM_W);
    l4_unmap(&page, 1);
    return 0;
}

static l4_err_t call_ports(const l4_ctx_t *ctx)
{
    l4_fpage_t p = 99;
    l4_err_t err = h_victim_give_ports(victim, &p, ctx);

    check(err ? p == 99 : l4_fpage_base(p) == 0x84ull << 12, "ports written",
          (int64_t)p);
    if (!err)
        l4_unmap(&p, 1);
    return err;
}

static l4_err_t call_risky(const l4_ctx_t *ctx)
{
    h_full_t full = {.limit = 99};
    uint32_t r = 99;
    l4_err_t err = h_victim_risky(victim, 1, &r, ctx);

    check(!err || r == 99, "a result written", r);
    if (err == H_FULL || err == H_GONE)
        check(h_get_full(&full) == L4_EPROTO && full.limit == 99,
              "a payload that is none", full.limit);
    return err;
}

static l4_err_t call(unsigned op)
{
    const l4_ctx_t ctx =
        L4_CTX(.caps = l4_slot_window(slot),
               .mem = l4_fpage_mem(WINDOW, L4_PAGE_ORDER, L4_MEM_R),
               .io = RAW_PORTS(0x84));

    switch (op) {
    case H_VICTIM_OP_TEXT: return call_text(&ctx);
    case H_VICTIM_OP_LIST: return call_list(&ctx);
    case H_VICTIM_OP_OPEN: return call_open(&ctx);
    case H_VICTIM_OP_MAP: return call_map(&ctx);
    case H_VICTIM_OP_RISKY: return call_risky(&ctx);
    case H_VICTIM_OP_KEEP: return call_keep(&ctx);
    case H_VICTIM_OP_ARRAY: return call_array(&ctx);
    case H_VICTIM_OP_SHARE: return call_share(&ctx);
    case H_VICTIM_OP_GIVE_PORTS: return call_ports(&ctx);
    case 0: return l4_connect(victim.cap, H_VICTIM_INTERFACE, NULL, &ctx);
    default: return call_scalars(&ctx);
    }
}

/* Plans an attack; how many stale bytes the last request had. */
static uint32_t plan(uint32_t attack)
{
    uint32_t stale = 99;

    check(h_evil_plan(evil, attack, &stale, NULL) == 0, "no plan", attack);
    return stale;
}

/* Nothing was left in the windows: a good answer still fits in. */
static void windows_empty(const char *what)
{
    l4_cap_type_t type = L4_CAP_TYPE_EMPTY;
    uint32_t rights = 0;

    check(l4_task_cap_info((l4_task_t){L4_CAP_TASK}, slot, &type, &rights,
                           NULL) == 0 &&
              type == L4_CAP_TYPE_EMPTY,
          what, type);
    (void)plan(0);
    check(call(H_VICTIM_OP_MAP) == 0, what, -1);
    check(call(H_VICTIM_OP_OPEN) == 0, what, -1);
    check(call(H_VICTIM_OP_GIVE_PORTS) == 0, what, -1);
}

/* A good answer with more than the caller has room for. */
static void rooms(void)
{
    const h_rec_t r = {.m = H_MODE_WR};
    h_mode_t q[4] = {99, 99, 99, 99};
    h_rec_t r2;
    uint32_t count = 3;
    char t[9] = "?";

    (void)plan(0);
    check(h_victim_text(victim, "hello", t, 8, NULL) == L4_EOVERFLOW &&
              strcmp(t, "?") == 0,
          "no room for a string", t[0]);
    check(h_victim_text(victim, "hello", t, 9, NULL) == 0 && strlen(t) == 8,
          "room for a string", t[0]);
    check(h_victim_list(victim, q, 0, &r, q, &count, &r2, NULL) ==
                  L4_EOVERFLOW &&
              count == 3 && q[0] == 99,
          "no room for a list", count);
}

/* Calls `call` where everything it does not set is stale: nothing of that is
 * in the request. */
static void clean(const char *what, l4_err_t (*call_fn)(const l4_ctx_t *ctx))
{
    const l4_ctx_t ctx =
        L4_CTX(.mem = l4_fpage_mem(WINDOW, L4_PAGE_ORDER, L4_MEM_R));
    uint32_t stale;

    (void)plan(0);
    memset(l4_utcb()->mr, H_EVIL_STALE, sizeof(l4_utcb()->mr));
    raw_stack_fill(H_EVIL_STALE);
    check(call_fn(&ctx) == 0, what, -1);
    stale = plan(0);
    check(stale == 0, what, stale);
}

/* Padding is the caller's, as it may be. */
static l4_err_t call_padded(const l4_ctx_t *ctx)
{
    const h_mode_t q[3] = {H_MODE_RD, H_MODE_RD, H_MODE_RD};
    h_mode_t q2[8];
    h_rec_t r;
    h_rec_t r2;
    uint32_t count = 8;

    memset(&r, H_EVIL_STALE, sizeof(r));
    r.n = 1;
    r.on = true;
    r.m = H_MODE_RD;
    return h_victim_list(victim, q, 3, &r, q2, &count, &r2, ctx);
}

static l4_err_t call_absent(const l4_ctx_t *ctx)
{
    return h_victim_maybe(victim, NULL, ctx);
}

static void stale(void)
{
    clean("stale: scalars", call_scalars);
    clean("stale: a string", call_text);
    clean("stale: a list", call_list);
    clean("stale: a padded struct", call_padded);
    clean("stale: a note", call_keep);
    clean("stale: an array", call_array);
    clean("stale: nothing where something may be", call_absent);
    clean("stale: no arguments", call_share);
}

int main(void)
{
    l4_words_t w = {{0}};

    victim.cap = evil.cap = l4_env_cap("evil");
    slot = l4_slot_alloc();
    for (uint32_t i = 0; i < ATTACKS; i++) {
        l4_err_t err;

        (void)plan(i);
        err = call(attacks[i].op);
        check(err == attacks[i].want, attacks[i].name, err);
        windows_empty(attacks[i].name);
    }
    rooms();
    stale();
    check(l4_call(l4_env_cap("done"), L4_TAG(0x4b22, 1, 0, 0), &w,
                  L4_TIME_NEVER) == (L4_TAG(0x4b22, 1, 1, 0) | L4_TAG_REPLY) &&
              w.w[0] == 0,
          "the hostile client", (int64_t)w.w[0]);
    l4_print("hostile server: %u attacks, %u checks, %d failed\n", ATTACKS,
             tally.checks, tally.failed);
    return tally.failed != 0;
}
