/* SPDX-License-Identifier: BSD-2-Clause */
/* Who runs, and on whose time. */
#include "kit.h"

#define TAG(words) L4_TAG(KIT_PROTO, 3, words, 0)

#define MS ((l4_time_t)1000000)

/* --- priorities */

static void note(struct worker *w)
{
    w->out = 1;
}

/* A higher priority runs at once, a lower one when we block. */
static void higher_runs_first(void)
{
    struct worker *low = worker_run(KIT_LOW, note);
    struct worker *high = worker_run(KIT_HIGH, note);

    CHECK_EQ(high->out, 1);
    CHECK_EQ(low->out, 0);
    worker_join(low);
    CHECK_EQ(low->out, 1);
    worker_join(high);
    worker_free(low);
    worker_free(high);
}

/* Among lower ones the highest is next. */
static void order_of_priorities(void)
{
    static const uint8_t priorities[] = {20, 80, 50, 0, 99, 50};
    static const unsigned order[] = {4, 1, 2, 5, 0, 3};
    struct worker *w[KIT_COUNT(priorities)];

    for (unsigned i = 0; i < KIT_COUNT(priorities); i++)
        w[i] = worker_run(priorities[i], note);
    for (unsigned i = 0; i < KIT_COUNT(order); i++) {
        unsigned ran = 0;
        worker_join(w[order[i]]);
        for (unsigned k = 0; k < KIT_COUNT(order); k++)
            ran += w[k]->out != 0;
        CHECK_EQ(ran, i + 1);
    }
    for (unsigned i = 0; i < KIT_COUNT(priorities); i++)
        worker_free(w[i]);
}

static void set_priority(void)
{
    struct worker *w = worker_run(KIT_LOW, note);
    uint64_t time;
    uint32_t priority = 0;

    CHECK_EQ(w->out, 0);
    CHECK_EQ(l4_sched_set_priority(w->sched, KIT_MAX + 1, NULL), L4_EPERM);
    CHECK_EQ(l4_sched_set_priority(w->sched, 255, NULL), L4_EPERM);
    MUST(l4_sched_info(w->sched, &time, &priority, NULL));
    CHECK_EQ(priority, KIT_LOW);
    CHECK_EQ(w->out, 0);
    MUST(l4_sched_set_priority(w->sched, KIT_HIGH, NULL));
    CHECK_EQ(w->out, 1);
    worker_join(w);
    worker_free(w);
}

/* Lowering our own lets those above us run at once. */
static void lower_oneself(void)
{
    const l4_sched_t own = {L4_CAP_SCHED};
    struct worker *w = worker_run(KIT_LOW, note);

    MUST(l4_sched_set_priority(own, KIT_LOW - 1, NULL));
    CHECK_EQ(w->out, 1);
    MUST(l4_sched_set_priority(own, KIT_PRIORITY, NULL));
    worker_join(w);
    worker_free(w);
}

static void spin(struct worker *w)
{
    worker_announce(w);
    while (!w->in)
        w->out++;
}

/* Rests until `w` has got on. */
static void spins_on(const struct worker *w)
{
    uint64_t before = w->out;

    while (w->out == before)
        kit_rest(2 * MS);
}

/* The timer takes the processor from who does not give it away. */
static void preemption(void)
{
    struct worker *w = worker_run(KIT_LOW, spin);

    worker_announced(w);
    kit_rest(2 * MS);
    spins_on(w);
    w->in = 1;
    worker_join(w);
    worker_free(w);
}

/* Spins until another worker has begun to. */
static struct worker *spinners[2];

static void spin_together(struct worker *w)
{
    const struct worker *other = spinners[spinners[0] == w];

    w->out = 1;
    while (!other->out)
        ;
}

static void round_robin(void)
{
    spinners[0] = worker_new(kit_task, KIT_LOW);
    spinners[1] = worker_new(kit_task, KIT_LOW);
    worker_start(spinners[0], spin_together);
    worker_start(spinners[1], spin_together);
    worker_join(spinners[0]);
    worker_join(spinners[1]);
    worker_free(spinners[0]);
    worker_free(spinners[1]);
}

/* The turn of the next one comes though both are interrupted all the time by
 * someone above, more often than a turn is long. */
