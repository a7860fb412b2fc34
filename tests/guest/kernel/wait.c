/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for a partner: in which order, and what ends it. */
#include "kit.h"

#define TAG(words) L4_TAG(KIT_PROTO, 3, words, 0)

/* Answers every message with as many words; `out` is its label. */
static void echo(struct worker *w)
{
    l4_words_t words;
    uint64_t label = 0;
    l4_tag_t tag = l4_wait(&words, &label, L4_TIME_NEVER);

    for (;;) {
        w->out = label;
        tag = l4_reply_wait(TAG(l4_tag_words(tag)) | L4_TAG_REPLY, &words,
                            &label, L4_TIME_NEVER);
    }
}

/* --- timeouts */

static void timeout_wait(void)
{
    const l4_time_t ms = 1000000;
    l4_words_t words;
    uint64_t start = l4_time_now();

    CHECK_EQ(l4_wait(&words, NULL, L4_TIME_POLL), l4_tag_error(L4_ETIMEDOUT));
    CHECK_EQ(l4_wait(&words, NULL, 3 * ms), l4_tag_error(L4_ETIMEDOUT));
    CHECK(l4_time_now() - start >= 3 * ms);

    uint64_t when = l4_time_now() + 3 * ms;
    CHECK_EQ(l4_wait(&words, NULL, L4_TIME_ABSOLUTE | when),
             l4_tag_error(L4_ETIMEDOUT));
    CHECK(l4_time_now() >= when);
    CHECK_EQ(l4_wait(&words, NULL, L4_TIME_ABSOLUTE | 1),
             l4_tag_error(L4_ETIMEDOUT));
    CHECK_EQ(l4_wait(&words, NULL, L4_TIME_ABSOLUTE),
             l4_tag_error(L4_ETIMEDOUT));
}

/* A thread that does not wait: main itself, of which others want something. */
static void timeout_send(void)
{
    struct worker *idle = worker_new(kit_task, KIT_HIGH); /* never started */
    l4_words_t words = {{0}};
    uint64_t start = l4_time_now();

    CHECK_EQ(l4_send(idle->gate.cap, TAG(0), &words, L4_TIME_POLL),
             L4_ETIMEDOUT);
    CHECK_EQ(l4_send(idle->gate.cap, TAG(0), &words, 2000000), L4_ETIMEDOUT);
    CHECK(l4_time_now() - start >= 2000000);
    CHECK_EQ(l4_tag_err(l4_call(idle->gate.cap, TAG(0), &words, 2000000)),
             L4_ETIMEDOUT);
    worker_free(idle);
}

/* Takes a call, and answers too late: when main says so. */
static void answer_late(struct worker *w)
{
    l4_words_t words;

    w->in = l4_wait(&words, NULL, L4_TIME_NEVER);
    w->out = 1;
    (void)l4_park(L4_TIME_NEVER);
    w->err = l4_reply(TAG(0) | L4_TAG_REPLY, &words);
    w->out = 2;
}

/* The answer to a call whose time is over goes nowhere; it does not turn up as
 * that of the next call. */
static void timeout_call(void)
{
    struct worker *late = worker_run(KIT_HIGH, answer_late);
    struct worker *server = worker_run(KIT_HIGH, echo);
    l4_words_t words = {{0}};
    l4_tag_t tag = TAG(0) | L4_PHASE_CALL | L4_TAG_WAIT_TIMEOUT;

    l4_utcb()->wait_timeout = 1000000;
    CHECK_EQ(l4_ipc(tag, late->gate.cap, &words, NULL),
             l4_tag_error(L4_ETIMEDOUT));
    CHECK_EQ(late->in, TAG(0));
    CHECK_EQ(late->out, 1);
    CHECK_EQ(kit_call(server->gate.cap, TAG(1)), TAG(1) | L4_TAG_REPLY);
    l4_unpark(late->thread.cap);
    worker_join(late);
    CHECK_EQ(late->out, 2);
    CHECK_EQ(late->err, 0);
    worker_free(server);
    worker_free(late);
}

/* --- cancel */

static void wait_for_ever(struct worker *w)
{
    l4_words_t words;

    w->err = l4_tag_err(l4_wait(&words, NULL, L4_TIME_NEVER));
}

static void send_for_ever(struct worker *w)
{
    l4_words_t words = {{0}};

    w->err = l4_send((l4_cap_t)w->in, TAG(0), &words, L4_TIME_NEVER);
}

