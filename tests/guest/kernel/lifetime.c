/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects that go while others use them, in whatever state they are. */
#include "kit.h"

#include <l4/log.h>

#define TAG(words, items) L4_TAG(KIT_PROTO, 3, words, items)

#define MS ((l4_time_t)1000000)

#define THERE ((uint64_t)0x60000000) /* where nothing is mapped */

#define PEER_SLOT 40 /* in the task of a worker: a gate to someone else */
#define MAIN_SLOT 41 /* a gate to main */
#define MAIN_LABEL 0x3a1

/* --- the states a thread can be in */

static void do_nothing(struct worker *w)
{
    w->out = 1;
}

static void do_wait(struct worker *w)
{
    l4_words_t words;

    for (;;)
        w->err = l4_tag_err(l4_wait(&words, NULL, L4_TIME_NEVER));
}

static void do_wait_a_while(struct worker *w)
{
    l4_words_t words;

    for (;;)
        w->err = l4_tag_err(l4_wait(&words, NULL, 2 * MS));
}

static void do_send(struct worker *w)
{
    l4_words_t words = {{0}};

    w->err = l4_send(PEER_SLOT, TAG(0, 0), &words, L4_TIME_NEVER);
    do_wait(w);
}

static void do_call(struct worker *w)
{
    w->err = l4_tag_err(kit_call(PEER_SLOT, TAG(0, 0)));
    do_wait(w);
}

static void do_call_a_while(struct worker *w)
{
    l4_words_t words = {{0}};

    w->err = l4_tag_err(l4_call(PEER_SLOT, TAG(0, 0), &words, 2 * MS));
    do_wait(w);
}

static void do_call_main(struct worker *w)
{
    w->err = l4_tag_err(kit_call(MAIN_SLOT, TAG(0, 0)));
    do_wait(w);
}

/* Takes one message, and never answers it. */
static void do_take(struct worker *w)
{
    l4_words_t words;

    (void)l4_wait(&words, NULL, L4_TIME_NEVER);
    w->err = l4_tag_err(kit_call(MAIN_SLOT, TAG(0, 0)));
    do_wait(w);
}

static void do_stop(struct worker *w)
{
    /* main gives every worker a capability to itself there */
    w->err = l4_thread_stop((l4_thread_t){MAIN_SLOT + 1}, NULL);
    do_wait(w);
}

static void do_fault(struct worker *w)
{
    (void)!l4_thread_set_handlers((l4_thread_t){MAIN_SLOT + 1}, 0, 0, NULL);
    w->out = *(volatile uint64_t *)THERE;
}

static void do_fault_to_main(struct worker *w)
{
    (void)!l4_thread_set_handlers((l4_thread_t){MAIN_SLOT + 1}, MAIN_SLOT, 0,
                                  NULL);
    w->out = *(volatile uint64_t *)THERE;
}

static void do_fault_to_peer(struct worker *w)
{
    (void)!l4_thread_set_handlers((l4_thread_t){MAIN_SLOT + 1}, PEER_SLOT,
                                  PEER_SLOT, NULL);
    w->out = *(volatile uint64_t *)THERE;
}

/* The tag of an answer to `tag`. Faults are refused, or they would come again
 * for ever. */
static l4_tag_t answer(l4_tag_t tag)
{
    return TAG(1, 0) | L4_TAG_REPLY | (tag & L4_TAG_KERNEL ? L4_TAG_RAISED : 0);
}

/* Answers whoever calls. */
static void do_serve(struct worker *w)
{
    l4_words_t words;
    l4_tag_t tag = l4_wait(&words, NULL, L4_TIME_NEVER);

    for (;;) {
        w->out++;
        words = (l4_words_t){{tag}};
        tag = l4_reply_wait(answer(tag), &words, NULL, L4_TIME_NEVER);
    }
}

