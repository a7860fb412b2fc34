/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time as a resource. One thread does a little work every 10 ms; another one,
 * more important, takes all the time it can get. A budget keeps the second one
 * from harming the first: when it is used up the thread waits for its next
 * period, and a signal says so.
 */
#include <l4/env.h>
#include <l4/handlers.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/server.h>
#include <l4/slots.h>
#include <l4/thread.h>

#define MS ((uint64_t)1000000)
#define PERIOD (10 * MS)
#define ROUNDS 10u

#define OVERRUN 1u /* labels of the signals */
#define MISS 2u

static l4_thread_ctl_t steady_ctl;
static l4_thread_ctl_t greedy_ctl;
static volatile unsigned rounds;

/* Works for about a millisecond in each period. */
static void steady(void *arg)
{
    uint64_t next = l4_time_now();

    (void)arg;
    while (rounds < ROUNDS) {
        uint64_t begin = l4_time_now();
        while (l4_time_now() - begin < MS)
            ;
        rounds++;
        next += PERIOD;
        l4_sleep(next | L4_TIME_ABSOLUTE);
    }
}

static void greedy(void *arg)
{
    (void)arg;
    for (;;) {
    }
}

/* The main thread counts the signals, until it has had enough. */
static unsigned counts[3];

static l4_err_t fired(void *self, l4_req_t *req, uint64_t count)
{
    const l4_signal_t *signals = self;

    counts[req->label] += (unsigned)count;
    if (counts[OVERRUN] >= ROUNDS)
        l4_server_stop(req->server);
    return l4_signal_ack(signals[req->label], NULL);
}

static void must(l4_err_t err)
{
    if (err == L4_OK)
        return;
    l4_log(L4_LOG_ERROR, "%s", l4_err_text(err));
    l4_exit(1);
}

static l4_signal_t signal_new(uint64_t label)
{
    const l4_factory_t factory = {L4_CAP_FACTORY};
    const l4_thread_t me = {L4_CAP_THREAD};
    const l4_ctx_t into = L4_CTX(.caps = l4_slot_window(l4_slot_alloc()));
    l4_signal_t signal;

    must(l4_factory_create_signal(factory, &signal, &into));
    must(l4_signal_bind(signal, me, label, NULL));
    must(l4_signal_ack(signal, NULL));
    return signal;
}

/* We are above both, so neither has run before its budget is set. */
static void start(l4_thread_ctl_t *ctl, void (*entry)(void *), const char *name,
                  int below, uint64_t budget)
{
    const l4_thread_attr_t attr = {
        .name = name, .priority = (uint8_t)(l4_env()->priority - below)};

    must(l4_thread_create(ctl, entry, NULL, &attr));
    must(l4_sched_set_budget((l4_sched_t){ctl->sched}, budget, PERIOD, NULL));
}

static void tell(const char *name, const l4_thread_ctl_t *ctl)
{
    l4_sched_usage_t u;

    must(l4_sched_usage((l4_sched_t){ctl->sched}, &u, NULL));
    l4_log(L4_LOG_INFO,
           "%s: %lu ms of at most %lu in each %lu ms, %lu overruns, %lu misses",
           name, (u.cpu_ns + MS / 2) / MS, u.budget_ns / MS, u.period_ns / MS,
           u.overruns, u.misses);
}

int main(void)
{
    static const l4_signal_handler_ops_t ops = {.fired = fired};
    static l4_signal_t signals[3];
    static l4_range_t ranges[1];
    l4_server_t server;

    l4_server_init(&server, ranges, 1);
    must(l4_signal_handler_register(&server, OVERRUN, MISS, &ops, signals));
    signals[OVERRUN] = signal_new(OVERRUN);
    signals[MISS] = signal_new(MISS);
    start(&greedy_ctl, greedy, "greedy", 1, 2 * MS);
    start(&steady_ctl, steady, "steady", 2, 3 * MS);
    must(l4_sched_on_overrun((l4_sched_t){greedy_ctl.sched}, signals[OVERRUN],
                             NULL));
    must(l4_sched_on_miss((l4_sched_t){steady_ctl.sched}, signals[MISS], NULL));
    l4_server_loop(&server);
    tell("greedy", &greedy_ctl);
    tell("steady", &steady_ctl);
    l4_log(L4_LOG_INFO, "steady did its work %u times, late %u times", rounds,
           counts[MISS]);
    return rounds + 1 >= ROUNDS && counts[MISS] == 0 ? 0 : 1;
}
