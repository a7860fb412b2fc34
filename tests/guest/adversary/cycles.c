/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole task is made, used and destroyed, ten thousand times over: then the
 * kernel has as much memory as it had after the first time. */
#include "kit.h"

#define CYCLES 10000u
#define PAGE ((uint64_t)4096)

static l4_factory_info_t info_of(l4_factory_t f)
{
    l4_factory_info_t info = {0};

    MUST(l4_factory_info(f, &info, NULL));
    return info;
}

/* The slots of the task that makes the others, and theirs. */
#define MAKER_FACTORY L4_CAP_FACTORY
#define MAKER_DONE (KIT_SPACE_FREE + 0)
#define MAKER_ME (KIT_SPACE_FREE + 1)
#define MAKER_NEW (KIT_SPACE_FREE + 2)
#define CHILD_GATE 3

static _Alignas(4096) uint8_t child_stack[2][4096];

/* All that runs in the tasks that come and go. */
static _Noreturn void child_main(uint64_t number)
{
    l4_words_t words = {{number}};

    __asm__ volatile("movq %%rax, %%xmm0" : : "a"(number)); /* vector state */
    for (;;)
        (void)kit_ipc(L4_TAG(KIT_PROTO, 4, 1, 0) | L4_PHASE_CALL, CHILD_GATE,
                      &words, NULL);
}

/* Makes a task with a thread, two gates, a signal and a factory, lets it call
 * twice, and destroys everything, each time in another order. */
static void cycle(struct worker *w, unsigned number)
{
    static const l4_factory_t f = {MAKER_FACTORY};
    uint64_t code = (uint64_t)(uintptr_t)child_main & ~(PAGE - 1);
    uint64_t stack = (uint64_t)(uintptr_t)child_stack;
    l4_thread_t thread, me = {MAKER_ME};
    l4_gate_t gate, minted;
    l4_signal_t signal;
    l4_factory_t child;
    l4_sched_t sched;
    l4_task_t task, own = {L4_CAP_TASK};
    l4_words_t words;
    uint64_t label = 0;

    MUST(l4_factory_create_task(f, 5, &task, KIT_INTO(MAKER_NEW)));
    MUST(l4_factory_create_thread(f, task, 0x100000, &thread,
                                  KIT_INTO(MAKER_NEW + 1)));
    MUST(l4_factory_create_sched(f, KIT_HIGH, &sched, KIT_INTO(MAKER_NEW + 2)));
    MUST(l4_factory_create_gate(f, me, 1, &gate, KIT_INTO(MAKER_NEW + 3)));
    MUST(l4_task_mint(own, gate, 77 + number, 1, &minted,
                      KIT_INTO(MAKER_NEW + 4)));
    MUST(l4_factory_create_signal(f, &signal, KIT_INTO(MAKER_NEW + 5)));
    MUST(l4_factory_create_factory(f, 4 * PAGE, 5, &child,
                                   KIT_INTO(MAKER_NEW + 6)));
    MUST(l4_task_set_exit_signal(task, signal, NULL));
    MUST(l4_signal_bind(signal, thread, 5, NULL));
    MUST(l4_thread_make_vcpu(thread, 0x200000, NULL));
    MUST(kit_give(task, minted.cap, CHILD_GATE, 7));
    for (uint64_t at = 0; at < 4 * PAGE; at += PAGE)
        MUST(kit_map(task, l4_fpage_mem(code + at, L4_PAGE_ORDER, 7),
                     code + at));
    for (uint64_t at = 0; at < 2 * PAGE; at += PAGE)
        MUST(kit_map(task, l4_fpage_mem(stack + at, L4_PAGE_ORDER, 7),
                     stack + at));
    MUST(l4_thread_set_context(thread, sched, NULL));
    MUST(l4_thread_start(thread, (uint64_t)(uintptr_t)child_main,
                         stack + 2 * PAGE - 8, number, NULL));
    l4_tag_t tag = l4_wait(&words, &label, L4_TIME_NEVER);
    CHECK_EQ(tag, L4_TAG(KIT_PROTO, 4, 1, 0));
    CHECK_EQ(label, 77 + number);
    CHECK_EQ(words.w[0], number);
    (void)l4_reply_wait(L4_TAG(KIT_PROTO, 4, 1, 0) | L4_TAG_REPLY, &words,
                        &label, L4_TIME_NEVER);
    for (unsigned i = 0; i < 7; i++) {
        unsigned slot = MAKER_NEW + (i * 3 + number) % 7;
        l4_fpage_t cap = l4_fpage_cap(slot, 0, 7);
        l4_unmap(&cap, 1);
    }
    w->out++;
}

static void maker(struct worker *w)
{
    l4_factory_info_t first = {0};
    l4_factory_info_t info = {0};
    const l4_factory_t f = {MAKER_FACTORY};

    memset(child_stack, 0, sizeof(child_stack)); /* paged in */
    for (unsigned i = 0; i < CYCLES; i++) {
        cycle(w, i);
        MUST(l4_factory_info(f, i == 0 ? &first : &info, NULL));
        if (i > 0) {
            CHECK_EQ(info.used, first.used);
            CHECK_EQ(info.objects, first.objects);
        }
    }
}

/* The task that makes the others is of the same factory, so its capabilities'
 * and tables' memory is counted too. */
static void ten_thousand_lives(void)
{
    extern const char l4_image_end[];
    l4_factory_t f = kit_subfactory(100 * PAGE);
    l4_task_t task = kit_space(f);
    struct worker *w = worker_new(task, KIT_HIGH);
    uint64_t end = (uint64_t)(uintptr_t)l4_image_end;

    /* Nothing of the image is paged in later. */
    for (uint64_t page = L4_IMAGE_BASE; page < end; page += PAGE) {
        (void)*(const volatile char *)(uintptr_t)page;
        MUST(kit_map(task, l4_fpage_mem(page, L4_PAGE_ORDER, 7), page));
    }
    MUST(kit_give(task, f.cap, MAKER_FACTORY, L4_RIGHTS_ALL));
    MUST(kit_give(task, w->thread.cap, MAKER_ME, L4_RIGHTS_ALL));
    worker_start(w, maker);
    worker_join(w);
    CHECK_EQ(w->out, CYCLES);
    worker_free(w);
    kit_drop(task.cap);
    CHECK_EQ(info_of(f).used, 0);
    CHECK_EQ(info_of(f).objects, 0);
    kit_drop(f.cap);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(ten_thousand_lives),
    };

    return kit_run("cycles", tests, KIT_COUNT(tests));
}
