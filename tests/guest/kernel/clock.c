/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock page passed on: a task that got it from one that is not root tells
 * the kernel's time by it, and cannot write it. */
#include "kit.h"

#define CLOCK L4_CLOCK_ADDRESS
#define THERE ((uint64_t)0x60000000)

#define RWX (L4_MEM_R | L4_MEM_W | L4_MEM_X)

/* Slots of the task that gets it. */
#define SCHED_SLOT KIT_SPACE_FREE
#define FURTHER_SLOT (KIT_SPACE_FREE + 1)

#define ROUNDS 1000

static l4_fpage_t page(uint64_t address, unsigned rights)
{
    return l4_fpage_mem(address, L4_PAGE_ORDER, rights);
}

/* The kernel's time: that at which it begins the first period of a budget,
 * which is so long that no other one begins. */
static uint64_t kernel_time(l4_sched_t sched)
{
    const uint64_t period = 1ull << 50;
    l4_sched_usage_t usage = {0};

    MUST(l4_sched_set_budget(sched, period, period, NULL));
    MUST(l4_sched_usage(sched, &usage, NULL));
    return usage.period_end - period;
}

/* What the kernel tells lies between what the page tells before and after. */
static void same_time(l4_sched_t sched)
{
    uint64_t last = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t before = l4_time_now();
        uint64_t told = kernel_time(sched);
        uint64_t after = l4_time_now();

        CHECK(last <= before);
        CHECK(before <= told);
        CHECK(told <= after);
        last = after;
    }
}

/* Points in time mean the same to the kernel. */
static void same_timeouts(void)
{
    const l4_tag_t timed_out = l4_tag_error(L4_ETIMEDOUT);
    l4_words_t words;

    for (unsigned i = 0; i < 10; i++) {
        uint64_t until = l4_time_now() + 100000;

        CHECK_EQ(l4_wait(&words, NULL, until | L4_TIME_ABSOLUTE), timed_out);
        CHECK(until <= l4_time_now());
        CHECK_EQ(l4_wait(&words, NULL, until | L4_TIME_ABSOLUTE), timed_out);
    }
}

/* Gets the page in a message, and uses it. */
static void receive_and_compare(struct worker *w)
{
    const l4_sched_t sched = {SCHED_SLOT};
    l4_words_t words;

    l4_utcb()->window[L4_WINDOW_MEM] = page(CLOCK, RWX);
    w->in = l4_wait(&words, NULL, L4_TIME_NEVER);
    CHECK_EQ(l4_utcb()->items[0].fpage, page(CLOCK, L4_MEM_R));
    CHECK_EQ(l4_info()->magic, L4_INFO_MAGIC);
    same_time(sched);
    same_timeouts();
    w->out = 1;
}

static void tells_the_kernels_time(void)
{
    const l4_tag_t tag = L4_TAG(KIT_PROTO, 3, 0, 1);
    const l4_words_t none = {{0}};
    l4_task_t task = kit_space(kit_factory);
    struct worker *w = worker_new(task, KIT_HIGH);

    (void)*(const volatile uint64_t *)CLOCK;
    MUST(kit_give(task, w->sched.cap, SCHED_SLOT, L4_RIGHTS_ALL));
    worker_start(w, receive_and_compare);
    l4_utcb()->items[0] = l4_item_map(page(CLOCK, L4_MEM_R), 0);
    CHECK_EQ(l4_send(w->gate.cap, tag, &none, L4_TIME_NEVER), 0);
    worker_join(w);
    CHECK_EQ(w->in, tag);
    CHECK_EQ(w->out, 1);
    worker_free(w);
    kit_drop(task.cap);
}

/* Nobody writes it, whatever rights it is passed on with. */
static void is_not_written(void)
{
    l4_task_t task = kit_space(kit_factory);
    struct probe p;

    probe_start(&p, task);
    MUST(kit_unmap(task, page(CLOCK, RWX), true));
    CHECK(!probe(&p, CLOCK, PROBE_READ));
    for (unsigned rights = L4_MEM_R; rights <= RWX; rights++) {
        uint64_t at = THERE + rights * L4_PAGE_SIZE;

        if (!(rights & L4_MEM_R))
            continue;
        CHECK_EQ(kit_map(task, page(CLOCK, rights), at), 0);
        CHECK(probe(&p, at, PROBE_READ));
        CHECK_EQ(p.value, L4_INFO_MAGIC);
        CHECK(!probe(&p, at, PROBE_WRITE));
        CHECK_EQ(p.vector, 14);
        CHECK_EQ(p.address, at);
        CHECK(!probe(&p, at, PROBE_CALL));
    }
    probe_end(&p);
    kit_drop(task.cap);
}

/* Passes it on to another task, with rights that it does not have, and to a
 * second place of its own. */
static void pass_on(struct worker *w)
{
    const l4_task_t further = {FURTHER_SLOT};
    const l4_task_t own = {L4_CAP_TASK};

    CHECK_EQ(kit_map(further, page(CLOCK, RWX), THERE), 0);
    CHECK_EQ(kit_map(own, page(CLOCK, RWX), THERE), 0);
    w->out = 1;
}

/* Whoever has it may pass it on, as it is; who takes it back takes it from all
 * of them. */
static void goes_further(void)
{
    l4_task_t task = kit_space(kit_factory);
    l4_task_t further = kit_space(kit_factory);
    struct worker *w = worker_new(task, KIT_HIGH);
    struct probe near;
    struct probe far;

    probe_start(&near, task);
    probe_start(&far, further);
    MUST(kit_give(task, further.cap, FURTHER_SLOT, L4_RIGHTS_ALL));
    worker_start(w, pass_on);
    worker_join(w);
    CHECK_EQ(w->out, 1);
    CHECK(probe(&near, THERE, PROBE_READ));
    CHECK(!probe(&near, THERE, PROBE_WRITE));
    CHECK(probe(&far, THERE, PROBE_READ));
    CHECK_EQ(far.value, L4_INFO_MAGIC);
    CHECK(!probe(&far, THERE, PROBE_WRITE));
    MUST(kit_unmap(task, page(CLOCK, RWX), true));
    CHECK(!probe(&near, THERE, PROBE_READ));
    CHECK(!probe(&far, THERE, PROBE_READ));
    CHECK(probe(&far, CLOCK, PROBE_READ)); /* that one came from us */
    worker_free(w);
    probe_end(&near);
    probe_end(&far);
    kit_drop(further.cap);
    kit_drop(task.cap);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(tells_the_kernels_time),
        KIT_TEST(is_not_written),
        KIT_TEST(goes_further),
    };

    return kit_run("clock", tests, KIT_COUNT(tests));
}
