/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on other objects, and messages, that take the kernel long. */
#include <string.h>

#include <l4/utcb.h>

#include "irqoff.h"

/* Slots. */
#define FACTORY (IRQOFF_SLOTS + 0)
#define TASK (IRQOFF_SLOTS + 1)
#define THREAD (IRQOFF_SLOTS + 2)
#define SINK (IRQOFF_SLOTS + 4) /* never runs; and its context */
#define QUEUE (IRQOFF_SLOTS + 6)
#define OTHER (IRQOFF_SLOTS + 8)
#define SERVER (IRQOFF_SLOTS + 10)
#define SERVER_GATE (IRQOFF_SLOTS + 12)
#define SENDERS (IRQOFF_SLOTS + 100) /* and their contexts */
#define MANY_SLOTS 1024u

#define SENDER_COUNT 40u
#define OBJECTS 300u
#define UTCBS ((uint64_t)0x320000)
#define STACK 1024u
#define LOW 20

static l4_thread_t sink;
static l4_thread_t other;
static l4_gate_t queue;
static l4_factory_t factory;
static l4_task_t task;

static _Alignas(16) char stacks[SENDER_COUNT + 1][STACK];

static l4_thread_t thread_new(l4_factory_t f, l4_task_t in, uint64_t utcb,
                              l4_cap_t slot)
{
    l4_thread_t thread;

    DONE(l4_factory_create_thread(f, in, utcb, &thread, INTO(slot)));
    return thread;
}

static l4_gate_t gate_new(l4_thread_t server, l4_cap_t slot)
{
    l4_gate_t gate;

    DONE(l4_factory_create_gate(alone_factory, server, 0, &gate, INTO(slot)));
    return gate;
}

/* A thread of a priority, in `slot` and the next one. */
static l4_thread_t start(unsigned i, l4_cap_t slot, uint8_t priority,
                         void (*entry)(uint64_t))
{
    l4_thread_t thread =
        thread_new(alone_factory, alone_task, UTCBS + i * L4_PAGE_SIZE, slot);
    l4_sched_t sched;

    DONE(l4_factory_create_sched(alone_factory, priority, &sched,
                                 INTO(slot + 1)));
    DONE(l4_thread_set_context(thread, sched, NULL));
    DONE(l4_thread_start(thread, (uint64_t)(uintptr_t)entry,
                         (uint64_t)(uintptr_t)stacks[i] + STACK - 8, i, NULL));
    return thread;
}

/* --- queues */

static void sender(uint64_t unused)
{
    l4_words_t w = {{0}};

    (void)unused;
    for (;;) {
        (void)l4_call(QUEUE, L4_TAG(0x7000, 2, 0, 0), &w, L4_TIME_NEVER);
    }
}

/* All senders queue at the gate, whose thread never takes a message. */
static void queue_fill(void)
{
    pause_ns(1000000);
}

static void queue_rebind(void)
{
    DONE(l4_thread_bind(other, queue, NULL));
}

static void queue_restore(void)
{
    DONE(l4_thread_bind(sink, queue, NULL));
    queue_fill();
}

static void sink_replace(void)
{
    sink =
        thread_new(alone_factory, alone_task, UTCBS + 100 * L4_PAGE_SIZE, SINK);
    DONE(l4_thread_bind(sink, queue, NULL));
    queue_fill();
}

/* In the end there is room for the next one. */
static void sink_drop(void)
{
    DONE(drop(SINK));
}

/* --- timers */

static l4_time_t storm;

static void sleeper(uint64_t unused)
{
    l4_words_t w = {{0}};

    (void)unused;
    for (;;) {
        (void)l4_wait(&w, NULL, storm);
    }
}

/* --- many objects */

static void factory_new(void)
{
    DONE(l4_factory_create_factory(alone_factory, 8 << 20, 250, &factory,
                                   INTO(FACTORY)));
}

