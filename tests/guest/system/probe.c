/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks at what it was given, and tries what it was not. */
#include <string.h>

#include <l4/env.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/services.h>

#include "given.h"

static unsigned checks;
static unsigned failed;

#define CHECK(condition) check(condition, #condition)

static void check(bool good, const char *what)
{
    checks++;
    failed += !good;
    if (!good)
        l4_log(L4_LOG_ERROR, "FAIL: %s", what);
}

/* A connection that is not for passing on anything does not pass anything,
 * whatever its client believes the interface to be. */
static void check_connections(void)
{
    plain_t plain = {l4_env_cap("plain")};
    taker_t taker = {l4_env_cap("taker")};
    taker_t wrong = {plain.cap};
    uint32_t count = 99;

    CHECK(plain_calls(plain, &count, NULL) == 0 && count == 0);
    CHECK(taker_take(taker, L4_CAP_CONSOLE, NULL) == 0);
    CHECK(taker_taken(taker, &count, NULL) == 0 && count == 1);
    CHECK(taker_take(wrong, L4_CAP_CONSOLE, NULL) == L4_EPERM);
    CHECK(plain_calls(plain, &count, NULL) == 0 && count == 1);
}

/* The file has lines of 16 bytes, "line 0000000000\n" and so on, and 5008
 * bytes. */
static bool is_words(const l4_env_region_t *r)
{
    const char *text = (const char *)(uintptr_t)r->address;

    return r->size == 5008 && memcmp(text, "line 0000000000\n", 16) == 0 &&
           memcmp(text + 4096, "line 0000000256\n", 16) == 0 &&
           memcmp(text + 4992, "line 0000000312\n", 16) == 0;
}

static void check_regions(void)
{
    const l4_env_region_t *words = l4_env_region("words");
    const l4_env_region_t *again = l4_env_region("again");
    const l4_env_region_t *hpet = l4_env_region("hpet");
    root_program_t root = {L4_CAP_PROGRAM};
    const char *text;

    CHECK(words && again && hpet && !l4_env_region("nothing"));
    if (!words || !again || !hpet)
        return;
    CHECK(is_words(words) && is_words(again));
    CHECK(words->address != again->address);
    text = (const char *)(uintptr_t)words->address;
    for (uint64_t i = words->size; i < 8192; i++) {
        if (text[i])
            CHECK(!"behind the module there is nothing");
    }
    CHECK(hpet->size == 4096);
    CHECK(*(volatile const uint32_t *)(uintptr_t)hpet->address >> 16 == 0x8086);
    /* Nothing else can be put there. */
    CHECK(root_program_area_add(root, words->address + 0x10000, 4096, NULL) ==
          L4_ERANGE);
    CHECK(root_program_area_add(root, hpet->address, 4096, NULL) == L4_ERANGE);
}

/* A program with a budget can look at it and not change it. */
static void check_budget(void)
{
    l4_sched_t sched = {L4_CAP_SCHED};
    l4_sched_usage_t usage;

    CHECK(l4_sched_usage(sched, &usage, NULL) == 0);
    CHECK(usage.budget_ns == 5000000 && usage.period_ns == 10000000);
    CHECK(l4_sched_set_budget(sched, 0, 0, NULL) == L4_EPERM);
    CHECK(l4_sched_set_priority(sched, 1, NULL) == L4_EPERM);
    CHECK(l4_sched_usage(sched, &usage, NULL) == 0 &&
          usage.budget_ns == 5000000);
}

int main(int argc, char **argv)
{
    CHECK(argc == 3 && strcmp(argv[1], "one") == 0 &&
          strcmp(argv[2], "two") == 0);
    check_connections();
    check_regions();
    check_budget();
    l4_log(L4_LOG_INFO, "%u checks, %u failed", checks, failed);
    return failed ? 1 : 0;
}
