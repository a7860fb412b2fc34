/* SPDX-License-Identifier: BSD-2-Clause */
#include "irqoff.h"
#include "config.h"
#include "measure.h"

#include <l4/log.h>

#define TICKER 50 /* slots */
#define TICKER_GATE 52

/* How many moments of an operation are tried if not told: all stretches between
 * preemption points of short operations, a sample of them in long ones, which
 * repeat the same few steps. sweep-long.irqoff tries 20,000. */
#define PHASES 400u

#define GO L4_TAG(0x7000, 1, 0, 0)
#define STOP L4_TAG(0x7000, 2, 0, 0)

static volatile uint64_t phase; /* how long the ticker sleeps, ns */
static volatile bool fired;
static volatile uint64_t late;
static uint64_t latest;

/* Told to go, it sleeps; told to stop before it wakes, it sleeps no more. */
static void ticker(uint64_t unused)
{
    l4_words_t w;

    (void)unused;
    for (;;) {
        if (l4_wait(&w, NULL, L4_TIME_NEVER) != GO) {
            continue; /* it had woken up already */
        }
        uint64_t start = measure_now();
        l4_tag_t tag = l4_wait(&w, NULL, phase);
        uint64_t end = measure_now();
        if (l4_tag_err(tag) == L4_ETIMEDOUT) {
            late = end - start - phase;
            fired = true;
        }
    }
}

static void ticker_tell(l4_tag_t what)
{
    const l4_words_t none = {{0}};

    DONE(l4_send(TICKER_GATE, what, &none, L4_TIME_NEVER));
}

static void step(void (*function)(void))
{
    if (function) {
        function();
    }
}

/* One run with the timer at `at`. False: it came after the end. */
static bool run_once(const struct irqoff_op *op, uint64_t at)
{
    bool during;

    step(op->prepare);
    phase = at;
    fired = false;
    ticker_tell(GO);
    op->run();
    during = fired;
    if (!during) {
        ticker_tell(STOP);
    }
    step(op->restore);
    return during;
}

/* How long an operation takes when nothing interrupts it. */
static uint64_t duration(const struct irqoff_op *op)
{
    step(op->prepare);
    uint64_t start = measure_now();
    op->run();
    uint64_t end = measure_now();
    step(op->restore);
    return end - start;
}

static void sweep(const struct irqoff_op *op)
{
    uint64_t phases = config_number("opt/almond/phases", PHASES);

    (void)duration(op); /* what is used first takes longer */
    uint64_t length = duration(op);
    uint64_t stride = length / phases | 1;
    uint64_t worst = 0;
    uint64_t worst_at = 0;
    unsigned runs = 0;

    for (uint64_t at = 1; run_once(op, at); at += stride, runs++) {
        if (late > worst) {
            worst = late;
            worst_at = at;
        }
    }
    CHECK(runs > length / stride / 2);
    alone_print("{\"name\":\"irqoff.%s\",\"value\":%lu,"
                "\"unit\":\"instructions\",\"at\":%lu,\"length\":%lu,"
                "\"runs\":%u}\n",
                op->name, worst, worst_at, length, runs);
    if (worst > latest) {
        latest = worst;
    }
}

static void memory(void)
{
    for (size_t i = 0; i < irqoff_memory_count; i++) {
        sweep(&irqoff_memory[i]);
    }
}

static void objects(void)
{
    irqoff_objects_begin();
    for (size_t i = 0; i < irqoff_objects_count; i++) {
        sweep(&irqoff_objects[i]);
    }
}

static void worst(void)
{
    alone_print("{\"name\":\"irqoff.max\",\"value\":%lu,"
                "\"unit\":\"instructions\"}\n",
                latest);
}

void root_main(void);
void root_main(void)
{
    static const struct alone_test tests[] = {
        ALONE_TEST(memory),
        ALONE_TEST(objects),
        ALONE_TEST(worst),
    };
    l4_gate_t gate;

    l4_thread_t thread = thread_run(alone_task, TICKER, 250, ticker, 0);
    DONE(l4_factory_create_gate(alone_factory, thread, 0, &gate,
                                INTO(TICKER_GATE)));
    const l4_sched_t sched = {L4_ROOT_CAP_SCHED};
    DONE(l4_sched_set_priority(sched, 100, NULL));
    if (!measure_is_counted(measure_loop())) {
        alone_print(MEASURE_NOT_COUNTED "\n");
        alone_run("irqoff", NULL, 0);
    }
    alone_run("irqoff", tests, sizeof(tests) / sizeof(tests[0]));
}
