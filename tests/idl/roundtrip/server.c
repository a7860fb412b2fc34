/* SPDX-License-Identifier: BSD-2-Clause */
/* The server of the round-trip tests: simple answers, easy to check. */
#include "roundtrip.h"

#include <ctype.h>
#include <string.h>

struct seen seen;

/* The interface says how many parameters a handler has.
 * NOLINTBEGIN(readability-function-size) */

static l4_err_t version(void *self, l4_req_t *req, uint32_t *result)
{
    (void)self;
    (void)req;
    *result = 42;
    return 0;
}

static l4_err_t twist(void *self, l4_req_t *req, shared_mode_t m,
                      shared_mode_t *result)
{
    (void)self;
    (void)req;
    *result = m == SHARED_MODE_RD ? SHARED_MODE_WR : SHARED_MODE_RD;
    return 0;
}

static l4_err_t scalars(void *self, l4_req_t *req, uint8_t a, int16_t b,
                        uint32_t c, int64_t d, bool e, char f, int64_t *sum,
                        bool *not_e, char *g)
{
    (void)self;
    (void)req;
    *sum = (int64_t)a + b + (int64_t)c + d;
    *not_e = !e;
    *g = (char)(f + 1);
    return 0;
}

static l4_err_t add(void *self, l4_req_t *req, int32_t x, uint8_t *y,
                    int32_t *result)
{
    (void)self;
    (void)req;
    *result = x + *y;
    *y = seen.bad_y ? 9 : (uint8_t)(7 - *y);
    return 0;
}

static l4_err_t kinds(void *self, l4_req_t *req, shared_mode_t m, rt_level_t l,
                      rt_wide_t w, rt_perm_t p, shared_mode_t *m2,
                      rt_level_t *l2, rt_wide_t *w2, rt_perm_t *p2)
{
    (void)self;
    (void)req;
    *m2 = m;
    *l2 = l;
    *w2 = w;
    *p2 = p;
    return 0;
}

static l4_err_t structs(void *self, l4_req_t *req, const rt_point_t *p,
                        const rt_nest_t *n, rt_padded_t *q, rt_nest_t *r)
{
    (void)self;
    (void)req;
    *r = *n;
    r->p.big += (uint64_t)(p->x + p->y);
    q->big++;
    q->on = !q->on;
    return 0;
}

static l4_err_t arrays(void *self, l4_req_t *req, const uint8_t *m,
                       const bool *flags, const shared_mode_t *modes,
                       uint8_t *r, bool *inverted, shared_mode_t *reversed)
{
    (void)self;
    (void)req;
    for (int i = 0; i < 6; i++)
        r[i] = m[5 - i];
    for (int i = 0; i < 3; i++)
        inverted[i] = !flags[i];
    reversed[0] = modes[1];
    reversed[1] = modes[0];
    return 0;
}

static l4_err_t text(void *self, l4_req_t *req, const char *name,
                     uint32_t name_count, char *tag, char *upper,
                     uint32_t *result)
{
    (void)self;
    (void)req;
    if (strlen(name) != name_count)
        return L4_EFAULT;
    for (uint32_t i = 0; i < name_count; i++)
        upper[i] = (char)toupper((unsigned char)name[i]);
    strcat(tag, strlen(tag) < 8 ? "!" : "");
    if (seen.unterminated)
        memset(tag, 'x', 9);
    *result = name_count;
    return 0;
}

static l4_err_t lists(void *self, l4_req_t *req, const uint8_t *data,
                      uint32_t data_count, const uint64_t *big,
                      uint32_t big_count, const bool *bits, uint32_t bits_count,
                      const shared_mode_t *modes, uint32_t modes_count,
                      uint16_t *sizes, uint32_t *sizes_count, uint8_t *more,
                      uint32_t *more_count, rt_odd_t *odds,
                      uint32_t *odds_count, bool *flip, uint32_t *flip_count)
{
    (void)self;
    (void)req;
    sizes[0] = (uint16_t)data_count;
    sizes[1] = (uint16_t)(big_count ? big[big_count - 1] : 0);
    sizes[2] = (uint16_t)(modes_count ? modes[0] : 0);
    *sizes_count = seen.too_many ? 8 : 3;
    for (uint32_t i = 0; i < *more_count; i++)
        more[i] = (uint8_t)(more[i] + 1);
    if (data_count && *more_count < 32)
        more[(*more_count)++] = data[0];
    for (uint32_t i = 0; i < bits_count; i++) {
        odds[i].kind = (uint8_t)i;
        odds[i].value = (uint16_t)(100 + i);
        odds[i].on = 1;
        flip[i] = !bits[i];
    }
    *odds_count = bits_count;
    *flip_count = bits_count;
    return 0;
}

