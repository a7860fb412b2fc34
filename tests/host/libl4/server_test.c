/* SPDX-License-Identifier: BSD-2-Clause */
/* Which interface a label belongs to, what a handler keeps, and what the answer
 * of a failure looks like. The loop itself needs a kernel. */
#include "test.h"

#include <l4/server.h>
#include <l4/slots.h>
#include <l4/thread.h>

uint64_t l4_time_now(void)
{
    return 0;
}

l4_cap_t l4_slots_alloc(unsigned order)
{
    (void)order;
    return L4_CAP_NONE;
}

void l4_slots_free(l4_cap_t slot, unsigned order)
{
    (void)slot;
    (void)order;
}

void l4_slot_release(l4_cap_t slot)
{
    (void)slot;
}

void l4_unmap(const l4_fpage_t *fpages, size_t count)
{
    (void)fpages;
    (void)count;
}

static l4_tag_t dispatch(void *self, const void *ops, l4_req_t *req)
{
    (void)self;
    (void)ops;
    (void)req;
    return L4_TAG_NONE;
}

static l4_err_t add(l4_server_t *s, uint64_t first, uint64_t last)
{
    const l4_range_t range = {first, last, dispatch, NULL, NULL};

    return l4_server_add(s, &range);
}

static void ranges_do_not_overlap(void **state)
{
    l4_range_t ranges[4];
    l4_server_t s;

    (void)state;
    l4_server_init(&s, ranges, 4);
    assert_int_equal(add(&s, 100, 199), 0);
    assert_int_equal(add(&s, 100, 199), L4_EEXIST);
    assert_int_equal(add(&s, 199, 300), L4_EEXIST);
    assert_int_equal(add(&s, 0, 100), L4_EEXIST);
    assert_int_equal(add(&s, 0, UINT64_MAX), L4_EEXIST);
    assert_int_equal(add(&s, 120, 130), L4_EEXIST);
    assert_int_equal(add(&s, 5, 4), L4_EINVAL);
    assert_int_equal(add(&s, 0, 99), 0);
    assert_int_equal(add(&s, UINT64_MAX, UINT64_MAX), 0);
    assert_int_equal(add(&s, 200, 200), 0);
    assert_int_equal(add(&s, 300, 300), L4_ENOMEM);
    for (unsigned i = 1; i < 4; i++)
        assert_true(ranges[i - 1].last < ranges[i].first);
}

static void ranges_can_be_removed(void **state)
{
    l4_range_t ranges[3];
    l4_server_t s;

    (void)state;
    l4_server_init(&s, ranges, 3);
    assert_int_equal(add(&s, 10, 19), 0);
    assert_int_equal(add(&s, 20, 29), 0);
    assert_int_equal(add(&s, 30, 39), 0);
    assert_int_equal(l4_server_remove(&s, 25), L4_ENOENT);
    assert_int_equal(l4_server_remove(&s, 40), L4_ENOENT);
    assert_int_equal(l4_server_remove(&s, 20), 0);
    assert_int_equal(l4_server_remove(&s, 20), L4_ENOENT);
    assert_int_equal(add(&s, 15, 25), L4_EEXIST);
    assert_int_equal(add(&s, 20, 29), 0);
}

static void keeping(void **state)
{
    l4_req_t req = {.tag = L4_TAG(300, 1, 0, 3)};

    (void)state;
    req.items[0].control = L4_ITEM_MAPPED;
    req.items[0].fpage = l4_fpage_cap(77, 0, 1);
    req.items[1].control = L4_ITEM_LABEL;
    req.items[1].fpage = l4_fpage_cap(78, 0, 1);
    req.items[2].control = L4_ITEM_MAPPED;
    req.items[2].fpage = l4_fpage_mem(0x5000, 12, L4_MEM_R);
    assert_int_equal(l4_req_keep(&req, 78), L4_ENOENT);
    assert_int_equal(l4_req_keep(&req, 5), L4_ENOENT);
    assert_int_equal(req.kept, 0);
    assert_int_equal(l4_req_keep(&req, 77), 0);
    assert_int_equal(req.kept, 1);
    assert_int_equal(l4_req_keep_fpage(&req, req.items[2].fpage), 0);
    assert_int_equal(req.kept, 5);
}

static void failures(void **state)
{
    static l4_utcb_t utcb;
    l4_req_t req = {.tag = L4_TAG(300, 7, 5, 2) | L4_TAG_KERNEL, .utcb = &utcb};
    l4_tag_t failed = L4_TAG(300, 7, 1, 0) | L4_TAG_REPLY | L4_TAG_RAISED;

    (void)state;
    memset(&req.w, 0xff, sizeof(req.w));
    assert_int_equal(l4_req_fail(&req, L4_EPERM), failed);
    assert_int_equal(req.w.w[0], (uint32_t)L4_EPERM);
    for (unsigned i = 1; i < L4_MSG_REGS; i++)
        assert_int_equal(req.w.w[i], 0);

    req.payload_words = 6;
    for (unsigned i = 0; i < 6; i++)
        req.payload[i] = 100 + i;
    assert_int_equal(l4_req_fail(&req, 3), failed + 6);
    assert_int_equal(req.w.w[0], 3);
    assert_int_equal(req.w.w[4], 103);
    assert_int_equal(utcb.mr[5], 104);
    assert_int_equal(utcb.mr[6], 105);

    req.payload_words = UINT32_MAX;
    assert_int_equal(l4_tag_words(l4_req_fail(&req, 3)), L4_MSG_WORDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_do_not_overlap),
        cmocka_unit_test(ranges_can_be_removed),
        cmocka_unit_test(keeping),
        cmocka_unit_test(failures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
