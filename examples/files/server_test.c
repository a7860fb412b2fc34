/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file server on the build machine: its main() as it is, called by its
 * clients' stubs above the loopback transport. The kernel that it calls for
 * capabilities is played by a server of the kernel's own interface.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <l4/expect.h>
#include <l4/objects.h>

int file_server_main(void);
#define main file_server_main
/* NOLINTNEXTLINE(bugprone-suspicious-include): with its main() renamed */
#include "server.c"
#undef main

enum { PORT = 0x10000, GATE = 7, SIGN = 500, ARRIVED = SIGN + 1000 };

static const fs_root_t files = {PORT + 1};
static bool is_alive_now;
static unsigned minted;
static l4_cap_t next_slot;
static unsigned freed;
static uint64_t revoked; /* the last page taken back */

/* --- what is below the server ------------------------------------------- */

const l4_env_port_t *l4_env_port(const char *name)
{
    static const l4_env_port_t port = {
        .first_label = PORT, .last_label = PORT + 0xffff, .gate = GATE};

    assert_string_equal(name, "files");
    return &port;
}

void l4_log(l4_log_level_t level, const char *format, ...)
{
    (void)level;
    (void)format;
}

l4_cap_t l4_slot_alloc(void)
{
    return next_slot++;
}

void l4_slot_free(l4_cap_t slot)
{
    (void)slot;
    freed++;
}

/* On the loopback a capability is the label that it leads to. */
static l4_err_t kernel_mint(void *self, l4_req_t *req, l4_gate_t gate,
                            uint64_t label, uint8_t rights, l4_gate_t *result)
{
    (void)self;
    (void)req;
    assert_int_equal(gate.cap, GATE + L4_LOOPBACK_SHIFT);
    assert_int_equal(rights, L4_GATE_RIGHT_GIVE);
    result->cap = (l4_cap_t)label;
    minted++;
    return 0;
}

static l4_err_t kernel_cap_info(void *self, l4_req_t *req, uint32_t slot,
                                l4_cap_type_t *type, uint32_t *rights)
{
    (void)self;
    (void)req;
    assert_int_equal(slot, ARRIVED);
    *type = is_alive_now ? L4_CAP_TYPE_GATE : L4_CAP_TYPE_EMPTY;
    *rights = 0;
    return 0;
}

static l4_err_t kernel_unmap(void *self, l4_req_t *req, const uint64_t *fpages,
                             uint32_t fpages_count, bool including,
                             uint32_t *done, int32_t *error)
{
    (void)self;
    (void)req;
    assert_int_equal(fpages_count, 1);
    assert_false(including);
    revoked = l4_fpage_base(fpages[0]);
    *done = 1;
    *error = 0;
    return 0;
}

static const l4_task_ops_t kernel = {
    .mint = kernel_mint, .cap_info = kernel_cap_info, .unmap = kernel_unmap};

static int start(void **state)
{
    const l4_range_t task = {.first = L4_CAP_TASK,
                             .last = L4_CAP_TASK,
                             .dispatch = l4_task_dispatch,
                             .ops = &kernel};
    struct stored *f;

    (void)state;
    while ((f = store_at(0)))
        store_remove(f);
    l4_loopback_reset();
    minted = freed = 0;
    revoked = 0;
    next_slot = 100;
    is_alive_now = true;
    l4_assert_ok(l4_server_add(NULL, &task));
    return file_server_main();
}

/* Opens a file; the stub has the slot where it arrived, the loopback's server
 * the label that was minted. */
static fs_file_t open_as(const char *name, fs_mode_t how, unsigned session)
{
    fs_file_t f = {0};

    l4_assert_ok(fs_root_open(files, name, how, SIGN, &f, NULL));
    assert_int_equal(minted, session + 1);
    f.cap = PORT + SESSION_LABELS + session;
    return f;
}

/* --- the tests ----------------------------------------------------------- */

static void test_open(void **state)
{
    fs_file_t f = {0};
    fs_stat_t stat;

    (void)state;
    assert_int_equal(fs_root_open(files, "a", FS_MODE_READ, SIGN, &f, NULL),
                     FS_NO_ENTRY);
    f = open_as("a", FS_MODE_WRITE, 0);
    l4_assert_ok(fs_file_stat(f, &stat, NULL));
    assert_true(stat.size == 0 && stat.sessions == 1);
    open_as("a", FS_MODE_READ, 1);
    l4_assert_ok(fs_file_stat(f, &stat, NULL));
    assert_int_equal(stat.sessions, 2);
    /* A flag that there is not does not even leave the client's machine. */
    l4_assert_err(fs_root_open(files, "a", (fs_mode_t)8, SIGN, &f, NULL),
                  L4_EINVAL);
}

static void test_read_and_write(void **state)
{
    fs_file_t f = open_as("a", FS_MODE_READ | FS_MODE_WRITE, 0);
    uint8_t data[FS_DATA_MAX] = {0};
    uint32_t count = sizeof(data);
    fs_no_space_t why;

    (void)state;
    l4_assert_ok(fs_file_write(f, 3, (const uint8_t *)"xyz", 3, NULL));
    l4_assert_ok(fs_file_read(f, 0, data, &count, NULL));
    assert_int_equal(count, 6);
    assert_memory_equal(data, "\0\0\0xyz", 6);
    count = sizeof(data);
    l4_assert_ok(fs_file_read(f, UINT64_MAX, data, &count, NULL));
    assert_int_equal(count, 0);
    assert_int_equal(fs_file_write(f, UINT64_MAX, data, 2, NULL), FS_NO_SPACE);
    l4_assert_ok(fs_get_no_space(&why));
    assert_int_equal(why.left, FS_SIZE_MAX - 6);
    f = open_as("a", FS_MODE_READ, 1);
    assert_int_equal(fs_file_write(f, 0, data, 2, NULL), FS_DENIED);
}

