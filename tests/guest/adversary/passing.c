/* SPDX-License-Identifier: BSD-2-Clause */
/* Attacks by passing on and taking back: chains, races, rights. */
#include "victims.h"

#include <l4/services.h>

#define TAG(words, items) L4_TAG(ATTACK_PROTO, 9, words, items)
#define ANSWER (TAG(1, 0) | L4_TAG_REPLY)

#define MS ((l4_time_t)1000000)
#define US ((l4_time_t)1000)
#define QUOTA ((uint64_t)1 << 20)

#define RW (L4_MEM_R | L4_MEM_W)

#define THERE ((uint64_t)0x60000000)
#define FAR ((uint64_t)0x100000000000) /* where nobody has anything */

/* How late a victim of the highest priority may wake up. */
#define LATE_MAX (20 * US)

/* Ours, from root. */
#define MEMORY ((uint64_t)0x50000000)
#define PAGES 512u

/* --- pages that are nobody's to pass on */

static void pages_of_the_kernel(void)
{
    struct worker *w = worker_new(kit_task, KIT_HIGH);
    uint64_t state = THERE + L4_PAGE_SIZE;
    const uint64_t pages[] = {(uint64_t)(uintptr_t)l4_utcb(), w->utcb, state};
    struct attacker a;

    attacker_make(&a, QUOTA, KIT_HIGH);
    MUST(l4_thread_make_vcpu(w->thread, state, NULL));
    /* So that there are tables: the short way is open. */
    MUST(kit_map(a.task, page_at(attack_page(), RW), THERE + 2 * L4_PAGE_SIZE));
    for (unsigned i = 0; i < KIT_COUNT(pages); i++) {
        uint64_t value = *(volatile uint64_t *)pages[i];
        l4_fpage_t f = page_at(pages[i], RW);
        CHECK_EQ(kit_map(a.task, f, THERE), L4_EFAULT);
        CHECK_EQ(kit_map(a.task, f, THERE | L4_ITEM_GRANT), L4_EFAULT);
        CHECK_EQ(kit_map(kit_task, page_at(attack_page(), RW), pages[i]),
                 L4_EEXIST);
        CHECK_EQ(kit_unmap(kit_task, f, true), 0);
        CHECK_EQ(kit_unmap(kit_task, page_at(pages[i], L4_MEM_W), true), 0);
        *(volatile uint64_t *)pages[i] = value;
    }
    /* Between pages that may be: those alone are passed on. */
    MUST(kit_map(kit_task, page_at(attack_page(), RW), THERE));
    CHECK_EQ(kit_map(a.task, l4_fpage_mem(THERE, 13, RW), FAR), 0);
    CHECK_EQ(kit_map(a.task, page_at(attack_page(), RW), FAR + L4_PAGE_SIZE),
             0);
    MUST(kit_unmap(kit_task, l4_fpage_mem(THERE, 13, 7), true));
    worker_free(w);
    attacker_end(&a);
}

/* --- chains */

#define CHAIN_QUOTA ((uint64_t)7 << 20)
#define WIDE 20000u

static volatile bool chain_made;

/* In a task of its own: a page passed on from place to place, as deep as it
 * goes, and all that taken back at once. */
static void chain_deep(struct worker *w)
{
    MUST(kit_map(kit_task, page_at(attack_page(), RW), FAR));
    while (!w->err && w->out < 70000) {
        uint64_t at = FAR + w->out * L4_PAGE_SIZE;
        w->err = kit_map(kit_task, page_at(at, RW), at + L4_PAGE_SIZE);
        w->out += !w->err;
    }
    chain_made = true;
    MUST(kit_unmap(kit_task, page_at(FAR, 7), true));
    CHECK_EQ(kit_map(kit_task, page_at(FAR + w->out * L4_PAGE_SIZE, RW), THERE),
             L4_EFAULT);
}

