/* SPDX-License-Identifier: BSD-2-Clause */
/* Environment, heap, time, threads, parking and locks. */
#include <kit.h>

#include <l4/fpage.h>
#include <l4/heap.h>
#include <l4/lock.h>
#include <l4/log.h>
#include <l4/services.h>

#define MS 1000000ull

static int args_count;
static char **args;

static void environment(void)
{
    const l4_env_t *env = l4_env();
    const l4_env_port_t *port = l4_env_port("first");

    CHECK_EQ(args_count, 3);
    CHECK_EQ(strcmp(args[0], "libl4-runtime"), 0);
    CHECK_EQ(strcmp(args[1], "--one"), 0);
    CHECK_EQ(strcmp(args[2], "two"), 0);
    CHECK(args[3] == NULL);
    CHECK_EQ(strcmp(env->name, "libl4-runtime"), 0);
    CHECK_EQ(env->table_slots, 256);
    CHECK_EQ(env->memory_quota, 4 << 20);
    CHECK_EQ(l4_env_cap("nothing"), L4_CAP_NONE);
    CHECK_EQ(l4_env_cap("myself"), L4_CAP_FIRST + 2);
    CHECK(l4_env_port("nothing") == NULL);
    CHECK_EQ(env->cap_free, L4_CAP_FIRST + 3);
    CHECK(port && l4_env_port("second"));
    if (!port || !l4_env_port("second"))
        return;
    CHECK_EQ(port->gate, L4_CAP_FIRST);
    CHECK_EQ(port->last_label - port->first_label, 0xffff);
    CHECK(l4_env_port("second")->first_label > port->last_label);
}

static void heap_pages_in(void)
{
    char *pieces[64];

    for (unsigned i = 0; i < 64; i++) {
        pieces[i] = malloc(10000);
        CHECK(pieces[i]);
        if (pieces[i])
            memset(pieces[i], (int)i, 10000);
    }
    for (unsigned i = 0; i < 64; i++) {
        CHECK(pieces[i] && pieces[i][0] == (char)i &&
              pieces[i][9999] == (char)i);
        free(pieces[i]);
    }
    CHECK(malloc(1 << 20) == NULL);
    char *zeros = calloc(1000, 3);
    CHECK(zeros && zeros[0] == 0 && zeros[2999] == 0);
    zeros = realloc(zeros, 100000);
    CHECK(zeros && zeros[2999] == 0);
    free(zeros);
    CHECK(calloc((size_t)1 << 33, (size_t)1 << 33) == NULL);
}

static void memory_areas(void)
{
    root_program_t root = {L4_CAP_PROGRAM};
    volatile uint64_t *area = (volatile uint64_t *)0x50000000;
    uint64_t quota = 0;
    uint64_t before = 0;
    uint64_t used = 0;

    CHECK_EQ(root_program_memory(root, &quota, &before, NULL), 0);
    CHECK_EQ(quota, 4 << 20);
    CHECK_EQ(root_program_area_add(root, 0x50000000, 0x10000, NULL), 0);
    CHECK_EQ(root_program_area_add(root, 0x5000f000, 0x1000, NULL), L4_EEXIST);
    CHECK_EQ(root_program_area_add(root, 0x50000001, 0x1000, NULL), L4_EINVAL);
    CHECK_EQ(root_program_area_add(root, 0x1000, 0x1000, NULL), L4_ERANGE);
    CHECK_EQ(root_program_area_add(root, 0x60000000, 1ull << 40, NULL),
             L4_ERANGE);
    CHECK_EQ(root_program_area_add(root, ~0xfffull, 0x2000, NULL), L4_ERANGE);
    for (unsigned i = 0; i < 16; i++) {
        CHECK_EQ(area[i * 512], 0);
        area[i * 512] = i;
    }
    CHECK_EQ(root_program_memory(root, &quota, &used, NULL), 0);
    CHECK(used >= before + 0x10000);
    CHECK_EQ(root_program_area_remove(root, 0x50001000, NULL), L4_ENOENT);
    CHECK_EQ(root_program_area_remove(root, 0x50000000, NULL), 0);
    CHECK_EQ(root_program_memory(root, &quota, &used, NULL), 0);
    CHECK(used < before + 0x10000);
    CHECK_EQ(root_program_area_add(root, 0x50000000, 0x1000, NULL), 0);
    CHECK_EQ(area[0], 0);
    CHECK_EQ(root_program_area_remove(root, 0x50000000, NULL), 0);
}

