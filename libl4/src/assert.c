/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <l4/log.h>
#include <l4/thread.h>

_Noreturn void l4_assert_fail(const char *condition, const char *file, int line)
{
    l4_log(L4_LOG_ERROR, "%s:%d: assertion failed: %s", file, line, condition);
    l4_exit(126);
}
