/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages: what arrives, what is refused, what ends an IPC. */
#include "kit.h"

#define TAG(words, items) L4_TAG(KIT_PROTO, 3, words, items)

#define MASK 0x5a5a5a5a5a5a5a5aull

static uint64_t pattern(unsigned words, unsigned i)
{
    return (uint64_t)words << 32 | (i + 1) * 0x01000001u;
}

/* --- words */

/* Answers every message with its words changed and their order kept. */
static void echo(struct worker *w)
{
    l4_utcb_t *utcb = l4_utcb();
    l4_words_t words;
    uint64_t label;
    l4_tag_t tag = l4_wait(&words, &label, L4_TIME_NEVER);

    for (;;) {
        w->in = tag;
        w->out = label;
        unsigned count = l4_tag_words(tag);
        for (unsigned i = 0; i < L4_MSG_REGS; i++)
            words.w[i] = i < count ? words.w[i] ^ MASK : 0;
        for (unsigned i = L4_MSG_REGS; i < count; i++)
            utcb->mr[i] ^= MASK;
        tag = l4_reply_wait(TAG(count, 0) | L4_TAG_REPLY, &words, &label,
                            L4_TIME_NEVER);
    }
}

/* Calls `cap` with every count of words there is. */
static void words_call(l4_cap_t cap, const struct worker *server,
                       uint64_t label)
{
    l4_utcb_t *utcb = l4_utcb();

    for (unsigned count = 0; count <= L4_MSG_WORDS; count++) {
        l4_words_t words = {{0}};
        unsigned wrong = 0;
        for (unsigned i = 0; i < L4_MSG_REGS; i++)
            words.w[i] = i < count ? pattern(count, i) : 0;
        for (unsigned i = L4_MSG_REGS; i < L4_MSG_WORDS; i++)
            utcb->mr[i] = pattern(count, i);
        l4_tag_t tag = l4_call(cap, TAG(count, 0), &words, L4_TIME_NEVER);
        CHECK_EQ(tag, TAG(count, 0) | L4_TAG_REPLY);
        CHECK_EQ(server->in, TAG(count, 0));
        CHECK_EQ(server->out, label);
        for (unsigned i = 0; i < L4_MSG_WORDS; i++) {
            uint64_t got = i < L4_MSG_REGS ? words.w[i] : utcb->mr[i];
            uint64_t want = pattern(count, i) ^ (i < count ? MASK : 0);
            if (i < L4_MSG_REGS && i >= count)
                want = 0;
            wrong += got != want;
        }
        CHECK_EQ(wrong, 0);
    }
}

static void words_within(void)
{
    struct worker *server = worker_run(KIT_HIGH, echo);

    words_call(server->gate.cap, server, server->number + 1);
    worker_free(server);
}

static void words_between(void)
{
    l4_task_t task = kit_space(kit_factory);
    struct worker *server = worker_new(task, KIT_HIGH);
    l4_gate_t labelled = kit_mint(server->gate, 0xfedcba9876543210, 7);

    worker_start(server, echo);
    words_call(labelled.cap, server, 0xfedcba9876543210);
    worker_free(server);
    kit_drop(labelled.cap);
    kit_drop(task.cap);
}

/* A message's timeout and phase bits stay with the sender. */
static void tag_is_clean(void)
{
    struct worker *server = worker_run(KIT_HIGH, echo);
    l4_words_t words = {{0}};

    l4_tag_t tag = l4_call(server->gate.cap, TAG(2, 0), &words, 1000000000);
    CHECK_EQ(tag, TAG(2, 0) | L4_TAG_REPLY);
    CHECK_EQ(server->in, TAG(2, 0));
    worker_free(server);
}

/* --- send and reply */

static void take_one(struct worker *w)
{
    l4_words_t words;
    uint64_t label;

    w->in = l4_wait(&words, &label, L4_TIME_NEVER);
    w->out = words.w[0];
}