static l4_err_t caps(void *self, l4_req_t *req, rt_all_t a, l4_cap_t b,
                     uint32_t n, shared_base_t *c, l4_cap_t *d)
{
    (void)self;
    (void)req;
    seen.a = a.cap;
    seen.b = b;
    c->cap = n;
    *d = n + 1;
    return 0;
}

static l4_err_t pages(void *self, l4_req_t *req, l4_fpage_t p, l4_item_t *q)
{
    (void)self;
    (void)req;
    seen.page = p;
    *q = l4_item_map(l4_fpage_mem(0x7000, 12, L4_RIGHTS_ALL), 0x9000);
    return 0;
}

static l4_err_t hint(void *self, l4_req_t *req, uint32_t what, const char *why,
                     uint32_t why_count)
{
    (void)self;
    (void)req;
    (void)why_count;
    seen.hint = what;
    strcpy(seen.why, why);
    return 0;
}

static l4_err_t risky(void *self, l4_req_t *req, uint32_t what,
                      uint32_t *result)
{
    rt_busy_t busy = {250, true, {1, 2, 3, 4, 5}, SHARED_MODE_RUN};
    rt_all_mine_t mine = {-7};

    (void)self;
    *result = what;
    switch (what) {
    case 1: return RT_GONE;
    case 2: return rt_raise_busy(req, &busy);
    case 3: return rt_all_raise_mine(req, &mine);
    case 4: return 99;      /* not declared */
    case 5: return RT_BUSY; /* without its payload */
    case 6: return L4_ENOENT;
    case 7: rt_raise_busy(req, &busy); return RT_GONE;
    default: return 0;
    }
}

static l4_err_t event(void *self, l4_req_t *req, uint64_t count,
                      uint32_t *answer)
{
    (void)self;
    (void)req;
    *answer = (uint32_t)count + 1;
    return 0;
}

static l4_err_t many(void *self, l4_req_t *req, uint64_t a, uint64_t b,
                     uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g,
                     uint64_t *h, uint64_t *i, uint64_t *j, uint64_t *k,
                     uint64_t *l, uint64_t *m, uint64_t *n)
{
    (void)self;
    (void)req;
    *h = a;
    *i = b;
    *j = c;
    *k = d;
    *l = e;
    *m = f;
    *n = g;
    return 0;
}

static l4_err_t when(void *self, l4_req_t *req, l4_time_t t, uint32_t plus,
                     l4_time_t *result)
{
    (void)self;
    (void)req;
    *result = t + plus;
    return 0;
}

static l4_err_t self_op(void *self, l4_req_t *req, uint32_t self_arg,
                        uint32_t ctx_arg, uint32_t *req_arg, uint32_t *ops_arg)
{
    (void)self;
    (void)req;
    *req_arg = self_arg;
    *ops_arg = ctx_arg;
    return 0;
}

static l4_err_t nothing(void *self, l4_req_t *req)
{
    (void)req;
    seen.self = self;
    return 0;
}

static l4_err_t spread(void *self, l4_req_t *req, uint8_t a, const char *s,
                       uint32_t s_count, uint8_t b, uint64_t c,
                       uint64_t *result)
{
    (void)self;
    (void)req;
    (void)s;
    *result = (uint64_t)a + b + c + s_count;
    return 0;
}

/* NOLINTEND(readability-function-size) */

const rt_all_ops_t server_ops = {
    .base = {.version = version, .twist = twist},
    .scalars = scalars,
    .add = add,
    .kinds = kinds,
    .structs = structs,
    .arrays = arrays,
    .text = text,
    .lists = lists,
    .caps = caps,
    .pages = pages,
    .hint = hint,
    .risky = risky,
    .event = event,
    .many = many,
    .when = when,
    .self = self_op,
    .nothing = nothing,
    .spread = spread,
};