static void factory_fill(void)
{
    l4_signal_t signal;

    factory_new();
    for (unsigned i = 0; i < OBJECTS; i++) {
        DONE(l4_factory_create_signal(factory, &signal, INTO(MANY_SLOTS + i)));
    }
    for (unsigned i = 0; i < 20; i++) {
        DONE(l4_factory_create_task(factory, 4, &task,
                                    INTO(MANY_SLOTS + OBJECTS + i)));
        thread_new(factory, task, 0x1000, MANY_SLOTS + OBJECTS + 100 + i);
    }
}

static void factory_drop(void)
{
    DONE(drop(FACTORY));
}

static void task_large(void)
{
    DONE(l4_factory_create_task(factory, 12, &task, INTO(TASK)));
}

static void thread_gates(void)
{
    l4_gate_t gate;
    l4_signal_t signal;

    factory_new();
    l4_thread_t thread =
        thread_new(factory, alone_task, UTCBS + 101 * L4_PAGE_SIZE, THREAD);
    for (unsigned i = 0; i < OBJECTS; i++) {
        DONE(l4_factory_create_gate(factory, thread, i, &gate,
                                    INTO(MANY_SLOTS + i)));
        DONE(l4_factory_create_signal(factory, &signal,
                                      INTO(MANY_SLOTS + OBJECTS + i)));
        DONE(l4_signal_bind(signal, thread, i, NULL));
    }
}

static void thread_drop(void)
{
    DONE(drop(THREAD));
}

static void signal_watches(void)
{
    l4_signal_t signal;
    l4_sched_t sched;

    factory_new();
    DONE(l4_factory_create_signal(factory, &signal, INTO(THREAD)));
    for (unsigned i = 0; i < OBJECTS; i++) {
        DONE(l4_factory_create_sched(factory, 1, &sched, INTO(MANY_SLOTS + i)));
        DONE(l4_sched_on_miss(sched, signal, NULL));
        DONE(l4_sched_on_overrun(sched, signal, NULL));
    }
}

/* --- capabilities */

#define CAPS_ORDER 9u

static void caps_prepare(void)
{
    DONE(l4_factory_create_task(alone_factory, CAPS_ORDER, &task, INTO(TASK)));
}

static void caps_map(void)
{
    DONE(map_in(task, l4_fpage_cap(0, CAPS_ORDER, L4_RIGHTS_ALL), 0));
}

static void caps_fill(void)
{
    caps_prepare();
    caps_map();
}

static void caps_unmap(void)
{
    DONE(unmap_in(task, l4_fpage_cap(0, CAPS_ORDER, L4_RIGHTS_ALL), true));
}

static void task_drop(void)
{
    DONE(drop(TASK));
}

/* --- messages */

#define SPREAD ((uint64_t)1 << 41)
#define IMAGE_ORDER 22u

/* In a space of its own: takes each message's items wherever they want. */
static void server(uint64_t unused)
{
    l4_words_t w = {{0}};

    (void)unused;
    l4_utcb()->window[L4_WINDOW_MEM] = l4_fpage_mem(0, 46, L4_RIGHTS_ALL);
    (void)l4_wait(&w, NULL, L4_TIME_NEVER);
    for (;;) {
        (void)l4_reply_wait(L4_TAG(0x7000, 3, 0, 0) | L4_TAG_REPLY, &w, NULL,
                            L4_TIME_NEVER);
    }
}

static void server_start(void)
{
    l4_sched_t sched;

    DONE(l4_factory_create_task(alone_factory, 4, &task, INTO(TASK)));
    DONE(map_in(task, l4_fpage_mem(L4_ROOT_IMAGE, IMAGE_ORDER, 7),
                L4_ROOT_IMAGE));
    l4_thread_t thread = thread_new(alone_factory, task, UTCBS, SERVER);
    DONE(l4_factory_create_sched(alone_factory, 110, &sched, INTO(SERVER + 1)));
    DONE(l4_thread_set_context(thread, sched, NULL));
    DONE(l4_thread_start(thread, (uint64_t)(uintptr_t)server,
                         (uint64_t)(uintptr_t)stacks[SENDER_COUNT] + STACK - 8,
                         0, NULL));
    gate_new(thread, SERVER_GATE);
}

