/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel under random system calls, well-formed and not, on live objects
 * of every kind in all states. In place of root.
 *
 * Each round makes a world, lets attackers loose in it, and looks at the kernel
 * in between, wherever they are: what it says twice has to agree, and those
 * who serve have to go on serving. In the end everything is destroyed, and
 * every byte has to be back.
 *
 * The seed and the number of calls are QEMU's opt/almond/seed and
 * opt/almond/calls (`almond test --seed N`); a round's seed is the run's plus
 * the round's number.
 */
#include <stdarg.h>
#include <string.h>

#include <l4/debug.h>
#include <l4/handlers.h>
#include <l4/ipc.h>
#include <l4/log.h>

#include "alone.h"
#include "config.h"
#include "world.h"

#define SEED 1
#define CALLS 100000
#define CALLS_PER_ROUND 2000
#define CALLS_PER_LOOK 100

/* A round whose attackers do nothing for so many looks is over. */
#define PATIENCE 12

#define KEEPER 40 /* slots, with the context behind */
#define VICTIM 42
#define VICTIM_GATE 44
#define PRIORITY_KEEPER 190
#define PRIORITY_VICTIM 185

#define VICTIM_PROTO 0x7100

extern const char root_end[];

static const l4_debug_t debug = {L4_ROOT_CAP_TRACE};
static struct world_servers servers;
static uint64_t faults_seen;
static uint64_t looks;
static bool broken;

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    static const l4_console_t console = {L4_ROOT_CAP_CONSOLE};
    char text[200];
    va_list args;

    va_start(args, format);
    l4_vformat(text, sizeof(text), format, args);
    va_end(args);
    (void)!l4_console_write(console, (const uint8_t *)text,
                            (uint32_t)strlen(text), NULL);
}

/* --- those who serve ---------------------------------------------------- */

/* Adds one. */
static void victim_run(uint64_t unused)
{
    l4_words_t words;
    uint64_t label;

    (void)unused;
    (void)l4_wait(&words, &label, L4_TIME_NEVER);
    for (;;) {
        words.w[0]++;
        (void)l4_reply_wait(L4_TAG(VICTIM_PROTO, 1, 1, 0) | L4_TAG_REPLY,
                            &words, &label, L4_TIME_NEVER);
    }
}

static l4_tag_t raised(l4_words_t *w)
{
    w->w[0] = (uint32_t)L4_EFAULT;
    return L4_TAG(0, 0, 1, 0) | L4_TAG_REPLY | L4_TAG_RAISED;
}

/* What is everyone's at `address`, or anything. */
static l4_tag_t page_answer(struct random *r, l4_words_t *w)
{
    uint64_t page = w->w[0] & ~(uint64_t)0xfff;
    uint64_t end = (uint64_t)(uintptr_t)root_end;
    l4_fpage_t what = l4_fpage_mem(RAM_WINDOW + (random_below(r, 64) << 12),
                                   L4_PAGE_ORDER, (unsigned)random_next(r));

    if (page >= L4_ROOT_IMAGE && page < end)
        what = l4_fpage_mem(page, L4_PAGE_ORDER, L4_MEM_R | L4_MEM_X);
    else if (page >= RAM_BASE && page < attacker_memory(ATTACKERS))
        what = l4_fpage_mem(page, L4_PAGE_ORDER, 7);
    else if (random_one_in(r, 2))
        return raised(w);
    else if (random_one_in(r, 4))
        what = L4_FPAGE_NONE;
    l4_utcb()->items[0] = l4_item_map(what, page);
    if (random_one_in(r, 32))
        return raised(w);
    return L4_TAG(L4_PAGER_PROTO, L4_PAGER_OP_FAULT, 0, 1) | L4_TAG_REPLY;
}

/* Lets whoever raised an exception begin again. */
static l4_tag_t exception_answer(struct random *r, l4_words_t *w)
{
    uint64_t *mr = l4_utcb()->mr;
    uint64_t gs_base = mr[2 + 19];
    uint64_t i = (gs_base - UTCB_AREA) / L4_PAGE_SIZE;
    l4_regs_t regs;

    if (i >= ATTACKERS || random_one_in(r, 16))
        return raised(w);
    world_restart((unsigned)i, &regs);
    memcpy(mr, &regs, sizeof(regs));
    memcpy(w->w, &regs, sizeof(w->w));
    return L4_TAG(L4_EXCEPTION_HANDLER_PROTO, L4_EXCEPTION_HANDLER_OP_RAISED,
                  20, 0) |
           L4_TAG_REPLY;
}

/* Handles the faults of attackers; they may talk to it, too. */
static void keeper_run(uint64_t seed)
{
    struct random r = random_seed(seed);
    l4_words_t words;
    uint64_t label;
    l4_tag_t tag = l4_wait(&words, &label, L4_TIME_NEVER);

    for (;;) {
        l4_tag_t answer = raised(&(l4_words_t){{0}});
        if ((tag & L4_TAG_KERNEL) && l4_tag_proto(tag) == L4_PAGER_PROTO) {
            faults_seen++;
            answer = page_answer(&r, &words);
        } else if ((tag & L4_TAG_KERNEL) &&
                   l4_tag_proto(tag) == L4_EXCEPTION_HANDLER_PROTO) {
            faults_seen++;
            answer = exception_answer(&r, &words);
        }
        tag = l4_reply_wait(answer, &words, &label, L4_TIME_NEVER);
    }
}