/* Asks another one before it answers. */
static void do_ask(struct worker *w)
{
    l4_words_t words;
    l4_tag_t tag = l4_wait(&words, NULL, L4_TIME_NEVER);

    for (;;) {
        words = (l4_words_t){{tag}};
        w->err = l4_tag_err(l4_call(PEER_SLOT, TAG(5, 0), &words, MS));
        tag = l4_reply_wait(answer(tag), &words, NULL, L4_TIME_NEVER);
    }
}

/* Calls all the time, with and without a bound. It rests in between, because
 * who queues for it may lend it a higher priority than main's. */
static void do_call_on(struct worker *w)
{
    l4_words_t words = {{0}};

    for (;;) {
        w->err = l4_tag_err(l4_call(PEER_SLOT, TAG(20, 0), &words, MS));
        w->err = l4_tag_err(kit_call(PEER_SLOT, TAG(3, 0)));
        w->out++;
        (void)l4_wait(&words, NULL, MS);
    }
}

static const struct {
    worker_fn run; /* NULL: not started */
    int priority;
} states[] = {
    {NULL, KIT_HIGH},
    {do_nothing, KIT_LOW}, /* ready, has not run */
    {do_nothing, KIT_PASSIVE},
    {do_nothing, KIT_HIGH}, /* sends that it has ended */
    {do_wait, KIT_HIGH},
    {do_wait_a_while, KIT_HIGH},
    {do_send, KIT_HIGH},
    {do_call, KIT_HIGH},
    {do_call_a_while, KIT_HIGH},
    {do_call_main, KIT_HIGH},
    {do_take, KIT_HIGH},
    {do_stop, KIT_HIGH},
    {do_fault, KIT_HIGH},
    {do_fault_to_main, KIT_HIGH},
    {do_fault_to_peer, KIT_HIGH},
    {do_serve, KIT_HIGH},
    {do_serve, KIT_LOW},
    {do_ask, KIT_HIGH},
    {do_ask, KIT_LOW},
    {do_call_on, KIT_LOW},
    {do_call_on, KIT_LOW - 1},
};

/* What makes a thread go. */
enum kill {
    KILL_THREAD,
    KILL_TASK,
    KILL_FACTORY,
    KILL_SCHED,
    KILL_GATE,
    KILLS
};

struct life {
    struct worker *w; /* NULL: none */
    l4_factory_t factory;
    l4_task_t task;
    l4_signal_t signal; /* bound to it, raised and not taken */
};

/* A worker in a task and of a factory of its own, in state number `state`;
 * `peer` is whom it deals with. */
static void life_begin(struct life *l, unsigned state, l4_gate_t peer,
                       l4_gate_t to_main)
{
    l->factory = kit_subfactory(64 * 4096);
    l->task = kit_space(l->factory);
    worker_factory = l->factory;
    l->w = worker_new(l->task, states[state].priority);
    MUST(
        l4_factory_create_signal(l->factory, &l->signal, KIT_INTO(kit_slot())));
    worker_factory = kit_factory;
    MUST(kit_give(l->task, peer.cap, PEER_SLOT, 7));
    MUST(kit_give(l->task, to_main.cap, MAIN_SLOT, 7));
    MUST(kit_give(l->task, l->w->thread.cap, MAIN_SLOT + 1, 7));
    if (states[state].run)
        worker_start(l->w, states[state].run);
}

static void life_signal(const struct life *l)
{
    MUST(l4_signal_bind(l->signal, l->w->thread, 1, NULL));
    MUST(l4_task_set_exit_signal(l->task, l->signal, NULL));
    MUST(l4_signal_ack(l->signal, NULL));
    MUST(l4_signal_raise(l->signal, NULL));
}

static void life_kill(const struct life *l, enum kill how)
{
    const l4_cap_t victims[KILLS] = {l->w->thread.cap, l->task.cap,
                                     l->factory.cap, l->w->sched.cap,
                                     l->w->gate.cap};

    l4_cap_delete(victims[how]);
}