/* The same to very many places, from one. */
static void chain_wide(struct worker *w)
{
    for (uint64_t i = 0; i < WIDE; i++)
        w->err |= kit_map(kit_task, page_at(attack_page(), RW),
                          FAR + i * L4_PAGE_SIZE);
    chain_made = true;
    MUST(kit_unmap(kit_task, page_at(attack_page(), 7), false));
    CHECK_EQ(kit_map(kit_task, page_at(FAR + 7 * L4_PAGE_SIZE, RW), THERE),
             L4_EFAULT);
}

/* Nobody waits while that is done and undone, in whatever way it ends. */
static void chain_run(worker_fn chain, bool revoke, l4_err_t err)
{
    struct attacker a;

    attacker_make(&a, CHAIN_QUOTA, KIT_LOW);
    (void)custom_latest();
    chain_made = false;
    worker_start(a.worker, chain);
    if (revoke) {
        worker_join(a.worker);
        CHECK_EQ(a.worker->err, err);
    } else {
        while (!chain_made)
            attack_rest(CUSTOM_PERIOD);
    }
    victim_serves();
    if (chain == chain_deep)
        CHECK(a.worker->out > 65000);
    attacker_end(&a);
    CHECK(custom_latest() < LATE_MAX);
}

static void chains_deep_and_wide(void)
{
    chain_run(chain_deep, true, L4_E2BIG);
    chain_run(chain_wide, true, 0);
    chain_run(chain_deep, false, 0); /* its task is destroyed instead */
    chain_run(chain_wide, false, 0);
}

/* --- what changes on the way */

/* Where its sibling finds the UTCB of one that queues. */
static volatile uint64_t sibling_utcb;

static void queue_items(struct worker *w)
{
    l4_utcb_t *utcb = l4_utcb();
    l4_words_t words = {{0xbeef}};

    for (unsigned i = 0; i < 4; i++)
        utcb->items[i] = l4_item_map(page_at(THERE, RW), i << 12);
    for (unsigned i = 4; i < 8; i++)
        utcb->items[i] =
            l4_item_map(l4_fpage_cap(ATTACKER_FREE, 0, 7), i << 12);
    for (unsigned i = 8; i < L4_MSG_ITEMS; i++)
        utcb->items[i] = (l4_item_t){0, L4_FPAGE_NONE};
    w->err = l4_tag_err(
        l4_call(ATTACKER_MAIN, TAG(8, L4_MSG_ITEMS), &words, L4_TIME_NEVER));
}

static void spoil_items(struct worker *w)
{
    l4_utcb_t *utcb = (l4_utcb_t *)sibling_utcb;

    (void)w;
    for (uint64_t i = 0; i < L4_MSG_ITEMS; i++) {
        utcb->items[i] = (l4_item_t){random_odd(), random_odd()};
        if (i % 2) /* twice as many pages as may arrive in all */
            utcb->items[i] =
                l4_item_map(l4_fpage_mem(L4_IMAGE_BASE, 14, 1), i / 2 << 14);
    }
}

/* Takes the message that queues; how many entries it changed. */
static unsigned take_items(void)
{
    l4_utcb_t *utcb = l4_utcb();
    l4_words_t words;
    unsigned entries = 0;

    utcb->window[L4_WINDOW_MEM] = l4_fpage_mem(FAR, 17, 7);
    utcb->window[L4_WINDOW_CAP] = l4_fpage_cap(960, 5, 7);
    l4_tag_t tag = l4_wait(&words, NULL, MS);
    CHECK_EQ(tag & ~L4_TAG_ITEM_ERR, TAG(8, L4_MSG_ITEMS));
    CHECK_EQ(words.w[0], 0xbeef);
    utcb->window[L4_WINDOW_MEM] = L4_FPAGE_NONE;
    utcb->window[L4_WINDOW_CAP] = L4_FPAGE_NONE;
    for (unsigned i = 0; i < L4_MSG_ITEMS; i++) {
        l4_fpage_t f = utcb->items[i].fpage;
        if (utcb->items[i].control != L4_ITEM_MAPPED || !f)
            continue;
        bool mem = l4_fpage_kind(f) == L4_FPAGE_MEM;
        CHECK(fpage_is_within(f, mem ? l4_fpage_mem(FAR, 17, 7)
                                     : l4_fpage_cap(960, 5, 7)));
        entries += 1u << (l4_fpage_order(f) - (mem ? 12 : 0));
        MUST(kit_unmap(kit_task, f | 0xf00, true));
    }
    words = (l4_words_t){{0}};
    CHECK_EQ(l4_reply(ANSWER, &words), 0);
    return entries;
}

