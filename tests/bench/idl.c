/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What generated stubs add to an IPC, in instructions: a call of two scalars
 * with one result, by the stub and by l4_ipc() with the same words, against a
 * server that only replies; then the same raw call against the generated
 * server, in the generated loop and in the one for everybody.
 */
#include "kit.h"
#include "measure.h"

#include <l4/log.h>
#include <l4/server.h>

#include "stub.h"

static uint64_t samples[MEASURE_SAMPLES];

static void report(const char *name, uint64_t value)
{
    l4_print("{\"name\":\"%s\",\"value\":%lu,\"unit\":\"instructions\"}\n",
             name, value);
}

/* Replies, and does nothing else. */
static void serve_raw(struct worker *w)
{
    l4_words_t words = {{0}};

    (void)w;
    (void)l4_ipc(L4_PHASE_WAIT, L4_CAP_NONE, &words, NULL);
    for (;;)
        (void)l4_ipc(STUB_ADD_OUT_TAG | L4_PHASE_REPLY_WAIT, L4_CAP_NONE,
                     &words, NULL);
}

static l4_err_t do_add(void *self, l4_req_t *req, uint64_t a, uint32_t b,
                       uint64_t *result)
{
    (void)self;
    (void)req;
    *result = a + b;
    return 0;
}

static const stub_ops_t ops = {.add = do_add};

static void serve_stub(struct worker *w)
{
    static l4_range_t ranges[1];
    l4_server_t server;

    (void)w;
    l4_server_init(&server, ranges, 1);
    MUST(stub_register(&server, 0, UINT64_MAX, &ops, NULL));
    stub_loop(&server, &ops);
}

static void serve_general(struct worker *w)
{
    static l4_range_t ranges[1];
    l4_server_t server;

    (void)w;
    l4_server_init(&server, ranges, 1);
    MUST(stub_register(&server, 0, UINT64_MAX, &ops, NULL));
    l4_server_loop(&server);
}

static uint64_t call_raw(l4_cap_t cap)
{
    l4_words_t words = {{0}};
    l4_tag_t answer = 0;

    MEASURE(samples, {
        words = (l4_words_t){{40, 2}};
        answer = l4_ipc(STUB_ADD_IN_TAG | L4_PHASE_CALL, cap, &words, NULL);
    })
    CHECK_EQ(answer, STUB_ADD_OUT_TAG);
    return measure_median(samples);
}

/* What a server costs beyond one that only replies. */
static void server(const char *name, void (*serve)(struct worker *),
                   uint64_t base)
{
    struct worker *w = worker_run(KIT_HIGH, serve);
    uint64_t result = 0;
    uint64_t cost = call_raw(w->gate.cap);

    CHECK_EQ(stub_add((stub_t){w->gate.cap}, 40, 2, &result, NULL), 0);
    CHECK_EQ(result, 42);
    CHECK_EQ(stub_add((stub_t){w->gate.cap}, 40, 1001, &result, NULL),
             L4_ERANGE);
    report(name, cost - base);
    worker_free(w);
}

static void stubs(void)
{
    struct worker *raw = worker_run(KIT_HIGH, serve_raw);
    uint64_t base = call_raw(raw->gate.cap);
    uint64_t result = 0;
    l4_err_t err = 0;

    MEASURE(samples,
            err = stub_add((stub_t){raw->gate.cap}, 40, 2, &result, NULL))
    CHECK_EQ(err, 0);
    report("idl.client.extra", measure_median(samples) - base);
    worker_free(raw);
    server("idl.server.extra", serve_stub, base);
    server("idl.server.general", serve_general, base);
}

int main(void)
{
    static const struct kit_test benches[] = {KIT_TEST(stubs)};

    if (!measure_is_counted(measure_loop())) {
        l4_log(L4_LOG_ERROR, MEASURE_NOT_COUNTED);
        return 1;
    }
    return kit_run("bench", benches, KIT_COUNT(benches));
}
