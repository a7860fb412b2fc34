/* SPDX-License-Identifier: BSD-2-Clause */
/* Attacks on capability tables: what is not there, not any more, or not what
 * is asked for. */
#include "victims.h"

#define TAG(words, items) L4_TAG(ATTACK_PROTO, 9, words, items)
#define QUOTA ((uint64_t)512 << 10)

/* --- indices */

/* What an attacker's table holds, a bit per slot. */
static uint64_t known(const struct worker *w)
{
    return 1ull << L4_CAP_TASK | 1ull << L4_CAP_CONSOLE | 1ull << L4_CAP_PAGER |
           1ull << L4_CAP_EXCEPTION | 1ull << w->done |
           1ull << ATTACKER_VICTIM | 1ull << ATTACKER_MAIN |
           1ull << ATTACKER_SELF | 1ull << ATTACKER_FACTORY;
}

/* Whether every use of a slot that holds nothing fails. */
static bool is_refused(uint64_t slot)
{
    static const l4_tag_t phases[] = {L4_PHASE_SEND, L4_PHASE_CALL,
                                      L4_PHASE_REPLY, L4_PHASE_REPLY_WAIT};
    const l4_factory_t factory = {ATTACKER_FACTORY};
    const l4_thread_t thread = {(l4_cap_t)slot};
    bool refused = true;
    l4_gate_t gate;

    for (unsigned i = 0; i < KIT_COUNT(phases); i++) {
        l4_words_t words = {{0}};
        l4_tag_t tag = phases[i] | L4_TAG_SEND_TIMEOUT | L4_TAG_WAIT_TIMEOUT;
        if (slot == 0 && i >= 2)
            continue; /* the implicit caller */
        l4_utcb()->send_timeout = 0;
        l4_utcb()->wait_timeout = 0;
        tag = kit_ipc(tag, slot, &words, NULL);
        refused = refused && l4_tag_err(tag) == L4_ENOCAP;
        tag = kit_ipc(phases[i] | L4_TAG(L4_SIGNAL_PROTO, 3, 0, 0), slot,
                      &words, NULL);
        refused = refused && l4_tag_err(tag) == L4_ENOCAP;
    }
    if (slot >> 32 == 0)
        refused = refused &&
                  l4_factory_create_gate(factory, thread, 1, &gate,
                                         KIT_INTO(ATTACKER_FREE)) == L4_ENOCAP;
    return refused;
}

static void forge(struct worker *w)
{
    for (uint64_t slot = 0; slot < 300; slot++) {
        bool there = slot < 64 && known(w) >> slot & 1;
        if (!there && !is_refused(slot))
            w->out = slot | 1ull << 63;
        for (unsigned bit = 16; bit < 64; bit++) {
            if (!is_refused(slot % 64 | 1ull << bit))
                w->out = slot % 64 | 1ull << bit;
        }
    }
    for (unsigned i = 0; i < 2000; i++) {
        uint64_t slot = random_odd();
        if (slot >= 64 && !is_refused(slot))
            w->out = slot;
    }
}

static void forged_indices(void)
{
    struct attacker a;

    attacker_make(&a, QUOTA, KIT_HIGH);
    worker_start(a.worker, forge);
    victim_serves();
    worker_join(a.worker);
    CHECK_EQ(a.worker->out, 0);
    attacker_end(&a);
}

/* Says what its slot does each time it is told to. */
static void use_slot(struct worker *w)
{
    l4_words_t words;

    while (l4_wait(&words, NULL, L4_TIME_NEVER) == TAG(0, 0)) {
        words = (l4_words_t){{w->out}};
        w->err = l4_send(ATTACKER_FREE, TAG(1, 0), &words, L4_TIME_POLL);
        words = (l4_words_t){{0}};
        w->out =
            kit_ipc(TAG(0, 0) | L4_PHASE_REPLY, ATTACKER_FREE, &words, NULL);
    }
}

static void tell(const struct attacker *a, l4_err_t send, l4_tag_t reply)
{
    l4_words_t none = {{0}};

    MUST(l4_send(a->worker->gate.cap, TAG(0, 0), &none, L4_TIME_NEVER));
    CHECK_EQ(a->worker->err, send);
    CHECK_EQ(a->worker->out, reply);
}

/* A slot that held one thing holds another: nothing of the first is left. */
static void recycled_slots(void)
{
    const l4_fpage_t slot = l4_fpage_cap(ATTACKER_FREE, 0, L4_RIGHTS_ALL);
    const l4_tag_t nobody = l4_tag_error(L4_ENOCAP);
    l4_signal_t signal = kit_signal();
    struct attacker a;

    attacker_make(&a, QUOTA, KIT_HIGH);
    worker_start(a.worker, use_slot);
    for (unsigned i = 0; i < 100; i++) {
        tell(&a, L4_ENOCAP, nobody);
        /* One's own task: it takes a message, and has no reply. */
        MUST(kit_give(a.task, victim_gate.cap, ATTACKER_FREE, i & 7));
        tell(&a, L4_OK, nobody);
        MUST(kit_unmap(a.task, slot, true));
        MUST(
            kit_give(a.task, signal.cap, ATTACKER_FREE, L4_SIGNAL_RIGHT_RAISE));
        tell(&a, L4_OK, l4_tag_error(L4_EPERM));
        MUST(kit_unmap(kit_task, l4_fpage_cap(signal.cap, 0, 7), false));
    }
    victim_serves();
    kit_drop(signal.cap);
    attacker_end(&a);
}