/* A message queues with pages and capabilities; before it is taken they are
 * taken away, replaced, or the items become nonsense. */
static void revoked_while_queued(void)
{
    for (unsigned i = 0; i < 60; i++) {
        struct attacker a;
        l4_signal_t signal = kit_signal();
        attacker_make(&a, QUOTA, KIT_HIGH);
        MUST(kit_map(kit_task, page_at(attack_page(), RW), THERE));
        MUST(kit_map(a.task, page_at(THERE, RW), THERE));
        MUST(kit_give(a.task, signal.cap, ATTACKER_FREE, 7));
        worker_start(a.worker, queue_items);
        CHECK_EQ(worker_state(a.worker), L4_THREAD_STATE_SENDING);
        unsigned expected = 8;
        if (i % 3 == 0) {
            MUST(kit_unmap(kit_task, page_at(THERE, 7), false));
            MUST(kit_unmap(kit_task, l4_fpage_cap(signal.cap, 0, 7), true));
            expected = 0;
        } else if (i % 3 == 1) {
            MUST(kit_unmap(a.task, page_at(THERE, 7), true));
            expected = 4;
        } else {
            struct worker *sibling;
            sibling_utcb = a.worker->utcb;
            worker_factory = a.factory;
            /* Main runs on the time of who queues for it. */
            sibling = worker_new(a.task, KIT_HIGH + 1);
            worker_factory = kit_factory;
            worker_start(sibling, spoil_items);
            worker_join(sibling);
            worker_free(sibling);
        }
        unsigned taken = take_items();
        CHECK(i % 3 == 2 ? taken <= L4_MSG_ITEMS : taken == expected);
        worker_join(a.worker);
        CHECK_EQ(a.worker->err, 0);
        MUST(kit_unmap(kit_task, page_at(THERE, 7), true));
        kit_drop(signal.cap);
        attacker_end(&a);
    }
}

static volatile l4_time_t strike_at;
static l4_task_t strike_task;

/* Comes in the midst of main's operation. */
static void strike(struct worker *w)
{
    l4_words_t words;

    (void)l4_wait(&words, NULL, strike_at | L4_TIME_ABSOLUTE);
    switch (w->in) {
    case 0:
        w->err = kit_unmap(kit_task, l4_fpage_mem(MEMORY, 21, 7), false);
        break;
    case 1:
        w->err = kit_unmap(strike_task, l4_fpage_mem(FAR, 30, 7), true);
        break;
    default: l4_cap_delete(strike_task.cap); break;
    }
    w->out = 1;
}

/* While much is passed on, someone takes it back, or destroys the task that it
 * goes to: at every moment of that. */
static void revoked_in_mid_map(void)
{
    unsigned struck = 0;

    for (unsigned i = 0; i < 90; i++) {
        struct worker *w = worker_new(kit_task, KIT_HIGH);
        l4_err_t err;
        MUST(l4_factory_create_task(kit_factory, 4, &strike_task,
                                    KIT_INTO(kit_slot())));
        w->in = i % 3;
        strike_at = l4_time_now() + 20 * US + i * 3 * US;
        worker_start(w, strike);
        /* Not aligned alike: 512 small pages. */
        err = kit_map(strike_task, l4_fpage_mem(MEMORY, 21, RW),
                      FAR + L4_PAGE_SIZE);
        struck += w->out;
        CHECK(err == 0 || err == L4_ENOCAP);
        worker_join(w);
        CHECK_EQ(w->err, 0);
        worker_free(w);
        victim_serves();
        kit_drop(strike_task.cap);
    }
    CHECK(struck > 30);
}

