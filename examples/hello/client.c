/* SPDX-License-Identifier: BSD-2-Clause */
/* The calculator's client: calls each operation and checks the answer. */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/thread.h>

#include "calc.h"

/* Ends the program unless a call went well. */
static void must(l4_err_t err, const char *what)
{
    if (err == L4_OK)
        return;
    l4_log(L4_LOG_ERROR, "%s: %s", what, l4_err_text(err));
    l4_exit(1);
}

int main(void)
{
    static const uint64_t primes[] = {2, 3, 5, 7, 11, 13};
    calc_t calc = {l4_env_cap("calc")};
    calc_division_by_zero_t why;
    calc_stats_t stats;
    char text[CALC_TEXT_MAX + 1];
    calc_quotient_t quotient;
    uint64_t result;

    must(calc_add(calc, 40, 2, &result, NULL), "add");
    l4_log(L4_LOG_INFO, "40 + 2 = %lu", result);

    must(calc_divide(calc, 100, 7, &quotient, NULL), "divide");
    l4_log(L4_LOG_INFO, "100 / 7 = %lu, remainder %lu", quotient.whole,
           quotient.remainder);

    must(calc_sum(calc, primes, 6, &result, NULL), "sum");
    l4_log(L4_LOG_INFO, "the first 6 primes add up to %lu", result);

    must(calc_describe(calc, result, text, sizeof(text), NULL), "describe");
    l4_log(L4_LOG_INFO, "that is %s", text);

    /* What the interface declares arrives as a number above 0 ... */
    if (calc_divide(calc, 1, 0, &quotient, NULL) != CALC_DIVISION_BY_ZERO ||
        calc_get_division_by_zero(&why) != L4_OK)
        return 1;
    l4_log(L4_LOG_INFO, "%lu / 0: division by zero, says the server",
           why.dividend);

    /* ... and what the stub refuses to send, as one below. */
    l4_err_t err = calc_sum(calc, primes, CALC_VALUES_MAX + 1, &result, NULL);
    l4_log(L4_LOG_INFO, "too many numbers: %s", l4_err_text(err));

    must(calc_statistics(calc, &stats, NULL), "statistics");
    l4_log(L4_LOG_INFO, "the server answered %lu requests, refused %u",
           stats.requests, stats.refused);
    return stats.refused > 0 ? 0 : 1;
}