static void life_end(struct life *l)
{
    worker_free(l->w);
    kit_drop(l->signal.cap);
    kit_drop(l->task.cap);
    kit_drop(l->factory.cap);
    l->w = NULL;
}

/* Takes what is there, if anything is, and answers none of it. */
static void drain(void)
{
    l4_words_t words;
    l4_tag_t tag;

    do {
        tag = l4_wait(&words, NULL, L4_TIME_POLL);
    } while (!l4_tag_err(tag));
}

/* Lets timers that were left behind fire, and lower threads run. */
static void rest(void)
{
    l4_time_t until = L4_TIME_ABSOLUTE | (l4_time_now() + 3 * MS);
    l4_words_t words;

    while (l4_tag_err(l4_wait(&words, NULL, until)) != L4_ETIMEDOUT)
        ;
}

/* Two that deal with each other, the second in every state; the first is
 * killed in every way. */
static void every_state(enum kill how)
{
    l4_gate_t to_main = kit_gate(kit_main, MAIN_LABEL);

    for (unsigned state = 0; state < KIT_COUNT(states); state++) {
        struct life victim;
        struct life other;
        struct worker *idle = worker_new(kit_task, KIT_HIGH);
        life_begin(&victim, state, idle->gate, to_main);
        life_begin(&other, 7, victim.w->gate, to_main); /* calls it */
        if (state & 1)
            drain();
        life_kill(&victim, how);
        if (state & 2)
            drain();
        life_end(&victim);
        rest();
        life_end(&other);
        worker_free(idle);
    }
    kit_drop(to_main.cap);
}

static void thread_in_every_state(void)
{
    every_state(KILL_THREAD);
}

static void task_in_every_state(void)
{
    every_state(KILL_TASK);
}

static void factory_in_every_state(void)
{
    every_state(KILL_FACTORY);
}

static void context_in_every_state(void)
{
    every_state(KILL_SCHED);
}

static void gate_in_every_state(void)
{
    every_state(KILL_GATE);
}

/* --- ends that one brings upon oneself */

static void drop_self(struct worker *w)
{
    w->out = 1;
    l4_cap_delete(w->thread.cap);
    w->out = 2;
}

static void thread_ends_itself(void)
{
    struct worker *w = worker_run(KIT_HIGH, drop_self);

    CHECK_EQ(w->out, 1);
    worker_free(w);
}

/* Deletes the first capability of its own task, which it was given. */
static void drop_task(struct worker *w)
{
    w->out = 1;
    l4_cap_delete(KIT_SPACE_FREE);
    w->out = 2;
}

static void task_ends_itself(void)
{
    l4_task_t task = kit_space(kit_factory);
    struct worker *w = worker_new(task, KIT_HIGH);
    l4_cap_type_t type = 99;
    uint32_t rights;

    MUST(kit_map(task, l4_fpage_cap(task.cap, 0, L4_RIGHTS_ALL),
                 (uint64_t)KIT_SPACE_FREE << 12 | L4_ITEM_GRANT));
    worker_start(w, drop_task);
    CHECK_EQ(w->out, 1);
    CHECK_EQ(l4_thread_resume(w->thread, NULL), L4_EDEAD);
    MUST(l4_task_cap_info(kit_task, task.cap, &type, &rights, NULL));
    CHECK_EQ(type, L4_CAP_TYPE_EMPTY);
    worker_free(w);
    kit_drop(task.cap);
}

/* --- what is left of a thread without a task */

