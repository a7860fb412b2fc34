/* SPDX-License-Identifier: BSD-2-Clause */
/* Attacks by messages: on servers, by servers, and on the kernel's books. */
#include "victims.h"

#define TAG(words, items) L4_TAG(ATTACK_PROTO, 9, words, items)
#define ANSWER (TAG(1, 0) | L4_TAG_REPLY)

#define MS ((l4_time_t)1000000)
#define QUOTA ((uint64_t)512 << 10)

/* --- servers that are not answered, or not asked in earnest */

static void send_and_run(struct worker *w)
{
    l4_words_t words = {{w->number}};

    w->err = l4_send((l4_cap_t)w->in, VICTIM_ADD, &words, L4_TIME_NEVER);
    w->out = 1;
}

static void passive(struct worker *w)
{
    l4_words_t words;
    uint64_t label;
    l4_tag_t tag = l4_wait(&words, &label, L4_TIME_NEVER);

    for (;;) {
        w->out++;
        words.w[0]++;
        tag = l4_reply_wait(tag | L4_TAG_REPLY, &words, &label, L4_TIME_NEVER);
    }
}

/* Messages to a server without time of its own lend it none; those who do
 * lend it time are served, whoever is before them. */
static void send_to_a_passive_server(void)
{
    struct worker *server = worker_new(kit_task, KIT_PASSIVE);
    struct attacker a;

    worker_start(server, passive);
    (void)kit_call(server->gate.cap, VICTIM_ADD); /* lets it begin to wait */
    attacker_make(&a, QUOTA, KIT_HIGH);
    MUST(kit_give(a.task, server->gate.cap, ATTACKER_FREE, 7));
    for (unsigned i = 0; i < 3; i++) {
        struct worker *more;
        worker_factory = a.factory;
        more = worker_new(a.task, KIT_HIGH);
        worker_factory = kit_factory;
        more->in = ATTACKER_FREE;
        worker_start(more, send_and_run);
        CHECK_EQ(worker_state(more),
                 i == 0 ? L4_THREAD_STATE_SENDING : L4_THREAD_STATE_SENDING);
        victim_serves();
        l4_words_t words = {{41}};
        CHECK_EQ(l4_call(server->gate.cap, VICTIM_ADD, &words, MS),
                 VICTIM_ADD | L4_TAG_REPLY);
        CHECK_EQ(words.w[0], 42);
        worker_join(more);
        worker_free(more);
    }
    attacker_end(&a);
    worker_free(server);
}

/* Calls and goes away before the answer, again and again. */
static void call_and_leave(struct worker *w)
{
    for (unsigned i = 0; i < 300; i++) {
        l4_words_t words = {{i}};
        l4_utcb()->wait_timeout = 0;
        l4_tag_t tag = kit_ipc(VICTIM_ADD | L4_PHASE_CALL | L4_TAG_WAIT_TIMEOUT,
                               ATTACKER_VICTIM, &words, NULL);
        if (l4_tag_err(tag) == L4_ETIMEDOUT)
            w->out++;
        words = (l4_words_t){{i}};
        w->err |= l4_send(ATTACKER_VICTIM, VICTIM_ADD, &words, MS);
    }
}

static void reply_never_taken(void)
{
    struct attacker a;

    attacker_make(&a, QUOTA, KIT_HIGH);
    worker_start(a.worker, call_and_leave);
    victim_serves();
    worker_join(a.worker);
    CHECK_EQ(a.worker->err, 0);
    CHECK_EQ(a.worker->out, 300);
    attacker_end(&a);
}

/* --- deaths */

static void ask_much(struct worker *w)
{
    l4_words_t words = {{1}};
    l4_utcb_t *utcb = l4_utcb();

    for (unsigned i = 0; i < L4_MSG_ITEMS; i++)
        utcb->items[i] = l4_item_map(l4_fpage_cap(L4_CAP_TASK, 0, 7), i << 12);
    w->err = l4_tag_err(l4_call(ATTACKER_VICTIM,
                                L4_TAG(ATTACK_PROTO, 2, L4_MSG_WORDS, 16),
                                &words, L4_TIME_NEVER));
}

/* Takes the victim's own question and leaves it waiting. */
static void victim_asks(void)
{
    l4_words_t words;
    uint64_t label;
    l4_tag_t tag = l4_wait(&words, &label, MS);

    CHECK_EQ(tag, L4_TAG(ATTACK_PROTO, 3, 0, 0));
    CHECK_EQ(label, ATTACKER_LABEL);
}

/* The client dies, by itself or with its task or factory, while the server
 * waits for another one on its behalf. */
