/* SPDX-License-Identifier: BSD-2-Clause */
#include "subject.h"

#define EXCEPTION (L4_TAG(L4_EXCEPTION_HANDLER_PROTO, 1, 23, 0) | L4_TAG_KERNEL)
#define ANSWER (L4_TAG(L4_EXCEPTION_HANDLER_PROTO, 1, 20, 0) | L4_TAG_REPLY)

#define LABEL 0x5ab1ec7
#define HANDLER_SLOT 30
#define QUOTA ((uint64_t)1 << 20)
#define PATIENCE ((l4_time_t)2000000)

struct attacker subject;
l4_regs_t subject_regs;

static l4_gate_t handler;

/* Waits for what the subject does, and gives nothing to those who ask for
 * something else. */
static void event_wait(struct event *e)
{
    l4_time_t until = L4_TIME_ABSOLUTE | (l4_time_now() + PATIENCE);
    uint64_t words[23];
    l4_words_t w;

    *e = (struct event){.vector = EVENT_NONE};
    for (;;) {
        uint64_t label = 0;
        l4_tag_t tag = l4_wait(&w, &label, until);
        if (l4_tag_err(tag) == L4_ETIMEDOUT)
            return;
        if (label == LABEL && tag == EXCEPTION)
            break;
        w = (l4_words_t){{0}};
        (void)!l4_reply(L4_TAG(0, 0, 0, 0) | L4_TAG_REPLY, &w);
    }
    kit_words(&w, words, KIT_COUNT(words));
    e->error = words[0];
    e->address = words[1];
    memcpy(&e->regs, words + 2, sizeof(e->regs));
    e->vector = words[22];
}

static void begin(struct worker *w)
{
    (void)w;
    __asm__ volatile("ud2");
}

void subject_make(void)
{
    struct event e;

    attacker_make(&subject, QUOTA, KIT_HIGH);
    MUST(kit_unmap(subject.task, l4_fpage_cap(L4_CAP_CONSOLE, 0, 7), true));
    handler = kit_gate(kit_main, LABEL);
    MUST(kit_give(subject.task, handler.cap, HANDLER_SLOT, 7));
    MUST(l4_thread_set_handlers(subject.worker->thread, 0, HANDLER_SLOT, NULL));
    worker_start(subject.worker, begin);
    event_wait(&e);
    CHECK_EQ(e.vector, 6);
    subject_regs = e.regs;
    subject_regs.rsp &= ~15ull;
}

void subject_end(void)
{
    attacker_end(&subject);
    kit_drop(handler.cap);
}

void subject_run(const l4_regs_t *regs, struct event *e)
{
    l4_words_t w;

    memcpy(w.w, regs, sizeof(w.w));
    memcpy(l4_utcb()->mr + L4_MSG_REGS, (const char *)regs + sizeof(w.w),
           sizeof(*regs) - sizeof(w.w));
    MUST(l4_reply(ANSWER, &w));
    event_wait(e);
}

void subject_run_at(const void *code, struct event *e)
{
    l4_regs_t regs = subject_regs;

    regs.rip = (uint64_t)(uintptr_t)code;
    subject_run(&regs, e);
}
