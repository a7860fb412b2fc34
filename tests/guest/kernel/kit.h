/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of the kernel share: checks that report where they failed,
 * worker threads, address spaces that share this program's memory, and a probe
 * that tells what can be touched in a space.
 *
 * The main thread runs at KIT_PRIORITY. A worker above it runs from its start
 * until it blocks before main goes on, one below it only while main blocks, so
 * no test has to wait for time to pass.
 */
#ifndef TESTS_KIT_H
#define TESTS_KIT_H

#include <string.h>

#include <l4/env.h>
#include <l4/err.h>
#include <l4/fpage.h>
#include <l4/handlers.h>
#include <l4/ipc.h>
#include <l4/objects.h>
#include <l4/slots.h>
#include <l4/thread.h>

#define KIT_PRIORITY 100 /* of the main thread */
#define KIT_HIGH 130
#define KIT_LOW 60
#define KIT_MAX 180 /* the plan's; nothing above it can be made */
#define KIT_PASSIVE (-1)

#define KIT_PROTO 0x7000 /* messages between workers and tests */

struct kit_test {
    const char *name;
    void (*run)(void);
};

#define KIT_TEST(function)  \
    {                       \
#function, function \
    }
#define KIT_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Runs the tests, prints a line for each; returns how many failed. */
int kit_run(const char *area, const struct kit_test *tests, size_t count);

/* Called after each test as a part of it, unless NULL. */
extern void (*kit_watch)(void);

/* Reports a check that failed. The test goes on. */
void kit_failed(const char *file, int line, const char *what, uint64_t got,
                uint64_t want);

/* Ends the program: the test cannot go on. */
_Noreturn void kit_fatal(const char *file, int line, const char *what,
                         l4_err_t err);

#define CHECK(condition)                                      \
    do {                                                      \
        if (!(condition))                                     \
            kit_failed(__FILE__, __LINE__, #condition, 0, 1); \
    } while (0)

#define CHECK_EQ(is, should)                                  \
    do {                                                      \
        uint64_t got_ = (uint64_t)(is);                       \
        uint64_t want_ = (uint64_t)(should);                  \
        if (got_ != want_)                                    \
            kit_failed(__FILE__, __LINE__, #is, got_, want_); \
    } while (0)

/* For what is a condition of the test and not its subject. */
#define MUST(call)                                      \
    do {                                                \
        l4_err_t err_ = (call);                         \
        if (err_)                                       \
            kit_fatal(__FILE__, __LINE__, #call, err_); \
    } while (0)

extern const l4_factory_t kit_factory;
extern const l4_task_t kit_task; /* our own */
extern const l4_thread_t kit_main;

/* A free slot of ours. */
l4_cap_t kit_slot(void);

/* A context that lets a created object arrive in `slot`. */
#define KIT_INTO(slot) (&(l4_ctx_t)L4_CTX(.caps = l4_slot_window(slot)))

/* Objects in new slots. */
l4_gate_t kit_gate(l4_thread_t server, uint64_t label);
l4_gate_t kit_mint(l4_gate_t gate, uint64_t label, unsigned rights);
l4_signal_t kit_signal(void);
l4_sched_t kit_sched(uint8_t priority);
l4_factory_t kit_subfactory(uint64_t quota);

/* Deletes what a slot holds and frees it. */
void kit_drop(l4_cap_t slot);

/* Maps our capability `from` to slot `to` of a task. */
l4_err_t kit_give(l4_task_t task, l4_cap_t from, l4_cap_t to, unsigned rights);

/* Maps one flexpage of ours to `dest` (base | flags) of a task. */
l4_err_t kit_map(l4_task_t task, l4_fpage_t fpage, uint64_t dest);

/* Takes one flexpage of a task away. */
l4_err_t kit_unmap(l4_task_t task, l4_fpage_t fpage, bool self);

/* A task that sees this program's memory: root pages it in on demand. `f` pays
 * for it. */
l4_task_t kit_space(l4_factory_t f);

/* Maps all of this program's image into a task, the environment and the clock,
 * so that nothing of it faults there. */
void kit_image_share(l4_task_t task);

/* Slots that kit_space() fills; those from KIT_SPACE_FREE on are empty, but for
 * those down from KIT_SPACE_DONE that its workers have. */
#define KIT_SPACE_FREE 16
#define KIT_SPACE_DONE 62u
#define KIT_SPACE_ORDER 6

struct worker;
typedef void (*worker_fn)(struct worker *w);

struct worker {
    l4_thread_t thread;
    l4_sched_t sched; /* L4_CAP_NONE: passive */
    l4_task_t task;
    l4_gate_t gate; /* to the worker, of ours; label: its number + 1 */
    l4_cap_t done;  /* in its task: where it tells that it has ended */
    worker_fn run;
    uint64_t utcb;
    unsigned number;
    volatile bool joined; /* main has been told */
    /* For the tests. */
    l4_cap_t cap; /* a slot of its task */
    volatile uint64_t in;
    volatile uint64_t out;
    volatile l4_err_t err;
};

/* Who pays for the objects of workers made from now on; kit_factory at
 * first. */
extern l4_factory_t worker_factory;

/* A thread in `task` (kit_task or a kit_space), not started. Priority or
 * KIT_PASSIVE. */
struct worker *worker_new(l4_task_t task, int priority);

/* Runs `run` in it. */
void worker_start(struct worker *w, worker_fn run);

/* Both, in our own task. */
struct worker *worker_run(int priority, worker_fn run);

/* Waits until it has returned from `run`. Messages of other workers that end
 * are noted; any other message is an error. */
void worker_join(struct worker *w);

/* It tells main that it has come this far; main waits for that. */
void worker_announce(struct worker *w);
void worker_announced(const struct worker *w);

/* Lets those below main run for a while. Nobody may send to it meanwhile. */
void kit_rest(l4_time_t time);

/* Destroys it, in whatever state. */
void worker_free(struct worker *w);

/* What it does now, L4_THREAD_STATE_*. */
l4_thread_state_t worker_state(const struct worker *w);

/* An IPC whose every part is ours to choose. */
l4_tag_t kit_ipc(l4_tag_t tag, uint64_t cap, l4_words_t *w, uint64_t *label);

/* Words 0 up of the message just received. */
void kit_words(const l4_words_t *w, uint64_t *to, unsigned count);

/* Sends `tag` without words to `cap` and waits for the answer. */
l4_tag_t kit_call(l4_cap_t cap, l4_tag_t tag);

#define WORKER_CALL L4_TAG(KIT_PROTO, 8, 0, 0)

/* For workers to run. Calls the gate in `in` with WORKER_CALL and ends: `err`
 * is what came of it, `out` 1. */
void worker_call(struct worker *w);

/* Takes one message and ends: `in` is its tag, `out` its first word. */
void worker_take(struct worker *w);

/* A server that passes each call on to the gate in `in` before it answers,
 * counting in `out`. */
void worker_pass_on(struct worker *w);

/* A probe: a thread in a task that touches memory when told, and what comes
 * of it. */
struct probe {
    struct worker *worker;
    l4_gate_t faults;
    uint64_t value; /* that was read */
    uint64_t vector;
    uint64_t address; /* of the fault */
};

enum probe_access { PROBE_READ, PROBE_WRITE, PROBE_CALL };

void probe_start(struct probe *p, l4_task_t task);
void probe_end(struct probe *p);

/* Reads, writes (`value`) or calls `address` in the probe's task: whether it
 * worked. Otherwise `vector` and `address` tell the exception. */
bool probe(struct probe *p, uint64_t address, enum probe_access access);

#endif