static void call_slot(struct worker *w)
{
    w->err = l4_tag_err(kit_call(ATTACKER_FREE, TAG(0, 0)));
    w->out = 1;
}

/* A message that queues when its capability is taken away arrives; a server
 * that gives the label to another one binds its gate anew before, and it does
 * not. */
static void recycled_labels(void)
{
    for (unsigned drained = 0; drained < 2; drained++) {
        l4_gate_t gate = kit_gate(kit_main, 1);
        l4_gate_t labelled = kit_mint(gate, 77, 1);
        struct attacker a;
        l4_words_t words;
        uint64_t label = 0;
        attacker_make(&a, QUOTA, KIT_HIGH);
        MUST(kit_give(a.task, labelled.cap, ATTACKER_FREE, 1));
        worker_start(a.worker, call_slot);
        CHECK_EQ(worker_state(a.worker), L4_THREAD_STATE_SENDING);
        MUST(kit_unmap(kit_task, l4_fpage_cap(labelled.cap, 0, 7), true));
        if (drained)
            MUST(l4_thread_bind(kit_main, gate, NULL));
        if (!drained) {
            CHECK_EQ(l4_wait(&words, &label, L4_TIME_POLL), TAG(0, 0));
            CHECK_EQ(label, 77);
            CHECK_EQ(l4_reply(TAG(0, 0) | L4_TAG_REPLY, &words), 0);
        }
        CHECK_EQ(a.worker->err, drained ? L4_EUNBOUND : 0);
        CHECK_EQ(a.worker->out, 1);
        worker_join(a.worker);
        attacker_end(&a);
        kit_drop(labelled.cap);
        kit_drop(gate.cap);
    }
}

/* --- types */

enum kind { KIND_TASK, KIND_THREAD, KIND_GATE, KIND_SCHED, KIND_SIGNAL, KINDS };

/* Each operation that takes a capability, with whatever there is. */
static l4_err_t use_as(unsigned operation, l4_cap_t cap, const l4_cap_t *own)
{
    const l4_thread_t thread = {own[KIND_THREAD]};
    const l4_sched_t sched = {own[KIND_SCHED]};
    const l4_task_t task = {own[KIND_TASK]};
    l4_cap_t slot = kit_slot();
    l4_thread_t made;
    l4_gate_t gate;
    l4_err_t err;

    switch (operation) {
    case 0:
        err = l4_factory_create_thread(kit_factory, (l4_task_t){cap},
                                       0x70000000, &made, KIT_INTO(slot));
        break;
    case 1:
        err = l4_factory_create_gate(kit_factory, (l4_thread_t){cap}, 1, &gate,
                                     KIT_INTO(slot));
        break;
    case 2:
        err = l4_task_mint(kit_task, (l4_gate_t){cap}, 1, 7, &gate,
                           KIT_INTO(slot));
        break;
    case 3:
        err = l4_task_set_exit_signal(task, (l4_signal_t){cap}, NULL);
        break;
    case 4: err = l4_thread_set_context(thread, (l4_sched_t){cap}, NULL); break;
    case 5: err = l4_thread_bind(thread, (l4_gate_t){cap}, NULL); break;
    case 6:
        err = l4_signal_bind((l4_signal_t){own[KIND_SIGNAL]},
                             (l4_thread_t){cap}, 1, NULL);
        break;
    case 7: err = l4_sched_on_overrun(sched, (l4_signal_t){cap}, NULL); break;
    default: err = l4_sched_on_miss(sched, (l4_signal_t){cap}, NULL); break;
    }
    kit_drop(slot);
    return err;
}

static const enum kind wanted[] = {KIND_TASK,   KIND_THREAD, KIND_GATE,
                                   KIND_SIGNAL, KIND_SCHED,  KIND_GATE,
                                   KIND_THREAD, KIND_SIGNAL, KIND_SIGNAL};

/* A capability of another type than an operation takes, or without the right
 * to that. */
