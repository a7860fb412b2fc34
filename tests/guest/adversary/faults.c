/* SPDX-License-Identifier: BSD-2-Clause */
/* Attacks by faults: in every buffer, of those who handle them, and answers
 * that make no sense. */
#include "victims.h"

#define FAULT (L4_TAG(L4_PAGER_PROTO, 1, 3, 0) | L4_TAG_KERNEL)

#define US ((l4_time_t)1000)
#define MS ((l4_time_t)1000000)
#define QUOTA ((uint64_t)1 << 20)

#define THERE ((uint64_t)0x60000000)

static void touch(struct worker *w)
{
    w->out = *(volatile uint64_t *)THERE + 1;
}

static void expect_faulted(const struct worker *w, uint32_t vector)
{
    l4_thread_info_t info = {0};

    MUST(l4_thread_info(w->thread, &info, NULL));
    CHECK_EQ(info.state, L4_THREAD_STATE_FAULTED);
    CHECK_EQ(info.fault_vector, vector);
}

/* A thread that is to handle its own faults cannot, and stops. */
static void handler_of_oneself(void)
{
    struct attacker a;

    attacker_make(&a, QUOTA, KIT_HIGH);
    MUST(kit_give(a.task, a.worker->gate.cap, ATTACKER_FREE, 7));
    MUST(l4_thread_set_handlers(a.worker->thread, ATTACKER_FREE, ATTACKER_FREE,
                                NULL));
    worker_start(a.worker, touch);
    expect_faulted(a.worker, 14);
    attacker_end(&a);
}

/* Takes a fault, and has one of its own. */
static void take_and_touch(struct worker *w)
{
    l4_words_t words;

    (void)l4_wait(&words, NULL, L4_TIME_NEVER);
    touch(w);
}

static void handlers_in_a_circle(void)
{
    struct attacker a;
    struct worker *other;

    attacker_make(&a, QUOTA, KIT_HIGH);
    worker_factory = a.factory;
    other = worker_new(a.task, KIT_HIGH);
    worker_factory = kit_factory;
    MUST(kit_give(a.task, a.worker->gate.cap, ATTACKER_FREE, 7));
    MUST(kit_give(a.task, other->gate.cap, ATTACKER_FREE + 1, 7));
    MUST(l4_thread_set_handlers(a.worker->thread, ATTACKER_FREE + 1,
                                ATTACKER_FREE + 1, NULL));
    MUST(l4_thread_set_handlers(other->thread, ATTACKER_FREE, ATTACKER_FREE,
                                NULL));
    worker_start(other, take_and_touch);
    worker_start(a.worker, touch);
    CHECK_EQ(worker_state(a.worker), L4_THREAD_STATE_CALLING);
    expect_faulted(other, 14);
    victim_serves();
    worker_free(other);
    attacker_end(&a);
}

/* Takes its own memory away while it uses it: code, stack, all of it. */
static void unmap_own(struct worker *w)
{
    l4_fpage_t all = l4_fpage(L4_FPAGE_MEM, 0, 47, 7);
    uint64_t at = (uint64_t)(uintptr_t)__builtin_frame_address(0) & ~0xfffull;

    if (w->in < 2)
        all = l4_fpage_mem(w->in ? at : L4_IMAGE_BASE, w->in ? 12 : 22, 7);
    l4_unmap(&all, 1);
    w->out = 1;
}

static void fault_in_every_buffer(void)
{
    struct attacker a;

    for (unsigned i = 0; i < 3; i++) {
        attacker_make(&a, QUOTA, KIT_HIGH);
        a.worker->in = i;
        worker_start(a.worker, unmap_own);
        expect_faulted(a.worker, 14);
        /* Everything but the UTCB may be gone; IPC needs no more. */
        victim_serves();
        attacker_end(&a);
    }
}

/* --- somebody takes the memory of those who talk */

static void talk(struct worker *w)
{
    for (;;) {
        l4_words_t words = {{w->out}};
        for (unsigned i = L4_MSG_REGS; i < L4_MSG_WORDS; i++)
            l4_utcb()->mr[i] = i;
        (void)l4_call(ATTACKER_VICTIM, L4_TAG(ATTACK_PROTO, 1, L4_MSG_WORDS, 0),
                      &words, L4_TIME_NEVER);
    }
}

