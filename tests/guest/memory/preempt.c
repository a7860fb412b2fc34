/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long operations give way. A thread of higher priority wakes up again and
 * again; how late it is must not depend on what is going on meanwhile. One
 * nanosecond is one instruction.
 */
#include "alone.h"

#define FACTORY 40 /* slots */
#define TASK 41
#define THREAD 42
#define TICKER 50
#define CHANGER 52
#define CHANGER_GATE 54

#define FROM RAM
#define TO ((uint64_t)0x8500000000)

#define SIDE (TO + 0x10000000)
#define FIXED (TO + 0x20000000) /* may not be written */

#define PERIOD 20011  /* a prime: every phase is met */
#define LATE_MAX 5000 /* instructions */
#define MANY 3000u

static volatile uint64_t ticks;
static volatile uint64_t latest;

static uint64_t now(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return low | (uint64_t)high << 32;
}

static void ticker(uint64_t period)
{
    for (;;) {
        uint64_t start = now();
        pause_ns(period);
        uint64_t late = now() - start - period;
        ticks++;
        latest = late > latest ? late : latest;
    }
}

/* What has happened since the last time. */
static void lateness(bool some, int line)
{
    CHECK(!some || ticks > 1);
    if (latest > LATE_MAX) {
        alone_failed(__FILE__, line, "latest", latest, LATE_MAX);
    }
    latest = 0;
    ticks = 0;
}

#define CHECK_LATENESS(some) lateness(some, __LINE__)

static uint64_t copy(unsigned i)
{
    return TO + i * L4_PAGE_SIZE;
}

static void wide(void)
{
    for (unsigned i = 0; i < MANY; i++) {
        DONE(map(FROM, ORDER_4K, copy(i)));
    }
    CHECK_LATENESS(true);
    DONE(unmap(FROM, ORDER_4K, false));
    CHECK_LATENESS(true);
    for (unsigned i = 0; i < MANY; i += MANY / 10) {
        CHECK(!is_mapped(copy(i)));
    }
}

static void deep(void)
{
    for (unsigned i = 0; i < MANY; i++) {
        DONE(map(i == 0 ? FROM : copy(i - 1), ORDER_4K, copy(i)));
    }
    CHECK_LATENESS(true);
    /* A part that none of them has; then a right; then all. */
    DONE(unmap(FROM + L4_PAGE_SIZE, ORDER_4K, false));
    CHECK(is_writable(copy(MANY - 1)));
    DONE(unmap_in(alone_task, l4_fpage_mem(FROM, ORDER_4K, L4_MEM_W), false));
    CHECK_LATENESS(true);
    CHECK(!is_writable(copy(0)));
    CHECK(!is_writable(copy(MANY - 1)));
    CHECK(is_writable(FROM));
    DONE(unmap(FROM, ORDER_4K, false));
    CHECK_LATENESS(true);
    CHECK(!is_mapped(copy(0)));
    CHECK(!is_mapped(copy(MANY - 1)));
}

static void big_ranges(void)
{
    const unsigned order = 24;

    /* Pages that are not aligned alike: small ones. */
    DONE(map(FROM, order, TO + L4_PAGE_SIZE));
    CHECK_LATENESS(true);
    *word(TO + L4_PAGE_SIZE + (1 << order) - L4_PAGE_SIZE) = 11;
    CHECK_EQ(*word(FROM + (1 << order) - L4_PAGE_SIZE), 11);
    CHECK(!is_mapped(TO));
    CHECK(!is_mapped(TO + L4_PAGE_SIZE + (1 << order)));
    DONE(unmap(TO, 30, true));
    CHECK_LATENESS(true);
    CHECK(!is_mapped(TO + L4_PAGE_SIZE));
    CHECK(!is_mapped(TO + (1 << order)));
}

/* Calls that were interrupted tell what the whole has come to. */
static void several_entries(void)
{
    l4_map_entry_t entries[8];
    uint64_t fpages[8];
    uint32_t done = 0;
    int32_t error = 0;

    for (unsigned i = 0; i < 8; i++) {
        entries[i] = (l4_map_entry_t){l4_fpage_mem(FROM, ORDER_2M, 7),
                                      TO + i * 2 * SIZE_2M + L4_PAGE_SIZE};
        fpages[i] =
            l4_fpage_mem(TO + i * 2 * SIZE_2M, ORDER_2M + 1, L4_RIGHTS_ALL);
    }
    entries[7].dest = entries[6].dest + L4_PAGE_SIZE; /* taken */
    DONE(l4_task_map(alone_task, entries, 8, &done, &error, NULL));
    CHECK_EQ(done, 7);
    CHECK_EQ(error, L4_EEXIST);
    CHECK_LATENESS(true);
    fpages[6] = l4_fpage_mem(1ull << 20, ORDER_2M, 7);
    DONE(l4_task_unmap(alone_task, fpages, 8, true, &done, &error, NULL));
    CHECK_EQ(done, 6);
    CHECK_EQ(error, L4_EINVAL);
    CHECK_LATENESS(true);
    CHECK(!is_mapped(entries[5].dest));
    CHECK(is_mapped(entries[6].dest));
    DONE(unmap(TO, 30, true));
}

