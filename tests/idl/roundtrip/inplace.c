/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In-data and a handler that does IPC itself: what is copied survives, what the
 * handler asked to have in place does not, and debug builds of the stubs stop
 * there. Compiled with L4_DEBUG.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <l4/expect.h>

#include "extra.h"

static bool calls_others; /* the handlers do IPC */
static char kept[17];

void ex_failed(const char *op, l4_err_t err)
{
    (void)op;
    (void)err;
}

/* A call of the handler's own, with a message as long as it gets. */
static void call_other(void)
{
    const uint8_t d[24] = {0xff, 0xff, 0xff};

    if (calls_others) {
        calls_others = false;
        (void)!ex_store_put((ex_store_t){0x22}, d, sizeof d, NULL);
    }
}

static l4_err_t op_old(void *self, l4_req_t *req, const char *name,
                       uint32_t name_count)
{
    (void)self;
    (void)req;
    call_other();
    memcpy(kept, name, name_count + 1);
    return 0;
}

static l4_err_t op_put(void *self, l4_req_t *req, const uint8_t *d,
                       uint32_t d_count)
{
    (void)self;
    (void)req;
    (void)d;
    (void)d_count;
    call_other();
    return 0;
}

/* Only these two are called. */
static const ex_store_ops_t ops = {.old = op_old, .put = op_put};

static int start(void **state)
{
    const l4_range_t all = {
        .first = 1, .last = 0x100, .dispatch = ex_store_dispatch, .ops = &ops};

    (void)state;
    l4_loopback_reset();
    return l4_server_add(NULL, &all);
}

static void test_copied(void **state)
{
    (void)state;
    calls_others = true;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    l4_assert_ok(ex_store_old((ex_store_t){0x22}, "sixteen letters!", NULL));
#pragma GCC diagnostic pop
    assert_string_equal(kept, "sixteen letters!");
}

/* The signal that ended a process that called put(), 0 if none did. */
static int signal_of_put(void)
{
    const uint8_t d[24] = {1, 2, 3};
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        l4_err_t err;

        (void)signal(SIGILL, SIG_DFL); /* CMocka would go on */
        err = ex_store_put((ex_store_t){0x22}, d, sizeof d, NULL);

        _exit(err != 0);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_inplace(void **state)
{
    (void)state;
    calls_others = false;
    assert_int_equal(signal_of_put(), 0);
    calls_others = true;
    assert_int_equal(signal_of_put(), SIGILL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_copied, start),
        cmocka_unit_test_setup(test_inplace, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
