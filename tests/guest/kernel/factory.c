/* SPDX-License-Identifier: BSD-2-Clause */
/* Quotas: what is exhausted fails, costs nobody else anything, and all of it
 * comes back. */
#include "kit.h"

#define PAGE ((uint64_t)4096)

#define THERE ((uint64_t)0x60000000)

static _Alignas(4096) volatile uint64_t frame[512];

static l4_factory_info_t info_of(l4_factory_t f)
{
    l4_factory_info_t info = {0};

    MUST(l4_factory_info(f, &info, NULL));
    return info;
}

/* --- making things until there is no more quota */

/* A space that the objects of a test go to, and a thread in it. */
static l4_task_t space;
static struct worker *server;

static l4_err_t make_task(l4_factory_t f, l4_cap_t slot, unsigned i)
{
    l4_task_t task;

    return l4_factory_create_task(f, (uint8_t)(4 + i % 6), &task,
                                  KIT_INTO(slot));
}

static l4_err_t make_thread(l4_factory_t f, l4_cap_t slot, unsigned i)
{
    l4_thread_t thread;

    return l4_factory_create_thread(f, space, 0x200000000 + i * PAGE, &thread,
                                    KIT_INTO(slot));
}

static l4_err_t make_gate(l4_factory_t f, l4_cap_t slot, unsigned i)
{
    l4_gate_t gate;

    return l4_factory_create_gate(f, server->thread, i, &gate, KIT_INTO(slot));
}

static l4_err_t make_sched(l4_factory_t f, l4_cap_t slot, unsigned i)
{
    l4_sched_t sched;

    return l4_factory_create_sched(f, (uint8_t)(i % KIT_MAX), &sched,
                                   KIT_INTO(slot));
}

static l4_err_t make_signal(l4_factory_t f, l4_cap_t slot, unsigned i)
{
    l4_signal_t signal;

    (void)i;
    return l4_factory_create_signal(f, &signal, KIT_INTO(slot));
}

static l4_err_t make_factory(l4_factory_t f, l4_cap_t slot, unsigned i)
{
    l4_factory_t child;

    return l4_factory_create_factory(f, (1 + i % 3) * PAGE, 10, &child,
                                     KIT_INTO(slot));
}

typedef l4_err_t (*make_fn)(l4_factory_t f, l4_cap_t slot, unsigned i);

static const make_fn makers[] = {make_task,  make_thread, make_gate,
                                 make_sched, make_signal, make_factory};

#define OBJECTS 600u

static l4_cap_t slots[OBJECTS];

/* Makes objects with a factory until that fails; returns how many. */
static unsigned exhaust(l4_factory_t f, make_fn make)
{
    for (unsigned i = 0; i < OBJECTS; i++) {
        l4_factory_info_t before = info_of(f);
        slots[i] = kit_slot();
        l4_err_t err = make(f, slots[i], i);
        if (err) {
            l4_factory_info_t after = info_of(f);
            CHECK_EQ(err, L4_EQUOTA);
            /* What failed has left nothing behind. */
            CHECK_EQ(after.used, before.used);
            CHECK_EQ(after.objects, before.objects);
            kit_drop(slots[i]);
            return i;
        }
        CHECK_EQ(info_of(f).objects, before.objects + 1);
        CHECK(info_of(f).used <= info_of(f).quota);
    }
    return OBJECTS;
}

static void set_up(void)
{
    space = kit_space(kit_factory);
    server = worker_new(kit_task, KIT_HIGH);
}

static void tear_down(void)
{
    worker_free(server);
    kit_drop(space.cap);
}

/* For each kind: as many as the quota pays, then L4_EQUOTA. Others go on, and
 * when they are gone the quota is whole again. */
static void every_kind_is_bounded(void)
{
    set_up();
    for (unsigned kind = 0; kind < KIT_COUNT(makers); kind++) {
        l4_factory_t f = kit_subfactory(16 * PAGE);
        l4_factory_t other = kit_subfactory(16 * PAGE);
        unsigned count;

        count = exhaust(f, makers[kind]);
        CHECK(count > 0 && count < OBJECTS);
        CHECK_EQ(info_of(other).used, 0);
        l4_cap_t slot = kit_slot();
        CHECK_EQ(makers[kind](other, slot, 1000), 0);
        kit_drop(slot);
        for (unsigned i = 0; i < count; i++)
            kit_drop(slots[i]);
        CHECK_EQ(info_of(f).used, 0);
        CHECK_EQ(info_of(f).objects, 0);
        CHECK_EQ(exhaust(f, makers[kind]), count);

        /* This time they go with their factory. */
        kit_drop(f.cap);
        for (unsigned i = 0; i < count; i++) {
            l4_cap_type_t type = 99;
            uint32_t rights;
            MUST(l4_task_cap_info(kit_task, slots[i], &type, &rights, NULL));
            CHECK_EQ(type, L4_CAP_TYPE_EMPTY);
            kit_drop(slots[i]);
        }
        kit_drop(other.cap);
    }
    tear_down();
}

