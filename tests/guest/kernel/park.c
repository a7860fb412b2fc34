/* SPDX-License-Identifier: BSD-2-Clause */
/* Reply rights that are parked, and answered later or never. */
#include "kit.h"

#define TAG(words) L4_TAG(KIT_PROTO, 5, words, 0)
#define ANSWER (TAG(1) | L4_TAG_REPLY)

#define MS ((l4_time_t)1000000)

#define CALLERS 4u

static l4_err_t park(l4_cap_t slot)
{
    l4_words_t none = {{0}};

    return l4_tag_err(kit_ipc(L4_PHASE_PARK, slot, &none, NULL));
}

/* Answers the right in `slot` with one word. */
static l4_err_t answer(l4_cap_t slot, uint64_t word)
{
    l4_words_t words = {{word}};

    return l4_tag_err(kit_ipc(ANSWER | L4_PHASE_REPLY, slot, &words, NULL));
}

static l4_cap_type_t type_of(l4_cap_t slot)
{
    l4_cap_type_t type = 99;
    uint32_t rights;

    MUST(l4_task_cap_info(kit_task, slot, &type, &rights, NULL));
    return type;
}

/* Calls main, waiting for `in` ns at most if that is not 0. */
static l4_gate_t to_main;

static void call_main(struct worker *w)
{
    l4_words_t words = {{w->number}};
    l4_tag_t tag =
        l4_call(to_main.cap, TAG(1), &words, w->in ? w->in : L4_TIME_NEVER);

    w->err = l4_tag_err(tag);
    w->out = words.w[0];
}

/* Starts a caller and takes its message. */
static struct worker *called_by(int priority, uint64_t timeout)
{
    struct worker *w = worker_new(kit_task, priority);
    l4_words_t words;

    w->in = timeout;
    w->err = 1;
    worker_start(w, call_main);
    CHECK_EQ(l4_wait(&words, NULL, L4_TIME_NEVER), TAG(1));
    CHECK_EQ(words.w[0], w->number);
    return w;
}

static void out_of_order(void)
{
    static const unsigned order[CALLERS] = {2, 0, 3, 1};
    struct worker *w[CALLERS];
    l4_cap_t slot[CALLERS];

    for (unsigned i = 0; i < CALLERS; i++) {
        slot[i] = kit_slot();
        w[i] = called_by(i % 2 ? KIT_HIGH : KIT_LOW, 0);
        CHECK_EQ(park(slot[i]), 0);
        CHECK_EQ(type_of(slot[i]), L4_CAP_TYPE_REPLY);
        CHECK_EQ(worker_state(w[i]), L4_THREAD_STATE_CALLING);
    }
    for (unsigned i = 0; i < CALLERS; i++) {
        unsigned k = order[i];
        CHECK_EQ(answer(slot[k], 100 + k), 0);
        CHECK_EQ(type_of(slot[k]), L4_CAP_TYPE_EMPTY);
        CHECK_EQ(answer(slot[k], 0), L4_ENOCAP);
        worker_join(w[k]);
        CHECK_EQ(w[k]->err, 0);
        CHECK_EQ(w[k]->out, 100 + k);
    }
    for (unsigned i = 0; i < CALLERS; i++) {
        worker_free(w[i]);
        kit_drop(slot[i]);
    }
}

static void refused(void)
{
    l4_cap_t slot = kit_slot();
    l4_cap_t other = kit_slot();
    struct worker *w;

    CHECK_EQ(park(slot), L4_ENOENT);
    w = called_by(KIT_HIGH, 0);
    CHECK_EQ(park(0), L4_EINVAL);
    CHECK_EQ(park(~0u), L4_EINVAL);
    CHECK_EQ(park(w->thread.cap), L4_EEXIST);
    CHECK_EQ(park(slot), 0);
    CHECK_EQ(park(slot), L4_EEXIST);
    /* It cannot be copied, invoked or used as anything else. */
    CHECK_EQ(kit_give(kit_task, slot, other, L4_RIGHTS_ALL), L4_EPERM);
    CHECK_EQ(l4_tag_err(kit_call(slot, TAG(0))), L4_ENOCAP);
    CHECK_EQ(l4_thread_stop((l4_thread_t){slot}, NULL), L4_ENOCAP);
    CHECK_EQ(worker_state(w), L4_THREAD_STATE_CALLING);
    CHECK_EQ(answer(slot, 1), 0);
    CHECK_EQ(w->out, 1);
    worker_join(w);
    worker_free(w);
    kit_drop(slot);
    kit_drop(other);
}