static void cancel_blocked(void)
{
    static const worker_fn blocks[] = {wait_for_ever, send_for_ever,
                                       worker_call};
    static const l4_thread_state_t states[] = {L4_THREAD_STATE_WAITING,
                                               L4_THREAD_STATE_SENDING,
                                               L4_THREAD_STATE_SENDING};
    l4_gate_t gate = kit_gate(kit_main, 5);

    for (unsigned i = 0; i < KIT_COUNT(blocks); i++) {
        struct worker *w = worker_new(kit_task, KIT_HIGH);
        w->in = gate.cap;
        worker_start(w, blocks[i]);
        CHECK_EQ(worker_state(w), states[i]);
        MUST(l4_thread_cancel(w->thread, NULL));
        CHECK_EQ(w->err, L4_ECANCELED);
        worker_join(w);
        worker_free(w);
    }
    kit_drop(gate.cap);
}

/* A thread that waits for its answer is cancelled; the answer is void. */
static void cancel_calling(void)
{
    struct worker *client = worker_new(kit_task, KIT_HIGH);
    l4_gate_t gate = kit_gate(kit_main, 5);
    l4_words_t words;

    client->in = gate.cap;
    worker_start(client, worker_call);
    CHECK_EQ(l4_wait(&words, NULL, L4_TIME_NEVER), WORKER_CALL);
    CHECK_EQ(worker_state(client), L4_THREAD_STATE_CALLING);
    MUST(l4_thread_cancel(client->thread, NULL));
    CHECK_EQ(client->err, L4_ECANCELED);
    CHECK_EQ(l4_reply(TAG(0) | L4_TAG_REPLY, &words), 0);
    worker_join(client);
    worker_free(client);
    kit_drop(gate.cap);
}

/* Cancelling who does not block fails its next blocking phase, once. */
static void cancel_sticks(void)
{
    static const worker_fn blocks[] = {wait_for_ever, send_for_ever,
                                       worker_call};
    struct worker *idle = worker_new(kit_task, KIT_HIGH); /* never waits */

    for (unsigned i = 0; i < KIT_COUNT(blocks); i++) {
        struct worker *w = worker_new(kit_task, KIT_LOW);
        w->in = idle->gate.cap;
        worker_start(w, blocks[i]); /* does not run yet */
        MUST(l4_thread_cancel(w->thread, NULL));
        MUST(l4_thread_cancel(w->thread, NULL));
        worker_join(w);
        CHECK_EQ(w->err, L4_ECANCELED);
        worker_free(w);
    }
    worker_free(idle);
}

/* Takes a call and neither answers nor waits again. */
static void take_and_sleep(struct worker *w)
{
    l4_words_t words = {{0}};

    w->in = l4_wait(&words, NULL, L4_TIME_NEVER);
    (void)l4_park(L4_TIME_NEVER);
}

/* Likewise if the call is delivered at once: it blocks for the answer. */
static void cancel_sticks_to_a_call(void)
{
    struct worker *server = worker_run(KIT_HIGH, take_and_sleep);
    struct worker *client = worker_new(kit_task, KIT_LOW);

    client->in = server->gate.cap;
    worker_start(client, worker_call);
    MUST(l4_thread_cancel(client->thread, NULL));
    worker_join(client);
    CHECK_EQ(client->err, L4_ECANCELED);
    worker_free(client);
    worker_free(server);
}

/* --- who comes first */

static void senders_by_priority(void)
{
    static const uint8_t priorities[] = {120, 140, 130, 140, 120};
    static const uint64_t order[] = {1, 3, 2, 0, 4};
    struct worker *senders[KIT_COUNT(priorities)];
    l4_gate_t gates[KIT_COUNT(priorities)];

    for (unsigned i = 0; i < KIT_COUNT(priorities); i++) {
        senders[i] = worker_new(kit_task, priorities[i]);
        gates[i] = kit_gate(kit_main, i);
        senders[i]->in = gates[i].cap;
        worker_start(senders[i], send_for_ever);
        CHECK_EQ(worker_state(senders[i]), L4_THREAD_STATE_SENDING);
    }
    /* Their ends are messages too, and come in between. */
    for (unsigned i = 0; i < KIT_COUNT(order);) {
        l4_words_t words;
        uint64_t label;
        l4_tag_t tag = l4_wait(&words, &label, L4_TIME_NEVER);
        if (tag == TAG(0))
            CHECK_EQ(label, order[i++]);
        else
            ((struct worker *)(uintptr_t)label)->joined = true;
    }
    for (unsigned i = 0; i < KIT_COUNT(priorities); i++) {
        worker_join(senders[i]);
        CHECK_EQ(senders[i]->err, 0);
        worker_free(senders[i]);
        kit_drop(gates[i].cap);
    }
}

