/* SPDX-License-Identifier: BSD-2-Clause */
/* Budgets and periods, and who helps whom with its time. */
#include "kit.h"

#define TAG(words) L4_TAG(KIT_PROTO, 6, words, 0)

#define US ((l4_time_t)1000)
#define MS ((l4_time_t)1000000)

/* Rests until `w` has got into that state. */
static void rest_until(const struct worker *w, l4_thread_state_t state)
{
    for (unsigned i = 0; i < 200 && worker_state(w) != state; i++)
        kit_rest(2 * MS);
    CHECK_EQ(worker_state(w), state);
}

static void spin(struct worker *w)
{
    while (!w->in)
        w->out++;
}

static l4_sched_usage_t usage(l4_sched_t sched)
{
    l4_sched_usage_t u = {0};

    MUST(l4_sched_usage(sched, &u, NULL));
    return u;
}

/* --- budgets */

static void budget_errors(void)
{
    static const uint64_t bad[][2] = {
        {0, MS},      {MS, 0},     {999, MS},      {US, 9999},
        {2 * MS, MS}, {MS, ~0ull}, {~0ull, ~0ull}, {MS, (1ull << 50) + 1},
        {1, 1},
    };
    l4_sched_t sched = kit_sched(KIT_LOW);

    for (unsigned i = 0; i < KIT_COUNT(bad); i++)
        CHECK_EQ(l4_sched_set_budget(sched, bad[i][0], bad[i][1], NULL),
                 L4_EINVAL);
    CHECK_EQ(l4_sched_set_budget(sched, MS, 1ull << 50, NULL), 0);
    CHECK_EQ(l4_sched_set_budget(sched, US, 10 * US, NULL), 0);
    CHECK_EQ(l4_sched_set_budget(sched, 0, 0, NULL), 0);
    CHECK_EQ(usage(sched).period_ns, 0);
    CHECK_EQ(l4_sched_set_budget(sched, 2 * MS, 3 * MS, NULL), 0);
    CHECK_EQ(usage(sched).left_ns, 2 * MS);
    CHECK_EQ(l4_sched_set_budget(sched, MS, 3 * MS, NULL), 0);
    CHECK_EQ(usage(sched).left_ns, MS);
    kit_drop(sched.cap);
}

/* A thread above us that never stops gets its share and no more, or little
 * more if the machine that we run on is busy. */
static void budget_is_kept(void)
{
    struct worker *w = worker_new(kit_task, KIT_HIGH);
    l4_time_t start;
    l4_time_t end;
    l4_sched_usage_t u;

    MUST(l4_sched_set_budget(w->sched, 2 * MS, 10 * MS, NULL));
    start = l4_time_now();
    worker_start(w, spin);
    while (l4_time_now() < start + 60 * MS)
        ;
    u = usage(w->sched);
    end = l4_time_now();
    CHECK(u.cpu_ns >= 10 * MS);
    CHECK(u.cpu_ns <= (end - start) * 9 / 10);
    CHECK(u.overruns >= 5);
    CHECK(u.misses >= 4);
    CHECK_EQ(u.budget_ns, 2 * MS);
    CHECK(u.left_ns <= 2 * MS);
    CHECK(u.period_end > start);
    w->in = 1;
    worker_join(w);
    worker_free(w);
}

static void budget_ends(void)
{
    struct worker *w = worker_new(kit_task, KIT_HIGH);

    MUST(l4_sched_set_budget(w->sched, MS, 1ull << 50, NULL));
    worker_start(w, spin);
    CHECK_EQ(usage(w->sched).overruns, 1);
    w->in = 1;
    kit_rest(3 * MS);
    CHECK_EQ(worker_state(w), L4_THREAD_STATE_READY);
    CHECK(!w->joined);
    MUST(l4_sched_set_budget(w->sched, 0, 0, NULL));
    worker_join(w);
    worker_free(w);
}

