/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals: events that coalesce and are masked until acknowledged; interrupts
 * are the same, shown with the real-time clock's. */
#include "kit.h"

#define LABEL 0x5161

/* The real-time clock's registers, and how they are reached. */
#define RTC_INDEX 0x70
#define RTC_DATA 0x71
#define RTC_A 0x0a
#define RTC_B 0x0b
#define RTC_C 0x0c
#define RTC_PERIODIC 0x40u /* in B: may interrupt; in C: did */

/* Takes what is there at once: the count that it brought, 0 for nothing. */
static uint64_t taken(uint64_t label)
{
    l4_words_t words = {{0}};
    uint64_t got = 0;
    l4_tag_t tag = l4_wait(&words, &got, L4_TIME_POLL);

    if (l4_tag_err(tag) == L4_ETIMEDOUT)
        return 0;
    CHECK_EQ(tag, L4_TAG(L4_SIGNAL_HANDLER_PROTO, 1, 1, 0) | L4_TAG_KERNEL);
    CHECK_EQ(got, label);
    return words.w[0];
}

/* A signal of main's that may be delivered. */
static l4_signal_t armed(void)
{
    l4_signal_t signal = kit_signal();

    MUST(l4_signal_bind(signal, kit_main, LABEL, NULL));
    MUST(l4_signal_ack(signal, NULL));
    return signal;
}

static void coalesces(void)
{
    l4_signal_t signal = armed();

    CHECK_EQ(taken(LABEL), 0);
    for (unsigned i = 0; i < 5; i++)
        MUST(l4_signal_raise(signal, NULL));
    CHECK_EQ(taken(LABEL), 5);
    CHECK_EQ(taken(LABEL), 0);
    kit_drop(signal.cap);
}

static void masked_until_acknowledged(void)
{
    l4_signal_t signal = armed();

    MUST(l4_signal_raise(signal, NULL));
    CHECK_EQ(taken(LABEL), 1);
    MUST(l4_signal_raise(signal, NULL));
    MUST(l4_signal_raise(signal, NULL));
    CHECK_EQ(taken(LABEL), 0);
    MUST(l4_signal_ack(signal, NULL));
    CHECK_EQ(taken(LABEL), 2);
    /* Acknowledging twice is acknowledging once. */
    MUST(l4_signal_ack(signal, NULL));
    MUST(l4_signal_ack(signal, NULL));
    CHECK_EQ(taken(LABEL), 0);
    MUST(l4_signal_raise(signal, NULL));
    CHECK_EQ(taken(LABEL), 1);
    kit_drop(signal.cap);
}

/* What was raised before anyone listened is not lost. */
static void raised_before_bound(void)
{
    l4_signal_t signal = kit_signal();

    MUST(l4_signal_raise(signal, NULL));
    MUST(l4_signal_bind(signal, kit_main, LABEL, NULL));
    MUST(l4_signal_ack(signal, NULL));
    CHECK_EQ(taken(LABEL), 1);
    kit_drop(signal.cap);
}

static void raised_while_unbound(void)
{
    l4_signal_t signal = armed();

    MUST(l4_signal_unbind(signal, NULL));
    MUST(l4_signal_raise(signal, NULL));
    CHECK_EQ(taken(LABEL), 0);
    MUST(l4_signal_bind(signal, kit_main, LABEL + 1, NULL));
    CHECK_EQ(taken(LABEL + 1), 1);
    kit_drop(signal.cap);
}

/* Pending when unbound, and delivered to who is bound next. */
static void unbound_while_pending(void)
{
    l4_signal_t signal = armed();

    MUST(l4_signal_raise(signal, NULL));
    MUST(l4_signal_unbind(signal, NULL));
    CHECK_EQ(taken(LABEL), 0);
    MUST(l4_signal_bind(signal, kit_main, LABEL + 1, NULL));
    CHECK_EQ(taken(LABEL + 1), 1);
    kit_drop(signal.cap);
}

static void destroyed_while_pending(void)
{
    l4_signal_t signal = armed();

    MUST(l4_signal_raise(signal, NULL));
    kit_drop(signal.cap);
    CHECK_EQ(taken(LABEL), 0);
}