static void round_robin_under_interruption(void)
{
    unsigned ticks = 0;

    spinners[0] = worker_new(kit_task, KIT_LOW);
    spinners[1] = worker_new(kit_task, KIT_LOW);
    worker_start(spinners[0], spin_together);
    worker_start(spinners[1], spin_together);
    while (ticks < 50 && !(spinners[0]->out && spinners[1]->out)) {
        l4_words_t words;
        l4_tag_t tag = l4_wait(&words, NULL, 3 * MS);
        if (l4_tag_err(tag) != L4_ETIMEDOUT)
            break;
        ticks++;
    }
    CHECK(ticks < 50);
    /* Those that ended meanwhile have told so in vain or wait to do it. */
    spinners[0]->out = spinners[1]->out = 1;
    worker_free(spinners[0]);
    worker_free(spinners[1]);
}

/* --- threads */

static void stop_and_resume(void)
{
    struct worker *w = worker_run(KIT_LOW, spin);
    uint64_t count;

    worker_announced(w);
    MUST(l4_thread_stop(w->thread, NULL));
    CHECK_EQ(worker_state(w), L4_THREAD_STATE_STOPPED);
    count = w->out;
    kit_rest(2 * MS);
    CHECK_EQ(w->out, count);
    MUST(l4_thread_resume(w->thread, NULL));
    CHECK_EQ(l4_thread_resume(w->thread, NULL), L4_ESTATE);
    spins_on(w);
    w->in = 1;
    worker_join(w);
    worker_free(w);
}

static void stop_self(struct worker *w)
{
    w->out = 1;
    w->err = l4_thread_stop(w->thread, NULL);
    w->out = 2;
}

static void stop_oneself(void)
{
    struct worker *w = worker_run(KIT_HIGH, stop_self);

    CHECK_EQ(w->out, 1);
    CHECK_EQ(worker_state(w), L4_THREAD_STATE_STOPPED);
    MUST(l4_thread_resume(w->thread, NULL));
    CHECK_EQ(w->out, 2);
    CHECK_EQ(w->err, 0);
    worker_join(w);
    worker_free(w);
}

static void wait_long(struct worker *w)
{
    l4_words_t words;

    w->err = l4_tag_err(l4_wait(&words, NULL, L4_TIME_NEVER));
    w->out = 1;
}

/* Who is stopped in an IPC finds it cancelled. */
static void stop_in_ipc(void)
{
    struct worker *w = worker_run(KIT_HIGH, wait_long);

    MUST(l4_thread_stop(w->thread, NULL));
    CHECK_EQ(worker_state(w), L4_THREAD_STATE_STOPPED);
    CHECK_EQ(w->out, 0);
    MUST(l4_thread_resume(w->thread, NULL));
    CHECK_EQ(w->err, L4_ECANCELED);
    worker_join(w);
    worker_free(w);
}

static void start_errors(void)
{
    struct worker *w = worker_new(kit_task, KIT_LOW);
    struct worker *other = worker_new(kit_task, KIT_LOW);
    uint64_t ip = (uint64_t)(uintptr_t)note;

    CHECK_EQ(l4_thread_resume(w->thread, NULL), L4_ESTATE);
    CHECK_EQ(l4_thread_start(w->thread, L4_USER_END, 0, 0, NULL), L4_EINVAL);
    CHECK_EQ(l4_thread_start(w->thread, ~0ull, 0, 0, NULL), L4_EINVAL);
    CHECK_EQ(l4_thread_set_context(w->thread, other->sched, NULL), L4_EBUSY);
    worker_start(w, spin);
    CHECK_EQ(l4_thread_start(w->thread, ip, 0, 0, NULL), L4_ESTATE);
    worker_free(w);
    worker_free(other);
}

/* --- contexts */

/* Without its context a thread rests; with another it goes on. */
static void context_goes_and_comes(void)
{
    struct worker *w = worker_run(KIT_LOW, spin);
    uint64_t count;

    worker_announced(w);
    kit_drop(w->sched.cap);
    count = w->out;
    kit_rest(2 * MS);
    CHECK_EQ(w->out, count);
    CHECK_EQ(worker_state(w), L4_THREAD_STATE_READY);
    w->sched = kit_sched(KIT_LOW);
    MUST(l4_thread_set_context(w->thread, w->sched, NULL));
    w->in = 1;
    worker_join(w);
    worker_free(w);
}

static void echo(struct worker *w)
{
    l4_words_t words;
    l4_tag_t tag = l4_wait(&words, NULL, L4_TIME_NEVER);

    for (;;) {
        w->out++;
        (void)tag;
        tag = l4_reply_wait(TAG(0) | L4_TAG_REPLY, &words, NULL, L4_TIME_NEVER);
    }
}

/* Lets a passive worker run up to its first wait, on a context that is taken
 * away again. */
static struct worker *passive_run(worker_fn run)
{
    struct worker *w = worker_new(kit_task, KIT_HIGH);

    worker_start(w, run);
    kit_drop(w->sched.cap);
    w->sched.cap = L4_CAP_NONE;
    return w;
}