/* Overrun and miss are told by signals. */
static void signals_tell(void)
{
    struct worker *w = worker_new(kit_task, KIT_LOW);
    l4_signal_t overrun = kit_signal();
    l4_signal_t miss = kit_signal();
    l4_words_t words;
    uint64_t label = 0;

    MUST(l4_signal_bind(overrun, kit_main, 11, NULL));
    MUST(l4_signal_bind(miss, kit_main, 12, NULL));
    MUST(l4_signal_ack(overrun, NULL));
    MUST(l4_signal_ack(miss, NULL));
    MUST(l4_sched_on_overrun(w->sched, overrun, NULL));
    MUST(l4_sched_on_miss(w->sched, miss, NULL));
    MUST(l4_sched_set_budget(w->sched, MS, 5 * MS, NULL));
    worker_start(w, spin);
    for (uint64_t seen = 0; seen != 3;) {
        (void)l4_wait(&words, &label, L4_TIME_NEVER);
        CHECK(label == 11 || label == 12);
        seen |= label == 11 ? 1 : 2;
    }
    kit_drop(miss.cap); /* whoever raises it goes on without */
    kit_rest(15 * MS);
    worker_free(w);
    kit_drop(overrun.cap);
}

/* By which phase it rests. */
static l4_tag_t rest_phase;

/* Rests until a point in time, again and again, and works a little. */
static void periodic(struct worker *w)
{
    l4_time_t next = l4_time_now();

    while (!w->in) {
        l4_words_t words;
        l4_time_t until = l4_time_now() + 200 * US;
        while (l4_time_now() < until)
            ;
        w->out++;
        next += 4 * MS;
        words = (l4_words_t){{0}};
        l4_utcb()->wait_timeout = next | L4_TIME_ABSOLUTE;
        (void)l4_ipc(rest_phase | L4_TAG_WAIT_TIMEOUT, L4_CAP_NONE, &words,
                     NULL);
    }
}

static void misses_nothing(l4_tag_t phase)
{
    struct worker *w = worker_new(kit_task, KIT_HIGH);

    rest_phase = phase;

    MUST(l4_sched_set_budget(w->sched, 2 * MS, 4 * MS, NULL));
    worker_start(w, periodic);
    kit_rest(30 * MS);
    CHECK(w->out >= 7);
    CHECK_EQ(usage(w->sched).overruns, 0);
    CHECK_EQ(usage(w->sched).misses, 0);
    w->in = 1;
    worker_join(w);
    worker_free(w);
}

static void periodic_misses_nothing(void)
{
    misses_nothing(L4_PHASE_WAIT);
}

static void sleeping_misses_nothing(void)
{
    misses_nothing(L4_PHASE_HALT);
}

/* --- helping */

/* Announces the first call, and answers as many as `in` says. */
static void hold(struct worker *w)
{
    l4_words_t words;

    (void)l4_wait(&words, NULL, L4_TIME_NEVER);
    for (;;) {
        if (!w->in)
            worker_announce(w);
        while (w->out >= w->in)
            ;
        w->out++;
        (void)l4_reply_wait(TAG(0) | L4_TAG_REPLY, &words, NULL, L4_TIME_NEVER);
    }
}

/* A worker of `priority` that calls `to`. */
static struct worker *caller(int priority, const struct worker *to)
{
    struct worker *w = worker_new(kit_task, priority);

    w->in = to->gate.cap;
    w->err = 1;
    worker_start(w, worker_call);
    return w;
}

/* Who spins between the two priorities does not keep the higher one waiting:
 * it helps the server that serves the lower one. */
static void inversion(void)
{
    struct worker *server = worker_run(KIT_HIGH, hold);
    struct worker *low = caller(KIT_LOW, server);
    struct worker *high;

    worker_announced(server);
    server->in = 100;
    high = caller(KIT_HIGH, server); /* runs server and itself to the end */
    CHECK_EQ(server->out, 2);
    CHECK_EQ(high->out, 1);
    CHECK_EQ(low->out, 0);
    worker_join(high);
    worker_join(low);
    worker_free(high);
    worker_free(low);
    worker_free(server);
}

/* The same through a chain of servers, each of which is busy. */
static void inversion_along_a_chain(void)
{
    struct worker *last = worker_run(KIT_HIGH, hold);
    struct worker *chain[5];
    struct worker *low;
    struct worker *high;

    for (unsigned i = 0; i < 5; i++) {
        chain[i] = worker_run(KIT_HIGH, worker_pass_on);
        chain[i]->in = i ? chain[i - 1]->gate.cap : last->gate.cap;
    }
    low = caller(KIT_LOW, chain[4]);
    worker_announced(last);
    last->in = 100;
    high = caller(KIT_HIGH, chain[4]);
    CHECK_EQ(high->out, 1);
    CHECK_EQ(low->out, 0);
    CHECK_EQ(last->out, 2);
    worker_join(high);
    worker_join(low);
    worker_free(high);
    worker_free(low);
    for (unsigned i = 0; i < 5; i++)
        worker_free(chain[i]);
    worker_free(last);
}