static void rights(void)
{
    l4_signal_t signal = armed();
    l4_signal_t raise = {kit_slot()};
    l4_signal_t wait = {kit_slot()};
    l4_words_t w = {{0}};

    MUST(kit_give(kit_task, signal.cap, raise.cap, L4_SIGNAL_RIGHT_RAISE));
    MUST(kit_give(kit_task, signal.cap, wait.cap, L4_SIGNAL_RIGHT_WAIT));
    CHECK_EQ(l4_signal_raise(wait, NULL), L4_EPERM);
    CHECK_EQ(l4_signal_ack(raise, NULL), L4_EPERM);
    CHECK_EQ(l4_signal_unbind(raise, NULL), L4_EPERM);
    CHECK_EQ(l4_signal_bind(raise, kit_main, 1, NULL), L4_EPERM);
    CHECK_EQ(kit_ipc(L4_PHASE_REPLY, raise.cap, &w, NULL),
             l4_tag_error(L4_EPERM));
    CHECK_EQ(kit_ipc(L4_PHASE_REPLY_WAIT, raise.cap, &w, NULL),
             l4_tag_error(L4_EPERM));
    MUST(l4_signal_raise(raise, NULL));
    CHECK_EQ(taken(LABEL), 1);
    MUST(l4_signal_ack(wait, NULL));
    kit_drop(raise.cap);
    kit_drop(wait.cap);
    kit_drop(signal.cap);
}

/* Several that are pending come in the order in which they were raised. */
static void in_order(void)
{
    l4_signal_t signals[4];
    static const unsigned order[] = {2, 0, 3, 1};

    for (unsigned i = 0; i < 4; i++) {
        signals[i] = kit_signal();
        MUST(l4_signal_bind(signals[i], kit_main, LABEL + i, NULL));
        MUST(l4_signal_ack(signals[i], NULL));
    }
    for (unsigned i = 0; i < 4; i++)
        MUST(l4_signal_raise(signals[order[i]], NULL));
    MUST(l4_signal_raise(signals[order[0]], NULL));
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(taken(LABEL + order[i]), i == 0 ? 2 : 1);
    for (unsigned i = 0; i < 4; i++)
        kit_drop(signals[i].cap);
}

/* Waits, and acknowledges each in the system call that waits for the next. */
static void handle(struct worker *w)
{
    l4_words_t words;
    uint64_t label;
    l4_tag_t tag = l4_wait(&words, &label, L4_TIME_NEVER);

    while (l4_tag_proto(tag) == L4_SIGNAL_HANDLER_PROTO) {
        w->out += words.w[0];
        tag = l4_ipc(L4_PHASE_REPLY_WAIT, (l4_cap_t)w->in, &words, &label);
    }
}

static void wakes_a_higher_one_at_once(void)
{
    struct worker *w = worker_new(kit_task, KIT_HIGH);
    l4_signal_t signal = kit_signal();

    w->in = signal.cap;
    MUST(l4_signal_bind(signal, w->thread, LABEL, NULL));
    MUST(l4_signal_ack(signal, NULL));
    worker_start(w, handle);
    for (unsigned i = 1; i <= 10; i++) {
        MUST(l4_signal_raise(signal, NULL));
        CHECK_EQ(w->out, i);
    }
    kit_drop(signal.cap);
    worker_free(w);
}

/* The thread dies: raising goes on to do no harm. */
static void receiver_dies(void)
{
    struct worker *w = worker_new(kit_task, KIT_HIGH);
    l4_signal_t signal = kit_signal();

    MUST(l4_signal_bind(signal, w->thread, LABEL, NULL));
    MUST(l4_signal_ack(signal, NULL));
    MUST(l4_signal_raise(signal, NULL));
    worker_free(w);
    MUST(l4_signal_raise(signal, NULL));
    MUST(l4_signal_bind(signal, kit_main, LABEL, NULL));
    CHECK_EQ(taken(LABEL), 2);
    kit_drop(signal.cap);
}

/* --- the interrupt */

static l4_ports_t ports;

static uint32_t rtc_read(uint32_t index)
{
    uint32_t value = 0;

    MUST(l4_ports_write(ports, RTC_INDEX, 1, index, NULL));
    MUST(l4_ports_read(ports, RTC_DATA, 1, &value, NULL));
    return value;
}

static void rtc_write(uint32_t index, uint32_t value)
{
    MUST(l4_ports_write(ports, RTC_INDEX, 1, index, NULL));
    MUST(l4_ports_write(ports, RTC_DATA, 1, value, NULL));
}

