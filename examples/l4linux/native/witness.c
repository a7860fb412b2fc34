/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls the calculator's server while somebody beside it rages, until that has
 * been started so many times as the argument says. Each call must be answered
 * rightly, and soon.
 */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/services.h>
#include <l4/thread.h>

#include "calc.h"

#define PATIENCE 2000000000ull /* ns */

int main(int argc, char **argv)
{
    const l4_ctx_t patience = L4_CTX_TIMEOUT(PATIENCE);
    const calc_t calc = {l4_env_cap("calc")};
    const root_supervisor_t other = {l4_env_cap("other")};
    uint32_t starts = argc > 1 ? (uint32_t)(argv[1][0] - '0') : 1;
    root_program_info_t info = {.starts = 0};
    uint64_t calls = 0;
    uint64_t sum;

    while (info.starts < starts || info.state == ROOT_PROGRAM_STATE_RUNNING) {
        for (uint64_t i = 0; i < 100; i++, calls++) {
            l4_err_t err = calc_add(calc, calls, i, &sum, &patience);

            if (err || sum != calls + i) {
                l4_log(L4_LOG_INFO, "FAIL: call %lu: %s", calls,
                       l4_err_text(err));
                return 1;
            }
        }
        l4_sleep(1000000);
        if (root_supervisor_info(other, &info, NULL) != 0)
            return 2;
    }
    l4_log(L4_LOG_INFO, "%lu calls, all answered", calls);
    return 0;
}
