/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages with items, which are passed on one by one. Another thread breaks
 * in at every moment of that and does something to one of the two, or to what
 * is passed on. Whatever it is: both learn of it once, the message arrives
 * whole or not at all, what arrived is there, and both go on to serve.
 */
#include "alone.h"
#include "config.h"

#include <l4/debug.h>
#include <l4/utcb.h>

#define TICKER 50 /* slots: threads with their contexts, gates, signals */
#define TICKER_GATE 52
#define TAKER 54
#define GIVER 56
#define OTHER 58
#define GATE 60  /* of whoever is called */
#define PROBE 61 /* of the taker */
#define SIGNALS 64
#define WINDOW 128

#define WINDOW_ORDER 4u
#define ITEMS 9u
#define CAPS 3u /* of the items, the last ones */
#define PAGES (ITEMS - CAPS)
#define LARGE 1u /* the item of as many entries as are left */
#define LARGE_ORDER (ORDER_4K + 3)
#define FROM RAM
#define TO ((uint64_t)1 << 45)
#define TO_ORDER 45u
#define SPREAD ((uint64_t)1 << 40)
#define FAR_AWAY ((uint64_t)1 << 46)

#define UTCBS ((uint64_t)0x320000)
#define STACK 4096u
#define MS ((l4_time_t)1000000)

#define WORDS 8u
#define MESSAGE L4_TAG(0x7000, 5, WORDS, ITEMS)
#define ASK L4_TAG(0x7000, 6, 1, 0)
#define PING L4_TAG(0x7000, 7, 1, 0)
#define SALT 0x5a17u
#define SIGNAL_LABEL 0x51u
#define HOG_TIME 50000u /* instructions */

#define STEP 797u /* instructions from one moment to the next, if not told */
#define MESSAGE_MIN 4000u /* that the message takes at least */

/* Who passes the items on, and when. */
enum mode {
    SEND,        /* to one who waits */
    CALL,        /* likewise */
    SEND_QUEUED, /* they are taken */
    CALL_QUEUED, /* likewise */
    REPLY,
    REPLY_WAIT,
    PAGER, /* the answer to a page fault */
    MODES
};

enum deed {
    NOTHING,
    KILL_GIVER,
    KILL_TAKER,
    STOP_GIVER, /* and resume */
    STOP_TAKER,
    CANCEL_GIVER,
    CANCEL_TAKER,
    SET_GIVER, /* its registers, to what they are */
    SET_TAKER,
    REVOKE, /* what is passed on */
    CHANGE_ITEMS,
    CHANGE_WINDOWS,
    REBIND, /* the gate */
    DROP_GATE,
    RAISE,   /* a signal to each */
    TIMEOUT, /* of the taker's wait */
    HOG,     /* one of a priority between the two */
    STRIP,   /* the giver of its context */
    DEEDS
};

static const l4_debug_t debug = {L4_ROOT_CAP_TRACE};

static l4_thread_t giver;
static l4_thread_t taker;
static enum mode mode;
static enum deed deed;
static volatile uint64_t moment;
static volatile bool done;
static l4_err_t refused;      /* what came of the deed */
static volatile bool held;    /* in the middle of a transfer just then */
static volatile bool starved; /* and still when it ended */

static _Alignas(16) char stacks[3][STACK];

/* What became of the message, as each of the two saw it. */
static struct {
    volatile unsigned arrived;
    volatile unsigned failed;
    l4_tag_t tag;
    uint64_t first;
    uint64_t last;
    l4_item_t items[L4_MSG_ITEMS];
} got;

static volatile unsigned given;
static uint64_t begun_at;
static volatile uint64_t arrived_at;
static volatile l4_tag_t given_tag;

static l4_utcb_t *utcb_of(l4_cap_t slot)
{
    return (l4_utcb_t *)(uintptr_t)(UTCBS + slot * L4_PAGE_SIZE);
}

static uint64_t now(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return low | (uint64_t)high << 32;
}

static bool gives_answer(void)
{
    return mode >= REPLY;
}

/* --- the two */

static void record(l4_tag_t tag, const l4_words_t *w)
{
    if (l4_tag_err(tag)) {
        got.failed++;
        return;
    }
    if (tag & L4_TAG_KERNEL) {
        return; /* a signal */
    }
    arrived_at = now();
    got.arrived++;
    got.tag = tag;
    got.first = w->w[0];
    got.last = l4_utcb()->mr[WORDS - 1];
    for (unsigned i = 0; i < ITEMS; i++) {
        got.items[i] = l4_utcb()->items[i];
    }
}

