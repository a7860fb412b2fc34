/* SPDX-License-Identifier: BSD-2-Clause */
/* The trace: what it says of an IPC, and that nobody else writes it. */
#include <l4/trace.h>

#include "kit.h"

#define RING L4_TRACE_ADDRESS
#define ORDER 4 /* as the image's command line says */

static l4_trace_t trace;
static const l4_trace_header_t *const ring = (const void *)RING;

static const l4_trace_record_t *record(uint64_t n)
{
    return &l4_trace_records(ring)[n % ring->capacity];
}

/* How many records of a type there are from `first` on. */
static unsigned count(uint64_t first, unsigned type)
{
    unsigned n = 0;

    for (; first < ring->written; first++)
        n += record(first)->type == type;
    return n;
}

static void answer(struct worker *w)
{
    l4_words_t words = {{0}};

    (void)kit_ipc(L4_PHASE_WAIT, 0, &words, NULL);
    (void)kit_ipc(L4_TAG(KIT_PROTO, 7, 0, 0) | L4_TAG_REPLY | L4_PHASE_REPLY, 0,
                  &words, NULL);
    (void)w;
}

/* The ring that the command line asked for; tracing has begun at boot. */
static void test_ring(void)
{
    CHECK_EQ(ring->running, 1);
    MUST(l4_trace_stop(trace, NULL));
    CHECK_EQ(ring->running, 0);
    CHECK_EQ(ring->magic, L4_TRACE_MAGIC);
    CHECK_EQ(ring->version, L4_TRACE_FORMAT);
    CHECK_EQ(ring->record_size, sizeof(l4_trace_record_t));
    CHECK_EQ(ring->capacity, ((4096u << ORDER) - L4_TRACE_HEADER_SIZE) / 64);
    CHECK(ring->written > 0);
}

/* Nobody but the kernel writes it, also where it is mapped on. */
static void test_read_only(void)
{
    const uint64_t copy = 0x51000000;
    struct probe p;

    probe_start(&p, kit_task);
    CHECK(probe(&p, RING, PROBE_READ));
    CHECK(!probe(&p, RING, PROBE_WRITE));
    MUST(kit_map(kit_task, l4_fpage_mem(RING, 12, L4_RIGHTS_ALL), copy));
    CHECK(probe(&p, copy, PROBE_READ));
    CHECK_EQ(p.value, L4_TRACE_MAGIC);
    CHECK(!probe(&p, copy, PROBE_WRITE));
    CHECK(!probe(&p, copy, PROBE_CALL));
    MUST(kit_unmap(kit_task, l4_fpage_mem(copy, 12, L4_RIGHTS_ALL), true));
    probe_end(&p);
}

static void test_call(void)
{
    struct worker *w = worker_run(KIT_HIGH, answer);
    uint64_t first = ring->written;
    bool found = false;

    MUST(l4_trace_start(trace, NULL));
    CHECK_EQ(ring->running, 1);
    (void)kit_call(w->gate.cap, L4_TAG(KIT_PROTO, 7, 0, 0));
    MUST(l4_trace_stop(trace, NULL));
    CHECK_EQ(ring->running, 0);
    CHECK(count(first, L4_TRACE_SWITCH) >= 2);
    for (uint64_t n = first; n < ring->written; n++) {
        const l4_trace_record_t *r = record(n);
        CHECK(n == first || r->time >= record(n - 1)->time);
        found |= r->type == L4_TRACE_SYSCALL && r->word[1] == w->gate.cap &&
                 l4_tag_proto(r->word[0]) == KIT_PROTO &&
                 l4_tag_op(r->word[0]) == 7;
    }
    CHECK(found);
    const l4_trace_record_t *last = record(ring->written - 1);
    const l4_trace_name_t *name = &ring->names[last->thread % L4_TRACE_NAMES];
    CHECK_EQ(name->thread, last->thread);
    CHECK(strcmp(name->task, l4_env()->name) == 0);
    worker_join(w);
    worker_free(w);
}

static void test_off(void)
{
    uint64_t before = ring->written;

    (void)kit_call(kit_task.cap, L4_TAG(2, 7, 0, 0));
    CHECK_EQ(ring->written, before);
}

static void test_fault(void)
{
    static volatile char page[8192] __attribute__((aligned(4096)));
    uint64_t first = ring->written;

    MUST(l4_trace_start(trace, NULL));
    page[4096] = 1;
    MUST(l4_trace_stop(trace, NULL));
    CHECK_EQ(page[4096], 1);
    CHECK_EQ(count(first, L4_TRACE_FAULT), 1);
    CHECK(count(first, L4_TRACE_MAP) >= 1);
}

static void test_mappings(void)
{
    uint64_t first = ring->written;

    MUST(l4_trace_start(trace, NULL));
    MUST(kit_map(kit_task, l4_fpage_mem(L4_IMAGE_BASE, 12, L4_MEM_R),
                 0x51000000));
    MUST(kit_unmap(kit_task, l4_fpage_mem(0x51000000, 12, 15), true));
    MUST(l4_trace_stop(trace, NULL));
    CHECK_EQ(count(first, L4_TRACE_MAP), 1);
    CHECK_EQ(count(first, L4_TRACE_UNMAP), 1);
}

/* The ring goes round, and its count does not. */
static void test_wrap(void)
{
    MUST(l4_trace_start(trace, NULL));
    for (unsigned i = 0; i < ring->capacity; i++)
        (void)kit_call(kit_task.cap, L4_TAG(2, 7, 0, 0));
    MUST(l4_trace_stop(trace, NULL));
    CHECK(ring->written > 2 * (uint64_t)ring->capacity);
    CHECK_EQ(record(ring->written - 1)->type, L4_TRACE_SYSCALL);
}

/* Starting and stopping twice is no error. */
static void test_twice(void)
{
    MUST(l4_trace_start(trace, NULL));
    MUST(l4_trace_start(trace, NULL));
    MUST(l4_trace_stop(trace, NULL));
    MUST(l4_trace_stop(trace, NULL));
    CHECK_EQ(ring->running, 0);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(test_ring),      KIT_TEST(test_call),  KIT_TEST(test_off),
        KIT_TEST(test_fault),     KIT_TEST(test_wrap),  KIT_TEST(test_mappings),
        KIT_TEST(test_read_only), KIT_TEST(test_twice),
    };

    trace.cap = l4_env_cap("trace");
    return kit_run("trace", tests, KIT_COUNT(tests));
}