static void send_needs_no_reply(void)
{
    struct worker *server = worker_run(KIT_HIGH, take_one);
    l4_words_t words = {{77}};

    CHECK_EQ(l4_send(server->gate.cap, TAG(1, 0), &words, L4_TIME_NEVER), 0);
    CHECK_EQ(server->in, TAG(1, 0));
    CHECK_EQ(server->out, 77);
    worker_join(server);
    worker_free(server);
}

/* A reply that nobody waits for succeeds and harms nobody. */
static void reply_to_nobody(void)
{
    l4_words_t words = {{0}};

    CHECK_EQ(l4_reply(TAG(0, 0) | L4_TAG_REPLY, &words), 0);
    CHECK_EQ(l4_reply(TAG(0, 0) | L4_TAG_REPLY, &words), 0);
}

static void call_main(struct worker *w)
{
    l4_words_t words = {{1}};

    w->err =
        l4_tag_err(l4_call((l4_cap_t)w->in, TAG(1, 0), &words, L4_TIME_NEVER));
    w->out++;
}

/* The caller dies between call and answer: the server does not notice. */
static void reply_to_the_dead(void)
{
    struct worker *client = worker_new(kit_task, KIT_LOW);
    l4_gate_t gate = kit_gate(kit_main, 5);
    l4_words_t words;
    uint64_t label;

    client->in = gate.cap;
    worker_start(client, call_main);
    CHECK_EQ(l4_wait(&words, &label, L4_TIME_NEVER), TAG(1, 0));
    CHECK_EQ(label, 5);
    CHECK_EQ(worker_state(client), L4_THREAD_STATE_CALLING);
    worker_free(client);
    CHECK_EQ(l4_reply(TAG(0, 0) | L4_TAG_REPLY, &words), 0);
    kit_drop(gate.cap);
}

/* Whoever waits without having answered fails its caller. */
static void wait_drops_the_caller(void)
{
    struct worker *client = worker_new(kit_task, KIT_HIGH);
    l4_gate_t gate = kit_gate(kit_main, 5);
    l4_words_t words;

    client->in = gate.cap;
    worker_start(client, call_main);
    CHECK_EQ(l4_wait(&words, NULL, L4_TIME_NEVER), TAG(1, 0));
    worker_join(client);
    CHECK_EQ(client->err, L4_ECANCELED);
    worker_free(client);
    kit_drop(gate.cap);
}

/* --- what is refused */

static void bad_tag_bits(void)
{
    struct worker *server = worker_run(KIT_HIGH, echo);
    l4_tag_t kernel_only = L4_TAG_LOW_MASK & ~L4_TAG_REQUEST_BITS;

    for (unsigned bit = 0; bit < 32; bit++) {
        l4_tag_t tag = TAG(0, 0) | L4_PHASE_CALL | (l4_tag_t)1 << bit;
        l4_words_t words = {{0}};
        if (!(kernel_only >> bit & 1))
            continue;
        CHECK_EQ(kit_ipc(tag, server->gate.cap, &words, NULL),
                 l4_tag_error(L4_EINVAL));
    }
    /* What sends no message has no words. */
    static const l4_tag_t phases[] = {L4_PHASE_PARK, L4_PHASE_RESUME,
                                      L4_PHASE_HALT};
    for (unsigned i = 0; i < KIT_COUNT(phases); i++) {
        l4_words_t words = {{0}};
        CHECK_EQ(kit_ipc(TAG(1, 0) | phases[i], server->gate.cap, &words, NULL),
                 l4_tag_error(L4_EINVAL));
    }
    /* It has not been told of any of them. */
    CHECK_EQ(server->in, 0);
    worker_free(server);
}