static void taker_run(uint64_t unused)
{
    l4_words_t w = {{0}};
    l4_tag_t tag;

    (void)unused;
    l4_utcb()->window[L4_WINDOW_MEM] =
        l4_fpage_mem(TO, TO_ORDER, L4_RIGHTS_ALL);
    l4_utcb()->window[L4_WINDOW_CAP] =
        l4_fpage_cap(WINDOW, WINDOW_ORDER, L4_RIGHTS_ALL);
    if (mode == PAGER) {
        (void)*(volatile uint32_t *)(uintptr_t)TO;
        arrived_at = now();
        got.arrived++;
        got.tag = MESSAGE;
    } else if (gives_answer()) {
        record(l4_call(GATE, ASK, &w, L4_TIME_NEVER), &w);
    }
    tag = l4_wait(&w, NULL, deed == TIMEOUT ? MS / 10 + moment : L4_TIME_NEVER);
    for (;;) {
        if (l4_tag_op(tag) == l4_tag_op(PING) && !l4_tag_err(tag) &&
            !(tag & L4_TAG_KERNEL)) {
            w.w[0]++;
        } else {
            record(tag, &w);
        }
        tag = l4_reply_wait(L4_TAG(0x7000, 0, 1, 0) | L4_TAG_REPLY, &w, NULL,
                            L4_TIME_NEVER);
    }
}

static void items_make(void)
{
    l4_item_t *items = l4_utcb()->items;

    for (unsigned i = 0; i < ITEMS; i++) {
        uint64_t to = i * SPREAD + (mode == PAGER ? TO : 0);
        l4_fpage_t f = i == LARGE
                           ? l4_fpage_mem(FROM + 0x10000, LARGE_ORDER, 7)
                           : l4_fpage_mem(FROM + i * L4_PAGE_SIZE, ORDER_4K, 7);
        items[i] = l4_item_map(f, to);
        if (i >= PAGES && mode != PAGER) {
            f = l4_fpage_cap(SIGNALS + i, 0, L4_RIGHTS_ALL);
            items[i] = l4_item_map(f, (uint64_t)i << 12);
        }
    }
    l4_utcb()->mr[WORDS - 1] = SALT;
}

/* Until a message comes that is no signal's. */
static void giver_wait(void)
{
    l4_words_t w;
    uint64_t label = 0;
    l4_tag_t tag;

    do {
        tag = l4_wait(&w, &label, L4_TIME_NEVER);
    } while (l4_tag_err(tag) || label == SIGNAL_LABEL);
}

static void giver_run(uint64_t unused)
{
    static const l4_tag_t phases[MODES] = {
        L4_PHASE_SEND,  L4_PHASE_CALL,       L4_PHASE_SEND, L4_PHASE_CALL,
        L4_PHASE_REPLY, L4_PHASE_REPLY_WAIT, L4_PHASE_REPLY};
    l4_words_t w = {{SALT}};

    (void)unused;
    if (gives_answer()) {
        giver_wait();
    }
    items_make();
    given_tag =
        l4_ipc(MESSAGE | (gives_answer() ? L4_TAG_REPLY : 0) | phases[mode],
               gives_answer() ? L4_CAP_NONE : GATE, &w, NULL);
    given++;
    for (;;) {
        giver_wait();
    }
}

/* --- what happens in the middle */

static void check(bool derived)
{
    l4_debug_report_t found = {.failures = 1};

    DONE(l4_debug_check(debug, derived, &found, NULL));
    CHECK_EQ(found.failures, 0);
}

static l4_err_t registers_set(l4_thread_t thread)
{
    l4_regs_t regs;

    DONE(l4_thread_get_regs(thread, &regs, NULL));
    return l4_thread_set_regs(thread, &regs, NULL);
}

/* Items become what they were not: too many, too large, of another kind. */
static void items_change(void)
{
    for (unsigned i = 0; i < L4_MSG_ITEMS; i++) {
        l4_fpage_t f = l4_fpage_mem(FROM, i % 2 ? ORDER_2M : ORDER_4K + 4, 7);
        utcb_of(GIVER)->items[i] = l4_item_map(
            i % 3 ? f : l4_fpage_cap(SIGNALS, 4, L4_RIGHTS_ALL), i << 13);
    }
}

