/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CMocka assertions about stubs above the loopback transport, and a server
 * that plays a script, to test a client:
 *
 *     l4_expect_call(CALC_ADD_IN_TAG, (uint64_t[]){2, 3}, 2);
 *     l4_will_answer(CALC_ADD_OUT_TAG, (uint64_t[]){5}, 1);
 *     l4_loopback_serve(l4_expect_dispatch, NULL, NULL);
 *     ... the client under test adds 2 and 3 ...
 *
 * Include <cmocka.h> and what it wants before.
 */
#ifndef L4_EXPECT_H
#define L4_EXPECT_H

#include <l4/loopback.h>

#include <string.h>

static inline const char *l4_expect_name(l4_err_t err)
{
    switch (err) {
    case 0: return "0";
#define L4_ERR(name, code, text) \
    case code:                   \
        return "L4_" #name;
#include <l4/err.def>
#undef L4_ERR
    default: return err > 0 ? "an exception" : "an unknown error";
    }
}

/* The operation succeeds, or fails with the code given; names, not numbers. */
#define l4_assert_err(expression, code) \
    assert_string_equal(l4_expect_name(expression), l4_expect_name(code))
#define l4_assert_ok(expression) l4_assert_err(expression, 0)

/* How many messages left since the last reset, and how many items that came
 * with refused answers were deleted. */
#define l4_assert_sent(n) assert_int_equal(l4_loopback.sent, n)
#define l4_assert_dropped(n) assert_int_equal(l4_loopback.dropped, n)

enum { L4_EXPECT_MAX = 16 };

/* One exchange of the script. */
struct l4_expect_step {
    l4_tag_t request;
    uint64_t in[L4_MSG_WORDS];
    unsigned in_count;
    l4_tag_t answer;
    uint64_t out[L4_MSG_WORDS];
    unsigned out_count;
};

static struct l4_expect_step l4_expect_script[L4_EXPECT_MAX];
static unsigned l4_expect_wanted;
static unsigned l4_expect_seen;

/* The next request has this tag (but for the number of words) and begins with
 * these words; nothing comes back, unless l4_will_answer() follows. */
static inline void l4_expect_call(l4_tag_t request, const uint64_t *words,
                                  unsigned count)
{
    struct l4_expect_step *s = &l4_expect_script[l4_expect_wanted++];

    assert_in_range(l4_expect_wanted, 1, L4_EXPECT_MAX);
    memset(s, 0, sizeof *s);
    s->request = request;
    s->in_count = count;
    if (count)
        memcpy(s->in, words, count * sizeof *words);
}

/* What the request expected last is answered with. */
static inline void l4_will_answer(l4_tag_t answer, const uint64_t *words,
                                  unsigned count)
{
    struct l4_expect_step *s = &l4_expect_script[l4_expect_wanted - 1];

    s->answer = answer | count;
    s->out_count = count;
    if (count)
        memcpy(s->out, words, count * sizeof *words);
}

/* ... or the error that it raises. */
static inline void l4_will_fail(l4_err_t err)
{
    struct l4_expect_step *s = &l4_expect_script[l4_expect_wanted - 1];

    s->answer = (s->request & ~L4_TAG_LOW_MASK) | L4_TAG_REPLY | L4_TAG_RAISED;
    s->answer |= 1;
    s->out[0] = (uint32_t)err;
    s->out_count = 1;
}

/* The server of the script. */
static inline l4_tag_t l4_expect_dispatch(void *self, const void *ops,
                                          l4_req_t *req)
{
    struct l4_expect_step *s = &l4_expect_script[l4_expect_seen];

    (void)self;
    (void)ops;
    assert_in_range(++l4_expect_seen, 1, l4_expect_wanted);
    assert_true(((req->tag ^ s->request) & ~L4_TAG_WORDS_MASK) == 0);
    for (unsigned i = 0; i < s->in_count; i++)
        assert_true(s->in[i] ==
                    (i < L4_MSG_REGS ? req->w.w[i] : req->utcb->mr[i]));
    memset(&req->w, 0, sizeof req->w);
    for (unsigned i = 0; i < s->out_count; i++) {
        if (i < L4_MSG_REGS)
            req->w.w[i] = s->out[i];
        else
            req->utcb->mr[i] = s->out[i];
    }
    return s->answer;
}

/* Whether all that was expected has happened; the script is empty again. */
static inline void l4_assert_expected(void)
{
    assert_int_equal(l4_expect_seen, l4_expect_wanted);
    l4_expect_seen = 0;
    l4_expect_wanted = 0;
}

#endif
