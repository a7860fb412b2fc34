/* SPDX-License-Identifier: BSD-2-Clause */
/* Page faults: what a pager is told and can do. */
#include "victim.h"

static _Alignas(4096) volatile uint64_t frame[512];

/* Answers a page fault with a page, or none. */
static void pager_answer(l4_fpage_t page, uint64_t address)
{
    l4_words_t none = {{0}};

    l4_utcb()->items[0] = l4_item_map(page, address);
    CHECK_EQ(l4_reply(L4_TAG(L4_PAGER_PROTO, 1, 0, 1) | L4_TAG_REPLY, &none),
             0);
}

static void read_there(struct worker *w)
{
    w->out = *(volatile uint64_t *)(THERE + 16);
}

static void write_there(struct worker *w)
{
    *(volatile uint64_t *)(THERE + 24) = 7;
    w->out = 1;
}

static void call_there(struct worker *w)
{
    ((void (*)(void))THERE)();
    w->out = 1;
}

static void pager_maps(void)
{
    uint64_t words[3];
    l4_fpage_t page;

    frame[2] = 0x1234;
    frame[3] = 0;
    page = l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, L4_MEM_R);
    victim_start(read_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    CHECK_EQ(words[0], THERE + 16);
    CHECK(words[1] >= L4_IMAGE_BASE && words[1] < L4_IMAGE_BASE + 0x100000);
    CHECK_EQ(words[2], L4_MEM_R);
    CHECK_EQ(worker_state(victim), L4_THREAD_STATE_CALLING);
    pager_answer(page, THERE);
    worker_join(victim);
    CHECK_EQ(victim->out, 0x1234);
    victim_end();
}