/* A program may run what it wrote, where it asked for that. */
static void code_area(void)
{
    static const uint8_t code[] = {0x8d, 0x47, 0x01, 0xc3}; /* return x + 1 */
    root_program_t root = {L4_CAP_PROGRAM};
    void *area = (void *)0x50000000;
    const uint8_t rwx = L4_MEM_R | L4_MEM_W | L4_MEM_X;

    CHECK_EQ(
        root_program_area_add_rights(root, 0x50000000, 0x1000, L4_MEM_X, NULL),
        L4_EINVAL);
    CHECK_EQ(
        root_program_area_add_rights(root, 0x50000000, 0x1000, 8 | rwx, NULL),
        L4_EINVAL);
    CHECK_EQ(root_program_area_add_rights(root, 0x50000000, 0x1000, rwx, NULL),
             0);
    memcpy(area, code, sizeof(code));
    CHECK_EQ(((int (*)(int))area)(41), 42);
    CHECK_EQ(root_program_area_remove(root, 0x50000000, NULL), 0);
}

static void time_passes(void)
{
    uint64_t start = l4_time_now();
    uint64_t now;

    l4_sleep(20 * MS);
    now = l4_time_now();
    CHECK(now - start >= 20 * MS);
    CHECK(now - start < 5000 * MS);
    l4_sleep((now + 10 * MS) | L4_TIME_ABSOLUTE);
    CHECK(l4_time_now() >= now + 10 * MS);
    l4_sleep(1 | L4_TIME_ABSOLUTE);
    CHECK_EQ(l4_park(L4_TIME_POLL), L4_ETIMEDOUT);
}

static void park_remembers(void)
{
    l4_unpark(l4_thread_self());
    l4_unpark(l4_thread_self());
    CHECK_EQ(l4_park(L4_TIME_NEVER), 0);
    CHECK_EQ(l4_park(MS), L4_ETIMEDOUT);
}

static uint64_t values[16];

static void set_value(void *arg)
{
    uint64_t *value = arg;

    CHECK(l4_thread_self() != L4_CAP_THREAD);
    l4_sleep(MS);
    *value += 1000;
}

static void threads_end_and_are_joined(void)
{
    static l4_thread_ctl_t threads[16];

    for (unsigned round = 0; round < 5; round++) {
        for (unsigned i = 0; i < 16; i++) {
            values[i] = i;
            MUST(l4_thread_create(&threads[i], set_value, &values[i], NULL));
        }
        for (unsigned i = 0; i < 16; i++) {
            CHECK_EQ(l4_thread_join(&threads[i]), 0);
            CHECK_EQ(values[i], 1000 + i);
        }
    }
    CHECK_EQ(l4_thread_join(&threads[0]), L4_ESTATE);
    CHECK_EQ(l4_park(L4_TIME_POLL), L4_ETIMEDOUT);
}

static void nothing(void *arg)
{
    (void)arg;
}

/* Joined before and after its end, on a stack of ours. */
static void threads_end_at_any_time(void)
{
    static char stack[4096] __attribute__((aligned(16)));
    l4_thread_attr_t attr = {
        .name = "short", .stack = stack, .stack_size = sizeof(stack)};
    l4_thread_ctl_t thread;

    for (unsigned i = 0; i < 300; i++) {
        attr.priority = i % 2 ? KIT_HIGH : KIT_LOW;
        MUST(l4_thread_create(&thread, nothing, NULL, &attr));
        if (i % 3 == 0)
            l4_sleep(MS / 4);
        CHECK_EQ(l4_thread_join(&thread), 0);
    }
}

static l4_thread_ctl_t late;

static void join_late(void *arg)
{
    l4_err_t *err = arg;

    *err = l4_thread_join(&late);
}