static void passive_server(void)
{
    struct worker *server = passive_run(echo);
    l4_thread_info_t info = {0};

    for (unsigned i = 1; i <= 3; i++) {
        CHECK_EQ(kit_call(server->gate.cap, TAG(0)), TAG(0) | L4_TAG_REPLY);
        CHECK_EQ(server->out, i);
    }
    MUST(l4_thread_info(server->thread, &info, NULL));
    CHECK_EQ(info.state, L4_THREAD_STATE_WAITING);
    CHECK_EQ(info.cpu_ns, 0);
    worker_free(server);
}

/* A thread that never had a context gets one from its first caller. */
static void passive_from_the_start(void)
{
    struct worker *server = worker_new(kit_task, KIT_PASSIVE);

    worker_start(server, echo);
    CHECK_EQ(server->out, 0);
    CHECK_EQ(kit_call(server->gate.cap, TAG(0)), TAG(0) | L4_TAG_REPLY);
    CHECK_EQ(server->out, 1);
    worker_free(server);
}

/* A send lends nothing: the message arrives, the server does not run. */
static void passive_and_a_send(void)
{
    struct worker *server = passive_run(echo);
    l4_words_t words = {{0}};

    CHECK_EQ(l4_send(server->gate.cap, TAG(0), &words, L4_TIME_NEVER), 0);
    CHECK_EQ(worker_state(server), L4_THREAD_STATE_READY);
    CHECK_EQ(server->out, 0);
    CHECK_EQ(kit_call(server->gate.cap, TAG(0)), TAG(0) | L4_TAG_REPLY);
    CHECK_EQ(server->out, 2);
    worker_free(server);
}

static void send_to(struct worker *w)
{
    l4_words_t words = {{0}};

    w->err = l4_send((l4_cap_t)w->in, TAG(0), &words, L4_TIME_NEVER);
    w->out = 1;
}

/* Someone who sends and lends nothing queues before someone who calls: the
 * call lends all the same. */
static void passive_and_a_queue(void)
{
    struct worker *server = passive_run(echo);
    struct worker *sender = worker_new(kit_task, KIT_HIGH);
    l4_words_t words = {{0}};

    CHECK_EQ(l4_send(server->gate.cap, TAG(0), &words, L4_TIME_NEVER), 0);
    sender->in = server->gate.cap;
    worker_start(sender, send_to);
    CHECK_EQ(worker_state(sender), L4_THREAD_STATE_SENDING);
    CHECK_EQ(l4_call(server->gate.cap, TAG(0), &words, 100 * MS),
             TAG(0) | L4_TAG_REPLY);
    CHECK_EQ(server->out, 3);
    CHECK_EQ(sender->out, 1);
    if (sender->out)
        worker_join(sender);
    worker_free(sender);
    worker_free(server);
}

/* A server of low priority is as fast as who calls it. */
static void runs_at_the_callers_priority(void)
{
    struct worker *server = worker_run(KIT_HIGH, echo);
    struct worker *client = worker_new(kit_task, KIT_HIGH);

    CHECK_EQ(worker_state(server), L4_THREAD_STATE_WAITING);
    MUST(l4_sched_set_priority(server->sched, KIT_LOW, NULL));
    client->in = server->gate.cap;
    worker_start(client, worker_call);
    CHECK_EQ(client->out, 1); /* and we have not run in between */
    worker_join(client);
    worker_free(client);
    worker_free(server);
}

/* Takes 3 ms to answer. */
static void burn(struct worker *w)
{
    l4_words_t words;

    (void)l4_wait(&words, NULL, L4_TIME_NEVER);
    for (;;) {
        uint64_t until = l4_time_now() + 3 * MS;
        while (l4_time_now() < until)
            ;
        w->out++;
        (void)l4_reply_wait(TAG(0) | L4_TAG_REPLY, &words, NULL, L4_TIME_NEVER);
    }
}

/* Announces a call, and answers when `in` is set. */
static void hold(struct worker *w)
{
    l4_words_t words;

    (void)l4_wait(&words, NULL, L4_TIME_NEVER);
    for (;;) {
        if (!w->in)
            worker_announce(w);
        while (!w->in)
            ;
        w->out++;
        (void)l4_reply_wait(TAG(0) | L4_TAG_REPLY, &words, NULL, L4_TIME_NEVER);
    }
}