/* Where nothing is to be passed on, that is what is said, however often the
 * search for it is interrupted. */
static void nothing_is_passed_on(void)
{
    l4_task_t task;

    MUST(l4_factory_create_task(kit_factory, 12, &task, KIT_INTO(kit_slot())));
    /* So that there are tables, to be looked at page by page. */
    MUST(kit_map(kit_task, page_at(attack_page(), RW), FAR));
    MUST(kit_unmap(kit_task, page_at(FAR, 7), true));
    for (unsigned i = 0; i < 100; i++) {
        CHECK_EQ(kit_map(task, l4_fpage_mem(FAR, 21, RW), FAR), L4_EFAULT);
        CHECK_EQ(kit_map(task, l4_fpage_cap(512, 9, 7), 1024ull << 12),
                 L4_EFAULT);
    }
    kit_drop(task.cap);
}

/* --- rights */

/* What was derived from a page or capability has no more rights than that: a
 * grant that takes rights away is refused while there is anything. */
static void grant_with_fewer_rights(void)
{
    const uint64_t move = THERE | L4_ITEM_GRANT;
    const uint64_t slot = (uint64_t)ATTACKER_FREE << 12 | L4_ITEM_GRANT;
    l4_signal_t signal = kit_signal();
    l4_cap_t copy = kit_slot();
    struct attacker a;

    attacker_make(&a, QUOTA, KIT_HIGH);
    MUST(kit_map(kit_task, page_at(attack_page(), RW), THERE));
    MUST(kit_map(kit_task, page_at(THERE, RW), FAR));
    CHECK_EQ(kit_map(a.task, page_at(THERE, L4_MEM_R), move), L4_EBUSY);
    *(volatile uint64_t *)THERE = 5; /* still ours */
    MUST(kit_map(a.task, page_at(THERE, RW), move));
    MUST(kit_unmap(a.task, page_at(THERE, 7), true));
    CHECK_EQ(kit_map(kit_task, page_at(FAR, RW), THERE), L4_EFAULT);
    MUST(kit_map(kit_task, page_at(attack_page(), RW), THERE));
    MUST(kit_map(a.task, page_at(THERE, L4_MEM_R), move));
    MUST(kit_unmap(a.task, page_at(THERE, 7), true));

    MUST(kit_give(kit_task, signal.cap, copy, 7));
    CHECK_EQ(kit_map(a.task, l4_fpage_cap(signal.cap, 0, 1), slot), L4_EBUSY);
    CHECK_EQ(l4_signal_raise((l4_signal_t){copy}, NULL), 0);
    MUST(kit_unmap(kit_task, l4_fpage_cap(signal.cap, 0, 7), false));
    CHECK_EQ(kit_map(a.task, l4_fpage_cap(signal.cap, 0, 1), slot), 0);
    kit_drop(signal.cap);
    kit_drop(copy);
    attacker_end(&a);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(pages_of_the_kernel),     KIT_TEST(chains_deep_and_wide),
        KIT_TEST(revoked_while_queued),    KIT_TEST(revoked_in_mid_map),
        KIT_TEST(grant_with_fewer_rights), KIT_TEST(nothing_is_passed_on),
    };
    const root_program_t root = {L4_CAP_PROGRAM};

    if (root_program_area_add(root, MEMORY, PAGES * L4_PAGE_SIZE, NULL))
        return 99;
    for (uint64_t i = 0; i < PAGES; i++)
        *(volatile uint64_t *)(MEMORY + i * L4_PAGE_SIZE) = i;
    return attack_run("passing", tests, KIT_COUNT(tests));
}