static void too_many(void)
{
    struct worker *server = worker_run(KIT_HIGH, echo);
    l4_cap_t cap = server->gate.cap;
    l4_utcb_t *utcb = l4_utcb();

    for (unsigned i = 0; i < L4_MSG_ITEMS; i++)
        utcb->items[i] = (l4_item_t){0, L4_FPAGE_NONE};
    CHECK_EQ(l4_tag_err(kit_call(cap, TAG(65, 0))), L4_EMSG);
    CHECK_EQ(l4_tag_err(kit_call(cap, TAG(127, 0))), L4_EMSG);
    CHECK_EQ(l4_tag_err(kit_call(cap, TAG(0, 17))), L4_EMSG);
    CHECK_EQ(l4_tag_err(kit_call(cap, TAG(0, 31))), L4_EMSG);
    CHECK_EQ(kit_call(cap, TAG(0, 16)), TAG(0, 0) | L4_TAG_REPLY);

    /* At most 16 entries change in all. */
    utcb->items[0].fpage = l4_fpage_mem(0x40000000, 12 + 5, 7);
    CHECK_EQ(l4_tag_err(kit_call(cap, TAG(0, 1))), L4_E2BIG);
    utcb->items[0].fpage = l4_fpage_cap(0, 5, 7);
    CHECK_EQ(l4_tag_err(kit_call(cap, TAG(0, 1))), L4_E2BIG);
    utcb->items[0].fpage = l4_fpage_mem(0x40000000, 12 + 4, 7);
    utcb->items[1].fpage = l4_fpage_cap(1, 0, 7);
    CHECK_EQ(l4_tag_err(kit_call(cap, TAG(0, 2))), L4_E2BIG);
    for (unsigned order = 0; order < 64; order++) {
        utcb->items[0].fpage = l4_fpage(L4_FPAGE_MEM, 0, order, 7);
        l4_err_t err = l4_tag_err(kit_call(cap, TAG(0, 1)));
        bool few = (order >= 12 && order <= 16) ||
                   (order >= 21 && order <= 25) || (order >= 30 && order <= 34);
        CHECK_EQ(err, few ? 0 : L4_E2BIG);
    }
    worker_free(server);
}

static void bad_caps(void)
{
    l4_cap_t empty = kit_slot();
    const uint64_t bad[] = {0,
                            empty,
                            l4_env()->table_slots,
                            0xffffffff,
                            1ull << 32 | L4_CAP_TASK,
                            ~0ull};

    for (unsigned i = 0; i < KIT_COUNT(bad); i++) {
        l4_words_t words = {{0}};
        CHECK_EQ(kit_ipc(TAG(0, 0) | L4_PHASE_CALL, bad[i], &words, NULL),
                 l4_tag_error(L4_ENOCAP));
        CHECK_EQ(kit_ipc(TAG(0, 0) | L4_PHASE_SEND, bad[i], &words, NULL),
                 l4_tag_error(L4_ENOCAP));
    }
    /* A reply names a signal or nothing. */
    l4_words_t words = {{0}};
    CHECK_EQ(kit_ipc(TAG(0, 0) | L4_PHASE_REPLY, L4_CAP_TASK, &words, NULL),
             l4_tag_error(L4_ENOCAP));
    CHECK_EQ(kit_ipc(TAG(0, 0) | L4_PHASE_REPLY_WAIT, empty, &words, NULL),
             l4_tag_error(L4_ENOCAP));
    kit_drop(empty);
}

/* Kernel objects refuse what they do not know. */
static void unknown_operations(void)
{
    l4_words_t w = {{0}};
    l4_tag_t tag = l4_call(L4_CAP_TASK, L4_TAG(L4_TASK_PROTO, 99, 0, 0), &w,
                           L4_TIME_NEVER);

    CHECK(tag & L4_TAG_RAISED);
    CHECK_EQ((int32_t)w.w[0], L4_ENOSYS);
    tag = l4_call(L4_CAP_TASK, L4_TAG(L4_FACTORY_PROTO, 1, 1, 0), &w,
                  L4_TIME_NEVER);
    CHECK(tag & L4_TAG_RAISED);
    CHECK_EQ((int32_t)w.w[0], L4_ENOSYS);
    tag =
        l4_call(L4_CAP_TASK, L4_TAG(L4_TASK_PROTO, L4_TASK_OP_TABLE_SIZE, 1, 0),
                &w, L4_TIME_NEVER);
    CHECK(tag & L4_TAG_RAISED);
    CHECK(tag & L4_TAG_RAISED);
    CHECK_EQ((int32_t)w.w[0], L4_EMSG);
}

