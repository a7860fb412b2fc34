/* SPDX-License-Identifier: BSD-2-Clause */
#include "victim.h"

/* A thread in a task of its own that faults, and what it faults to. */
l4_task_t space;
struct worker *victim;
l4_gate_t pager;
static l4_gate_t handler;
static l4_signal_t exit_signal;

/* Makes the victim run `run` with handlers in these slots. Its image is paged
 * in by root before that. */
void victim_start(worker_fn run, uint32_t pager_slot, uint32_t handler_slot)
{
    space = kit_space(kit_factory);
    kit_image_share(space);
    victim = worker_new(space, KIT_HIGH);
    pager = kit_gate(kit_main, PAGER_LABEL);
    handler = kit_gate(kit_main, HANDLER_LABEL);
    exit_signal = kit_signal();
    MUST(kit_give(space, pager.cap, PAGER_SLOT, 7));
    MUST(kit_give(space, handler.cap, HANDLER_SLOT, 7));
    MUST(l4_signal_bind(exit_signal, kit_main, SIGNAL_LABEL, NULL));
    MUST(l4_signal_ack(exit_signal, NULL));
    MUST(l4_task_set_exit_signal(space, exit_signal, NULL));
    MUST(
        l4_thread_set_handlers(victim->thread, pager_slot, handler_slot, NULL));
    worker_start(victim, run);
}

void victim_end(void)
{
    worker_free(victim);
    kit_drop(pager.cap);
    kit_drop(handler.cap);
    kit_drop(exit_signal.cap);
    kit_drop(space.cap);
}

/* Waits for a fault or an exception; its words. */
void fault_wait(l4_tag_t tag, uint64_t label, uint64_t *words)
{
    l4_words_t w;
    uint64_t got;

    CHECK_EQ(l4_wait(&w, &got, L4_TIME_NEVER), tag);
    CHECK_EQ(got, label);
    kit_words(&w, words, l4_tag_words(tag));
}

/* Refuses whatever was asked. */
void refuse(void)
{
    l4_words_t w = {{(uint32_t)L4_EFAULT}};

    CHECK_EQ(
        l4_reply(L4_TAG(L4_PAGER_PROTO, 1, 1, 0) | L4_TAG_REPLY | L4_TAG_RAISED,
                 &w),
        0);
}

/* The victim has stopped for good, and the signal says so. */
void expect_stopped(uint32_t vector, uint64_t address)
{
    l4_thread_info_t info = {0};
    l4_words_t w;
    uint64_t label = 0;

    l4_tag_t tag = l4_wait(&w, &label, L4_TIME_NEVER);
    CHECK_EQ(l4_tag_proto(tag), L4_SIGNAL_HANDLER_PROTO);
    CHECK_EQ(label, SIGNAL_LABEL);
    CHECK_EQ(w.w[0], 1);
    MUST(l4_thread_info(victim->thread, &info, NULL));
    CHECK_EQ(info.state, L4_THREAD_STATE_FAULTED);
    CHECK_EQ(info.fault_vector, vector);
    CHECK_EQ(info.fault_address, address);
}
