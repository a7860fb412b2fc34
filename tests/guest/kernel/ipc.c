/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages: what arrives, and what is refused. */
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

static void send_needs_no_reply(void)
{
    struct worker *server = worker_run(KIT_HIGH, worker_take);
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

/* The caller dies between call and answer: the server does not notice. */
static void reply_to_the_dead(void)
{
    struct worker *client = worker_new(kit_task, KIT_LOW);
    l4_gate_t gate = kit_gate(kit_main, 5);
    l4_words_t words;
    uint64_t label;

    client->in = gate.cap;
    worker_start(client, worker_call);
    CHECK_EQ(l4_wait(&words, &label, L4_TIME_NEVER), WORKER_CALL);
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
    worker_start(client, worker_call);
    CHECK_EQ(l4_wait(&words, NULL, L4_TIME_NEVER), WORKER_CALL);
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
        KIT_TEST(call_self),
        KIT_TEST(call_in_a_circle),
    };

    return kit_run("ipc", tests, KIT_COUNT(tests));
}