static void pager_sees_the_access(void)
{
    uint64_t words[3];

    victim_start(write_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    CHECK_EQ(words[0], THERE + 24);
    CHECK(words[2] & L4_MEM_W);
    victim_end();

    victim_start(call_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    CHECK_EQ(words[0], THERE);
    CHECK_EQ(words[1], THERE);
    CHECK(words[2] & L4_MEM_X);
    victim_end();
}

/* A page that allows too little faults again; nothing at all, likewise. */
static void pager_is_asked_again(void)
{
    uint64_t here = (uint64_t)(uintptr_t)frame;
    uint64_t words[3];

    victim_start(write_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    pager_answer(L4_FPAGE_NONE, 0);
    fault_wait(FAULT, PAGER_LABEL, words);
    pager_answer(l4_fpage_mem(here, L4_PAGE_ORDER, L4_MEM_R), THERE);
    fault_wait(FAULT, PAGER_LABEL, words);
    CHECK(words[2] & L4_MEM_W);
    MUST(kit_unmap(space, l4_fpage_mem(THERE, L4_PAGE_ORDER, 7), true));
    pager_answer(l4_fpage_mem(here, L4_PAGE_ORDER, 7), THERE);
    worker_join(victim);
    CHECK_EQ(victim->out, 1);
    CHECK_EQ(frame[3], 7);
    victim_end();
}

static void pager_refuses(void)
{
    uint64_t words[23];

    victim_start(read_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    refuse();
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    CHECK_EQ(words[1], THERE + 16);
    CHECK_EQ(words[22], PAGE_FAULT);
    refuse();
    expect_stopped(PAGE_FAULT, THERE + 16);
    victim_end();
}

/* Answers with a page, and with `flags`, in the call that waits on. */
static void answer_and_wait(l4_tag_t flags, l4_tag_t next, uint64_t next_label,
                            l4_words_t *words)
{
    l4_fpage_t page =
        l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, L4_MEM_R);
    l4_tag_t tag = L4_TAG(L4_PAGER_PROTO, 1, 0, 1) | L4_TAG_REPLY | flags;
    uint64_t label = 0;

    frame[2] = 1;
    l4_utcb()->items[0] = l4_item_map(page, THERE);
    CHECK_EQ(l4_ipc(tag | L4_PHASE_REPLY_WAIT, L4_CAP_NONE, words, &label),
             next);
    CHECK_EQ(label, next_label);
}

static void pager_waits_on(void)
{
    uint64_t words[23];
    l4_words_t w = {{0}};

    /* The page is there, but not to be written: that is the next fault. */
    victim_start(write_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    answer_and_wait(0, FAULT, PAGER_LABEL, &w);
    CHECK_EQ(w.w[0], THERE + 24);
    CHECK_EQ(w.w[2], L4_MEM_W);
    CHECK_EQ(w.w[3] | w.w[4], 0);
    victim_end();
    /* A page that comes with a refusal is not mapped, though one beside it
     * has seen to all that a mapping there needs. */
    victim_start(read_there, PAGER_SLOT, HANDLER_SLOT);
    MUST(kit_map(
        space,
        l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, L4_MEM_R),
        THERE + L4_PAGE_SIZE));
    fault_wait(FAULT, PAGER_LABEL, words);
    answer_and_wait(L4_TAG_RAISED, EXCEPTION, HANDLER_LABEL, &w);
    victim_end();
}

/* An item that does not arrive is a refusal, not a fault for ever. */
static void pager_fails(void)
{
    uint64_t words[23];

    victim_start(read_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    pager_answer(l4_fpage_mem(0x70000000, L4_PAGE_ORDER, 7), THERE);
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    CHECK_EQ(words[22], PAGE_FAULT);
    victim_end();
}

static void pager_is_absent(void)
{
    uint64_t words[23];

    victim_start(read_there, 0, HANDLER_SLOT);
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    CHECK_EQ(words[1], THERE + 16);
    CHECK_EQ(words[22], PAGE_FAULT);
    victim_end();

    /* Slots that hold no gate are nobody. */
    victim_start(read_there, L4_CAP_TASK, 63);
    expect_stopped(PAGE_FAULT, THERE + 16);
    victim_end();

    victim_start(read_there, 0xffffffff, 0xffffffff);
    expect_stopped(PAGE_FAULT, THERE + 16);
    victim_end();
}

static void pager_dies(void)
{
    struct worker *other = worker_new(kit_task, KIT_HIGH); /* never waits */
    uint64_t words[23];

    victim_start(read_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    /* The gate lives while its answer is awaited; its death changes
     * nothing. */
    kit_drop(pager.cap);
    refuse();
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    victim_end();

    victim_start(read_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    pager_answer(L4_FPAGE_NONE, 0);
    /* It queues at us again; another thread takes the gate over. */
    CHECK_EQ(worker_state(victim), L4_THREAD_STATE_SENDING);
    MUST(l4_thread_bind(other->thread, pager, NULL));
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    CHECK_EQ(words[22], PAGE_FAULT);
    victim_end();
    worker_free(other);
}

static void wait_with_windows(struct worker *w)
{
    l4_words_t words;

    (void)l4_wait(&words, NULL, L4_TIME_POLL);
    w->in = 1;
    w->out = *(volatile uint64_t *)(THERE + 16);
}

/* A fault needs no windows and disturbs neither them nor the UTCB. */
static void fault_needs_no_window(void)
{
    uint64_t words[3];

    frame[2] = 99;
    victim_start(wait_with_windows, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    pager_answer(l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, 7),
                 THERE);
    worker_join(victim);
    CHECK_EQ(victim->out, 99);
    victim_end();
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(pager_maps),
        KIT_TEST(pager_sees_the_access),
        KIT_TEST(pager_is_asked_again),
        KIT_TEST(pager_refuses),
        KIT_TEST(pager_fails),
        KIT_TEST(pager_waits_on),
        KIT_TEST(pager_is_absent),
        KIT_TEST(pager_dies),
        KIT_TEST(fault_needs_no_window),
    };

    return kit_run("fault", tests, KIT_COUNT(tests));
}
