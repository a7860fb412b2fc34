/* SPDX-License-Identifier: BSD-2-Clause */
#include "victims.h"

#define QUOTA ((uint64_t)256 << 10)
#define PATIENCE 200u /* periods */

/* The victim's table. */
#define HELPER_SLOT KIT_SPACE_FREE

l4_gate_t victim_gate;
l4_gate_t victim_helper;

static struct worker *server;
static struct worker *customer;
static volatile uint64_t served;
static volatile uint64_t refused;
static volatile uint64_t latest;

/* --- the victims themselves */

static void serve(struct worker *w)
{
    l4_words_t words;
    uint64_t label;
    l4_tag_t tag = l4_wait(&words, &label, L4_TIME_NEVER);

    (void)w;
    for (;;) {
        uint64_t word = words.w[0];
        if ((tag & L4_TAG_KERNEL) == 0 && l4_tag_op(tag) == 2)
            (void)kit_call(HELPER_SLOT, L4_TAG(ATTACK_PROTO, 3, 0, 0));
        words = (l4_words_t){{word + 1}};
        tag = l4_reply_wait(VICTIM_ADD | L4_TAG_REPLY, &words, &label,
                            L4_TIME_NEVER);
    }
}

static void shop(struct worker *w)
{
    for (uint64_t n = 0;; n++) {
        l4_words_t words;
        l4_time_t at = l4_time_now() + CUSTOM_PERIOD;
        (void)l4_wait(&words, NULL, L4_TIME_ABSOLUTE | at);
        uint64_t late = l4_time_now() - at;
        if (late > latest)
            latest = late;
        words = (l4_words_t){{n}};
        l4_tag_t tag = l4_call(w->cap, VICTIM_ADD, &words, L4_TIME_NEVER);
        if (tag == (VICTIM_ADD | L4_TAG_REPLY) && words.w[0] == n + 1)
            served++;
        else
            refused++;
    }
}

static struct worker *victim_make(const char *name, uint8_t priority)
{
    struct worker *w;

    worker_factory = kit_subfactory(QUOTA);
    w = worker_new(kit_space(worker_factory), priority);
    worker_factory = kit_factory;
    kit_image_share(w->task);
    MUST(l4_task_set_name(w->task, name, NULL));
    MUST(l4_thread_set_name(w->thread, name, NULL));
    return w;
}

static void victims_start(void)
{
    server = victim_make("victim", VICTIM_PRIORITY);
    victim_gate = server->gate;
    victim_helper = kit_gate(kit_main, ATTACKER_LABEL);
    MUST(kit_give(server->task, victim_helper.cap, HELPER_SLOT, 7));
    worker_start(server, serve);
    customer = victim_make("customer", CUSTOM_PRIORITY);
    MUST(kit_give(customer->task, victim_gate.cap, KIT_SPACE_FREE, 7));
    kit_drop(customer->cap);
    customer->cap = KIT_SPACE_FREE;
    worker_start(customer, shop);
    custom_goes_on();
}

struct worker *victim_worker(void)
{
    return server;
}

void victim_serves(void)
{
    uint64_t n = random_next() >> 1;
    l4_words_t words = {{n}};
    l4_tag_t tag = l4_call(victim_gate.cap, VICTIM_ADD, &words, L4_TIME_NEVER);

    CHECK_EQ(tag, VICTIM_ADD | L4_TAG_REPLY);
    CHECK_EQ(words.w[0], n + 1);
}

uint64_t custom_served(void)
{
    return served;
}

void attack_rest(l4_time_t ns)
{
    l4_time_t until = L4_TIME_ABSOLUTE | (l4_time_now() + ns);
    l4_words_t words;

    while (l4_tag_err(l4_wait(&words, NULL, until)) != L4_ETIMEDOUT)
        ;
}

void custom_goes_on(void)
{
    uint64_t before = served;

    for (unsigned i = 0; i < PATIENCE && served == before; i++)
        attack_rest(CUSTOM_PERIOD);
    CHECK(served > before);
    CHECK_EQ(refused, 0);
}

uint64_t custom_latest(void)
{
    uint64_t was = latest;

    latest = 0;
    return was;
}

static void watch(void)
{
    victim_serves();
    custom_goes_on();
}

int attack_run(const char *area, const struct kit_test *tests, size_t count)
{
    victims_start();
    kit_watch = watch;
    return kit_run(area, tests, count);
}

/* --- attackers */

void attacker_make(struct attacker *a, uint64_t quota, int priority)
{
    l4_gate_t gate;

    a->factory = kit_subfactory(quota);
    a->task = kit_space(a->factory);
    kit_image_share(a->task);
    worker_factory = a->factory;
    a->worker = worker_new(a->task, priority);
    worker_factory = kit_factory;
    MUST(l4_thread_set_handlers(a->worker->thread, 0, 0, NULL));
    gate = kit_mint(victim_helper, ATTACKER_LABEL, 7);
    MUST(kit_map(a->task, l4_fpage_cap(gate.cap, 0, 7),
                 (uint64_t)ATTACKER_MAIN << 12 | L4_ITEM_GRANT));
    kit_drop(gate.cap);
    MUST(kit_give(a->task, victim_gate.cap, ATTACKER_VICTIM, 1));
    MUST(
        kit_give(a->task, a->worker->thread.cap, ATTACKER_SELF, L4_RIGHTS_ALL));
    MUST(kit_give(a->task, a->factory.cap, ATTACKER_FACTORY, L4_RIGHTS_ALL));
}

void attacker_end(struct attacker *a)
{
    worker_free(a->worker);
    kit_drop(a->task.cap);
    kit_drop(a->factory.cap);
}

/* --- pages */

uint64_t attack_page(void)
{
    static _Alignas(4096) volatile uint64_t page[512];

    page[0] = 1;
    return (uint64_t)(uintptr_t)page;
}

bool fpage_is_within(l4_fpage_t where, l4_fpage_t window)
{
    unsigned shift = l4_fpage_kind(window) == L4_FPAGE_MEM ? 0 : 12;
    uint64_t size = 1ull << l4_fpage_order(window) << shift;
    uint64_t item = 1ull << l4_fpage_order(where) << shift;
    uint64_t at = l4_fpage_base(where);
    uint64_t base = l4_fpage_base(window);

    return l4_fpage_kind(where) == l4_fpage_kind(window) && at >= base &&
           at - base <= size - item && (shift || at + item <= L4_USER_END);
}

/* --- numbers */

static uint64_t random_state = 0x9e3779b97f4a7c15;

void random_seed(uint64_t seed)
{
    random_state = seed | 1;
}

uint64_t random_next(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545f4914f6cdd1d;
}

uint64_t random_below(uint64_t end)
{
    return (random_next() >> 11) % end;
}

uint64_t random_odd(void)
{
    static const uint64_t odd[] = {
        0,
        1,
        2,
        7,
        12,
        63,
        64,
        0xfff,
        0x1000,
        0x7fffffff,
        0x80000000,
        0xffffffff,
        1ull << 32,
        L4_USER_END - 1,
        L4_USER_END,
        L4_USER_END + 0xffe,
        1ull << 47,
        0xffff7fffffffffff,
        0xffff800000000000,
        0xffffffff80100000,
        1ull << 63,
        ~0ull - 0xfff,
        ~0ull,
    };

    switch (random_below(4)) {
    case 0: return odd[random_below(KIT_COUNT(odd))];
    case 1: return random_below(64);
    case 2: return 1ull << random_below(64);
    default: return random_next();
    }
}
