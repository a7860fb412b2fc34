/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random system calls, well-formed and not, on live objects of every kind. A
 * program that does its worst may ruin itself; the kernel's accounts have to
 * balance afterwards, and a server that it talks to has to go on serving.
 *
 * Main runs below the attacker, so it goes on when that has ended, blocked,
 * or destroyed itself.
 */
#include <l4/log.h>

#include "kit.h"

#define ROUNDS 50
#define CALLS 2000
#define SEED 0x414c4d4f4e44ull

#define VICTIM_PROTO 0x7100
#define QUOTA 0x100000

/* Slots of the attacker's table, of 64. */
enum {
    SLOT_SELF = 20, /* its thread */
    SLOT_FACTORY,
    SLOT_VICTIM,
    SLOT_SIGNAL,
    SLOT_SCHED,
    SLOT_THREAD,
    SLOT_TASK,
    SLOT_GATE, /* its own */
    SLOT_EMPTY
};

struct operation {
    uint16_t proto;
    uint16_t ops;
    uint16_t slot; /* of an object that knows it */
};

static const struct operation operations[] = {
    {L4_FACTORY_PROTO, 7, SLOT_FACTORY}, {L4_TASK_PROTO, 7, L4_CAP_TASK},
    {L4_TASK_PROTO, 7, SLOT_TASK},       {L4_THREAD_PROTO, 12, SLOT_THREAD},
    {L4_THREAD_PROTO, 12, SLOT_SELF},    {L4_SCHED_PROTO, 2, SLOT_SCHED},
    {L4_SIGNAL_PROTO, 4, SLOT_SIGNAL},   {VICTIM_PROTO, 1, SLOT_VICTIM},
    {VICTIM_PROTO, 1, SLOT_GATE},
};

static uint64_t random_state;
static volatile uint64_t calls_made;

static uint64_t random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static uint64_t random_below(uint64_t limit)
{
    return (random_next() >> 11) % limit;
}

/* Numbers that matter more often than others. */
static uint64_t random_word(void)
{
    static const uint64_t odd[] = {0,
                                   1,
                                   2,
                                   4,
                                   12,
                                   63,
                                   64,
                                   0x1000,
                                   0x60000000,
                                   L4_USER_END,
                                   L4_USER_END - 0x1000,
                                   1ull << 47,
                                   ~0ull,
                                   1ull << 63,
                                   0xffffffff};

    switch (random_below(4)) {
    case 0: return odd[random_below(KIT_COUNT(odd))];
    case 1: return random_below(64);
    case 2: return 0x60000000 + (random_below(256) << 12);
    default: return random_next();
    }
}

static l4_fpage_t random_fpage(void)
{
    switch (random_below(6)) {
    case 0: return random_next();
    case 1: return L4_FPAGE_NONE;
    case 2:
        return l4_fpage_mem(0x60000000 + (random_below(64) << 12),
                            12 + (unsigned)random_below(6), 7);
    case 3:
        return l4_fpage_mem((uint64_t)(uintptr_t)operations & ~0xfffull, 12, 3);
    default:
        return l4_fpage_cap((l4_cap_t)random_below(64),
                            (unsigned)random_below(3),
                            (unsigned)random_below(16));
    }
}

static l4_tag_t random_tag(const struct operation *o)
{
    static const l4_tag_t phases[] = {
        L4_PHASE_CALL, L4_PHASE_CALL,       L4_PHASE_CALL, L4_PHASE_SEND,
        L4_PHASE_WAIT, L4_PHASE_REPLY_WAIT, L4_PHASE_REPLY};
    uint64_t words = random_below(8);
    uint64_t items = random_below(3);

    if (random_below(50) == 0) {
        return random_next();
    }
    if (random_below(20) == 0) {
        words = random_below(66);
        items = random_below(18);
    }
    return L4_TAG(o->proto, 1 + random_below(o->ops), words, items) |
           phases[random_below(KIT_COUNT(phases))] | L4_TAG_SEND_TIMEOUT |
           L4_TAG_WAIT_TIMEOUT;
}

/* One random system call. Timeouts poll, so that it goes on. */
static void attack_once(void)
{
    const struct operation *o =
        &operations[random_below(KIT_COUNT(operations))];
    l4_utcb_t *u = l4_utcb();
    l4_words_t w;
    uint64_t cap = o->slot;
    uint64_t label;

    if (random_below(8) == 0) {
        cap = random_below(4) ? random_below(64) : random_next();
    }
    for (unsigned i = 0; i < L4_MSG_REGS; i++) {
        w.w[i] = random_word();
    }
    for (unsigned i = L4_MSG_REGS; i < 24; i++) {
        u->mr[i] = random_word();
    }
    for (unsigned i = 0; i < 4; i++) {
        u->items[i].fpage = random_fpage();
        u->items[i].control =
            random_below(3) ? random_below(64) << 12 : random_word();
    }
    u->window[L4_WINDOW_MEM] = l4_fpage_mem(0x60000000, 18, 7);
    u->window[L4_WINDOW_CAP] = l4_fpage_cap(
        SLOT_EMPTY + (l4_cap_t)random_below(36), (unsigned)random_below(3), 7);
    if (random_below(10) == 0) {
        u->window[random_below(3)] = random_next();
    }
    u->send_timeout = 0;
    u->wait_timeout = 0;
    calls_made++;
    (void)kit_ipc(random_tag(o), cap, &w, &label);
}

