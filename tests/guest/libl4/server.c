/* SPDX-License-Identifier: BSD-2-Clause */
/* The server loop with a server in another thread: what requests bring, what
 * is kept of it, errors and the end of the loop. */
#include <string.h>

#include <kit.h>

#include <l4/server.h>

#include "keeper.h"

#define LABELS 0x100
#define KEEP 3
#define MEMBERS 2
#define LABEL_OF(member) (LABELS + 0x10 * ((member) + 1))
#define WINDOW 0x70000000ull
#define PROGRAM 0x4b02 /* a protocol that nobody serves */

static l4_server_t server;
static l4_thread_ctl_t thread;
static keeper_t keeper;
static l4_cap_t kept[KEEP];
static uint32_t kept_count;
static uint32_t poked;

static l4_err_t do_keep(void *self, l4_req_t *req, l4_cap_t given)
{
    l4_err_t err;

    (void)self;
    if (kept_count == KEEP) {
        const keeper_full_t full = {.limit = KEEP, .held = kept_count};

        return keeper_raise_full(req, &full);
    }
    err = l4_req_keep(req, given);
    if (!err)
        kept[kept_count++] = given;
    return err;
}

static l4_err_t do_look(void *self, l4_req_t *req, l4_cap_t given,
                        uint32_t *slot)
{
    (void)self;
    (void)req;
    *slot = given;
    return 0;
}

static l4_err_t do_release(void *self, l4_req_t *req, uint32_t *count)
{
    (void)self;
    (void)req;
    *count = kept_count;
    while (kept_count)
        l4_slot_free(kept[--kept_count]);
    return 0;
}

static l4_err_t do_peek(void *self, l4_req_t *req, l4_fpage_t page,
                        uint64_t *word)
{
    (void)self;
    (void)req;
    *word = *(const volatile uint64_t *)(uintptr_t)l4_fpage_base(page);
    return 0;
}

static l4_err_t do_stop(void *self, l4_req_t *req)
{
    (void)self;
    l4_server_stop(req->server);
    return 0;
}

static l4_err_t do_poke(void *self, l4_req_t *req, uint32_t value)
{
    (void)self;
    (void)req;
    poked += value;
    return 0;
}

static l4_err_t do_poked(void *self, l4_req_t *req, uint32_t *value)
{
    (void)self;
    (void)req;
    *value = poked;
    return 0;
}

static l4_later_t waiting;
static volatile bool is_waiting;

static l4_err_t do_wait(void *self, l4_req_t *req, char *why, uint32_t *result)
{
    l4_err_t err = l4_req_defer(req, &waiting);

    (void)self;
    (void)why;
    (void)result;
    is_waiting = err == 0;
    return err ? err : L4_DEFERRED;
}

static l4_err_t do_wake(void *self, l4_req_t *req, uint32_t value)
{
    const keeper_full_t full = {.limit = 5, .held = 6};

    (void)self;
    (void)req;
    is_waiting = false;
    if (value == 0)
        return keeper_wait_refuse_full(&waiting, &full);
    return keeper_wait_answer(&waiting, "woken", value);
}

static const keeper_ops_t ops = {
    .keep = do_keep,
    .look = do_look,
    .release = do_release,
    .peek = do_peek,
    .stop = do_stop,
    .poke = do_poke,
    .poked = do_poked,
    .wait = do_wait,
    .wake = do_wake,
};

static l4_err_t do_number(void *self, l4_req_t *req, uint32_t plus,
                          uint32_t *result)
{
    (void)req;
    *result = *(const uint32_t *)self + plus;
    return 0;
}

static l4_err_t do_leave(void *self, l4_req_t *req, uint64_t first)
{
    (void)self;
    return l4_server_remove(req->server, first);
}

static const member_ops_t member_ops = {.number = do_number, .leave = do_leave};

/* Objects of two interfaces in one loop, which is the general one or has the
 * handlers of either interface built in. */