/* The caller pays for the time its server takes. */
static void caller_pays(void)
{
    struct worker *server = worker_run(KIT_HIGH, burn);
    struct worker *client = worker_new(kit_task, KIT_HIGH);
    l4_thread_info_t before = {0};
    l4_thread_info_t info = {0};

    MUST(l4_thread_info(server->thread, &before, NULL));
    client->in = server->gate.cap;
    worker_start(client, worker_call);
    CHECK_EQ(client->out, 1);
    MUST(l4_thread_info(client->thread, &info, NULL));
    CHECK(info.cpu_ns >= 3 * MS);
    MUST(l4_thread_info(server->thread, &info, NULL));
    CHECK_EQ(info.cpu_ns, before.cpu_ns);
    worker_join(client);
    worker_free(client);
    worker_free(server);
}

#define CHAIN 8u

static void lent_on_and_on(void)
{
    struct worker *chain[CHAIN];

    chain[0] = passive_run(echo);
    for (unsigned i = 1; i < CHAIN; i++) {
        chain[i] = passive_run(worker_pass_on);
        chain[i]->in = chain[i - 1]->gate.cap;
    }
    for (unsigned n = 1; n <= 3; n++) {
        CHECK_EQ(kit_call(chain[CHAIN - 1]->gate.cap, TAG(0)),
                 TAG(0) | L4_TAG_REPLY);
        for (unsigned i = 0; i < CHAIN; i++)
            CHECK_EQ(chain[i]->out, n);
    }
    for (unsigned i = 0; i < CHAIN; i++)
        worker_free(chain[i]);
}

/* Serves one call, and sleeps meanwhile. */
static void sleep_serving(struct worker *w)
{
    l4_words_t words = {{0}};

    (void)l4_wait(&words, NULL, L4_TIME_NEVER);
    l4_utcb()->wait_timeout = 4 * MS;
    w->err = l4_tag_err(
        l4_ipc(L4_PHASE_HALT | L4_TAG_WAIT_TIMEOUT, L4_CAP_NONE, &words, NULL));
    w->out = 1;
    (void)l4_reply_wait(TAG(0) | L4_TAG_REPLY, &words, NULL, L4_TIME_NEVER);
}

/* Who sleeps while it serves one that has no time to lend any more wakes up on
 * its own. */
static void sleeper_wakes_up(void)
{
    struct worker *server = worker_run(KIT_HIGH, sleep_serving);
    struct worker *middle = passive_run(worker_pass_on);
    l4_words_t words = {{0}};

    middle->in = server->gate.cap;
    CHECK_EQ(l4_tag_err(l4_call(middle->gate.cap, TAG(0), &words, 1 * MS)),
             L4_ETIMEDOUT);
    CHECK_EQ(worker_state(server), L4_THREAD_STATE_HALTED);
    kit_rest(8 * MS);
    CHECK_EQ(server->out, 1);
    CHECK_EQ(server->err, L4_ETIMEDOUT);
    worker_free(middle);
    worker_free(server);
}

/* The one in the middle of a chain goes: its caller learns it, and who it had
 * called is left without time until the next call. */
static void chain_breaks(void)
{
    struct worker *last = passive_run(hold);
    struct worker *middle = passive_run(worker_pass_on);
    struct worker *client = worker_new(kit_task, KIT_LOW);

    middle->in = last->gate.cap;
    client->in = middle->gate.cap;
    worker_start(client, worker_call);
    worker_announced(last);
    CHECK_EQ(worker_state(client), L4_THREAD_STATE_CALLING);
    CHECK_EQ(worker_state(middle), L4_THREAD_STATE_CALLING);
    CHECK_EQ(worker_state(last), L4_THREAD_STATE_READY);
    worker_free(middle);
    worker_join(client);
    CHECK_EQ(client->err, L4_EDEAD);
    CHECK_EQ(last->out, 0);
    last->in = 1;
    CHECK_EQ(kit_call(last->gate.cap, TAG(0)), TAG(0) | L4_TAG_REPLY);
    CHECK_EQ(last->out, 2);
    worker_free(client);
    worker_free(last);
}

/* A caller that gives up takes its context along; the next one carries the
 * server on. */
static void caller_gives_up(void)
{
    struct worker *server = passive_run(burn);
    l4_words_t words = {{0}};

    CHECK_EQ(l4_call(server->gate.cap, TAG(0), &words, MS),
             l4_tag_error(L4_ETIMEDOUT));
    CHECK_EQ(server->out, 0);
    CHECK_EQ(worker_state(server), L4_THREAD_STATE_READY);
    CHECK_EQ(kit_call(server->gate.cap, TAG(0)), TAG(0) | L4_TAG_REPLY);
    CHECK_EQ(server->out, 2);
    worker_free(server);
}