static void confused_types(void)
{
    struct worker *w = worker_new(kit_space(kit_factory), KIT_HIGH);
    l4_signal_t signal = kit_signal();
    l4_sched_t sched = kit_sched(KIT_LOW);
    const l4_cap_t own[] = {w->task.cap,    w->thread.cap,  w->gate.cap,
                            sched.cap,      signal.cap,     kit_factory.cap,
                            L4_CAP_CONSOLE, L4_CAP_PROGRAM, kit_slot()};
    l4_cap_t weak = kit_slot();

    for (unsigned op = 0; op < KIT_COUNT(wanted); op++) {
        for (unsigned i = 0; i < KIT_COUNT(own); i++) {
            l4_err_t err;
            /* Root's gate may not be minted or bound. */
            bool weak_gate = wanted[op] == KIND_GATE && i == 7;
            if (i == (unsigned)wanted[op])
                continue;
            err = use_as(op, own[i], own);
            CHECK_EQ(err, weak_gate ? L4_EPERM : L4_ENOCAP);
        }
        MUST(kit_give(kit_task, own[wanted[op]], weak, 0));
        CHECK_EQ(use_as(op, weak, own), L4_EPERM);
        MUST(kit_unmap(kit_task, l4_fpage_cap(weak, 0, 7), true));
    }
    kit_drop(weak);
    kit_drop(own[8]);
    kit_drop(signal.cap);
    kit_drop(sched.cap);
    kit_drop(w->task.cap);
    worker_free(w);
}

/* Flexpages of another kind or size where one capability is to stand. */
static void confused_kinds(void)
{
    const uint64_t main_slot = (uint64_t)kit_main.cap << 12;
    const l4_fpage_t bad[] = {L4_FPAGE_NONE,
                              l4_fpage(0, main_slot, 0, 7),
                              l4_fpage(L4_FPAGE_MEM, main_slot, 0, 7),
                              l4_fpage(L4_FPAGE_IO, main_slot, 0, 7),
                              l4_fpage_cap(kit_main.cap, 1, 7),
                              l4_fpage_cap(kit_main.cap, 63, 7)};

    for (unsigned i = 0; i < KIT_COUNT(bad); i++) {
        l4_words_t words = {{1}};
        l4_cap_t slot = kit_slot();
        l4_utcb()->items[0] = (l4_item_t){0, bad[i]};
        l4_utcb()->window[L4_WINDOW_CAP] = l4_fpage_cap(slot, 0, 7);
        l4_tag_t tag =
            kit_ipc(L4_TAG(L4_FACTORY_PROTO, L4_FACTORY_OP_CREATE_GATE, 1, 1) |
                        L4_PHASE_CALL,
                    kit_factory.cap, &words, NULL);
        if (l4_tag_err(tag))
            CHECK_EQ(l4_tag_err(tag), L4_E2BIG);
        else
            CHECK_EQ((int32_t)words.w[0], L4_EINVAL);
        l4_utcb()->window[L4_WINDOW_CAP] = L4_FPAGE_NONE;
        kit_drop(slot);
    }
}

/* Windows that are none for a created capability, though they name a slot. */
static void confused_windows(void)
{
    l4_cap_t slot = kit_slot();
    uint64_t at = (uint64_t)slot << 12;
    const l4_fpage_t bad[] = {
        L4_FPAGE_NONE,
        l4_fpage(0, at, 0, 7),
        l4_fpage(L4_FPAGE_MEM, at, 12, 7),
        l4_fpage(L4_FPAGE_IO, at, 0, 7),
        l4_fpage_cap(slot, 17, 7),
        l4_fpage_cap(slot, 63, 7),
    };
    l4_signal_t made;

    for (unsigned i = 0; i < KIT_COUNT(bad); i++)
        CHECK_EQ(l4_factory_create_signal(kit_factory, &made,
                                          &(l4_ctx_t)L4_CTX(.caps = bad[i])),
                 L4_EWINDOW);
    kit_drop(slot);
}

/* There is no slot behind the last one, to look at or to put something in. */
static void slots_beyond_the_table(void)
{
    l4_cap_t end = l4_env()->table_slots;
    l4_cap_type_t type;
    uint32_t rights;
    l4_signal_t made;

    for (unsigned bit = 10; bit < 32; bit++)
        CHECK_EQ(l4_task_cap_info(kit_task, 1u << bit, &type, &rights, NULL),
                 L4_ENOENT);
    /* Nor some of what would not all fit. */
    l4_task_t small;
    MUST(l4_factory_create_task(kit_factory, 4, &small, KIT_INTO(kit_slot())));
    CHECK_EQ(kit_map(small, l4_fpage_cap(0, 3, 1), 12ull << 12), L4_EINVAL);
    MUST(l4_task_cap_info(small, 12 + L4_CAP_TASK, &type, &rights, NULL));
    CHECK_EQ(type, L4_CAP_TYPE_EMPTY);
    kit_drop(small.cap);
    for (l4_cap_t slot = end; slot < end + 4000; slot += 7) {
        CHECK_EQ(l4_factory_create_signal(kit_factory, &made, KIT_INTO(slot)),
                 L4_EWINDOW);
        CHECK_EQ(kit_give(kit_task, L4_CAP_CONSOLE, slot, 1), L4_EINVAL);
    }
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(forged_indices),         KIT_TEST(recycled_slots),
        KIT_TEST(recycled_labels),        KIT_TEST(confused_types),
        KIT_TEST(confused_kinds),         KIT_TEST(confused_windows),
        KIT_TEST(slots_beyond_the_table),
    };

    return attack_run("caps", tests, KIT_COUNT(tests));
}
