/* SPDX-License-Identifier: BSD-2-Clause */
/* Attacks on time: priorities, loans, budgets, timers, interrupts. */
#include "victims.h"

#define TAG L4_TAG(ATTACK_PROTO, 9, 0, 0)

#define US ((l4_time_t)1000)
#define MS ((l4_time_t)1000000)
#define QUOTA ((uint64_t)1 << 20)

/* How late a victim of the highest priority may wake up. */
#define LATE_MAX (20 * US)

#define RTC_INDEX 0x70
#define RTC_DATA 0x71
#define RTC_A 10u
#define RTC_B 11u
#define RTC_C 12u
#define RTC_PERIODIC 0x40u
#define RTC_FASTEST 0x23u /* 8192 times a second */

#define PIT_0 0x40
#define PIT_MODE 0x43
#define PIT_PERIODIC 0x34u /* channel 0, both bytes, mode 2 */
#define PIT_FASTEST 4u     /* every 3.4 us */

/* --- priorities */

static void grab(struct worker *w)
{
    const l4_factory_t own = {ATTACKER_FACTORY};
    l4_sched_t made;

    for (unsigned priority = 0; priority < 256; priority++) {
        l4_err_t err = l4_factory_create_sched(own, (uint8_t)priority, &made,
                                               KIT_INTO(ATTACKER_FREE + 1));
        w->out += err != (priority <= KIT_LOW ? 0 : L4_EPERM);
        if (!err) {
            w->out +=
                l4_sched_set_priority(made, KIT_LOW + 1, NULL) != L4_EPERM;
            w->out += l4_sched_set_priority(made, 255, NULL) != L4_EPERM;
            l4_fpage_t slot = l4_fpage_cap(ATTACKER_FREE + 1, 0, 7);
            l4_unmap(&slot, 1);
        }
    }
    l4_factory_t child;
    w->out +=
        l4_factory_create_factory(own, L4_PAGE_SIZE, KIT_LOW + 1, &child,
                                  KIT_INTO(ATTACKER_FREE + 1)) != L4_EPERM;
    /* Its own context, which it may use and not set. */
    const l4_sched_t context = {ATTACKER_FREE};
    const l4_thread_t self = {ATTACKER_SELF};
    w->out += l4_sched_set_priority(context, 1, NULL) != L4_EPERM;
    w->out += l4_sched_set_budget(context, 0, 0, NULL) != L4_EPERM;
    /* Somebody else's context. */
    const l4_sched_t stolen = {ATTACKER_FREE + 2};
    w->out += l4_thread_set_context(self, stolen, NULL) != L4_EBUSY;
}

static void priorities_that_are_not_given(void)
{
    l4_factory_t f;
    struct attacker a;

    attacker_make(&a, QUOTA, KIT_LOW);
    MUST(l4_factory_create_factory(a.factory, 16 * L4_PAGE_SIZE, KIT_LOW, &f,
                                   KIT_INTO(kit_slot())));
    MUST(kit_unmap(a.task, l4_fpage_cap(ATTACKER_FACTORY, 0, 7), true));
    MUST(kit_give(a.task, f.cap, ATTACKER_FACTORY, 7));
    MUST(kit_give(a.task, a.worker->sched.cap, ATTACKER_FREE, 1));
    MUST(kit_give(a.task, victim_worker()->sched.cap, ATTACKER_FREE + 2, 1));
    worker_start(a.worker, grab);
    worker_join(a.worker);
    CHECK_EQ(a.worker->out, 0);
    kit_drop(f.cap);
    attacker_end(&a);
}

/* --- loans */

#define RING 12u

static struct worker *ring[RING];
static unsigned ring_size;

/* Takes a call, calls the next one, and answers with what came of that. */
static void call_next(struct worker *w)
{
    unsigned i = 0;
    l4_words_t words;

    (void)l4_wait(&words, NULL, L4_TIME_NEVER);
    while (ring[i] != w)
        i++;
    w->err = l4_tag_err(kit_call(ring[(i + 1) % ring_size]->gate.cap, TAG));
    w->out = 1;
    (void)!l4_reply(TAG | L4_TAG_REPLY, &words);
}