enum { LOOP_GENERAL, LOOP_KEEPER, LOOP_MEMBER, LOOPS };
static unsigned loop;

static void serve(void *arg)
{
    static uint32_t numbers[MEMBERS] = {1000, 2000};
    static l4_range_t ranges[1 + MEMBERS];

    (void)arg;
    l4_server_init(&server, ranges, 1 + MEMBERS);
    MUST(keeper_register(&server, LABELS, LABELS + 9, &ops, NULL));
    for (unsigned i = 0; i < MEMBERS; i++)
        MUST(member_register(&server, LABEL_OF(i), LABEL_OF(i) + 3, &member_ops,
                             &numbers[i]));
    MUST(l4_server_accept_caps(&server, 1));
    l4_server_accept_mem(&server,
                         l4_fpage_mem(WINDOW, L4_PAGE_ORDER, L4_MEM_R));
    switch (loop) {
    case LOOP_KEEPER: keeper_loop(&server, &ops); break;
    case LOOP_MEMBER: member_loop(&server, &member_ops); break;
    default: l4_server_loop(&server); break;
    }
}

static l4_gate_t gate;

static void server_start(void)
{
    const l4_thread_attr_t attr = {.name = "keeper"};

    MUST(l4_thread_create(&thread, serve, NULL, &attr));
    /* Gates have label 0 as the factory makes them. */
    gate = kit_gate((l4_thread_t){thread.thread}, 0);
    keeper.cap = kit_mint(gate, LABELS + 1, L4_GATE_RIGHT_GIVE).cap;
    poked = 0;
}

static void server_end(void)
{
    const l4_ctx_t soon = L4_CTX_TIMEOUT(1000000);
    uint32_t count = 0;

    CHECK_EQ(keeper_stop(keeper, NULL), 0);
    MUST(l4_thread_join(&thread));
    l4_server_close(&server);
    /* Nobody answers any more. */
    CHECK(keeper_release(keeper, &count, &soon) < 0);
    kit_drop(keeper.cap);
    kit_drop(gate.cap);
}

/* How many of our slots are free. */
static unsigned slots_free(void)
{
    static l4_cap_t slots[512];
    unsigned count = 0;

    while (count < 512 && (slots[count] = l4_slot_alloc()) != L4_CAP_NONE)
        count++;
    for (unsigned i = 0; i < count; i++)
        l4_slot_release(slots[i]);
    return count;
}

static void deletes_what_is_not_kept(void)
{
    l4_cap_t mine = kit_signal().cap;
    uint32_t first = 0;
    uint32_t slot = 0;

    for (unsigned i = 0; i < 50; i++) {
        l4_cap_type_t type = 99;
        uint32_t rights;

        CHECK_EQ(keeper_look(keeper, mine, &slot, NULL), 0);
        if (i == 0)
            first = slot;
        CHECK_EQ(slot, first);
        MUST(l4_task_cap_info(kit_task, slot, &type, &rights, NULL));
        CHECK_EQ(type, L4_CAP_TYPE_EMPTY);
    }
    kit_drop(mine);
}

static void keeps_what_is_kept(void)
{
    l4_cap_t mine = kit_signal().cap;
    unsigned before = slots_free();
    uint32_t count = 0;

    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < KEEP; i++)
            CHECK_EQ(keeper_keep(keeper, mine, NULL), 0);
        CHECK(kept[0] != kept[1] && kept[1] != kept[2]);
        CHECK_EQ(l4_signal_raise((l4_signal_t){kept[1]}, NULL), 0);
        CHECK_EQ(keeper_release(keeper, &count, NULL), 0);
        CHECK_EQ(count, KEEP);
    }
    CHECK_EQ(slots_free(), before);
    kit_drop(mine);
}