/* An object does what it is sent, though nobody hears of it. */
static void send_to_an_object(void)
{
    l4_signal_t signal = kit_signal();
    l4_words_t w = {{0}};
    uint64_t label;

    MUST(l4_signal_bind(signal, kit_main, 0x51, NULL));
    MUST(l4_signal_ack(signal, NULL));
    CHECK_EQ(l4_send(signal.cap,
                     L4_TAG(L4_SIGNAL_PROTO, L4_SIGNAL_OP_RAISE, 0, 0), &w,
                     L4_TIME_NEVER),
             0);
    l4_tag_t tag = l4_wait(&w, &label, L4_TIME_POLL);
    CHECK_EQ(l4_tag_proto(tag), L4_SIGNAL_HANDLER_PROTO);
    CHECK_EQ(label, 0x51);
    kit_drop(signal.cap);
}

/* --- gates, labels and rights */

static void mint_only_narrows(void)
{
    l4_gate_t gate = kit_gate(kit_main, 1);
    l4_gate_t give = kit_mint(gate, 2, L4_GATE_RIGHT_GIVE);
    l4_gate_t both = kit_mint(gate, 3, L4_GATE_RIGHT_GIVE | L4_GATE_RIGHT_MINT);
    l4_gate_t wide = kit_mint(both, 4, 7);
    l4_gate_t none;
    l4_cap_t slot = kit_slot();
    uint32_t rights = 99;
    l4_cap_type_t type;

    CHECK_EQ(l4_task_mint(kit_task, give, 5, 7, &none, KIT_INTO(slot)),
             L4_EPERM);
    MUST(l4_task_cap_info(kit_task, wide.cap, &type, &rights, NULL));
    CHECK_EQ(type, L4_CAP_TYPE_GATE);
    CHECK_EQ(rights, L4_GATE_RIGHT_GIVE | L4_GATE_RIGHT_MINT);
    MUST(l4_task_cap_info(kit_task, give.cap, &type, &rights, NULL));
    CHECK_EQ(rights, L4_GATE_RIGHT_GIVE);

    /* With the first, all labels go. */
    kit_drop(gate.cap);
    MUST(l4_task_cap_info(kit_task, wide.cap, &type, &rights, NULL));
    CHECK_EQ(type, L4_CAP_TYPE_EMPTY);
    kit_drop(give.cap);
    kit_drop(both.cap);
    kit_drop(wide.cap);
    kit_drop(slot);
}

/* Items need the right to give, or an answer. */
static void give_right(void)
{
    struct worker *server = worker_run(KIT_HIGH, echo);
    l4_gate_t dumb = kit_mint(server->gate, 9, 0);

    l4_utcb()->items[0] = (l4_item_t){0, L4_FPAGE_NONE};
    CHECK_EQ(l4_tag_err(kit_call(dumb.cap, TAG(0, 1))), L4_EPERM);
    CHECK_EQ(kit_call(dumb.cap, TAG(0, 0)), TAG(0, 0) | L4_TAG_REPLY);
    CHECK_EQ(kit_call(server->gate.cap, TAG(0, 1)), TAG(0, 0) | L4_TAG_REPLY);
    worker_free(server);
    kit_drop(dumb.cap);
}

/* Gives main back the capability in its slot `cap`. */
static void give_back(struct worker *w)
{
    l4_words_t words = {{0}};

    l4_utcb()->items[0] = l4_item_map(l4_fpage_cap(w->cap, 0, 7), 0);
    w->out = l4_call((l4_cap_t)w->in, TAG(0, 1), &words, L4_TIME_NEVER);
}