/* Threads that queue at a gate whose thread never takes a message. */
#define QUEUE 60
#define SINKS 61
#define SENDERS 70
#define SENDER_COUNT 60u

static void sender(uint64_t unused)
{
    l4_words_t w = {{0}};

    (void)unused;
    for (;;) {
        (void)l4_call(QUEUE, L4_TAG(0x7000, 1, 0, 0), &w, L4_TIME_NEVER);
    }
}

static char sender_stacks[SENDER_COUNT][512] __attribute__((aligned(16)));

static void sender_start(unsigned i)
{
    l4_thread_t thread;
    l4_sched_t sched;

    DONE(l4_factory_create_thread(alone_factory, alone_task,
                                  0x320000 + i * L4_PAGE_SIZE, &thread,
                                  INTO(SENDERS + 2 * i)));
    DONE(l4_factory_create_sched(alone_factory, 20, &sched,
                                 INTO(SENDERS + 2 * i + 1)));
    DONE(l4_thread_set_context(thread, sched, NULL));
    DONE(l4_thread_start(thread, (uint64_t)(uintptr_t)sender,
                         (uint64_t)(uintptr_t)sender_stacks[i] + 504, 0, NULL));
}

/* Is interrupted in its last entry. */
static void map_long(void)
{
    l4_map_entry_t entries[2];
    uint32_t done = 0;
    int32_t error = 0;

    for (unsigned i = 0; i < 2; i++) {
        entries[i] = (l4_map_entry_t){l4_fpage_mem(FROM, ORDER_2M, 7),
                                      TO + i * 2 * SIZE_2M + L4_PAGE_SIZE};
    }
    DONE(l4_task_map(alone_task, entries, 2, &done, &error, NULL));
    CHECK_EQ(done, 2);
}

/* A call that was interrupted has no say in the next one, which is another. */
static void bind_then_map(void)
{
    l4_thread_t sink[2];
    l4_gate_t gate;

    for (unsigned i = 0; i < 2; i++) {
        DONE(l4_factory_create_thread(alone_factory, alone_task,
                                      0x310000 + i * L4_PAGE_SIZE, &sink[i],
                                      INTO(SINKS + i)));
    }
    DONE(l4_factory_create_gate(alone_factory, sink[0], 0, &gate, INTO(QUEUE)));
    for (unsigned i = 0; i < SENDER_COUNT; i++) {
        sender_start(i);
    }
    for (unsigned i = 1; i <= 10; i++) {
        l4_map_entry_t entries[3];
        uint32_t done = 0;
        int32_t error = 0;
        map_long();
        DONE(unmap_in(alone_task, l4_fpage_mem(TO, 24, L4_RIGHTS_ALL), true));
        map_long();
        pause_ns(1000000); /* they queue */
        DONE(l4_thread_bind(sink[i % 2], gate, NULL));
        for (unsigned k = 0; k < 3; k++) {
            entries[k] = (l4_map_entry_t){l4_fpage_mem(FROM, ORDER_4K, 7),
                                          SIDE + k * L4_PAGE_SIZE};
        }
        DONE(l4_task_map(alone_task, entries, 3, &done, &error, NULL));
        CHECK_EQ(done, 3);
        for (unsigned k = 0; k < 3; k++) {
            CHECK(is_mapped(SIDE + k * L4_PAGE_SIZE));
        }
        DONE(unmap(FROM, ORDER_2M, false));
    }
    CHECK_LATENESS(true);
    for (unsigned i = 0; i < SENDER_COUNT; i++) {
        DONE(drop(SENDERS + 2 * i));
        DONE(drop(SENDERS + 2 * i + 1));
    }
    DONE(drop(QUEUE));
    DONE(drop(SINKS));
    DONE(drop(SINKS + 1));
    CHECK_LATENESS(true);
}

/* It lies in the UTCB, and the kernel gives way after 2, 6, 10 ... slots. */
#define LAST 3u

/* Told to, it waits for a moment, and makes the last entry of a map in
 * progress another one. */
static volatile uint64_t change_at;
static volatile bool changed;
static l4_map_entry_t change_to;
static volatile uint64_t *change_words;

static void changer(uint64_t unused)
{
    l4_words_t w;

    (void)unused;
    for (;;) {
        (void)l4_wait(&w, NULL, L4_TIME_NEVER);
        pause_ns(change_at);
        change_words[1 + 2 * LAST] = change_to.fpage;
        change_words[2 + 2 * LAST] = change_to.dest;
        changed = true;
    }
}

#define CAPS_TO 256u
#define CAPS_ORDER 6u