static void memory_goes_in_mid_transfer(void)
{
    for (unsigned i = 0; i < 60; i++) {
        struct attacker a;
        attacker_make(&a, QUOTA, KIT_LOW);
        worker_start(a.worker, talk);
        attack_rest(100 * US + i * 37);
        MUST(kit_unmap(a.task, l4_fpage(L4_FPAGE_MEM, 0, 47, 7), true));
        attack_rest(100 * US);
        expect_faulted(a.worker, 14);
        attacker_end(&a);
    }
}

/* --- pagers */

static void fault_on(struct worker *w)
{
    for (;;) {
        w->out += *(volatile uint64_t *)(THERE + (w->out % 4096));
        w->out++;
    }
}

/* What comes as an answer is checked like any message: the thread goes on, or
 * has an exception, and nothing is mapped where no user memory is. */
static void pager_answers_nonsense(void)
{
    l4_gate_t gate = kit_gate(kit_main, 77);

    for (unsigned i = 0; i < 400; i++) {
        struct attacker a;
        l4_words_t words;
        uint64_t label;
        unsigned items = (unsigned)random_below(17);
        attacker_make(&a, QUOTA, KIT_HIGH);
        MUST(kit_give(a.task, gate.cap, ATTACKER_FREE, 7));
        MUST(l4_thread_set_handlers(a.worker->thread, ATTACKER_FREE, 0, NULL));
        worker_start(a.worker, touch);
        CHECK_EQ(l4_wait(&words, &label, MS), FAULT);
        for (unsigned k = 0; k < items; k++) {
            l4_fpage_t f = random_odd();
            if (random_below(2))
                f = page_at(attack_page(), 1 + random_below(7));
            l4_utcb()->items[k].fpage = f;
            l4_utcb()->items[k].control =
                random_below(2) ? THERE : random_odd();
            l4_utcb()->items[k].control &= ~L4_ITEM_GRANT;
        }
        words = (l4_words_t){{random_odd(), random_odd()}};
        l4_err_t err = l4_reply(
            L4_TAG(random_odd(), random_odd() & 0x7fff, i % 3 ? 0 : 64, items),
            &words);
        l4_thread_state_t state = worker_state(a.worker);
        if (err)
            CHECK_EQ(state, L4_THREAD_STATE_CALLING);
        else
            CHECK(state == L4_THREAD_STATE_FAULTED || a.worker->out ||
                  state == L4_THREAD_STATE_SENDING);
        attacker_end(&a);
        attack_rest(0);
    }
    kit_drop(gate.cap);
}

/* Resumes whoever faults, and maps nothing. */
static void page_nothing(struct worker *w)
{
    l4_words_t words;
    uint64_t label;

    (void)l4_wait(&words, &label, L4_TIME_NEVER);
    for (;;) {
        w->out++;
        words = (l4_words_t){{0}};
        (void)l4_reply_wait(L4_TAG(L4_PAGER_PROTO, 1, 0, 0) | L4_TAG_REPLY,
                            &words, &label, L4_TIME_NEVER);
    }
}

/* Threads that fault for ever at a pager of their own. */
static void storm_of_faults(void)
{
    struct worker *more[6];
    struct attacker a;
    uint64_t before;

    attacker_make(&a, QUOTA, KIT_LOW);
    worker_start(a.worker, page_nothing);
    MUST(kit_give(a.task, a.worker->gate.cap, ATTACKER_FREE, 7));
    worker_factory = a.factory;
    for (unsigned i = 0; i < KIT_COUNT(more); i++) {
        more[i] = worker_new(a.task, KIT_LOW);
        MUST(l4_thread_set_handlers(more[i]->thread, ATTACKER_FREE, 0, NULL));
        worker_start(more[i], fault_on);
    }
    worker_factory = kit_factory;
    (void)custom_latest();
    before = custom_served();
    attack_rest(20 * MS);
    CHECK(custom_served() - before >= 20 * MS / CUSTOM_PERIOD / 2);
    CHECK(custom_latest() < 20 * US);
    CHECK(a.worker->out > 1000);
    for (unsigned i = 0; i < KIT_COUNT(more); i++)
        worker_free(more[i]);
    attacker_end(&a);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(handler_of_oneself),     KIT_TEST(handlers_in_a_circle),
        KIT_TEST(fault_in_every_buffer),  KIT_TEST(memory_goes_in_mid_transfer),
        KIT_TEST(pager_answers_nonsense), KIT_TEST(storm_of_faults),
    };

    return attack_run("faults", tests, KIT_COUNT(tests));
}
