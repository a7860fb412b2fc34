/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No byte of a message is left over from something else: the same call above
 * memory that was full of one thing and of another sends the same message, and
 * gets the same answer.
 */
#include "roundtrip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct sent {
    l4_tag_t tag;
    uint64_t word[L4_MSG_WORDS];
};

static struct sent answer;

/* The words that travel: those in registers all do. */
static void keep(struct sent *s, l4_tag_t tag, const uint64_t *regs,
                 const uint64_t *mr)
{
    memset(s, 0, sizeof *s);
    s->tag = tag;
    for (unsigned i = 0; i < L4_MSG_WORDS; i++) {
        if (i < L4_MSG_REGS)
            s->word[i] = regs[i];
        else if (i < l4_tag_words(tag))
            s->word[i] = mr[i];
    }
}

static l4_tag_t watch(l4_tag_t tag, l4_words_t *w, l4_utcb_t *utcb)
{
    keep(&answer, tag, w->w, utcb->mr);
    return tag;
}

/* What the stubs' variables will lie on. */
static __attribute__((noinline)) void stack_fill(uint8_t fill)
{
    volatile uint8_t junk[32768];

    for (size_t i = 0; i < sizeof junk; i++)
        junk[i] = fill;
}

static void call_kinds(rt_all_t s, uint8_t fill)
{
    shared_mode_t m;
    rt_level_t l;
    rt_wide_t w;
    rt_perm_t p;

    (void)fill;
    (void)!rt_all_kinds(s, SHARED_MODE_RD, RT_LEVEL_MID, RT_WIDE_SMALL, 0, &m,
                        &l, &w, &p, NULL);
}

static void call_scalars(rt_all_t s, uint8_t fill)
{
    int64_t sum;
    bool b;
    char g;

    (void)fill;
    (void)!rt_all_scalars(s, 1, -2, 3, 4, true, 'a', &sum, &b, &g, NULL);
}

/* Sets each field; what lies between them stays what it is. */
static void padded_set(rt_padded_t *p)
{
    p->tag = 1;
    p->big = 2;
    p->on = true;
    p->m = SHARED_MODE_RD;
}

static void call_structs(rt_all_t s, uint8_t fill)
{
    rt_point_t p = {1, 2};
    rt_padded_t q;
    rt_nest_t n;
    rt_nest_t r;

    memset(&q, fill, sizeof q);
    memset(&n, fill, sizeof n);
    padded_set(&q);
    padded_set(&n.p);
    memset(n.a, 0, sizeof n.a);
    n.b[0] = n.b[1] = true;
    (void)!rt_all_structs(s, &p, &n, &q, &r, NULL);
}

static void call_arrays(rt_all_t s, uint8_t fill)
{
    static const uint8_t m[6] = {1, 2, 3, 4, 5, 6};
    static const bool flags[3];
    static const shared_mode_t modes[2] = {1, 1};
    uint8_t r[6];
    bool inv[3];
    shared_mode_t rev[2];

    (void)fill;
    (void)!rt_all_arrays(s, m, flags, modes, r, inv, rev, NULL);
}

static void call_text(rt_all_t s, uint8_t fill)
{
    char upper[17];
    char tag[9];
    uint32_t n;

    /* What lies behind the end of a string is the caller's. */
    memset(tag, fill, sizeof tag);
    memcpy(tag, "ab", 3);
    (void)!rt_all_text(s, "hello", tag, sizeof tag, upper, sizeof upper, &n,
                       NULL);
}

static void call_lists(rt_all_t s, uint8_t fill)
{
    static const uint8_t data[8] = {1};
    static const uint64_t big[1] = {1};
    static const bool bits[3] = {true};
    static const shared_mode_t modes[2] = {1, 1};
    uint16_t sizes[7];
    uint32_t sizes_count = 7;
    uint8_t more[32];
    uint32_t more_count = 1;
    rt_odd_t odds[5];
    uint32_t odds_count = 5;
    bool flip[5];
    uint32_t flip_count = 5;

    memset(more, fill, sizeof more);
    more[0] = 9;
    (void)!rt_all_lists(s, data, 3, big, 1, bits, 3, modes, 1, sizes,
                        &sizes_count, more, &more_count, 32, odds, &odds_count,
                        flip, &flip_count, NULL);
}

static void call_caps(rt_all_t s, uint8_t fill)
{
    shared_base_t c;
    l4_cap_t d;

    (void)fill;
    (void)!rt_all_caps(s, (rt_all_t){5}, 6, 20, &c, &d, NULL);
}

/* An exception with a payload that has padding, and one without any. */
static void call_busy(rt_all_t s, uint8_t fill)
{
    uint32_t r;

    (void)fill;
    (void)!rt_all_risky(s, 2, &r, NULL);
}

static void call_gone(rt_all_t s, uint8_t fill)
{
    uint32_t r;

    (void)fill;
    (void)!rt_all_risky(s, 1, &r, NULL);
}

static void call_when(rt_all_t s, uint8_t fill)
{
    l4_time_t t;

    (void)fill;
    (void)!rt_all_when(s, 5, 6, &t, NULL);
}

static void call_nothing(rt_all_t s, uint8_t fill)
{
    (void)fill;
    (void)!rt_all_nothing(s, NULL);
}

static void call_spread(rt_all_t s, uint8_t fill)
{
    uint64_t r;

    (void)fill;
    (void)!rt_all_spread(s, 1, "xyz", 2, 3, &r, NULL);
}

typedef void call_fn(rt_all_t s, uint8_t fill);

/* One call above memory full of `fill`. */
static void call_above(call_fn *call, uint8_t fill, struct sent *request)
{
    rt_all_t s = server_start();

    l4_loopback_fill(fill);
    l4_loopback_tamper_reply(watch);
    stack_fill(fill);
    call(s, fill);
    keep(request, l4_loopback.request_tag, l4_loopback.request,
         l4_loopback.request);
}

static void test_stale_bytes(void **state)
{
    static call_fn *const calls[] = {
        call_kinds, call_scalars, call_structs, call_arrays,
        call_text,  call_lists,   call_caps,    call_busy,
        call_gone,  call_when,    call_nothing, call_spread,
    };

    (void)state;
    for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct sent requests[2];
        struct sent answers[2];

        for (unsigned k = 0; k < 2; k++) {
            call_above(calls[i], k ? 0x5a : 0xa5, &requests[k]);
            answers[k] = answer;
        }
        assert_true(answers[0].tag & L4_TAG_REPLY);
        assert_memory_equal(&requests[0], &requests[1], sizeof *requests);
        assert_memory_equal(&answers[0], &answers[1], sizeof *answers);
        for (unsigned w = l4_tag_words(requests[0].tag); w < L4_MSG_REGS; w++)
            assert_int_equal(requests[0].word[w], 0);
        for (unsigned w = l4_tag_words(answers[0].tag); w < L4_MSG_REGS; w++)
            assert_int_equal(answers[0].word[w], 0);
    }
}

int stale_run(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stale_bytes)};

    return cmocka_run_group_tests_name("stale", tests, NULL, NULL);
}