/* The right moves, and answers from where it went. */
static void moved(void)
{
    struct worker *w = called_by(KIT_HIGH, 0);
    l4_cap_t from = kit_slot();
    l4_cap_t to = kit_slot();

    CHECK_EQ(park(from), 0);
    CHECK_EQ(kit_map(kit_task, l4_fpage_cap(from, 0, L4_RIGHTS_ALL),
                     (uint64_t)to << 12 | L4_ITEM_GRANT),
             0);
    CHECK_EQ(type_of(from), L4_CAP_TYPE_EMPTY);
    CHECK_EQ(answer(to, 7), 0);
    CHECK_EQ(w->out, 7);
    worker_join(w);
    worker_free(w);
    kit_drop(from);
    kit_drop(to);
}

/* The caller gives up, in each way it can: the answer goes nowhere. */
static void caller_gives_up(void)
{
    for (unsigned how = 0; how < 3; how++) {
        struct worker *w = called_by(KIT_HIGH, how == 0 ? 100 * MS : 0);
        l4_cap_t slot = kit_slot();
        CHECK_EQ(park(slot), 0);
        if (how == 1)
            CHECK_EQ(l4_thread_cancel(w->thread, NULL), 0);
        if (how < 2) {
            worker_join(w);
            CHECK_EQ(w->err, how == 0 ? L4_ETIMEDOUT : L4_ECANCELED);
        }
        worker_free(w);
        CHECK_EQ(type_of(slot), L4_CAP_TYPE_REPLY);
        CHECK_EQ(answer(slot, 1), 0);
        CHECK_EQ(type_of(slot), L4_CAP_TYPE_EMPTY);
        kit_drop(slot);
    }
}

/* The slot is emptied, or its task goes. */
static void never_answered(void)
{
    struct worker *w = called_by(KIT_HIGH, 0);
    l4_cap_t slot = kit_slot();
    l4_task_t task = kit_space(kit_factory);

    CHECK_EQ(park(slot), 0);
    kit_drop(slot);
    CHECK_EQ(w->err, L4_ECANCELED);
    worker_join(w);
    worker_free(w);

    w = called_by(KIT_HIGH, 0);
    slot = kit_slot();
    CHECK_EQ(park(slot), 0);
    CHECK_EQ(kit_map(task, l4_fpage_cap(slot, 0, L4_RIGHTS_ALL),
                     (uint64_t)KIT_SPACE_FREE << 12 | L4_ITEM_GRANT),
             0);
    CHECK_EQ(worker_state(w), L4_THREAD_STATE_CALLING);
    kit_drop(task.cap);
    CHECK_EQ(w->err, L4_ECANCELED);
    worker_join(w);
    worker_free(w);
    kit_drop(slot);
}

static void forward(struct worker *w)
{
    l4_words_t words = {{0}};

    w->err = l4_tag_err(l4_call((l4_cap_t)w->in, TAG(1), &words, 50 * MS));
    w->out = words.w[0];
}

/* A thread whose answer is parked lends nothing, and who queues at it waits;
 * its caller's time is its own again when the answer comes. */
static void behind_a_parked_caller(void)
{
    struct worker *w = called_by(KIT_HIGH, 0);
    struct worker *behind = worker_new(kit_task, KIT_HIGH);
    l4_cap_t slot = kit_slot();

    CHECK_EQ(park(slot), 0);
    behind->in = w->gate.cap;
    worker_start(behind, forward);
    CHECK_EQ(worker_state(behind), L4_THREAD_STATE_SENDING);
    CHECK_EQ(answer(slot, 9), 0);
    CHECK_EQ(w->out, 9);
    worker_join(w);
    /* It ended without taking the message. */
    worker_free(w);
    worker_join(behind);
    CHECK(behind->err < 0);
    worker_free(behind);
    kit_drop(slot);
}

/* Reply-and-wait names a parked right; whom it had not answered fails. */
static void reply_wait_names_it(void)
{
    struct worker *first = called_by(KIT_HIGH, 0);
    struct worker *second;
    l4_cap_t slot = kit_slot();
    l4_words_t words = {{5}};

    CHECK_EQ(park(slot), 0);
    second = called_by(KIT_HIGH, 0);
    l4_utcb()->wait_timeout = 1000 * MS;
    CHECK_EQ(kit_ipc(ANSWER | L4_PHASE_REPLY_WAIT | L4_TAG_WAIT_TIMEOUT, slot,
                     &words, NULL) &
                 L4_TAG_ERROR,
             0);
    first->joined = true; /* that was one of them */
    CHECK_EQ(first->out, 5);
    CHECK_EQ(second->err, L4_ECANCELED);
    worker_free(first);
    worker_free(second);
    kit_drop(slot);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(out_of_order),
        KIT_TEST(refused),
        KIT_TEST(moved),
        KIT_TEST(caller_gives_up),
        KIT_TEST(never_answered),
        KIT_TEST(behind_a_parked_caller),
        KIT_TEST(reply_wait_names_it),
    };

    to_main = kit_gate(kit_main, 4711);
    return kit_run("park", tests, KIT_COUNT(tests));
}