/* Calls in circles: who would wait for itself is told, and the others go on. */
static void donation_cycles(void)
{
    for (ring_size = 1; ring_size <= RING; ring_size++) {
        unsigned loops = 0;
        for (unsigned i = 0; i < ring_size; i++)
            ring[i] = worker_new(kit_task, i % 2 ? KIT_HIGH : KIT_PASSIVE);
        for (unsigned i = 0; i < ring_size; i++)
            worker_start(ring[i], call_next);
        CHECK_EQ(l4_tag_err(kit_call(ring[0]->gate.cap, TAG)), 0);
        for (unsigned i = 0; i < ring_size; i++) {
            CHECK(ring[i]->err == 0 || ring[i]->err == L4_ELOOP);
            loops += ring[i]->err == L4_ELOOP;
            worker_free(ring[i]);
        }
        CHECK_EQ(loops, 1);
        victim_serves();
    }
    attack_rest(MS); /* what they had to say goes nowhere */
}

/* --- budgets */

static volatile l4_time_t games_end;
static volatile uint64_t game;

static void burn(l4_time_t ns)
{
    l4_time_t until = l4_time_now() + ns;

    while (l4_time_now() < until)
        ;
}

/* Tries to get more than its share by when it sleeps. */
static void play(struct worker *w)
{
    l4_words_t words = {{0}};

    for (uint64_t i = 0; l4_time_now() < games_end; i++) {
        switch (game) {
        case 0: burn(100 * US); break;
        case 1: /* saves the budget, and spends it around the period's end */
            burn(10 * US);
            (void)l4_wait(&words, NULL, 8 * MS);
            burn(3 * MS);
            break;
        case 2: /* wakes all the time */
            burn(5 * US);
            (void)l4_wait(&words, NULL, 1);
            break;
        case 3: /* on the time of those it calls, and back */
            (void)l4_call(ATTACKER_VICTIM, VICTIM_ADD, &words, L4_TIME_NEVER);
            break;
        default: /* sleeps for very long, then takes what it saved */
            (void)l4_wait(&words, NULL, 50 * MS);
            burn(20 * MS);
            break;
        }
        w->out++;
    }
}

static void budget_games(void)
{
    const l4_time_t span = 100 * MS;

    for (game = 0; game < 5; game++) {
        struct attacker a;
        l4_sched_usage_t usage = {0};
        attacker_make(&a, QUOTA, KIT_HIGH);
        MUST(l4_sched_set_budget(a.worker->sched, MS, 10 * MS, NULL));
        games_end = l4_time_now() + span;
        worker_start(a.worker, play);
        attack_rest(span);
        MUST(l4_sched_usage(a.worker->sched, &usage, NULL));
        CHECK(usage.cpu_ns <= span / 10 + 2 * MS);
        CHECK(usage.cpu_ns > 0);
        victim_serves();
        attacker_end(&a);
    }
    CHECK(custom_latest() < LATE_MAX);
}

/* --- timers and interrupts */

#define STORM 12u

static volatile bool storm_over;

static void storm(struct worker *w)
{
    while (!storm_over) {
        l4_words_t words = {{0}};
        (void)l4_wait(&words, NULL, 1 + w->out % 5 * 100);
        (void)l4_call(ATTACKER_VICTIM, VICTIM_ADD, &words,
                      w->out % 3 ? 1 : L4_TIME_POLL);
        (void)l4_wait(&words, NULL, L4_TIME_ABSOLUTE | (w->out % 7));
        w->out++;
    }
}

static void timer_storm(void)
{
    struct worker *more[STORM];
    struct attacker a;
    uint64_t before;

    attacker_make(&a, QUOTA, KIT_LOW);
    storm_over = false;
    worker_factory = a.factory;
    for (unsigned i = 0; i < STORM; i++) {
        more[i] = worker_new(a.task, KIT_LOW);
        worker_start(more[i], storm);
    }
    worker_factory = kit_factory;
    (void)custom_latest();
    before = custom_served();
    attack_rest(20 * MS);
    CHECK(custom_served() - before >= 20 * MS / CUSTOM_PERIOD / 2);
    CHECK(custom_latest() < LATE_MAX);
    storm_over = true;
    for (unsigned i = 0; i < STORM; i++) {
        worker_join(more[i]);
        worker_free(more[i]);
    }
    attacker_end(&a);
}

static l4_ports_t cmos;

static void rtc_write(uint32_t index, uint32_t value)
{
    MUST(l4_ports_write(cmos, RTC_INDEX, 1, index, NULL));
    MUST(l4_ports_write(cmos, RTC_DATA, 1, value, NULL));
}

