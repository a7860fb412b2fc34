/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stubs and server in one process, over the loopback transport: what is said
 * arrives, and what does not fit the interface is refused.
 */
#include "roundtrip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

rt_all_t server_start(void)
{
    rt_all_t handle = {17};

    memset(&seen, 0, sizeof seen);
    l4_loopback_reset();
    assert_int_equal(rt_all_register(NULL, 1, 1000, &server_ops, &seen), 0);
    return handle;
}

int main(void)
{
    int failed = good_run();

    failed += hostile_run();
    failed += types_run();
    failed += stale_run();
    return failed + extra_run() != 0;
}