/* Waits for an interrupt, lets the clock interrupt again, tells the kernel. */
static void tick(l4_signal_t irq)
{
    l4_words_t words;
    uint64_t label = 0;

    l4_tag_t tag = l4_wait(&words, &label, L4_TIME_NEVER);
    CHECK_EQ(tag, L4_TAG(L4_SIGNAL_HANDLER_PROTO, 1, 1, 0) | L4_TAG_KERNEL);
    CHECK_EQ(label, LABEL);
    CHECK(words.w[0] >= 1);
    (void)rtc_read(RTC_C);
    MUST(l4_signal_ack(irq, NULL));
}

static void interrupt(void)
{
    const l4_signal_t irq = {l4_env_cap("rtc")};

    ports.cap = l4_env_cap("cmos");
    MUST(l4_signal_bind(irq, kit_main, LABEL, NULL));
    rtc_write(RTC_A, 0x26); /* 1024 times a second */
    rtc_write(RTC_B, rtc_read(RTC_B) | RTC_PERIODIC);
    (void)rtc_read(RTC_C);
    MUST(l4_signal_ack(irq, NULL));
    for (unsigned i = 0; i < 20; i++)
        tick(irq);

    /* Nothing is lost that comes between two acknowledgements. */
    l4_words_t words;
    (void)l4_wait(&words, NULL, L4_TIME_NEVER);
    (void)rtc_read(RTC_C);
    CHECK_EQ(l4_wait(&words, NULL, 5000000), l4_tag_error(L4_ETIMEDOUT));
    CHECK(rtc_read(RTC_C) & RTC_PERIODIC);
    MUST(l4_signal_ack(irq, NULL));
    tick(irq);

    MUST(l4_signal_unbind(irq, NULL));
    CHECK_EQ(l4_wait(&words, NULL, 5000000), l4_tag_error(L4_ETIMEDOUT));
    rtc_write(RTC_B, rtc_read(RTC_B) & ~RTC_PERIODIC);
}

/* Ports reach as far as their capability. */
static void ports_are_bounded(void)
{
    l4_cap_t slot = kit_slot();
    uint32_t value;
    l4_ports_t one;

    ports.cap = l4_env_cap("cmos");
    CHECK_EQ(l4_ports_read(ports, RTC_INDEX - 1, 1, &value, NULL), L4_EPERM);
    CHECK_EQ(l4_ports_read(ports, RTC_DATA + 1, 1, &value, NULL), L4_EPERM);
    CHECK_EQ(l4_ports_read(ports, RTC_DATA, 2, &value, NULL), L4_EPERM);
    CHECK_EQ(l4_ports_read(ports, RTC_DATA, 3, &value, NULL), L4_EINVAL);
    CHECK_EQ(l4_ports_write(ports, 0xf4, 1, 1, NULL), L4_EPERM);
    CHECK_EQ(l4_ports_range(ports, RTC_DATA, 2, &one, KIT_INTO(slot)),
             L4_EPERM);
    CHECK_EQ(l4_ports_range(ports, RTC_DATA, 0, &one, KIT_INTO(slot)),
             L4_EPERM);
    CHECK_EQ(l4_ports_range(ports, 0, 0xffff, &one, KIT_INTO(slot)), L4_EPERM);
    MUST(l4_ports_range(ports, RTC_DATA, 1, &one, KIT_INTO(slot)));
    CHECK_EQ(l4_ports_read(one, RTC_DATA, 1, &value, NULL), 0);
    CHECK_EQ(l4_ports_read(one, RTC_INDEX, 1, &value, NULL), L4_EPERM);
    kit_drop(slot);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(coalesces),
        KIT_TEST(masked_until_acknowledged),
        KIT_TEST(raised_before_bound),
        KIT_TEST(raised_while_unbound),
        KIT_TEST(unbound_while_pending),
        KIT_TEST(destroyed_while_pending),
        KIT_TEST(rights),
        KIT_TEST(in_order),
        KIT_TEST(wakes_a_higher_one_at_once),
        KIT_TEST(receiver_dies),
        KIT_TEST(interrupt),
        KIT_TEST(ports_are_bounded),
    };

    return kit_run("signal", tests, KIT_COUNT(tests));
}