static void windows_change(void)
{
    utcb_of(TAKER)->window[L4_WINDOW_MEM] =
        l4_fpage_mem(FAR_AWAY, ORDER_2M, L4_RIGHTS_ALL);
    utcb_of(TAKER)->window[L4_WINDOW_CAP] = L4_FPAGE_NONE;
}

static l4_thread_state_t state_of(l4_thread_t thread)
{
    l4_thread_info_t info = {.state = L4_THREAD_STATE_STOPPED};

    DONE(l4_thread_info(thread, &info, NULL));
    return info.state;
}

static void thread_go(l4_thread_t thread, unsigned i, void (*entry)(uint64_t))
{
    l4_err_t err =
        l4_thread_start(thread, (uint64_t)(uintptr_t)entry,
                        (uint64_t)(uintptr_t)stacks[i] + STACK - 8, 0, NULL);
    CHECK(!err || done); /* it may be dead before it began */
}

/* Takes all the time there is, for longer than a message takes. */
static void hog_run(uint64_t unused)
{
    uint64_t start = now();

    (void)unused;
    while (now() - start < HOG_TIME) {
    }
    starved = held && !got.arrived;
    for (;;) {
        pause_ns(L4_TIME_NEVER);
    }
}

static void disturb(void)
{
    const l4_thread_t other = {OTHER};
    const l4_gate_t gate = {GATE};
    bool of_giver = deed == STOP_GIVER || deed == CANCEL_GIVER ||
                    deed == SET_GIVER || deed == KILL_GIVER;
    l4_thread_t one = of_giver ? giver : taker;

    switch (deed) {
    case NOTHING: break;
    case KILL_GIVER: DONE(drop(GIVER)); break;
    case KILL_TAKER: DONE(drop(TAKER)); break;
    case STOP_GIVER:
    case STOP_TAKER:
        DONE(l4_thread_stop(one, NULL));
        check(false);
        refused = l4_thread_resume(one, NULL);
        break;
    case CANCEL_GIVER:
    case CANCEL_TAKER: DONE(l4_thread_cancel(one, NULL)); break;
    case SET_GIVER:
    case SET_TAKER:
        held = state_of(one) >= L4_THREAD_STATE_GIVING;
        refused = registers_set(one);
        break;
    case REVOKE:
        DONE(unmap_in(alone_task, l4_fpage_mem(FROM, ORDER_4K + 4, 7), false));
        DONE(drop(SIGNALS + PAGES));
        break;
    case CHANGE_ITEMS: items_change(); break;
    case CHANGE_WINDOWS: windows_change(); break;
    case REBIND: DONE(l4_thread_bind(other, gate, NULL)); break;
    case DROP_GATE: DONE(drop(GATE)); break;
    case HOG:
        held = state_of(taker) == L4_THREAD_STATE_HELD;
        thread_go(other, 2, hog_run);
        break;
    case STRIP:
        held = state_of(taker) == L4_THREAD_STATE_HELD;
        DONE(drop(GIVER + 1));
        break;
    case RAISE:
        DONE(l4_signal_raise((l4_signal_t){SIGNALS}, NULL));
        DONE(l4_signal_raise((l4_signal_t){SIGNALS + 1}, NULL));
        break;
    default: break;
    }
}

static void ticker(uint64_t unused)
{
    l4_words_t w;

    (void)unused;
    for (;;) {
        (void)l4_wait(&w, NULL, L4_TIME_NEVER);
        pause_ns(moment);
        check(false);
        disturb();
        done = true;
    }
}

/* --- a run */

static l4_thread_t thread_make(l4_cap_t slot, uint8_t priority)
{
    l4_thread_t thread;
    l4_sched_t sched;

    DONE(l4_factory_create_thread(alone_factory, alone_task,
                                  UTCBS + slot * L4_PAGE_SIZE, &thread,
                                  INTO(slot)));
    DONE(l4_factory_create_sched(alone_factory, priority, &sched,
                                 INTO(slot + 1)));
    DONE(l4_thread_set_context(thread, sched, NULL));
    return thread;
}