static void thread_without_task(void)
{
    l4_task_t task = kit_space(kit_factory);
    struct worker *w = worker_new(task, KIT_HIGH);
    struct worker *other = worker_new(kit_task, KIT_HIGH);
    l4_signal_t signal = kit_signal();
    l4_cap_t slot = kit_slot();
    l4_regs_t regs = {0};
    l4_gate_t gate;

    worker_start(w, do_wait);
    kit_drop(task.cap);
    CHECK_EQ(l4_thread_start(w->thread, L4_IMAGE_BASE, 0, 0, NULL), L4_EDEAD);
    CHECK_EQ(l4_thread_resume(w->thread, NULL), L4_EDEAD);
    CHECK_EQ(l4_thread_set_context(w->thread, other->sched, NULL), L4_EDEAD);
    CHECK_EQ(l4_thread_bind(w->thread, other->gate, NULL), L4_EDEAD);
    CHECK_EQ(l4_signal_bind(signal, w->thread, 1, NULL), L4_EDEAD);
    CHECK_EQ(l4_factory_create_gate(kit_factory, w->thread, 1, &gate,
                                    KIT_INTO(slot)),
             L4_EDEAD);
    CHECK_EQ(l4_thread_cancel(w->thread, NULL), 0);
    CHECK_EQ(l4_thread_stop(w->thread, NULL), 0);
    CHECK_EQ(l4_thread_set_handlers(w->thread, 1, 2, NULL), 0);
    CHECK_EQ(l4_thread_get_regs(w->thread, &regs, NULL), 0);
    CHECK_EQ(l4_thread_set_regs(w->thread, &regs, NULL), 0);
    CHECK_EQ(worker_state(w), L4_THREAD_STATE_STOPPED);
    worker_free(w);
    worker_free(other);
    kit_drop(signal.cap);
    kit_drop(slot);
}

/* --- objects that are in use elsewhere */

/* The server takes away the gate through which it is being called. */
static void gate_goes_in_mid_call(void)
{
    struct worker *w = worker_new(kit_task, KIT_HIGH);
    l4_gate_t gate = kit_gate(kit_main, 1);
    l4_task_t task = kit_space(kit_factory);
    struct worker *client = worker_new(task, KIT_HIGH);
    l4_words_t words;

    MUST(kit_give(task, gate.cap, PEER_SLOT, 7));
    client->err = 1;
    worker_start(client, do_call);
    CHECK_EQ(l4_wait(&words, NULL, L4_TIME_NEVER), TAG(0, 0));
    kit_drop(gate.cap);
    CHECK_EQ(worker_state(client), L4_THREAD_STATE_CALLING);
    CHECK_EQ(l4_reply(TAG(0, 0) | L4_TAG_REPLY, &words), 0);
    CHECK_EQ(client->err, 0);
    worker_free(client);
    kit_drop(task.cap);
    worker_free(w);
}

static void exit_signal_goes_first(void)
{
    l4_task_t task = kit_space(kit_factory);
    struct worker *w = worker_new(task, KIT_HIGH);
    l4_signal_t signal = kit_signal();
    l4_signal_t second = kit_signal();

    MUST(kit_give(task, w->thread.cap, MAIN_SLOT + 1, 7));
    MUST(l4_task_set_exit_signal(task, signal, NULL));
    MUST(l4_task_set_exit_signal(task, second, NULL));
    MUST(l4_task_set_exit_signal(task, signal, NULL));
    kit_drop(signal.cap);
    worker_start(w, do_fault);
    CHECK_EQ(worker_state(w), L4_THREAD_STATE_FAULTED);
    worker_free(w);
    kit_drop(task.cap);
    kit_drop(second.cap);
}

/* A task that others have given to each other: all that came from it goes. */
static void capabilities_of_a_dead_task(void)
{
    l4_task_t a = kit_space(kit_factory);
    l4_task_t b = kit_space(kit_factory);
    l4_signal_t signal = kit_signal();
    l4_cap_type_t type = 99;
    uint32_t rights;

    /* From us to a, and from a (mapped by hand through its task) to b. */
    MUST(kit_map(a, l4_fpage_cap(signal.cap, 0, 7), (uint64_t)20 << 12));
    MUST(kit_give(b, signal.cap, 21, 7));
    kit_drop(a.cap);
    MUST(l4_task_cap_info(b, 21, &type, &rights, NULL));
    CHECK_EQ(type, L4_CAP_TYPE_SIGNAL);
    kit_drop(signal.cap);
    MUST(l4_task_cap_info(b, 21, &type, &rights, NULL));
    CHECK_EQ(type, L4_CAP_TYPE_EMPTY);
    kit_drop(b.cap);
}