/* Who helps behind one that is stopped sleeps, and helps when it goes on. */
static void behind_a_sleeper(void)
{
    struct worker *server = worker_run(KIT_HIGH, hold);
    struct worker *low = caller(KIT_LOW, server);
    struct worker *high;

    worker_announced(server);
    MUST(l4_thread_stop(server->thread, NULL));
    server->in = 100;
    high = caller(KIT_HIGH, server);
    kit_rest(MS);
    CHECK_EQ(high->out, 0);
    CHECK_EQ(server->out, 0);
    MUST(l4_thread_resume(server->thread, NULL));
    CHECK_EQ(high->out, 1);
    CHECK_EQ(low->out, 0);
    worker_join(high);
    worker_join(low);
    worker_free(high);
    worker_free(low);
    worker_free(server);
}

/* A helper in the middle of the chain gives up: who was behind it goes on with
 * it, though the end still sleeps. */
static void chain_changes_behind_a_sleeper(void)
{
    struct worker *server = worker_run(KIT_HIGH, hold);
    struct worker *low = caller(KIT_LOW, server);
    struct worker *middle = worker_run(KIT_LOW + 1, worker_pass_on);
    struct worker *first;
    struct worker *high;

    worker_announced(server);
    kit_rest(MS);
    MUST(l4_thread_stop(server->thread, NULL));
    middle->in = server->gate.cap;
    first = caller(KIT_HIGH, middle);
    high = caller(KIT_HIGH, middle);
    rest_until(middle, L4_THREAD_STATE_SENDING);
    CHECK_EQ(first->out, 0);
    MUST(l4_thread_cancel(middle->thread, NULL));
    CHECK_EQ(middle->err, L4_ECANCELED);
    CHECK_EQ(first->out, 1);
    CHECK_EQ(worker_state(high), L4_THREAD_STATE_CALLING);
    worker_free(high);
    worker_join(first);
    worker_free(first);
    worker_free(middle);
    worker_free(low);
    worker_free(server);
}

/* A sender that a higher one waits for moves up in the queue. */
static void queue_by_inheritance(void)
{
    struct worker *server = worker_run(KIT_HIGH, hold);
    struct worker *busy = caller(10, server);
    struct worker *low = worker_run(KIT_HIGH, worker_pass_on);
    struct worker *mid;
    struct worker *client;
    struct worker *high;

    worker_announced(server);
    low->in = server->gate.cap;
    client = caller(20, low);
    rest_until(low, L4_THREAD_STATE_SENDING);
    mid = caller(30, server);
    rest_until(mid, L4_THREAD_STATE_SENDING);
    high = caller(40, low);
    rest_until(high, L4_THREAD_STATE_SENDING);
    server->in = 2;
    rest_until(mid, L4_THREAD_STATE_CALLING);
    CHECK_EQ(server->out, 2);
    CHECK_EQ(low->out, 1);
    CHECK_EQ(mid->out, 0);
    server->in = 100;
    worker_join(high);
    worker_join(mid);
    worker_join(client);
    worker_join(busy);
    worker_free(high);
    worker_free(client);
    worker_free(mid);
    worker_free(busy);
    worker_free(low);
    worker_free(server);
}

/* The server has begun to serve, and ends that when the client's budget is used
 * up. */
static void server_goes_on_without(const struct worker *client,
                                   struct worker *server)
{
    worker_announced(server);
    while (!usage(client->sched).overruns)
        kit_rest(2 * MS);
    server->in = 100;
    rest_until(server, L4_THREAD_STATE_WAITING);
    CHECK_EQ(server->out, 1);
}

/* A caller without budget does not hold up its server, which has time of its
 * own. */
static void server_outlives_budget(void)
{
    struct worker *server = worker_run(KIT_LOW + 10, hold);
    struct worker *client = worker_new(kit_task, KIT_LOW);

    kit_rest(MS); /* the server waits */
    MUST(l4_sched_set_budget(client->sched, MS, 1ull << 50, NULL));
    client->in = server->gate.cap;
    worker_start(client, worker_call);
    server_goes_on_without(client, server);
    worker_free(client);
    worker_free(server);
}