/* Each kind with each small quota: it works or fails cleanly. */
static void every_step_of_making(void)
{
    set_up();
    for (unsigned kind = 0; kind < KIT_COUNT(makers); kind++) {
        bool worked = false;
        for (unsigned pages = 1; pages <= 12; pages++) {
            l4_factory_t f = kit_subfactory(pages * PAGE);
            l4_cap_t slot = kit_slot();
            l4_err_t err = makers[kind](f, slot, 5);
            CHECK(err == 0 || err == L4_EQUOTA);
            if (err)
                CHECK_EQ(info_of(f).used, 0);
            CHECK(!err || !worked || kind == 5); /* more is never worse */
            worked = worked || !err;
            kit_drop(slot);
            CHECK_EQ(info_of(f).used, 0);
            kit_drop(f.cap);
        }
        CHECK(worked);
    }
    tear_down();
}

/* --- mappings: the receiver pays */

static void mapping_is_bounded(void)
{
    l4_factory_t f = kit_subfactory(8 * PAGE);
    l4_fpage_t page =
        l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, 7);
    uint64_t ours = info_of(kit_factory).used;
    l4_task_t poor;
    l4_err_t err = 0;
    unsigned count = 0;

    frame[0] = 1;
    MUST(l4_factory_create_task(f, 6, &poor, KIT_INTO(kit_slot())));
    uint64_t used = info_of(f).used;
    while (!err && count < 1000) {
        /* Far apart: each takes tables of its own. */
        err = kit_map(poor, page, THERE + (uint64_t)count * (1ull << 30));
        count += !err;
    }
    CHECK_EQ(err, L4_EQUOTA);
    CHECK_EQ(info_of(kit_factory).used, ours);
    /* What is paid for still works, and can be used again. */
    CHECK_EQ(kit_unmap(poor, l4_fpage(L4_FPAGE_MEM, 0, 47, 7), true), 0);
    for (unsigned i = 0; i < count; i++)
        CHECK_EQ(kit_map(poor, page, THERE + (uint64_t)i * (1ull << 30)), 0);
    kit_drop(poor.cap);
    CHECK(info_of(f).used < used);
    CHECK_EQ(info_of(f).used, 0);
    kit_drop(f.cap);
}

static void caps_are_bounded(void)
{
    l4_factory_t f = kit_subfactory(5 * PAGE);
    l4_signal_t signal = kit_signal();
    l4_task_t poor;
    l4_err_t err = 0;
    l4_cap_t slot = 1;

    /* Its table alone has more slots than it can pay nodes for. */
    MUST(l4_factory_create_task(f, 8, &poor, KIT_INTO(kit_slot())));
    while (!err && slot < 256)
        err = kit_give(poor, signal.cap, slot++, 7);
    CHECK_EQ(err, L4_EQUOTA);
    kit_drop(signal.cap);
    kit_drop(poor.cap);
    CHECK_EQ(info_of(f).used, 0);
    kit_drop(f.cap);
}

/* A page that the faulting task cannot pay for ends in an exception, not in
 * faults for ever. */
static void fault_without_quota(void)
{
    l4_factory_t f = kit_subfactory(16 * PAGE);
    l4_task_t poor;
    l4_thread_t thread;
    l4_sched_t sched;
    l4_gate_t gate = kit_gate(kit_main, 0xfa);
    l4_words_t w = {{0}};
    uint64_t label;
    l4_tag_t tag;

    MUST(l4_factory_create_task(f, 4, &poor, KIT_INTO(kit_slot())));
    MUST(l4_factory_create_thread(kit_factory, poor, 0x100000, &thread,
                                  KIT_INTO(kit_slot())));
    sched = kit_sched(KIT_HIGH);
    MUST(l4_thread_set_context(thread, sched, NULL));
    MUST(kit_give(poor, gate.cap, 1, 7));
    MUST(l4_thread_set_handlers(thread, 1, 1, NULL));
    /* It begins where nothing is, in a part of the space without tables. */
    MUST(l4_thread_start(thread, 0x700000000000, 0, 0, NULL));
    tag = l4_wait(&w, &label, L4_TIME_NEVER);
    CHECK_EQ(tag, L4_TAG(L4_PAGER_PROTO, 1, 3, 0) | L4_TAG_KERNEL);
    CHECK_EQ(w.w[0], 0x700000000000);
    for (unsigned i = 0; i < 3; i++) {
        /* Use up what is left. */
        l4_fpage_t page =
            l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, 7);
        for (uint64_t at = THERE; !kit_map(poor, page, at); at += 1 << 30)
            ;
    }
    l4_utcb()->items[0] =
        l4_item_map(l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, 7),
                    0x700000000000);
    w = (l4_words_t){{0}};
    tag = l4_reply_wait(L4_TAG(L4_PAGER_PROTO, 1, 0, 1) | L4_TAG_REPLY, &w,
                        &label, L4_TIME_NEVER);
    CHECK_EQ(tag, L4_TAG(L4_EXCEPTION_HANDLER_PROTO, 1, 23, 0) | L4_TAG_KERNEL);
    kit_drop(thread.cap);
    kit_drop(sched.cap);
    kit_drop(gate.cap);
    kit_drop(poor.cap);
    CHECK_EQ(info_of(f).used, 0);
    kit_drop(f.cap);
}