static void wait_to_end(void *arg)
{
    uint64_t *value = arg;

    (void)l4_park(L4_TIME_NEVER);
    *value = 1000;
}

static void one_may_join(void)
{
    const l4_thread_attr_t high = {.priority = KIT_HIGH};
    l4_thread_ctl_t joiner;
    l4_err_t err = 1;

    values[0] = 0;
    MUST(l4_thread_create(&late, wait_to_end, &values[0], NULL));
    MUST(l4_thread_create(&joiner, join_late, &err, &high));
    CHECK_EQ(l4_thread_join(&late), L4_EBUSY);
    l4_unpark(late.thread);
    CHECK_EQ(l4_thread_join(&joiner), 0);
    CHECK_EQ(err, 0);
    CHECK_EQ(values[0], 1000);
}

static l4_lock_t lock;
static volatile unsigned inside;
static volatile unsigned turns;

/* Works under the lock, and sleeps with it so that others queue. */
static void contend(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < 30; i++) {
        l4_lock(&lock);
        CHECK_EQ(inside, 0);
        inside = 1;
        if (i % 5 == 0)
            l4_sleep(MS / 5);
        inside = 0;
        turns = turns + 1;
        l4_unlock(&lock);
        if (i % 7 == 0)
            l4_sleep(MS / 10);
    }
}

static void locks_exclude(void)
{
    static l4_thread_ctl_t threads[8];

    turns = 0;
    for (unsigned i = 0; i < 8; i++) {
        const l4_thread_attr_t attr = {.priority = (uint8_t)(60 + 15 * i)};

        MUST(l4_thread_create(&threads[i], contend, NULL, &attr));
    }
    for (unsigned i = 0; i < 8; i++)
        CHECK_EQ(l4_thread_join(&threads[i]), 0);
    CHECK_EQ(turns, 240);
    CHECK(l4_lock_try(&lock));
    l4_unlock(&lock);
    CHECK_EQ(l4_park(L4_TIME_POLL), L4_ETIMEDOUT);
}

static void allocate(void *arg)
{
    uint64_t seed = (uint64_t)(uintptr_t)arg;

    for (unsigned i = 0; i < 300; i++) {
        seed = seed * 6364136223846793005ull + 1;
        size_t size = (seed >> 40) % 900 + 1;
        char *piece = malloc(size);

        CHECK(piece);
        if (piece) {
            memset(piece, (int)i, size);
            if (i % 16 == 0)
                l4_sleep(MS / 20);
            CHECK(piece[0] == (char)i && piece[size - 1] == (char)i);
        }
        free(piece);
    }
}

static void heap_is_shared(void)
{
    static l4_thread_ctl_t threads[6];

    for (uintptr_t i = 0; i < 6; i++)
        MUST(l4_thread_create(&threads[i], allocate, (void *)(i + 1), NULL));
    for (unsigned i = 0; i < 6; i++)
        CHECK_EQ(l4_thread_join(&threads[i]), 0);
}

static void long_lines_are_cut(void)
{
    char text[700];

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    l4_log(L4_LOG_INFO, "%s", text);
    l4_log(L4_LOG_WARNING, "a warning, number %d", 7);
    l4_log(L4_LOG_DEBUG, "not to be seen");
    l4_log_limit(L4_LOG_DEBUG);
    l4_log(L4_LOG_DEBUG, "now it is");
}

int main(int argc, char **argv)
{
    static const struct kit_test tests[] = {
        KIT_TEST(environment),
        KIT_TEST(heap_pages_in),
        KIT_TEST(memory_areas),
        KIT_TEST(code_area),
        KIT_TEST(time_passes),
        KIT_TEST(park_remembers),
        KIT_TEST(threads_end_and_are_joined),
        KIT_TEST(threads_end_at_any_time),
        KIT_TEST(one_may_join),
        KIT_TEST(locks_exclude),
        KIT_TEST(heap_is_shared),
        KIT_TEST(long_lines_are_cut),
    };

    args_count = argc;
    args = argv;
    return kit_run("runtime", tests, KIT_COUNT(tests));
}