/* --- at random */

#define LIVES 6u

static uint64_t random_steps = 1500;
static uint64_t random_state = 0x9e3779b97f4a7c15;

static unsigned below(unsigned end)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (unsigned)(random_state * 0x2545f4914f6cdd1d >> 33) % end;
}

/* Does something to a life that it survives; what comes of it depends on its
 * state. */
static void life_disturb(struct life *l, const struct life *peer)
{
    const l4_fpage_t slot = l4_fpage_cap(PEER_SLOT, 0, 7);
    struct worker *w = l->w;

    switch (below(8)) {
    case 0: life_signal(l); break;
    case 1: (void)!l4_thread_cancel(w->thread, NULL); break;
    case 2: (void)!l4_thread_stop(w->thread, NULL); break;
    case 3: (void)!l4_thread_resume(w->thread, NULL); break;
    case 4:
        (void)!l4_sched_set_priority(w->sched,
                                     (uint8_t)(KIT_LOW - 1 + below(2)), NULL);
        break;
    case 5:
        kit_drop(w->sched.cap);
        w->sched = kit_sched(KIT_LOW);
        (void)!l4_thread_set_context(w->thread, w->sched, NULL);
        break;
    case 6: (void)!kit_unmap(l->task, slot, true); break;
    default:
        if (peer->w)
            (void)!l4_thread_bind(peer->w->thread, w->gate, NULL);
        break;
    }
}

/* Threads in random states that deal with each other in chains and circles go
 * in random ways. */
static void random_lives(void)
{
    static struct life lives[LIVES];
    l4_gate_t to_main = kit_gate(kit_main, MAIN_LABEL);

    l4_print("random_lives: seed %#lx\n", random_state);
    for (uint64_t step = 0; step < random_steps; step++) {
        struct life *l = &lives[below(LIVES)];
        const struct life *peer = &lives[below(LIVES)];
        if (!l->w) {
            life_begin(l, below(KIT_COUNT(states)),
                       peer->w ? peer->w->gate : to_main, to_main);
        } else if (below(3) > 0) {
            life_disturb(l, peer);
        } else {
            life_kill(l, (enum kill)below(KILLS));
            if (below(2))
                rest();
            life_end(l);
        }
        if (below(2))
            drain();
    }
    for (unsigned i = 0; i < LIVES; i++) {
        if (lives[i].w)
            life_end(&lives[i]);
    }
    kit_drop(to_main.cap);
}

/* A decimal number. */
static uint64_t number(const char *text)
{
    uint64_t value = 0;

    while (*text >= '0' && *text <= '9')
        value = value * 10 + (uint64_t)(*text++ - '0');
    return value;
}

/* Arguments: how many random steps, and the seed (not 0). */
int main(int argc, char **argv)
{
    static const struct kit_test tests[] = {
        KIT_TEST(thread_in_every_state),
        KIT_TEST(task_in_every_state),
        KIT_TEST(factory_in_every_state),
        KIT_TEST(context_in_every_state),
        KIT_TEST(gate_in_every_state),
        KIT_TEST(thread_ends_itself),
        KIT_TEST(task_ends_itself),
        KIT_TEST(thread_without_task),
        KIT_TEST(gate_goes_in_mid_call),
        KIT_TEST(exit_signal_goes_first),
        KIT_TEST(capabilities_of_a_dead_task),
        KIT_TEST(random_lives),
    };

    if (argc > 2) {
        random_steps = number(argv[1]);
        random_state = number(argv[2]);
    }
    return kit_run("lifetime", tests, KIT_COUNT(tests));
}