static void servers_start(uint64_t seed)
{
    servers.keeper =
        thread_run(alone_task, KEEPER, PRIORITY_KEEPER, keeper_run, seed);
    l4_thread_t victim =
        thread_run(alone_task, VICTIM, PRIORITY_VICTIM, victim_run, 0);
    DONE(l4_factory_create_gate(alone_factory, victim, 1, &servers.victim,
                                INTO(VICTIM_GATE)));
}

static void victim_check(uint64_t value)
{
    l4_words_t w = {{value}};
    l4_tag_t tag = l4_call(servers.victim.cap, L4_TAG(VICTIM_PROTO, 1, 1, 0),
                           &w, 1000000000);

    CHECK_EQ(tag, L4_TAG(VICTIM_PROTO, 1, 1, 0) | L4_TAG_REPLY);
    CHECK_EQ(w.w[0], value + 1);
}

/* --- rounds -------------------------------------------------------------- */

/* Whether the kernel is consistent: bytes in use. */
static uint64_t look(bool derived)
{
    l4_debug_report_t found = {.failures = 1};

    looks++;
    DONE(l4_debug_check(debug, derived, &found, NULL));
    CHECK_EQ(found.failures, 0);
    broken |= found.failures != 0;
    return found.bytes;
}

static void round_run(uint64_t seed, uint64_t calls)
{
    struct random r = random_seed(seed);
    bool protect = random_one_in(&r, 4);
    unsigned idle = 0;
    uint64_t before = 0;
    uint64_t seen = 0;

    world_make(&r, &servers, calls, protect);
    while (idle < PATIENCE && before < calls && !broken) {
        pause_ns(20000 + random_below(&r, 500000));
        if (world_calls() - seen >= CALLS_PER_LOOK || random_one_in(&r, 16)) {
            seen = world_calls();
            (void)look(!protect);
        }
        victim_check(before);
        idle = world_calls() == before ? idle + 1 : 0;
        before = world_calls();
        world_revive(&r);
        if (random_one_in(&r, 32))
            world_break(&r);
    }
    if (!broken) /* else who knows what would come of it */
        world_destroy();
}

static uint64_t ruined; /* attackers, by their own attacks */
static uint32_t succeeded[OPERATIONS_MAX];
static uint32_t failed[OPERATIONS_MAX];

/* What the attackers of a round have come to. */
static void count(void)
{
    for (unsigned i = 0; i < ATTACKERS; i++) {
        uint64_t odd = attacker(i)->odd;

        if (world_ruined(i)) {
            ruined++;
            continue;
        }
        for (unsigned k = 0; k < requests_count(); k++) {
            succeeded[k] += attacker(i)->succeeded[k];
            failed[k] += attacker(i)->failed[k];
        }
        if (!odd_is(odd))
            continue;
        say("FAIL attacker %u: %s answers with error -%u, which its "
            "description does not name (0: succeeds, without a right)\n",
            i, request_name((uint32_t)odd >> 8), (unsigned)odd & 0xff);
        broken = true;
    }
}

/* An attack that is refused every time shows little: what attackers have a
 * right to has to work at times. */
static void reach(uint64_t done)
{
    for (unsigned k = 0; k < requests_count(); k++) {
        if (done >= CALLS && succeeded[k] == 0 && request_allowed(k)) {
            say("FAIL %s: not once done, %u times refused\n", request_name(k),
                failed[k]);
            CHECK(false);
        }
    }
}

static void rounds(void)
{
    uint64_t seed = config_number("opt/almond/seed", SEED);
    uint64_t calls = config_number("opt/almond/calls", CALLS);
    uint64_t step = calls / 50 + 1;
    uint64_t told = 0;
    uint64_t done = 0;
    uint64_t base = 0;
    uint64_t i = 0;

    say("fuzz: seed %llu, %llu calls of %u operations\n",
        (unsigned long long)seed, (unsigned long long)calls, requests_count());
    for (; done < calls && !broken; i++) {
        round_run(seed + i, CALLS_PER_ROUND);
        done += world_calls();
        count();
        uint64_t bytes = look(true);
        if (i > 0 && bytes != base)
            say("FAIL round %llu: %llu bytes in use instead of %llu\n",
                (unsigned long long)i, (unsigned long long)bytes,
                (unsigned long long)base);
        broken |= i > 0 && bytes != base;
        base = bytes;
        if (done - told >= step) {
            told = done;
            say("fuzz: %llu calls, %llu rounds\n", (unsigned long long)done,
                (unsigned long long)i + 1);
        }
    }
    if (broken)
        say("FAIL in round %llu. To repeat: the same test with --seed %llu, or "
            "that round alone with --seed %llu\n",
            (unsigned long long)i - 1, (unsigned long long)seed,
            (unsigned long long)(seed + i - 1));
    CHECK(!broken);
    reach(done);
    say("fuzz: %llu calls in %llu rounds, %llu faults, %llu looks, %llu bytes "
        "in use, %llu attackers that ruined themselves\n",
        (unsigned long long)done, (unsigned long long)i,
        (unsigned long long)faults_seen, (unsigned long long)looks,
        (unsigned long long)base, (unsigned long long)ruined);
}

void root_main(void);
void root_main(void)
{
    static const struct alone_test tests[] = {ALONE_TEST(rounds)};

    requests_init();
    servers_start(config_number("opt/almond/seed", SEED));
    alone_run("fuzz", tests, sizeof(tests) / sizeof(tests[0]));
}