static void attacker(struct worker *w)
{
    (void)w;
    for (unsigned i = 0; i < CALLS; i++) {
        attack_once();
    }
}

/* The victim adds one. */
static void victim(struct worker *w)
{
    l4_words_t words;
    uint64_t label;

    (void)w;
    (void)l4_wait(&words, &label, L4_TIME_NEVER);
    for (;;) {
        words.w[0]++;
        (void)l4_reply_wait(L4_TAG(VICTIM_PROTO, 1, 1, 0) | L4_TAG_REPLY,
                            &words, &label, L4_TIME_NEVER);
    }
}

static void victim_check(const struct worker *v, uint64_t value)
{
    l4_words_t w = {{value}};
    l4_tag_t tag =
        l4_call(v->gate.cap, L4_TAG(VICTIM_PROTO, 1, 1, 0), &w, L4_TIME_NEVER);

    CHECK_EQ(tag, L4_TAG(VICTIM_PROTO, 1, 1, 0) | L4_TAG_REPLY);
    CHECK_EQ(w.w[0], value + 1);
}

/* Makes an object of the attacker's factory and gives it to it. */
#define ARM(task, slot, create, ...)                      \
    do {                                                  \
        l4_cap_t mine_ = kit_slot();                      \
        MUST(create(__VA_ARGS__, KIT_INTO(mine_)));       \
        MUST(kit_give(task, mine_, slot, L4_RIGHTS_ALL)); \
        toys[toy_count++] = mine_;                        \
    } while (0)

static l4_cap_t toys[8];
static unsigned toy_count;

/* What the attacker plays with. */
static void arm(l4_factory_t f, l4_task_t task, const struct worker *w,
                const struct worker *v)
{
    l4_signal_t signal;
    l4_thread_t thread;
    l4_task_t other;

    MUST(kit_give(task, w->thread.cap, SLOT_SELF, L4_RIGHTS_ALL));
    MUST(kit_give(task, f.cap, SLOT_FACTORY, L4_RIGHTS_ALL));
    MUST(kit_give(task, v->gate.cap, SLOT_VICTIM, 3));
    MUST(kit_give(task, w->sched.cap, SLOT_SCHED, L4_RIGHTS_ALL));
    MUST(kit_give(task, w->gate.cap, SLOT_GATE, L4_RIGHTS_ALL));
    ARM(task, SLOT_SIGNAL, l4_factory_create_signal, f, &signal);
    ARM(task, SLOT_TASK, l4_factory_create_task, f, 5, &other);
    ARM(task, SLOT_THREAD, l4_factory_create_thread, f, other, 0x70000000,
        &thread);
}

static void disarm(void)
{
    while (toy_count > 0) {
        kit_drop(toys[--toy_count]);
    }
}

static void round_run(const struct worker *v, unsigned number)
{
    l4_factory_t f = kit_subfactory(QUOTA);
    l4_task_t task;

    MUST(l4_factory_create_task(f, 6, &task, KIT_INTO(kit_slot())));
    MUST(kit_give(task, task.cap, L4_CAP_TASK, L4_RIGHTS_ALL));
    MUST(kit_give(task, L4_CAP_PAGER, L4_CAP_PAGER, L4_RIGHTS_ALL));
    worker_factory = f;
    struct worker *w = worker_new(task, KIT_HIGH);
    worker_factory = kit_factory;
    MUST(l4_thread_set_handlers(w->thread, L4_CAP_PAGER, 0, NULL));
    arm(f, task, w, v);
    random_state = SEED + number;
    worker_start(w, attacker);
    /* It has had its time now. */
    victim_check(v, number);
    kit_drop(f.cap); /* and everything that came of it */
    worker_free(w);
    kit_drop(task.cap);
    disarm();
    victim_check(v, number + 1000);
}

static void random_calls(void)
{
    const l4_sched_t sched = {L4_CAP_SCHED};
    struct worker *v = worker_run(KIT_HIGH, victim);

    MUST(l4_sched_set_priority(sched, KIT_LOW, NULL));
    for (unsigned i = 0; i < ROUNDS; i++) {
        round_run(v, i);
    }
    MUST(l4_sched_set_priority(sched, KIT_PRIORITY, NULL));
    worker_free(v);
    l4_print("chaos: seed %#llx, %llu calls\n", (unsigned long long)SEED,
             (unsigned long long)calls_made);
}

static const struct kit_test tests[] = {
    KIT_TEST(random_calls),
};

int main(void)
{
    return kit_run("chaos", tests, KIT_COUNT(tests));
}