/* A flexpage of capabilities that becomes one of memory while it is passed on:
 * the slots done are no bytes of that, and no bits of its entries. */
static bool map_changed(uint64_t at)
{
    const l4_words_t none = {{0}};
    l4_map_entry_t entries[LAST + 1];
    uint32_t done = 0;
    int32_t error = 0;

    for (unsigned i = 0; i < LAST; i++) {
        entries[i] = (l4_map_entry_t){l4_fpage_mem(FROM, ORDER_4K, L4_MEM_R),
                                      SIDE + i * L4_PAGE_SIZE};
    }
    entries[LAST] = (l4_map_entry_t){l4_fpage_cap(0, CAPS_ORDER, L4_RIGHTS_ALL),
                                     (uint64_t)CAPS_TO << 12};
    changed = false;
    change_at = at;
    DONE(l4_send(CHANGER_GATE, L4_TAG(0x7000, 1, 0, 0), &none, L4_TIME_NEVER));
    DONE(l4_task_map(alone_task, entries, LAST + 1, &done, &error, NULL));
    bool during = changed;
    while (!changed) {
        pause_ns(1000);
    }
    CHECK(!is_mapped(TO) || !is_writable(TO));
    DONE(unmap_in(alone_task, l4_fpage_cap(CAPS_TO, CAPS_ORDER, L4_RIGHTS_ALL),
                  true));
    DONE(unmap(TO, ORDER_2M, true));
    DONE(unmap(SIDE, ORDER_2M, true));
    return during;
}

static void entry_changes(void)
{
    unsigned runs = 0;
    l4_gate_t gate;

    DONE(map_in(alone_task, l4_fpage_mem(FROM, ORDER_4K + 1, L4_MEM_R), FIXED));
    change_to =
        (l4_map_entry_t){l4_fpage_mem(FIXED, ORDER_4K + 1, L4_RIGHTS_ALL), TO};
    change_words = l4_utcb()->mr;
    l4_thread_t thread = thread_run(alone_task, CHANGER, 230, changer, 0);
    DONE(l4_factory_create_gate(alone_factory, thread, 0, &gate,
                                INTO(CHANGER_GATE)));
    for (uint64_t at = 1; map_changed(at) || at < 2000; at += 31) {
        runs++;
    }
    CHECK(runs > 100);
    DONE(unmap(FIXED, ORDER_4K + 1, true));
    DONE(drop(CHANGER_GATE));
    DONE(drop(CHANGER));
    DONE(drop(CHANGER + 1));
}

static void create_thread_in(l4_factory_t factory, l4_task_t task, unsigned i)
{
    l4_thread_t thread;

    DONE(l4_factory_create_thread(factory, task, 0x300000 + i * L4_PAGE_SIZE,
                                  &thread, INTO(THREAD)));
    DONE(map_in(task, l4_fpage_cap(THREAD, 0, L4_RIGHTS_ALL),
                (8 + i) << 12 | L4_ITEM_GRANT));
}

/* A task full of memory, threads and capabilities, then its factory full of
 * objects. */
static void destruction(void)
{
    uint64_t before = kernel_used();
    l4_factory_t factory;
    l4_task_t task;
    l4_signal_t signal;

    DONE(l4_factory_create_factory(alone_factory, 4 << 20, 0, &factory,
                                   INTO(FACTORY)));
    DONE(l4_factory_create_task(factory, 12, &task, INTO(TASK)));
    DONE(map_in(task, l4_fpage_mem(FROM, 22, 7), 0x10001000));
    for (unsigned i = 0; i < 64; i++) {
        create_thread_in(factory, task, i);
    }
    for (unsigned i = 0; i < 300; i++) {
        DONE(l4_factory_create_signal(factory, &signal, INTO(THREAD)));
        DONE(map_in(task, l4_fpage_cap(THREAD, 0, L4_RIGHTS_ALL),
                    (100 + i) << 12 | L4_ITEM_GRANT));
    }
    CHECK_LATENESS(true);
    DONE(drop(TASK));
    CHECK_LATENESS(true);
    for (unsigned i = 0; i < 200; i++) {
        DONE(l4_factory_create_task(factory, 4, &task, INTO(60 + i)));
    }
    CHECK_LATENESS(true);
    DONE(drop(FACTORY));
    CHECK_LATENESS(true);
    CHECK_EQ(kernel_used(), before);
}

void root_main(void);
void root_main(void)
{
    static const struct alone_test tests[] = {
        ALONE_TEST(wide),          ALONE_TEST(deep),
        ALONE_TEST(big_ranges),    ALONE_TEST(several_entries),
        ALONE_TEST(bind_then_map), ALONE_TEST(entry_changes),
        ALONE_TEST(destruction),
    };

    thread_run(alone_task, TICKER, 220, ticker, PERIOD);
    pause_ns(1000000);
    CHECK_LATENESS(true);
    alone_run("memory-preempt", tests, sizeof(tests) / sizeof(tests[0]));
}