static void raises_exceptions(void)
{
    l4_cap_t mine = kit_signal().cap;
    keeper_full_t full = {0, 0};
    uint32_t count = 0;

    for (unsigned i = 0; i < KEEP; i++)
        CHECK_EQ(keeper_keep(keeper, mine, NULL), 0);
    CHECK_EQ(keeper_keep(keeper, mine, NULL), KEEPER_FULL);
    CHECK_EQ(keeper_get_full(&full), 0);
    CHECK_EQ(full.limit, KEEP);
    CHECK_EQ(full.held, KEEP);
    CHECK_EQ(keeper_release(keeper, &count, NULL), 0);
    CHECK_EQ(count, KEEP);
    kit_drop(mine);
}

static void receives_memory(void)
{
    static _Alignas(4096) volatile uint64_t page[512];
    l4_fpage_t fpage =
        l4_fpage_mem((uint64_t)(uintptr_t)page, L4_PAGE_ORDER, L4_MEM_R);
    uint64_t word = 0;

    for (unsigned i = 1; i < 20; i++) {
        page[0] = i * 0x123456789ull;
        CHECK_EQ(keeper_peek(keeper, fpage, &word, NULL), 0);
        CHECK_EQ(word, i * 0x123456789ull);
    }
}

static void refuses_the_unknown(void)
{
    l4_words_t w = {{0}};
    l4_tag_t tag = L4_TAG(PROGRAM, 1, 0, 0);
    l4_cap_t stranger;

    tag = l4_call(keeper.cap, tag, &w, L4_TIME_NEVER);
    CHECK_EQ(tag, L4_TAG(PROGRAM, 1, 1, 0) | L4_TAG_REPLY | L4_TAG_RAISED);
    CHECK_EQ((int32_t)w.w[0], L4_ENOSYS);

    /* A label that no range has. */
    stranger = kit_gate((l4_thread_t){thread.thread}, 0).cap;
    CHECK_EQ(keeper_release((keeper_t){stranger}, &(uint32_t){0}, NULL),
             L4_ENOSYS);
    kit_drop(stranger);
}

static void takes_oneway_requests(void)
{
    uint32_t value = 0;

    for (unsigned i = 1; i <= 10; i++)
        CHECK_EQ(keeper_poke(keeper, i, NULL), 0);
    CHECK_EQ(keeper_poked(keeper, &value, NULL), 0);
    CHECK_EQ(value, 55);
}

static uint32_t waiter_value;
static l4_err_t waiter_error;
static keeper_full_t waiter_full;

static void wait_for_it(void *arg)
{
    char why[16] = "";

    (void)arg;
    waiter_error = keeper_wait(keeper, why, sizeof(why), &waiter_value, NULL);
    if (waiter_error == KEEPER_FULL)
        MUST(keeper_get_full(&waiter_full));
    if (waiter_error == 0 && strcmp(why, "woken") != 0)
        waiter_error = L4_EPROTO;
}

/* The server goes on serving while the answer is owed. */
static void wait_and_wake(uint32_t value)
{
    const l4_thread_attr_t attr = {.name = "waiter"};
    l4_thread_ctl_t waiter;
    uint32_t unused = 0;

    MUST(l4_thread_create(&waiter, wait_for_it, NULL, &attr));
    while (!is_waiting)
        l4_sleep(1000000);
    CHECK_EQ(keeper_poked(keeper, &unused, NULL), 0);
    CHECK_EQ(keeper_wake(keeper, value, NULL), 0);
    MUST(l4_thread_join(&waiter));
}

static void answers_later(void)
{
    for (uint32_t i = 1; i <= 20; i++) {
        wait_and_wake(i);
        CHECK_EQ(waiter_error, 0);
        CHECK_EQ(waiter_value, i);
    }
    wait_and_wake(0);
    CHECK_EQ(waiter_error, KEEPER_FULL);
    CHECK_EQ(waiter_full.held, 6);
    /* The right is used up. */
    CHECK_EQ(keeper_wake(keeper, 1, NULL), L4_ENOCAP);
}