static void signals_make(void)
{
    for (unsigned i = 0; i < L4_MSG_ITEMS; i++) {
        l4_signal_t signal;
        DONE(l4_factory_create_signal(alone_factory, &signal,
                                      INTO(SIGNALS + i)));
        if (i < 2) {
            DONE(l4_signal_bind(signal, i ? giver : taker, SIGNAL_LABEL, NULL));
            DONE(l4_signal_ack(signal, NULL));
        }
    }
}

static void scene_set(void)
{
    l4_gate_t gate;

    got.arrived = got.failed = given = 0;
    got.tag = given_tag = 0;
    refused = L4_OK;
    held = starved = false;
    done = false;
    /* The giver is the lower one, as clients are, but for answers. */
    giver = thread_make(GIVER, gives_answer() ? 120 : 110);
    taker = thread_make(TAKER, 115);
    (void)thread_make(OTHER, 112);
    DONE(l4_factory_create_gate(alone_factory, gives_answer() ? giver : taker,
                                1, &gate, INTO(GATE)));
    DONE(l4_factory_create_gate(alone_factory, taker, 2, &gate, INTO(PROBE)));
    if (mode == PAGER) {
        DONE(l4_thread_set_handlers(taker, GATE, 0, NULL));
    }
    signals_make();
}

/* The taker is served by the giver, or serves; it serves in the end. */
static bool taker_serves(void)
{
    l4_words_t w = {{41}};
    l4_tag_t tag = l4_call(PROBE, PING, &w, 10 * MS);

    return !l4_tag_err(tag) && w.w[0] == 42;
}

static void scene_clear(void)
{
    static const l4_cap_t slots[] = {GATE,  PROBE,     GIVER, GIVER + 1,
                                     TAKER, TAKER + 1, OTHER, OTHER + 1};

    for (unsigned i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
        DONE(drop(slots[i]));
    }
    DONE(unmap_in(alone_task, l4_fpage_cap(SIGNALS, 4, L4_RIGHTS_ALL), true));
    DONE(unmap_in(alone_task, l4_fpage_cap(WINDOW, WINDOW_ORDER, L4_RIGHTS_ALL),
                  true));
    DONE(unmap(FROM, ORDER_2M, false));
}

static void play(uint64_t at)
{
    const l4_words_t none = {{0}};
    bool queued = mode == SEND_QUEUED || mode == CALL_QUEUED;

    moment = at;
    if (queued) {
        thread_go(giver, 0, giver_run);
        pause_ns(MS / 10);
    } else {
        thread_go(taker, 1, taker_run);
        pause_ns(MS / 10);
    }
    begun_at = now();
    DONE(l4_send(TICKER_GATE, L4_TAG(0x7000, 1, 0, 0), &none, L4_TIME_NEVER));
    if (queued) {
        thread_go(taker, 1, taker_run);
    } else {
        thread_go(giver, 0, giver_run);
    }
    while (!done) {
        pause_ns(MS / 10);
    }
    pause_ns(MS / 10);
}

/* --- what should have come of it */

static unsigned broken; /* messages of which a part arrived */
static unsigned torn;   /* runs in which a transfer was refused a change */

/* What the taker has been told of is there, in order. */
static void check_items(void)
{
    bool whole = true;

    for (unsigned i = 0; i < ITEMS; i++) {
        l4_item_t item = got.items[i];
        if (item.control == L4_ITEM_FAILED) {
            whole = false;
            continue;
        }
        CHECK_EQ(item.control, L4_ITEM_MAPPED);
        CHECK(whole); /* none after one that failed */
        if (i < PAGES) {
            CHECK(is_mapped(l4_fpage_base(item.fpage)));
            CHECK(i != LARGE ||
                  is_mapped(l4_fpage_base(item.fpage) + 7 * L4_PAGE_SIZE));
        }
    }
    CHECK_EQ(whole, !(got.tag & L4_TAG_ITEM_ERR));
    broken += !whole;
}

static void check_message(void)
{
    if (mode != PAGER) {
        CHECK_EQ(got.first, SALT);
        CHECK_EQ(got.last, SALT);
        if (deed < REVOKE || deed > CHANGE_WINDOWS) {
            check_items();
        }
    }
}