static void test_shared(void **state)
{
    fs_file_t f = open_as("a", FS_MODE_READ | FS_MODE_WRITE, 0);
    l4_shared_t memory = {0};
    char seen[5] = "";
    uint64_t count = 0;

    (void)state;
    /* Without memory there is nowhere to copy from. */
    l4_assert_err(fs_file_store(f, 0, 0, 9, NULL), L4_ERANGE);
    l4_assert_ok(fs_file_attach(f, &memory, NULL));
    assert_int_equal(memory.size, 4096);
    l4_assert_ok(l4_shared_write(&memory, 0, "bulk data", 9));
    l4_assert_ok(fs_file_attach(f, &memory, NULL)); /* the same once more */
    l4_assert_ok(fs_file_store(f, 0, 0, 9, NULL));
    l4_assert_ok(fs_file_load(f, 5, 100, 99, &count, NULL));
    assert_int_equal(count, 4);
    l4_assert_ok(l4_shared_read(&memory, 100, seen, 4));
    assert_string_equal(seen, "data");
    l4_assert_err(fs_file_store(f, 0, UINT64_MAX, 2, NULL), L4_ERANGE);
    l4_assert_err(fs_file_store(f, 0, 4090, 7, NULL), L4_ERANGE);
    l4_assert_err(fs_file_load(f, 0, 4095, 9, &count, NULL), L4_ERANGE);
    /* It ends with the session, and the next one finds nothing in there. */
    open_as("a", FS_MODE_READ, 1);
    l4_assert_ok(fs_file_close(f, NULL));
    assert_true(revoked == memory.base);
    minted = 0;
    f = open_as("a", FS_MODE_READ, 0);
    l4_assert_ok(fs_file_attach(f, &memory, NULL));
    l4_assert_ok(l4_shared_read(&memory, 100, seen, 4));
    assert_memory_equal(seen, "\0\0\0\0", 4);
}

static void test_map(void **state)
{
    fs_file_t f = open_as("a", FS_MODE_READ | FS_MODE_WRITE, 0);
    l4_fpage_t page = 0;

    (void)state;
    l4_assert_ok(fs_file_write(f, 0, (const uint8_t *)"seen", 4, NULL));
    l4_assert_ok(fs_file_map(f, &page, NULL));
    assert_int_equal(l4_fpage_rights(page), L4_MEM_R);
    assert_memory_equal((const void *)(uintptr_t)l4_fpage_base(page), "seen",
                        4);
    /* Whoever has seen the file does not see the next one in its place. */
    l4_assert_ok(fs_file_close(f, NULL));
    assert_true(revoked == l4_fpage_base(page));
}

/* The answer to a deferred request is in l4_loopback. */
static void test_wait(void **state)
{
    fs_file_t f = open_as("a", FS_MODE_WRITE, 0);
    uint64_t size = 99;

    (void)state;
    l4_assert_ok(fs_file_wait(f, 0, &size, NULL));
    assert_int_equal(size, 0);
    l4_assert_err(fs_file_wait(f, 4, &size, NULL), L4_EDEAD); /* no answer */
    assert_int_equal(fs_file_wait(f, 5, &size, NULL), FS_BUSY);
    l4_assert_ok(fs_file_write(f, 0, (const uint8_t *)"abc", 3, NULL));
    assert_true(l4_loopback.later_tag == 0);
    l4_assert_ok(fs_file_write(f, 3, (const uint8_t *)"de", 2, NULL));
    assert_true(l4_loopback.later_tag == FS_FILE_WAIT_OUT_TAG);
    assert_int_equal(l4_loopback.later[0], 5);
}

static void test_hint(void **state)
{
    fs_file_t f = open_as("a", FS_MODE_WRITE, 0);

    (void)state;
    l4_assert_ok(fs_file_hint(f, 2, NULL));
    l4_assert_ok(fs_file_hint(f, 3, NULL)); /* out of range: dropped */
    assert_int_equal(advice, 2);
}

/* A session ends by close(), or with the client's sign of life. */
static void test_end(void **state)
{
    fs_file_t f = open_as("a", FS_MODE_WRITE, 0);
    char name[FS_NAME_MAX + 1];
    fs_stat_t stat;
    fs_busy_t why;

    (void)state;
    assert_int_equal(fs_root_remove(files, "a", NULL), FS_BUSY);
    l4_assert_ok(fs_get_busy(&why));
    assert_int_equal(why.sessions, 1);
    l4_assert_ok(fs_file_close(f, NULL));
    assert_int_equal(freed, 2);
    l4_assert_err(fs_file_close(f, NULL), L4_ENOENT);
    minted = 0;
    f = open_as("a", FS_MODE_WRITE, 0);
    is_alive_now = false;
    l4_assert_ok(fs_root_list(files, 0, name, sizeof(name), &stat, NULL));
    assert_string_equal(name, "a");
    assert_int_equal(stat.sessions, 0);
    l4_assert_err(fs_file_stat(f, &stat, NULL), L4_ENOENT);
    l4_assert_ok(fs_root_remove(files, "a", NULL));
    assert_int_equal(fs_root_list(files, 0, name, sizeof(name), &stat, NULL),
                     FS_NO_ENTRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_open, start),
        cmocka_unit_test_setup(test_read_and_write, start),
        cmocka_unit_test_setup(test_shared, start),
        cmocka_unit_test_setup(test_map, start),
        cmocka_unit_test_setup(test_wait, start),
        cmocka_unit_test_setup(test_hint, start),
        cmocka_unit_test_setup(test_end, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