/* Likewise one that has only queued, and lent so that its turn would come. */
static void queued_caller_gives_up(void)
{
    struct worker *server = passive_run(hold);
    l4_words_t words = {{0}};

    CHECK_EQ(l4_send(server->gate.cap, TAG(0), &words, L4_TIME_NEVER), 0);
    CHECK_EQ(l4_call(server->gate.cap, TAG(0), &words, MS),
             l4_tag_error(L4_ETIMEDOUT));
    server->in = 1;
    kit_rest(2 * MS);
    CHECK_EQ(server->out, 0);
    CHECK_EQ(kit_call(server->gate.cap, TAG(0)), TAG(0) | L4_TAG_REPLY);
    CHECK_EQ(server->out, 2);
    worker_free(server);
}

/* The lent context itself goes while the server runs on it. */
static void lent_context_dies(void)
{
    struct worker *server = passive_run(hold);
    struct worker *client = worker_new(kit_task, KIT_LOW);

    client->in = server->gate.cap;
    worker_start(client, worker_call);
    worker_announced(server);
    CHECK_EQ(worker_state(client), L4_THREAD_STATE_CALLING);
    kit_drop(client->sched.cap);
    client->sched.cap = L4_CAP_NONE;
    server->in = 1;
    CHECK_EQ(kit_call(server->gate.cap, TAG(0)), TAG(0) | L4_TAG_REPLY);
    CHECK_EQ(server->out, 2);
    /* The answer is there, and the client runs as soon as it can. */
    CHECK_EQ(client->out, 0);
    CHECK_EQ(worker_state(client), L4_THREAD_STATE_READY);
    client->sched = kit_sched(KIT_HIGH);
    MUST(l4_thread_set_context(client->thread, client->sched, NULL));
    CHECK_EQ(client->out, 1);
    worker_join(client);
    worker_free(client);
    worker_free(server);
}

/* The same with a server that has a context of its own: it goes on with that,
 * and takes the next call. */
static void server_goes_on_alone(void)
{
    struct worker *server = worker_run(KIT_HIGH, hold);
    struct worker *client = worker_new(kit_task, KIT_LOW);

    client->in = server->gate.cap;
    worker_start(client, worker_call);
    worker_announced(server);
    server->in = 1; /* else it would not let us run, on its own time */
    kit_drop(client->sched.cap);
    client->sched.cap = L4_CAP_NONE;
    CHECK_EQ(server->out, 1);
    CHECK_EQ(worker_state(client), L4_THREAD_STATE_READY);
    CHECK_EQ(worker_state(server), L4_THREAD_STATE_WAITING);
    worker_free(client);
    worker_free(server);
}

/* A server that is stopped in mid-call goes on where it was. */
static void server_is_stopped(void)
{
    struct worker *server = worker_run(KIT_HIGH, hold);
    struct worker *client = worker_new(kit_task, KIT_LOW);

    client->in = server->gate.cap;
    worker_start(client, worker_call);
    worker_announced(server);
    MUST(l4_thread_stop(server->thread, NULL));
    server->in = 1;
    kit_rest(2 * MS);
    CHECK_EQ(server->out, 0);
    CHECK_EQ(worker_state(client), L4_THREAD_STATE_CALLING);
    MUST(l4_thread_resume(server->thread, NULL));
    worker_join(client);
    CHECK_EQ(server->out, 1);
    CHECK_EQ(client->err, 0);
    worker_free(client);
    worker_free(server);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(higher_runs_first),
        KIT_TEST(order_of_priorities),
        KIT_TEST(set_priority),
        KIT_TEST(lower_oneself),
        KIT_TEST(preemption),
        KIT_TEST(round_robin),
        KIT_TEST(round_robin_under_interruption),
        KIT_TEST(stop_and_resume),
        KIT_TEST(stop_oneself),
        KIT_TEST(stop_in_ipc),
        KIT_TEST(start_errors),
        KIT_TEST(context_goes_and_comes),
        KIT_TEST(passive_server),
        KIT_TEST(passive_from_the_start),
        KIT_TEST(passive_and_a_send),
        KIT_TEST(passive_and_a_queue),
        KIT_TEST(runs_at_the_callers_priority),
        KIT_TEST(caller_pays),
        KIT_TEST(lent_on_and_on),
        KIT_TEST(sleeper_wakes_up),
        KIT_TEST(chain_breaks),
        KIT_TEST(caller_gives_up),
        KIT_TEST(queued_caller_gives_up),
        KIT_TEST(lent_context_dies),
        KIT_TEST(server_goes_on_alone),
        KIT_TEST(server_is_stopped),
    };

    return kit_run("sched", tests, KIT_COUNT(tests));
}