/* What one of the two may see of what the other suffers. */
static void check_outcome(void)
{
    bool spared = deed == NOTHING || deed == SET_GIVER || deed == SET_TAKER ||
                  deed == RAISE || deed == TIMEOUT || deed == HOG;
    bool to_giver =
        deed == KILL_GIVER || deed == STOP_GIVER || deed == CANCEL_GIVER;

    CHECK(got.arrived <= 1);
    if (got.arrived) {
        check_message();
    }
    if (spared) {
        CHECK_EQ(got.arrived, 1);
        CHECK(got.failed == 0 || deed == TIMEOUT);
        CHECK_EQ(got.tag & L4_TAG_ITEM_ERR, 0);
        CHECK_EQ(l4_tag_err(given_tag), 0);
    }
    /* What is called runs with its caller's priority, below the hog's. */
    CHECK(!starved || mode == CALL);
    /* The giver goes on with the time of whom it holds. */
    CHECK(deed != STRIP || !held || got.arrived);
    if (deed == CANCEL_GIVER || deed == CANCEL_TAKER) {
        CHECK_EQ(got.tag & L4_TAG_ITEM_ERR, 0);
    }
    /* A client cannot break the server's loop, neither when it is answered nor
     * when it sends. */
    if (gives_answer() && (deed == KILL_TAKER || deed == STOP_TAKER)) {
        CHECK_EQ(l4_tag_err(given_tag), 0);
        CHECK(mode != REPLY_WAIT || given == 0);
    }
    if (to_giver && !gives_answer()) {
        CHECK_EQ(got.failed, 0);
    }
    /* Nobody waits for ever for an answer that will not come. */
    if (deed != KILL_TAKER && mode != PAGER &&
        !(deed == STRIP && gives_answer())) {
        CHECK(taker_serves());
        CHECK(!gives_answer() || deed == STRIP || got.arrived + got.failed > 0);
    }
    bool lost = deed == STRIP || deed == KILL_GIVER || deed == REBIND ||
                deed == DROP_GATE;
    bool unasked =
        gives_answer() &&
        (deed == KILL_TAKER || deed == STOP_TAKER || deed == CANCEL_TAKER);
    if (mode == REPLY_WAIT && deed != KILL_GIVER && deed != STRIP && !unasked) {
        CHECK_EQ(state_of(giver), L4_THREAD_STATE_WAITING);
    } else if (!lost && !unasked) {
        CHECK_EQ(given, 1);
    }
    if (held && (deed == SET_GIVER || deed == SET_TAKER)) {
        CHECK_EQ(refused, L4_ESTATE);
        torn++;
    }
}

static void run_at(uint64_t at)
{
    scene_set();
    play(at);
    check_outcome();
    check(true);
    scene_clear();
}

/* From before it begins until after it has ended. */
static void sweep(enum mode m)
{
    uint64_t step = config_number("opt/almond/step", STEP);
    uint64_t length;

    mode = m;
    deed = NOTHING;
    run_at(MS);
    run_at(MS); /* what is used first takes longer */
    length = arrived_at - begun_at;
    broken = torn = 0;
    for (deed = NOTHING; deed < DEEDS; deed++) {
        for (uint64_t at = 1; at < length + length / 8; at += step) {
            run_at(at);
        }
    }
    CHECK(length > MESSAGE_MIN);
    CHECK(broken > 0 || m == PAGER);
    CHECK(torn > 0);
}

#define SWEEP(name, mode)  \
    static void name(void) \
    {                      \
        sweep(mode);       \
    }

SWEEP(send, SEND)
SWEEP(call, CALL)
SWEEP(send_queued, SEND_QUEUED)
SWEEP(call_queued, CALL_QUEUED)
SWEEP(reply, REPLY)
SWEEP(reply_wait, REPLY_WAIT)
SWEEP(pager, PAGER)

void root_main(void);
void root_main(void)
{
    static const struct alone_test tests[] = {
        ALONE_TEST(send),        ALONE_TEST(call),  ALONE_TEST(send_queued),
        ALONE_TEST(call_queued), ALONE_TEST(reply), ALONE_TEST(reply_wait),
        ALONE_TEST(pager),
    };
    const l4_sched_t sched = {L4_ROOT_CAP_SCHED};
    l4_gate_t gate;

    DONE(l4_sched_set_priority(sched, 100, NULL));
    l4_thread_t thread = thread_run(alone_task, TICKER, 230, ticker, 0);
    DONE(l4_factory_create_gate(alone_factory, thread, 0, &gate,
                                INTO(TICKER_GATE)));
    alone_run("memory-transfer", tests, sizeof(tests) / sizeof(tests[0]));
}