/* A capability to one's own gate arrives as its label, whatever window. */
static void own_gate_is_its_label(void)
{
    l4_task_t task = kit_space(kit_factory);
    struct worker *client = worker_new(task, KIT_HIGH);
    l4_gate_t gate = kit_gate(kit_main, 1);
    l4_gate_t labelled = kit_mint(gate, 0x1122334455667788, 1);
    l4_words_t words;
    uint64_t label;

    MUST(kit_give(task, gate.cap, KIT_SPACE_FREE, 7));
    MUST(kit_give(task, labelled.cap, KIT_SPACE_FREE + 1, 7));
    client->in = KIT_SPACE_FREE;
    kit_drop(client->cap);
    client->cap = KIT_SPACE_FREE + 1;
    worker_start(client, give_back);
    l4_tag_t tag = l4_wait(&words, &label, L4_TIME_NEVER);
    CHECK_EQ(tag, TAG(0, 1));
    CHECK_EQ(label, 1);
    CHECK_EQ(l4_utcb()->items[0].control, L4_ITEM_LABEL);
    CHECK_EQ(l4_utcb()->items[0].fpage, 0x1122334455667788);
    CHECK_EQ(l4_reply(TAG(0, 0) | L4_TAG_REPLY, &words), 0);
    CHECK_EQ(client->out, TAG(0, 0) | L4_TAG_REPLY);
    client->cap = L4_CAP_NONE;
    worker_free(client);
    kit_drop(labelled.cap);
    kit_drop(gate.cap);
    kit_drop(task.cap);
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

    CHECK_EQ(l4_send(idle->gate.cap, TAG(0, 0), &words, L4_TIME_POLL),
             L4_ETIMEDOUT);
    CHECK_EQ(l4_send(idle->gate.cap, TAG(0, 0), &words, 2000000), L4_ETIMEDOUT);
    CHECK(l4_time_now() - start >= 2000000);
    CHECK_EQ(l4_tag_err(l4_call(idle->gate.cap, TAG(0, 0), &words, 2000000)),
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
    w->err = l4_reply(TAG(0, 0) | L4_TAG_REPLY, &words);
    w->out = 2;
}

/* The answer to a call whose time is over goes nowhere; it does not turn up as
 * that of the next call. */
static void timeout_call(void)
{
    struct worker *late = worker_run(KIT_HIGH, answer_late);
    struct worker *server = worker_run(KIT_HIGH, echo);
    l4_words_t words = {{0}};
    l4_tag_t tag = TAG(0, 0) | L4_PHASE_CALL | L4_TAG_WAIT_TIMEOUT;

    l4_utcb()->wait_timeout = 1000000;
    CHECK_EQ(l4_ipc(tag, late->gate.cap, &words, NULL),
             l4_tag_error(L4_ETIMEDOUT));
    CHECK_EQ(late->in, TAG(0, 0));
    CHECK_EQ(late->out, 1);
    CHECK_EQ(kit_call(server->gate.cap, TAG(1, 0)), TAG(1, 0) | L4_TAG_REPLY);
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

    w->err = l4_send((l4_cap_t)w->in, TAG(0, 0), &words, L4_TIME_NEVER);
}

static void cancel_blocked(void)
{
    static const worker_fn blocks[] = {wait_for_ever, send_for_ever, call_main};
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
    worker_start(client, call_main);
    CHECK_EQ(l4_wait(&words, NULL, L4_TIME_NEVER), TAG(1, 0));
    CHECK_EQ(worker_state(client), L4_THREAD_STATE_CALLING);
    MUST(l4_thread_cancel(client->thread, NULL));
    CHECK_EQ(client->err, L4_ECANCELED);
    CHECK_EQ(l4_reply(TAG(0, 0) | L4_TAG_REPLY, &words), 0);
    worker_join(client);
    worker_free(client);
    kit_drop(gate.cap);
}

/* Cancelling who does not block fails its next blocking phase, once. */
static void cancel_sticks(void)
{
    static const worker_fn blocks[] = {wait_for_ever, send_for_ever, call_main};
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
    worker_start(client, call_main);
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
        if (tag == TAG(0, 0))
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
    worker_start(sender, call_main);
    CHECK_EQ(worker_state(sender), L4_THREAD_STATE_SENDING);
    MUST(l4_thread_bind(new->thread, old->gate, NULL));
    CHECK_EQ(sender->err, L4_EUNBOUND);
    worker_join(sender);
    CHECK_EQ(kit_call(old->gate.cap, TAG(3, 0)), TAG(3, 0) | L4_TAG_REPLY);
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
    worker_start(sender, call_main);
    kit_drop(gate.cap);
    CHECK_EQ(sender->err, L4_EDEAD);
    worker_join(sender);
    worker_free(sender);
    worker_free(idle);
}

static void server_dies(void)
{
    struct worker *server = worker_run(KIT_HIGH, take_one);
    struct worker *calling = worker_new(kit_task, KIT_HIGH);
    struct worker *queued = worker_new(kit_task, KIT_HIGH);
    l4_cap_t gate = server->gate.cap;

    calling->in = gate;
    queued->in = gate;
    worker_start(calling, call_main);
    worker_start(queued, call_main);
    CHECK_EQ(worker_state(calling), L4_THREAD_STATE_CALLING);
    CHECK_EQ(worker_state(queued), L4_THREAD_STATE_SENDING);
    kit_drop(server->thread.cap);
    CHECK_EQ(calling->err, L4_EDEAD);
    CHECK_EQ(queued->err, L4_EDEAD);
    worker_join(calling);
    worker_join(queued);
    /* The gate lives on, bound to nobody. */
    CHECK_EQ(l4_tag_err(kit_call(gate, TAG(0, 0))), L4_EUNBOUND);
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

    worker_start(server, take_one);
    client->in = server->gate.cap;
    worker_start(client, call_main);
    CHECK_EQ(worker_state(client), L4_THREAD_STATE_CALLING);
    kit_drop(task.cap);
    CHECK_EQ(client->err, L4_EDEAD);
    worker_join(client);
    CHECK_EQ(l4_tag_err(kit_call(server->gate.cap, TAG(0, 0))), L4_EUNBOUND);
    worker_free(client);
    worker_free(server);
}

/* --- circles */

static void call_self(void)
{
    l4_gate_t gate = kit_gate(kit_main, 5);

    CHECK_EQ(l4_tag_err(kit_call(gate.cap, TAG(0, 0))), L4_ELOOP);
    kit_drop(gate.cap);
}

/* Takes a call and calls main, who made it. */
static void call_back(struct worker *w)
{
    l4_words_t words;

    (void)l4_wait(&words, NULL, L4_TIME_NEVER);
    w->err = l4_tag_err(kit_call((l4_cap_t)w->in, TAG(0, 0)));
    (void)!l4_reply(TAG(0, 0) | L4_TAG_REPLY, &words);
}

static void call_in_a_circle(void)
{
    struct worker *w = worker_new(kit_task, KIT_HIGH);
    l4_gate_t gate = kit_gate(kit_main, 5);

    w->in = gate.cap;
    worker_start(w, call_back);
    CHECK_EQ(kit_call(w->gate.cap, TAG(0, 0)), TAG(0, 0) | L4_TAG_REPLY);
    CHECK_EQ(w->err, L4_ELOOP);
    worker_join(w);
    worker_free(w);
    kit_drop(gate.cap);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(words_within),
        KIT_TEST(words_between),
        KIT_TEST(tag_is_clean),
        KIT_TEST(send_needs_no_reply),
        KIT_TEST(reply_to_nobody),
        KIT_TEST(reply_to_the_dead),
        KIT_TEST(wait_drops_the_caller),
        KIT_TEST(bad_tag_bits),
        KIT_TEST(too_many),
        KIT_TEST(bad_caps),
        KIT_TEST(unknown_operations),
        KIT_TEST(send_to_an_object),
        KIT_TEST(mint_only_narrows),
        KIT_TEST(give_right),
        KIT_TEST(own_gate_is_its_label),
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
        KIT_TEST(call_self),
        KIT_TEST(call_in_a_circle),
    };

    return kit_run("ipc", tests, KIT_COUNT(tests));
}