static uint32_t rtc_read(uint32_t index)
{
    uint32_t value = 0;

    MUST(l4_ports_write(cmos, RTC_INDEX, 1, index, NULL));
    MUST(l4_ports_read(cmos, RTC_DATA, 1, &value, NULL));
    return value;
}

/* A driver of interrupts that come as often as they can: acknowledges them all
 * the time, or never. */
static void drive(struct worker *w)
{
    const l4_signal_t irq = {l4_env_cap("rtc")};

    MUST(l4_signal_bind(irq, w->thread, 3, NULL));
    MUST(l4_signal_ack(irq, NULL));
    while (!storm_over) {
        l4_words_t words;
        l4_tag_t tag = l4_wait(&words, NULL, MS);
        w->out += !l4_tag_err(tag);
        if (w->in)
            continue;
        (void)rtc_read(RTC_C);
        for (unsigned i = 0; i < 5; i++)
            MUST(l4_signal_ack(irq, NULL));
    }
    MUST(l4_signal_unbind(irq, NULL));
}

static void interrupt_flood(void)
{
    cmos.cap = l4_env_cap("cmos");
    for (unsigned never = 0; never < 2; never++) {
        struct worker *w = worker_new(kit_task, KIT_HIGH);
        uint64_t before;
        rtc_write(RTC_A, RTC_FASTEST);
        rtc_write(RTC_B, rtc_read(RTC_B) | RTC_PERIODIC);
        (void)rtc_read(RTC_C);
        storm_over = false;
        w->in = never;
        (void)custom_latest();
        before = custom_served();
        worker_start(w, drive);
        attack_rest(30 * MS);
        CHECK(custom_served() - before >= 30 * MS / CUSTOM_PERIOD / 2);
        CHECK(custom_latest() < LATE_MAX);
        CHECK(never ? w->out == 1 : w->out > 100);
        storm_over = true;
        worker_join(w);
        worker_free(w);
        rtc_write(RTC_B, rtc_read(RTC_B) & ~RTC_PERIODIC);
        (void)rtc_read(RTC_C);
    }
}

/* Programs the PIT to interrupt every `divisor` of its ticks. */
static void pit_set(uint32_t divisor)
{
    const l4_ports_t timer = {l4_env_cap("timer")};

    MUST(l4_ports_write(timer, PIT_MODE, 1, PIT_PERIODIC, NULL));
    MUST(l4_ports_write(timer, PIT_0, 1, divisor & 0xff, NULL));
    MUST(l4_ports_write(timer, PIT_0, 1, divisor >> 8, NULL));
}

static void drive_pit(struct worker *w)
{
    const l4_signal_t irq = {l4_env_cap("pit")};

    MUST(l4_signal_bind(irq, w->thread, 4, NULL));
    while (!storm_over) {
        l4_words_t words;
        MUST(l4_signal_ack(irq, NULL));
        w->out += !l4_tag_err(l4_wait(&words, NULL, MS));
    }
    MUST(l4_signal_unbind(irq, NULL));
}

/* The same from a source that interrupts faster than anyone can answer. */
static void interrupts_all_the_time(void)
{
    struct worker *w = worker_new(kit_task, KIT_HIGH);
    uint64_t before;

    pit_set(PIT_FASTEST);
    storm_over = false;
    (void)custom_latest();
    before = custom_served();
    worker_start(w, drive_pit);
    attack_rest(30 * MS);
    CHECK(custom_served() - before >= 30 * MS / CUSTOM_PERIOD / 2);
    CHECK(custom_latest() < LATE_MAX);
    CHECK(w->out > 30 * MS / (10 * US));
    storm_over = true;
    worker_join(w);
    worker_free(w);
    pit_set(0);
}

/* --- signals */

static void raise_on(struct worker *w)
{
    const l4_signal_t signal = {ATTACKER_FREE};

    while (!storm_over) {
        w->err |= l4_signal_raise(signal, NULL);
        w->out++;
    }
}

/* Raises of a signal that its victim does not even expect coalesce, and stop
 * until they are acknowledged. */
static void signal_flood(void)
{
    l4_signal_t signal = kit_signal();
    struct attacker a;
    uint64_t before;

    MUST(l4_signal_bind(signal, victim_worker()->thread, 7, NULL));
    MUST(l4_signal_ack(signal, NULL));
    attacker_make(&a, QUOTA, KIT_LOW);
    MUST(kit_give(a.task, signal.cap, ATTACKER_FREE, L4_SIGNAL_RIGHT_RAISE));
    storm_over = false;
    worker_start(a.worker, raise_on);
    before = custom_served();
    for (unsigned i = 0; i < 100; i++) {
        attack_rest(100 * US);
        MUST(l4_signal_ack(signal, NULL));
        victim_serves();
    }
    CHECK(custom_served() - before >= 10 * MS / CUSTOM_PERIOD / 2);
    storm_over = true;
    worker_join(a.worker);
    CHECK_EQ(a.worker->err, 0);
    CHECK(a.worker->out > 1000);
    kit_drop(signal.cap);
    attacker_end(&a);
}