static void die_in_mid_call(void)
{
    for (unsigned how = 0; how < 12; how++) {
        struct attacker a;
        l4_words_t none = {{0}};
        attacker_make(&a, QUOTA, KIT_HIGH);
        const l4_cap_t end[] = {a.worker->thread.cap, a.task.cap, a.factory.cap,
                                a.worker->sched.cap};
        worker_start(a.worker, ask_much);
        victim_asks();
        CHECK_EQ(worker_state(a.worker), L4_THREAD_STATE_CALLING);
        if (how >= 8)
            MUST(l4_thread_stop(a.worker->thread, NULL));
        else if (how >= 4)
            attack_rest(2 * CUSTOM_PERIOD); /* so that others queue behind */
        l4_cap_delete(end[how % 4]);
        CHECK_EQ(l4_reply(TAG(0, 0) | L4_TAG_REPLY, &none), 0);
        victim_serves();
        attacker_end(&a);
    }
}

static void delete_it(struct worker *w)
{
    w->out = 1;
    l4_cap_delete((l4_cap_t)w->in);
    w->out = 2;
}

static void serve_badly(struct worker *w)
{
    l4_words_t words;

    (void)l4_wait(&words, NULL, L4_TIME_NEVER);
    delete_it(w);
}

static void call_it(struct worker *w)
{
    w->err = l4_tag_err(kit_call((l4_cap_t)w->in, TAG(0, 0)));
}

/* A thread destroys itself, its task, or the factory of all that, by itself or
 * while others call it: they are told. */
static void destroy_from_within(void)
{
    for (unsigned how = 0; how < 6; how++) {
        struct worker *client = worker_new(kit_task, KIT_LOW - 1);
        struct attacker a;
        attacker_make(&a, QUOTA, KIT_LOW); /* runs when main waits */
        const l4_cap_t first[] = {a.worker->thread.cap, a.task.cap,
                                  a.factory.cap};
        bool called = how >= 3;
        a.worker->in = ATTACKER_FREE;
        worker_start(a.worker, called ? serve_badly : delete_it);
        MUST(kit_map(a.task, l4_fpage_cap(first[how % 3], 0, L4_RIGHTS_ALL),
                     (uint64_t)ATTACKER_FREE << 12 | L4_ITEM_GRANT));
        client->in = a.worker->gate.cap;
        worker_start(client, call_it);
        worker_join(client);
        CHECK_EQ(a.worker->out, 1);
        /* Its gate went with the factory, or is bound to no one. */
        CHECK_EQ(client->err, called         ? L4_EDEAD
                              : how % 3 == 2 ? L4_ENOCAP
                                             : L4_EUNBOUND);
        victim_serves();
        worker_free(client);
        attacker_end(&a);
    }
}

/* --- floods */

#define FLOOD 10u

static volatile bool flood_over;

static void flood(struct worker *w)
{
    while (!flood_over) {
        l4_words_t words = {{w->out}};
        if (w->number % 2)
            (void)l4_call(ATTACKER_VICTIM, VICTIM_ADD, &words, L4_TIME_NEVER);
        else
            (void)!l4_send(ATTACKER_VICTIM, VICTIM_ADD, &words, L4_TIME_NEVER);
        w->out++;
    }
}

/* Threads that do nothing but call and send: those of higher priority are
 * served as if they were not there. */
static void flood_of_messages(void)
{
    struct worker *more[FLOOD];
    struct attacker a;

    attacker_make(&a, QUOTA, KIT_LOW);
    flood_over = false;
    worker_factory = a.factory;
    for (unsigned i = 0; i < FLOOD; i++) {
        more[i] = worker_new(a.task, KIT_LOW);
        worker_start(more[i], flood);
    }
    worker_factory = kit_factory;
    (void)custom_latest();
    uint64_t before = custom_served();
    attack_rest(20 * MS);
    CHECK(custom_served() - before >= 20 * MS / CUSTOM_PERIOD / 2);
    CHECK(custom_latest() < CUSTOM_PERIOD / 4);
    victim_serves();
    flood_over = true;
    uint64_t sent = 0;
    for (unsigned i = 0; i < FLOOD; i++) {
        worker_join(more[i]);
        sent += more[i]->out;
        worker_free(more[i]);
    }
    CHECK(sent > 1000);
    attacker_end(&a);
}

/* --- replies */

#define CALLERS 6u

static void call_patiently(struct worker *w)
{
    l4_words_t words = {{w->number}};

    w->err = l4_tag_err(l4_call((l4_cap_t)w->in, TAG(1, 0), &words, 5 * MS));
    w->out++;
}

/* Takes calls and parks them, and that is all. */
static void park_all(struct worker *w)
{
    for (uint64_t slot = ATTACKER_FREE;; slot++) {
        l4_words_t words = {{0}};
        (void)l4_wait(&words, NULL, L4_TIME_NEVER);
        w->err |= l4_tag_err(kit_ipc(L4_PHASE_PARK, slot, &words, NULL));
        w->out++;
    }
}

/* A server that never answers: its clients get out by themselves, or when it
 * goes, and whoever did can call others. */
