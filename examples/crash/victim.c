/* SPDX-License-Identifier: BSD-2-Clause */
/* A client with a mistake in it; its argument says which. Root reports how it
 * died. It has a higher priority than the other client and calls first. */
#include <string.h>

#include <l4/env.h>
#include <l4/log.h>

#include "calc.h"

struct account {
    uint64_t number;
    uint64_t balance;
};

/* Finds no account but that of number 1. */
__attribute__((noinline)) static const struct account *
account_find(uint64_t number)
{
    static const struct account only = {.number = 1, .balance = 100};

    return number == only.number ? &only : NULL;
}

/* Forgets that there may be none of that number. */
__attribute__((noinline)) static uint64_t account_print(uint64_t number)
{
    const struct account *account = account_find(number);

    l4_log(L4_LOG_INFO, "account %lu: %lu", number, account->balance);
    return account->balance;
}

__attribute__((noinline)) static uint64_t accounts_print(uint64_t last)
{
    uint64_t total = 0;

    for (uint64_t number = 1; number <= last; number++)
        total += account_print(number);
    return total;
}

/* Never comes to an end, until the stack does. */
__attribute__((noinline)) static uint64_t recurse(volatile uint64_t *below)
{
    volatile uint64_t here[64];

    here[0] = *below + 1;
    return here[0] ? recurse(here) + here[0] : 0;
}

int main(int argc, char **argv)
{
    calc_t calc = {l4_env_cap("calc")};
    volatile uint64_t start = 0;
    uint64_t result;

    if (calc_add(calc, 1, 1, &result, NULL) != L4_OK)
        return 1;
    l4_log(L4_LOG_INFO, "the server says that 1 + 1 = %lu", result);
    if (argc > 1 && strcmp(argv[1], "overflow") == 0)
        return (int)recurse(&start);
    return (int)accounts_print(result);
}
