/* SPDX-License-Identifier: BSD-2-Clause */
/* A client that lives on after others of the same server have died. */
#include <l4/env.h>
#include <l4/log.h>

#include "calc.h"

int main(void)
{
    calc_t calc = {l4_env_cap("calc")};
    calc_stats_t stats;
    uint64_t result;

    if (calc_statistics(calc, &stats, NULL) != L4_OK)
        return 1;
    l4_log(L4_LOG_INFO, "others made %lu requests before me",
           stats.requests - 1);
    if (calc_add(calc, 20, 22, &result, NULL) != L4_OK || result != 42)
        return 1;
    l4_log(L4_LOG_INFO, "and still, 20 + 22 = %lu", result);
    return stats.requests == 3 ? 0 : 1;
}