/* --- sleep */

#define STATE ((uint64_t)0x60000000) /* a page for a vCPU's state */
#define SLEEPS 50u                   /* threads in turn */

/* Halts, for ever or (`in`) for some time. */
static void sleep_on(struct worker *w)
{
    l4_words_t words = {{0}};

    while (!storm_over) {
        l4_utcb()->wait_timeout = w->in;
        w->err =
            l4_tag_err(l4_ipc(L4_PHASE_HALT | (w->in ? L4_TAG_WAIT_TIMEOUT : 0),
                              L4_CAP_NONE, &words, NULL));
        w->out++;
    }
}

/* It has woken up for the time `n`, and sleeps again. */
static void woken(const struct worker *w, uint64_t n, l4_err_t err)
{
    attack_rest(100 * US);
    CHECK_EQ(w->out, n);
    CHECK_EQ(w->err, err);
    CHECK_EQ(worker_state(w), L4_THREAD_STATE_HALTED);
}

/* Who calls a sleeper queues in vain until the gate becomes another's. */
static void sleeper_is_called(struct worker *w)
{
    struct worker *caller = worker_new(kit_task, KIT_LOW);

    caller->in = w->gate.cap;
    worker_start(caller, worker_call);
    attack_rest(100 * US);
    CHECK_EQ(worker_state(caller), L4_THREAD_STATE_SENDING);
    MUST(l4_thread_bind(victim_worker()->thread, w->gate, NULL));
    worker_join(caller);
    CHECK_EQ(caller->err, L4_EUNBOUND);
    worker_free(caller);
}

/* Everything that can be done to one that sleeps, at last its end; it may be a
 * vCPU, or have set an alarm. */
static void sleeper_suffers(bool vcpu, l4_time_t alarm)
{
    l4_signal_t signal = kit_signal();
    struct attacker a;

    attacker_make(&a, QUOTA, KIT_LOW);
    struct worker *w = a.worker;
    if (vcpu)
        MUST(l4_thread_make_vcpu(w->thread, STATE, NULL));
    storm_over = false;
    w->in = alarm;
    worker_start(w, sleep_on);
    woken(w, 0, 0);
    MUST(l4_thread_cancel(w->thread, NULL));
    woken(w, 1, L4_ECANCELED);
    MUST(l4_thread_stop(w->thread, NULL));
    CHECK_EQ(worker_state(w), L4_THREAD_STATE_STOPPED);
    MUST(l4_thread_resume(w->thread, NULL));
    woken(w, 2, L4_ECANCELED);
    sleeper_is_called(w);
    MUST(l4_signal_bind(signal, w->thread, 7, NULL));
    MUST(l4_signal_ack(signal, NULL));
    MUST(l4_signal_raise(signal, NULL));
    attack_rest(100 * US);
    /* To a vCPU that is an interrupt, and stays one: it will not sleep. */
    CHECK_EQ(w->out > 2, vcpu);
    MUST(l4_sched_set_priority(w->sched, KIT_LOW - 1, NULL));
    kit_drop(w->sched.cap);
    w->sched.cap = L4_CAP_NONE;
    kit_drop(signal.cap);
    victim_serves();
    attacker_end(&a);
}

static void sleepers(void)
{
    (void)custom_latest();
    for (unsigned i = 0; i < SLEEPS; i++)
        sleeper_suffers(i % 2, i % 4 < 2 ? 0 : 2 * MS);
    attack_rest(4 * MS); /* no alarm of theirs is left */
    victim_serves();
    CHECK(custom_latest() < LATE_MAX);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(priorities_that_are_not_given),
        KIT_TEST(donation_cycles),
        KIT_TEST(budget_games),
        KIT_TEST(timer_storm),
        KIT_TEST(interrupt_flood),
        KIT_TEST(interrupts_all_the_time),
        KIT_TEST(signal_flood),
        KIT_TEST(sleepers),
    };

    return attack_run("time", tests, KIT_COUNT(tests));
}
