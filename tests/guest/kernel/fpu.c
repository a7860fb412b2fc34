/* SPDX-License-Identifier: BSD-2-Clause */
/* Vector state: every thread has its own, from nothing, through everything. */
#include "kit.h"

/* 16 registers of 32 bytes. */
struct vectors {
    uint64_t lane[16][4];
};

/* clang-format off */
#define ALL_VECTORS(OP) \
    OP(0) OP(1) OP(2) OP(3) OP(4) OP(5) OP(6) OP(7) \
    OP(8) OP(9) OP(10) OP(11) OP(12) OP(13) OP(14) OP(15)
/* clang-format on */
#define LOAD(n) "vmovdqu " #n "*32(%0), %%ymm" #n "\n"
#define STORE(n) "vmovdqu %%ymm" #n ", " #n "*32(%0)\n"

static void vectors_load(const struct vectors *v)
{
    __asm__ volatile(ALL_VECTORS(LOAD) : : "r"(v) : "memory");
}

static void vectors_store(struct vectors *v)
{
    __asm__ volatile(ALL_VECTORS(STORE) : : "r"(v) : "memory");
}

static void vectors_fill(struct vectors *v, uint64_t seed)
{
    for (unsigned i = 0; i < 16; i++) {
        for (unsigned k = 0; k < 4; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            v->lane[i][k] = seed;
        }
    }
}

static bool vectors_same(const struct vectors *a, const struct vectors *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

#define ROUNDS 20

static l4_gate_t spoilers;

/* Keeps its vectors across calls, during which others run. */
static void keeper(struct worker *w)
{
    struct vectors mine;
    struct vectors now;

    for (unsigned round = 0; round < ROUNDS; round++) {
        vectors_fill(&mine, w->number * 1000 + round);
        vectors_load(&mine);
        (void)kit_call(spoilers.cap, L4_TAG(KIT_PROTO, 1, 0, 0));
        vectors_store(&now);
        w->out += vectors_same(&mine, &now);
    }
}

/* A server that spoils all vectors before it answers. */
static void spoiler(struct worker *w)
{
    struct vectors mine;
    l4_words_t words = {{0}};
    uint64_t label;

    (void)l4_wait(&words, &label, L4_TIME_NEVER);
    for (;;) {
        vectors_fill(&mine, ++w->in);
        vectors_load(&mine);
        (void)l4_reply_wait(L4_TAG(KIT_PROTO, 1, 0, 0) | L4_TAG_REPLY, &words,
                            &label, L4_TIME_NEVER);
    }
}

static void own_state(void)
{
    struct worker *server = worker_run(KIT_HIGH, spoiler);
    struct worker *keepers[3];

    spoilers = server->gate;
    for (unsigned i = 0; i < 3; i++) {
        keepers[i] = worker_run(KIT_LOW, keeper);
    }
    for (unsigned i = 0; i < 3; i++) {
        worker_join(keepers[i]);
        CHECK_EQ(keepers[i]->out, ROUNDS);
        worker_free(keepers[i]);
    }
    worker_free(server);
}

static void first_look(struct worker *w)
{
    struct vectors now = {0};
    uint32_t mxcsr = 0;
    uint16_t control = 0;

    vectors_store(&now);
    for (unsigned i = 0; i < 16; i++) {
        for (unsigned k = 0; k < 4; k++) {
            w->out |= now.lane[i][k];
        }
    }
    __asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(control));
    w->in = (uint64_t)mxcsr << 16 | control;
}

static void fresh_state(void)
{
    struct vectors mine;

    vectors_fill(&mine, 7);
    vectors_load(&mine);
    struct worker *w = worker_run(KIT_HIGH, first_look);
    worker_join(w);
    CHECK_EQ(w->out, 0);
    CHECK_EQ(w->in, 0x1f80037f);
    worker_free(w);
}

/* Runs until main has seen enough turns of it. */
static volatile bool stop;

static void spinner(struct worker *w)
{
    struct vectors mine;
    struct vectors now;

    vectors_fill(&mine, w->number);
    vectors_load(&mine);
    while (!stop) {
        vectors_store(&now);
        w->err |= !vectors_same(&mine, &now);
        w->out++;
    }
}

/* Three of one priority take turns by time, until each has had several. */
static void preempted_state(void)
{
    struct worker *spinners[3];

    stop = false;
    for (unsigned i = 0; i < 3; i++) {
        spinners[i] = worker_run(KIT_LOW, spinner);
    }
    while (spinners[0]->out < 100 || spinners[1]->out < 100 ||
           spinners[2]->out < 100) {
        l4_words_t w;
        (void)l4_wait(&w, NULL, 12 * 1000000);
    }
    stop = true;
    for (unsigned i = 0; i < 3; i++) {
        worker_join(spinners[i]);
        CHECK_EQ(spinners[i]->err, 0);
        CHECK(spinners[i]->out > 0);
        worker_free(spinners[i]);
    }
}

static void use_it(struct worker *w)
{
    w->out = 1;
    __asm__ volatile("fninit");
    w->out = 2;
}

/* A thread's state goes back to its factory with it. */
static void gives_back(void)
{
    l4_factory_info_t before;
    l4_factory_info_t after;

    MUST(l4_factory_info(kit_factory, &before, NULL));
    for (unsigned i = 0; i < 30; i++) {
        struct worker *w = worker_run(KIT_HIGH, use_it);
        worker_join(w);
        CHECK_EQ(w->out, 2);
        worker_free(w);
    }
    MUST(l4_factory_info(kit_factory, &after, NULL));
    CHECK_EQ(after.objects, before.objects);
    CHECK_EQ(after.used, before.used);
}

static const struct kit_test tests[] = {
    KIT_TEST(own_state),
    KIT_TEST(fresh_state),
    KIT_TEST(preempted_state),
    KIT_TEST(gives_back),
};

int main(void)
{
    return kit_run("fpu", tests, KIT_COUNT(tests));
}
