/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of the console that is up to no good: forges lines, passes a gate
 * for a signal so that the console waits for it, waits from many threads, and
 * floods. The other client, which ends the image, is not to notice.
 */
#include <l4/env.h>
#include <l4/fpage.h>
#include <l4/handlers.h>
#include <l4/ipc.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/server.h>
#include <l4/slots.h>
#include <l4/thread.h>
#include <l4/tty.h>

#define WAITERS 4

static terminal_t tty;
static l4_thread_ctl_t threads[WAITERS + 1];

/* Waits for what never happens; the others make the wait end early. */
static void waiter(void *arg)
{
    terminal_events_t events;

    (void)arg;
    for (unsigned i = 0; i < 50; i++)
        (void)!terminal_wait(tty, TERMINAL_EVENTS_RESIZED, &events, NULL);
    (void)!l4_park(L4_TIME_NEVER);
}

/* Answers nobody, ever. */
static void black_hole(void *arg)
{
    l4_words_t w;

    (void)arg;
    (void)l4_wait(&w, NULL, L4_TIME_NEVER);
    l4_log(L4_LOG_INFO, "FAIL: the console called");
    (void)!l4_park(L4_TIME_NEVER);
}

/* A gate instead of a signal, and a wild slot. */
static void gate_as_signal(void)
{
    const l4_factory_t factory = {L4_CAP_FACTORY};
    l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(l4_slot_alloc()));
    l4_gate_t gate;
    l4_err_t err;

    err = l4_thread_create(&threads[WAITERS], black_hole, NULL, NULL);
    if (!err)
        err = l4_factory_create_gate(
            factory, (l4_thread_t){threads[WAITERS].thread}, 0, &gate, &ctx);
    if (err) {
        l4_log(L4_LOG_INFO, "FAIL: no gate: %s", l4_err_text(err));
        return;
    }
    err = terminal_watch(tty, (l4_signal_t){gate.cap}, NULL);
    l4_log(L4_LOG_INFO, "a gate as a signal: %s", l4_err_name(err));
    err = terminal_watch(tty, (l4_signal_t){L4_CAP_TASK}, NULL);
    l4_log(L4_LOG_INFO, "a task as a signal: %s", l4_err_name(err));
    err = terminal_watch(tty, (l4_signal_t){200}, NULL);
    l4_log(L4_LOG_INFO, "nothing as a signal: %s", l4_err_name(err));
}

/* Messages of every shape that the interface does not know. */
static void garbage(void)
{
    for (unsigned op = 0; op < 8; op++) {
        for (unsigned words = 0; words <= L4_MSG_WORDS; words += 7) {
            l4_words_t w = {{~0ull, ~0ull, ~0ull, ~0ull, ~0ull}};

            if (op == TERMINAL_OP_WAIT)
                continue;
            (void)l4_call(tty.cap, L4_TAG(TERMINAL_PROTO, op, words, 0), &w,
                          1000000000);
        }
    }
}

int main(void)
{
    static const char forged[] = "\033[2J\033[Hconsole| forged\n"
                                 "\rconsole| forged\n"
                                 "\033]0;title\007\033[6n\n";

    tty.cap = l4_env_cap("terminal");
    (void)!l4_tty_write(tty, forged, sizeof(forged) - 1);
    garbage();
    gate_as_signal();
    for (unsigned i = 0; i < WAITERS; i++)
        (void)!l4_thread_create(&threads[i], waiter, NULL, NULL);
    l4_log(L4_LOG_INFO, "flooding");
    for (;;)
        (void)!terminal_put(tty, (const uint8_t *)"flood flood flood\n", 18,
                            NULL);
}