/* Uses up its own budget, then serves on the time of others. */
static void spend(struct worker *w)
{
    while (!usage(w->sched).overruns)
        ;
    worker_pass_on(w);
}

/* Nor does one that has none left either, and passed it on. */
static void server_outlives_budgets(void)
{
    struct worker *server = worker_run(KIT_LOW + 10, hold);
    struct worker *middle = worker_new(kit_task, KIT_LOW + 5);
    struct worker *client = worker_new(kit_task, KIT_LOW);

    MUST(l4_sched_set_budget(middle->sched, MS, 1ull << 50, NULL));
    middle->in = server->gate.cap;
    worker_start(middle, spend);
    while (!usage(middle->sched).overruns)
        kit_rest(2 * MS);
    MUST(l4_sched_set_budget(client->sched, 2 * MS, 1ull << 50, NULL));
    client->in = middle->gate.cap;
    worker_start(client, worker_call);
    server_goes_on_without(client, server);
    worker_free(client);
    worker_free(middle);
    worker_free(server);
}

/* A chain that is too long ends with an error, and nobody is stuck. */
#define DEEP 17u

static void chain_too_long(void)
{
    struct worker *chain[DEEP];
    struct worker *server = worker_run(KIT_HIGH, hold);
    struct worker *low = caller(KIT_LOW, server);

    worker_announced(server);
    /* Each calls the one before, from the end: 16 may wait, no more. */
    for (unsigned i = 0; i < DEEP; i++)
        chain[i] = caller(KIT_LOW + 1, i ? chain[i - 1] : server);
    worker_join(chain[DEEP - 1]);
    CHECK_EQ(chain[DEEP - 1]->err, L4_ELOOP);
    for (unsigned i = 0; i < DEEP - 1; i++)
        CHECK_EQ(worker_state(chain[i]), L4_THREAD_STATE_SENDING);
    for (unsigned i = DEEP; i-- > 0;)
        worker_free(chain[i]);
    worker_free(server);
    worker_free(low);
}

/* --- timers */

#define STORM 20u

static l4_time_t storm_at;

static void storm(struct worker *w)
{
    l4_words_t words;

    w->err = l4_tag_err(l4_wait(&words, NULL, storm_at | L4_TIME_ABSOLUTE));
    w->out = l4_time_now();
}

/* Many timeouts at the same point in time all come, and none early. */
static void timer_storm(void)
{
    struct worker *w[STORM];

    storm_at = l4_time_now() + 30 * MS;
    for (unsigned i = 0; i < STORM; i++)
        w[i] = worker_run(KIT_HIGH, storm);
    for (unsigned i = 0; i < STORM; i++) {
        worker_join(w[i]);
        CHECK_EQ(w[i]->err, L4_ETIMEDOUT);
        CHECK(w[i]->out >= storm_at);
        worker_free(w[i]);
    }
}

/* Someone who asks for the shortest timeouts there are stops nobody. */
static void short_timeouts(struct worker *w)
{
    l4_words_t words;

    while (!w->in) {
        (void)l4_wait(&words, NULL, 1);
        w->out++;
    }
}

static void timer_flood(void)
{
    struct worker *w = worker_run(KIT_LOW, short_timeouts);

    for (unsigned i = 0; i < 100 && w->out <= 10; i++)
        kit_rest(10 * MS);
    CHECK(w->out > 10);
    w->in = 1;
    worker_join(w);
    worker_free(w);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(budget_errors),
        KIT_TEST(budget_is_kept),
        KIT_TEST(budget_ends),
        KIT_TEST(signals_tell),
        KIT_TEST(periodic_misses_nothing),
        KIT_TEST(sleeping_misses_nothing),
        KIT_TEST(inversion),
        KIT_TEST(inversion_along_a_chain),
        KIT_TEST(behind_a_sleeper),
        KIT_TEST(chain_changes_behind_a_sleeper),
        KIT_TEST(queue_by_inheritance),
        KIT_TEST(server_outlives_budget),
        KIT_TEST(server_outlives_budgets),
        KIT_TEST(chain_too_long),
        KIT_TEST(timer_storm),
        KIT_TEST(timer_flood),
    };

    return kit_run("budget", tests, KIT_COUNT(tests));
}