static void tells_its_interface(void)
{
    l4_interface_t other = KEEPER_INTERFACE;
    l4_interface_t found;

    CHECK_EQ(l4_connect(keeper.cap, KEEPER_INTERFACE, &found, NULL), 0);
    CHECK_EQ(found.proto, KEEPER_PROTO);
    CHECK(strcmp(found.name, "keeper") == 0);
    other.hash++;
    CHECK_EQ(l4_connect(keeper.cap, other, NULL, NULL), L4_EVERSION);
}

/* A client that asked and has died before the answer leaves no trace. */
static void survives_dead_clients(void)
{
    uint32_t count = 7;

    for (unsigned i = 0; i < 10; i++) {
        const l4_ctx_t poll = L4_CTX_TIMEOUT(L4_TIME_POLL);

        (void)!keeper_release(keeper, &count, &poll);
    }
    CHECK_EQ(keeper_release(keeper, &count, NULL), 0);
    CHECK_EQ(count, 0);
}

static l4_err_t number_of(unsigned i, uint32_t plus, uint32_t *result)
{
    member_t m = {kit_mint(gate, LABEL_OF(i) + i, L4_GATE_RIGHT_GIVE).cap};
    l4_err_t err = member_number(m, plus, result, NULL);

    if (!err)
        err = member_number(m, plus, result, NULL);
    kit_drop(m.cap);
    return err;
}

/* Each label reaches its own object, also when the one before it did not, and
 * none reaches an object that has left. */
static void serves_several_objects(void)
{
    uint32_t number = 0;
    uint32_t count = 7;
    member_t first;

    for (unsigned i = 0; i < 20; i++) {
        CHECK_EQ(number_of(i % 2, i, &number), 0);
        CHECK_EQ(number, (i % 2 + 1) * 1000 + i);
        CHECK_EQ(keeper_release(keeper, &count, NULL), 0);
    }
    first.cap = kit_mint(gate, LABEL_OF(0), L4_GATE_RIGHT_GIVE).cap;
    CHECK_EQ(member_number(first, 1, &number, NULL), 0);
    CHECK_EQ(member_leave(first, LABEL_OF(0), NULL), 0);
    CHECK_EQ(member_number(first, 1, &number, NULL), L4_ENOSYS);
    CHECK_EQ(number_of(1, 5, &number), 0);
    CHECK_EQ(number, 2005);
    kit_drop(first.cap);
}

static void starts_and_stops(void)
{
}

/* A test between start and end of a server. */
#define WITH_SERVER(test)           \
    static void test##_served(void) \
    {                               \
        server_start();             \
        test();                     \
        server_end();               \
    }

WITH_SERVER(starts_and_stops)
WITH_SERVER(deletes_what_is_not_kept)
WITH_SERVER(keeps_what_is_kept)
WITH_SERVER(raises_exceptions)
WITH_SERVER(receives_memory)
WITH_SERVER(refuses_the_unknown)
WITH_SERVER(takes_oneway_requests)
WITH_SERVER(survives_dead_clients)
WITH_SERVER(answers_later)
WITH_SERVER(tells_its_interface)
WITH_SERVER(serves_several_objects)

int main(void)
{
    static const struct kit_test tests[] = {
        {"starts_and_stops", starts_and_stops_served},
        {"deletes_what_is_not_kept", deletes_what_is_not_kept_served},
        {"keeps_what_is_kept", keeps_what_is_kept_served},
        {"raises_exceptions", raises_exceptions_served},
        {"receives_memory", receives_memory_served},
        {"refuses_the_unknown", refuses_the_unknown_served},
        {"takes_oneway_requests", takes_oneway_requests_served},
        {"survives_dead_clients", survives_dead_clients_served},
        {"answers_later", answers_later_served},
        {"tells_its_interface", tells_its_interface_served},
        {"serves_several_objects", serves_several_objects_served},
    };
    int failed = 0;

    for (loop = 0; loop < LOOPS; loop++)
        failed |= kit_run("server", tests, KIT_COUNT(tests));
    return failed;
}