static void parked_replies_never_used(void)
{
    for (unsigned how = 0; how < 3; how++) {
        struct worker *client[CALLERS];
        struct attacker a;
        attacker_make(&a, QUOTA, KIT_HIGH);
        worker_start(a.worker, park_all);
        for (unsigned i = 0; i < CALLERS; i++) {
            client[i] = worker_new(kit_task, KIT_HIGH);
            client[i]->in = a.worker->gate.cap;
            worker_start(client[i], call_patiently);
            CHECK_EQ(worker_state(client[i]), L4_THREAD_STATE_CALLING);
        }
        CHECK_EQ(a.worker->out, CALLERS);
        CHECK_EQ(a.worker->err, 0);
        victim_serves();
        if (how == 1)
            kit_drop(a.task.cap);
        if (how == 2)
            kit_drop(a.factory.cap);
        for (unsigned i = 0; i < CALLERS; i++) {
            worker_join(client[i]);
            CHECK_EQ(client[i]->err, how ? L4_ECANCELED : L4_ETIMEDOUT);
            worker_free(client[i]);
        }
        attacker_end(&a);
    }
}

/* Callers that die while their reply is parked, again and again in the same
 * slot: each answer goes to the right one or to nobody. */
static void replies_to_dead_rights(void)
{
    l4_cap_t slot = kit_slot();

    for (unsigned i = 0; i < 60; i++) {
        struct attacker a;
        l4_words_t words;
        l4_gate_t gate = kit_gate(kit_main, 1);
        attacker_make(&a, QUOTA, KIT_HIGH);
        MUST(kit_give(a.task, gate.cap, ATTACKER_FREE, 7));
        a.worker->in = ATTACKER_FREE;
        worker_start(a.worker, call_patiently);
        CHECK_EQ(l4_wait(&words, NULL, L4_TIME_NEVER), TAG(1, 0));
        words = (l4_words_t){{0}};
        CHECK_EQ(l4_tag_err(kit_ipc(L4_PHASE_PARK, slot, &words, NULL)), 0);
        if (i % 3 == 0)
            l4_cap_delete(a.worker->thread.cap);
        else if (i % 3 == 1)
            l4_cap_delete(a.task.cap);
        CHECK_EQ(kit_ipc(ANSWER | L4_PHASE_REPLY, slot, &words, NULL), 0);
        CHECK_EQ(a.worker->out, i % 3 == 2);
        words = (l4_words_t){{0}};
        CHECK_EQ(kit_ipc(ANSWER | L4_PHASE_REPLY, slot, &words, NULL),
                 l4_tag_error(L4_ENOCAP));
        if (i % 3 == 2)
            worker_join(a.worker);
        attacker_end(&a);
        kit_drop(gate.cap);
    }
    kit_drop(slot);
}

/* --- messages that queue */

/* What queues has been checked: its sender's registers cannot be changed until
 * it is taken. Otherwise a message would arrive that claims to be the kernel's,
 * or one longer than there is room for. */
static void queued_message_is_changed(void)
{
    static const l4_tag_t forged[] = {
        TAG(1, 0) | L4_PHASE_CALL | L4_TAG_KERNEL,
        TAG(1, 0) | L4_PHASE_CALL | L4_TAG_ERROR,
        TAG(127, 0) | L4_PHASE_CALL,
        TAG(1, 31) | L4_PHASE_CALL,
        TAG(2, 0) | L4_PHASE_SEND,
    };

    for (unsigned i = 0; i < KIT_COUNT(forged); i++) {
        struct worker *w = worker_new(kit_task, KIT_HIGH);
        l4_gate_t gate = kit_gate(kit_main, 5);
        l4_regs_t regs = {0};
        l4_words_t words = {{0}};
        w->in = gate.cap;
        worker_start(w, call_patiently);
        CHECK_EQ(worker_state(w), L4_THREAD_STATE_SENDING);
        MUST(l4_thread_get_regs(w->thread, &regs, NULL));
        regs.rax = forged[i];
        CHECK_EQ(l4_thread_set_regs(w->thread, &regs, NULL), L4_ESTATE);
        CHECK_EQ(l4_wait(&words, NULL, MS), TAG(1, 0));
        CHECK_EQ(l4_reply(ANSWER, &words), 0);
        CHECK_EQ(w->err, 0);
        worker_join(w);
        worker_free(w);
        kit_drop(gate.cap);
    }
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(send_to_a_passive_server), KIT_TEST(reply_never_taken),
        KIT_TEST(die_in_mid_call),          KIT_TEST(destroy_from_within),
        KIT_TEST(flood_of_messages),        KIT_TEST(parked_replies_never_used),
        KIT_TEST(replies_to_dead_rights),   KIT_TEST(queued_message_is_changed),
    };

    return attack_run("messages", tests, KIT_COUNT(tests));
}