static void send_pages(bool spread)
{
    l4_words_t w = {{0}};

    for (unsigned i = 0; i < L4_MSG_ITEMS; i++) {
        l4_utcb()->items[i] = l4_item_map(
            l4_fpage_mem(RAM + i * L4_PAGE_SIZE, ORDER_4K, 7),
            ((uint64_t)1 << 45) + i * (spread ? SPREAD : L4_PAGE_SIZE));
    }
    l4_tag_t tag =
        l4_call(SERVER_GATE, L4_TAG(0x7000, 3, L4_MSG_WORDS, L4_MSG_ITEMS), &w,
                L4_TIME_NEVER);
    CHECK_EQ(l4_tag_err(tag), 0);
}

static void send_spread(void)
{
    send_pages(true);
}

static void send_together(void)
{
    send_pages(false);
}

/* A range of large pages, where there are tables that have become empty. */
#define LARGE_ORDER (ORDER_2M + 4)
#define LARGE_TO ((uint64_t)1 << 40)

static void server_tables(void)
{
    server_start();
    for (unsigned i = 0; i < 16; i++) {
        DONE(map_in(task, l4_fpage_mem(RAM, ORDER_4K, 7),
                    LARGE_TO + i * SIZE_2M));
    }
    DONE(unmap(RAM, ORDER_4K, false));
}

static void send_large(void)
{
    l4_words_t w = {{0}};

    l4_utcb()->items[0] =
        l4_item_map(l4_fpage_mem(RAM, LARGE_ORDER, 7), LARGE_TO);
    l4_tag_t tag =
        l4_call(SERVER_GATE, L4_TAG(0x7000, 3, 1, 1), &w, L4_TIME_NEVER);
    CHECK_EQ(tag, L4_TAG(0x7000, 3, 0, 0) | L4_TAG_REPLY);
}

static void server_drop(void)
{
    DONE(drop(SERVER));
    DONE(drop(SERVER + 1));
    DONE(drop(SERVER_GATE));
    DONE(drop(TASK));
}

/* --- others */

static void console_write(void)
{
    static uint8_t text[480];
    const l4_console_t console = {L4_ROOT_CAP_CONSOLE};

    memset(text, ' ', sizeof(text));
    text[sizeof(text) - 1] = '\n';

    DONE(l4_console_write(console, text, sizeof(text), NULL));
}

static void ports_map(void)
{
    DONE(l4_ports_map(alone_ports, 0, 16, NULL));
}

static void ports_unmap(void)
{
    DONE(unmap_in(alone_task, l4_fpage(L4_FPAGE_IO, 0, 16, L4_RIGHTS_ALL),
                  true));
}

void irqoff_objects_begin(void)
{
    sink =
        thread_new(alone_factory, alone_task, UTCBS + 100 * L4_PAGE_SIZE, SINK);
    other = thread_new(alone_factory, alone_task, UTCBS + 102 * L4_PAGE_SIZE,
                       OTHER);
    queue = gate_new(sink, QUEUE);
    for (unsigned i = 0; i < SENDER_COUNT; i++) {
        start(i, SENDERS + 2 * i, LOW, sender);
    }
    queue_fill();
    (void)storm;
    (void)sleeper;
}

const struct irqoff_op irqoff_objects[] = {
    {"gate.bind", NULL, queue_rebind, queue_restore},
    {"server.destroy", NULL, sink_drop, sink_replace},
    {"message.together", server_start, send_together, server_drop},
    {"message.large", server_tables, send_large, server_drop},
    {"message.spread", server_start, send_spread, server_drop},
    {"factory.create", NULL, factory_new, factory_drop},
    {"factory.destroy", factory_fill, factory_drop, NULL},
    {"task.create", factory_new, task_large, factory_drop},
    {"thread.destroy", thread_gates, thread_drop, factory_drop},
    {"signal.destroy", signal_watches, thread_drop, factory_drop},
    {"caps.map", caps_prepare, caps_map, task_drop},
    {"caps.unmap", caps_fill, caps_unmap, task_drop},
    {"console.write", NULL, console_write, NULL},
    {"ports.map", NULL, ports_map, ports_unmap},
};
const size_t irqoff_objects_count =
    sizeof(irqoff_objects) / sizeof(irqoff_objects[0]);