static void signals_before_senders(void)
{
    struct worker *sender = worker_new(kit_task, KIT_HIGH);
    l4_gate_t gate = kit_gate(kit_main, 5);
    l4_signal_t signal = kit_signal();
    l4_words_t words;
    uint64_t label;

    sender->in = gate.cap;
    worker_start(sender, send_for_ever);
    MUST(l4_signal_bind(signal, kit_main, 6, NULL));
    MUST(l4_signal_ack(signal, NULL));
    MUST(l4_signal_raise(signal, NULL));
    (void)l4_wait(&words, &label, L4_TIME_NEVER);
    CHECK_EQ(label, 6);
    (void)l4_wait(&words, &label, L4_TIME_NEVER);
    CHECK_EQ(label, 5);
    worker_join(sender);
    worker_free(sender);
    kit_drop(signal.cap);
    kit_drop(gate.cap);
}

/* --- gates and servers that change or go */

static void rebinding(void)
{
    struct worker *old = worker_new(kit_task, KIT_HIGH); /* never waits */
    struct worker *new = worker_run(KIT_HIGH, echo);
    struct worker *sender = worker_new(kit_task, KIT_HIGH);

    sender->in = old->gate.cap;
    worker_start(sender, worker_call);
    CHECK_EQ(worker_state(sender), L4_THREAD_STATE_SENDING);
    MUST(l4_thread_bind(new->thread, old->gate, NULL));
    CHECK_EQ(sender->err, L4_EUNBOUND);
    worker_join(sender);
    CHECK_EQ(kit_call(old->gate.cap, TAG(3)), TAG(3) | L4_TAG_REPLY);
    CHECK_EQ(new->out, old->number + 1);
    worker_free(sender);
    worker_free(old);
    worker_free(new);
}

static void gate_dies(void)
{
    struct worker *idle = worker_new(kit_task, KIT_HIGH);
    struct worker *sender = worker_new(kit_task, KIT_HIGH);
    l4_gate_t gate = kit_gate(idle->thread, 1);

    sender->in = gate.cap;
    worker_start(sender, worker_call);
    kit_drop(gate.cap);
    CHECK_EQ(sender->err, L4_EDEAD);
    worker_join(sender);
    worker_free(sender);
    worker_free(idle);
}

static void server_dies(void)
{
    struct worker *server = worker_run(KIT_HIGH, worker_take);
    struct worker *calling = worker_new(kit_task, KIT_HIGH);
    struct worker *queued = worker_new(kit_task, KIT_HIGH);
    l4_cap_t gate = server->gate.cap;

    calling->in = gate;
    queued->in = gate;
    worker_start(calling, worker_call);
    worker_start(queued, worker_call);
    CHECK_EQ(worker_state(calling), L4_THREAD_STATE_CALLING);
    CHECK_EQ(worker_state(queued), L4_THREAD_STATE_SENDING);
    kit_drop(server->thread.cap);
    CHECK_EQ(calling->err, L4_EDEAD);
    CHECK_EQ(queued->err, L4_EDEAD);
    worker_join(calling);
    worker_join(queued);
    /* The gate lives on, bound to nobody. */
    CHECK_EQ(l4_tag_err(kit_call(gate, TAG(0))), L4_EUNBOUND);
    server->thread.cap = L4_CAP_NONE;
    worker_free(server);
    worker_free(calling);
    worker_free(queued);
}

/* The server's whole task goes. */
static void task_dies(void)
{
    l4_task_t task = kit_space(kit_factory);
    struct worker *server = worker_new(task, KIT_HIGH);
    struct worker *client = worker_new(kit_task, KIT_HIGH);

    worker_start(server, worker_take);
    client->in = server->gate.cap;
    worker_start(client, worker_call);
    CHECK_EQ(worker_state(client), L4_THREAD_STATE_CALLING);
    kit_drop(task.cap);
    CHECK_EQ(client->err, L4_EDEAD);
    worker_join(client);
    CHECK_EQ(l4_tag_err(kit_call(server->gate.cap, TAG(0))), L4_EUNBOUND);
    worker_free(client);
    worker_free(server);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(timeout_wait),
        KIT_TEST(timeout_send),
        KIT_TEST(timeout_call),
        KIT_TEST(cancel_blocked),
        KIT_TEST(cancel_calling),
        KIT_TEST(cancel_sticks),
        KIT_TEST(cancel_sticks_to_a_call),
        KIT_TEST(senders_by_priority),
        KIT_TEST(signals_before_senders),
        KIT_TEST(rebinding),
        KIT_TEST(gate_dies),
        KIT_TEST(server_dies),
        KIT_TEST(task_dies),
    };

    return kit_run("wait", tests, KIT_COUNT(tests));
}