/* --- factories of factories */

static void quota_errors(void)
{
    l4_cap_t slot = kit_slot();
    l4_factory_t f;
    l4_sched_t sched;
    l4_task_t task;
    l4_factory_info_t info = info_of(kit_factory);

    CHECK_EQ(l4_factory_create_factory(kit_factory, 0, 1, &f, KIT_INTO(slot)),
             L4_EINVAL);
    CHECK_EQ(l4_factory_create_factory(kit_factory, info.quota + PAGE, 1, &f,
                                       KIT_INTO(slot)),
             L4_EQUOTA);
    CHECK_EQ(
        l4_factory_create_factory(kit_factory, ~0ull, 1, &f, KIT_INTO(slot)),
        L4_EQUOTA);
    CHECK_EQ(l4_factory_create_factory(kit_factory, PAGE, KIT_MAX + 1, &f,
                                       KIT_INTO(slot)),
             L4_EPERM);
    CHECK_EQ(l4_factory_create_sched(kit_factory, KIT_MAX + 1, &sched,
                                     KIT_INTO(slot)),
             L4_EPERM);
    CHECK_EQ(l4_factory_create_task(kit_factory, 3, &task, KIT_INTO(slot)),
             L4_ERANGE);
    CHECK_EQ(l4_factory_create_task(kit_factory, 13, &task, KIT_INTO(slot)),
             L4_ERANGE);
    /* Nowhere to put it, or something is there. */
    CHECK_EQ(l4_factory_create_task(kit_factory, 4, &task, NULL), L4_EWINDOW);
    CHECK_EQ(
        l4_factory_create_task(kit_factory, 4, &task, KIT_INTO(L4_CAP_TASK)),
        L4_EEXIST);
    CHECK_EQ(l4_factory_create_task(kit_factory, 4, &task, KIT_INTO(0)),
             L4_EWINDOW);
    CHECK_EQ(l4_factory_create_task(kit_factory, 4, &task,
                                    KIT_INTO(l4_env()->table_slots)),
             L4_EWINDOW);
    CHECK_EQ(info_of(kit_factory).used, info.used);
    CHECK_EQ(info_of(kit_factory).objects, info.objects);
    kit_drop(slot);
}

/* What a child was given is its own, used or not. */
static void children(void)
{
    l4_factory_t f = kit_subfactory(40 * PAGE);
    l4_factory_t child;
    l4_factory_t grandchild;
    l4_signal_t signal;
    l4_cap_type_t type = 99;
    uint32_t rights;

    MUST(l4_factory_create_factory(f, 30 * PAGE, 5, &child,
                                   KIT_INTO(kit_slot())));
    MUST(l4_factory_create_factory(child, 20 * PAGE, 5, &grandchild,
                                   KIT_INTO(kit_slot())));
    MUST(l4_factory_create_signal(grandchild, &signal, KIT_INTO(kit_slot())));
    CHECK_EQ(info_of(f).used, 31 * PAGE);
    CHECK_EQ(info_of(child).quota, 30 * PAGE);
    CHECK_EQ(info_of(child).used, 21 * PAGE);
    CHECK_EQ(info_of(grandchild).used, PAGE);
    CHECK_EQ(l4_signal_raise(signal, NULL), 0);
    kit_drop(child.cap);
    CHECK_EQ(info_of(f).used, 0);
    CHECK_EQ(info_of(f).objects, 0);
    MUST(l4_task_cap_info(kit_task, signal.cap, &type, &rights, NULL));
    CHECK_EQ(type, L4_CAP_TYPE_EMPTY);
    CHECK_EQ(l4_signal_raise(signal, NULL), L4_ENOCAP);
    kit_drop(grandchild.cap);
    kit_drop(signal.cap);
    kit_drop(f.cap);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(quota_errors),
        KIT_TEST(every_kind_is_bounded),
        KIT_TEST(every_step_of_making),
        KIT_TEST(mapping_is_bounded),
        KIT_TEST(caps_are_bounded),
        KIT_TEST(fault_without_quota),
        KIT_TEST(children),
    };

    return kit_run("factory", tests, KIT_COUNT(tests));
}
