/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client whose server is hostile: its stubs return the right error, write no
 * result and delete what came along.
 */
#include <string.h>

#include <l4/env.h>
#include <l4/ipc.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/slots.h>

#include "attacks.h"
#include "victim.h"

#define WINDOW 0x70000000ull

static h_victim_t victim;
static h_evil_t evil;
static l4_cap_t slot;
static unsigned checks;
static int failures;

static void check(bool holds, const char *what, int64_t got)
{
    checks++;
    if (holds)
        return;
    failures++;
    l4_print("FAIL hostile server: %s: %ld\n", what, got);
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

static l4_err_t call_risky(const l4_ctx_t *ctx)
{
    h_full_t full = {.limit = 99};
    uint32_t r = 99;
    l4_err_t err = h_victim_risky(victim, 1, &r, ctx);

    check(!err || r == 99, "a result written", r);
    if (err == H_FULL)
        check(h_get_full(&full) == L4_EPROTO && full.limit == 99,
              "a payload that is none", full.limit);
    return err;
}

static l4_err_t call(unsigned op)
{
    const l4_ctx_t ctx =
        L4_CTX(.caps = l4_slot_window(slot),
               .mem = l4_fpage_mem(WINDOW, L4_PAGE_ORDER, L4_MEM_R));

    switch (op) {
    case H_VICTIM_OP_TEXT: return call_text(&ctx);
    case H_VICTIM_OP_LIST: return call_list(&ctx);
    case H_VICTIM_OP_OPEN: return call_open(&ctx);
    case H_VICTIM_OP_MAP: return call_map(&ctx);
    case H_VICTIM_OP_RISKY: return call_risky(&ctx);
    default: return call_scalars(&ctx);
    }
}

static void plan(uint32_t attack)
{
    check(h_evil_plan(evil, attack, NULL) == 0, "no plan", attack);
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
    plan(0);
    check(call(H_VICTIM_OP_MAP) == 0, what, -1);
    check(call(H_VICTIM_OP_OPEN) == 0, what, -1);
}

int main(void)
{
    l4_words_t w = {{0}};

    victim.cap = evil.cap = l4_env_cap("evil");
    slot = l4_slot_alloc();
    for (uint32_t i = 0; i < ATTACKS; i++) {
        l4_err_t err;

        plan(i);
        err = call(attacks[i].op);
        check(err == attacks[i].want, attacks[i].name, err);
        windows_empty(attacks[i].name);
    }
    check(l4_call(l4_env_cap("done"), L4_TAG(0x4b22, 1, 0, 0), &w,
                  L4_TIME_NEVER) == (L4_TAG(0x4b22, 1, 1, 0) | L4_TAG_REPLY) &&
              w.w[0] == 0,
          "the hostile client", (int64_t)w.w[0]);
    l4_print("hostile server: %u attacks, %u checks, %d failed\n", ATTACKS,
             checks, failures);
    return failures != 0;
}
