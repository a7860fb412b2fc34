/* SPDX-License-Identifier: BSD-2-Clause */
#include "kit.h"

#include <l4/log.h>

#define WORKERS 24u
#define STACK_SIZE 8192u

/* UTCBs of workers, where root maps nothing. */
#define UTCB_BASE ((uint64_t)0x300000)

const l4_factory_t kit_factory = {L4_CAP_FACTORY};
const l4_task_t kit_task = {L4_CAP_TASK};
const l4_thread_t kit_main = {L4_CAP_THREAD};

l4_factory_t worker_factory = {L4_CAP_FACTORY};

static struct worker workers[WORKERS];
static bool workers_used[WORKERS];
static _Alignas(16) uint8_t stacks[WORKERS][STACK_SIZE];
void (*kit_watch)(void);

static const char *area_name;
static const char *test_name;
static volatile unsigned test_failures;

static const char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');

    return slash ? slash + 1 : file;
}

void kit_failed(const char *file, int line, const char *what, uint64_t got,
                uint64_t want)
{
    test_failures++;
    l4_print("FAIL %s.%s %s:%d %s: %#lx instead of %#lx\n", area_name,
             test_name, base_name(file), line, what, got, want);
}

_Noreturn void kit_fatal(const char *file, int line, const char *what,
                         l4_err_t err)
{
    l4_print("FAIL %s.%s %s:%d %s: %s\n", area_name, test_name, base_name(file),
             line, what, l4_err_text(err));
    l4_exit(99);
}

/* Runs one test. What it made has to be gone in the end: our quota is as it
 * was. */
static void test_run(const struct kit_test *test)
{
    l4_factory_info_t before = {0};
    l4_factory_info_t after = {0};

    test_name = test->name;
    test_failures = 0;
    MUST(l4_factory_info(kit_factory, &before, NULL));
    test->run();
    if (kit_watch)
        kit_watch();
    MUST(l4_factory_info(kit_factory, &after, NULL));
    CHECK_EQ(after.objects, before.objects);
    CHECK_EQ(after.used, before.used);
}

int kit_run(const char *area, const struct kit_test *tests, size_t count)
{
    const l4_sched_t sched = {L4_CAP_SCHED};
    int failed = 0;

    area_name = area;
    test_name = "setup";
    MUST(l4_sched_set_priority(sched, KIT_PRIORITY, NULL));
    for (size_t i = 0; i < count; i++) {
        test_run(&tests[i]);
        if (test_failures)
            failed++;
        else
            l4_print("ok %s.%s\n", area, test_name);
    }
    l4_print("%s: %lu tests, %d failed\n", area, count, failed);
    return failed;
}

l4_cap_t kit_slot(void)
{
    l4_cap_t slot = l4_slot_alloc();

    if (slot == L4_CAP_NONE)
        kit_fatal(__FILE__, __LINE__, "l4_slot_alloc()", L4_ENOMEM);
    return slot;
}

void kit_drop(l4_cap_t slot)
{
    l4_slot_free(slot);
}

static l4_gate_t gate_of(l4_factory_t f, l4_thread_t server, uint64_t label)
{
    l4_gate_t gate;

    MUST(l4_factory_create_gate(f, server, label, &gate, KIT_INTO(kit_slot())));
    return gate;
}

l4_gate_t kit_gate(l4_thread_t server, uint64_t label)
{
    return gate_of(kit_factory, server, label);
}

l4_gate_t kit_mint(l4_gate_t gate, uint64_t label, unsigned rights)
{
    l4_gate_t minted;

    MUST(l4_task_mint(kit_task, gate, label, (uint8_t)rights, &minted,
                      KIT_INTO(kit_slot())));
    return minted;
}

l4_signal_t kit_signal(void)
{
    l4_signal_t signal;

    MUST(l4_factory_create_signal(kit_factory, &signal, KIT_INTO(kit_slot())));
    return signal;
}

l4_sched_t kit_sched(uint8_t priority)
{
    l4_sched_t sched;

    MUST(l4_factory_create_sched(kit_factory, priority, &sched,
                                 KIT_INTO(kit_slot())));
    return sched;
}

l4_factory_t kit_subfactory(uint64_t quota)
{
    l4_factory_t f;

    MUST(l4_factory_create_factory(kit_factory, quota, KIT_MAX, &f,
                                   KIT_INTO(kit_slot())));
    return f;
}

l4_err_t kit_map(l4_task_t task, l4_fpage_t fpage, uint64_t dest)
{
    const l4_map_entry_t entry = {fpage, dest};
    uint32_t done = 0;
    int32_t error = 0;
    l4_err_t err = l4_task_map(task, &entry, 1, &done, &error, NULL);

    if (!err)
        CHECK_EQ(done, error == 0);
    return err ? err : error;
}

l4_err_t kit_give(l4_task_t task, l4_cap_t from, l4_cap_t to, unsigned rights)
{
    return kit_map(task, l4_fpage_cap(from, 0, rights), (uint64_t)to << 12);
}

l4_err_t kit_unmap(l4_task_t task, l4_fpage_t fpage, bool self)
{
    uint32_t done = 0;
    int32_t error = 0;
    l4_err_t err = l4_task_unmap(task, &fpage, 1, self, &done, &error, NULL);

    if (!err)
        CHECK_EQ(done, error == 0);
    return err ? err : error;
}

l4_task_t kit_space(l4_factory_t f)
{
    static const l4_cap_t shared[] = {L4_CAP_CONSOLE, L4_CAP_PAGER,
                                      L4_CAP_EXCEPTION};
    l4_task_t task;

    MUST(l4_factory_create_task(f, KIT_SPACE_ORDER, &task,
                                KIT_INTO(kit_slot())));
    MUST(kit_give(task, task.cap, L4_CAP_TASK, L4_RIGHTS_ALL));
    for (size_t i = 0; i < KIT_COUNT(shared); i++)
        MUST(kit_give(task, shared[i], shared[i], L4_RIGHTS_ALL));
    return task;
}

/* Shares a page with a task, once it is there. */
static void page_share(l4_task_t task, uint64_t page)
{
    (void)*(const volatile char *)(uintptr_t)page;
    if (task.cap != kit_task.cap)
        MUST(kit_map(task, l4_fpage_mem(page, L4_PAGE_ORDER, 7), page));
}

void kit_image_share(l4_task_t task)
{
    extern const char l4_image_end[];
    uint64_t end = (uint64_t)(uintptr_t)l4_image_end;

    page_share(task, L4_ENV_ADDRESS);
    page_share(task, L4_CLOCK_ADDRESS);
    for (uint64_t page = L4_IMAGE_BASE; page < end; page += L4_PAGE_SIZE)
        page_share(task, page);
}

/* The first function of every worker. */
static _Noreturn void worker_main(struct worker *w)
{
    const l4_words_t none = {{0}};
    l4_words_t words;

    l4_utcb()->user[L4_UTCB_USER_THREAD] = w->thread.cap;
    l4_utcb()->user[L4_UTCB_USER_CTL] = 0;
    w->run(w);
    (void)!l4_send(w->done, L4_TAG(KIT_PROTO, 0, 0, 0), &none, L4_TIME_NEVER);
    for (;;)
        (void)l4_wait(&words, NULL, L4_TIME_NEVER);
}

/* Where a worker tells that it ends: a gate to main in its own task. */
static void worker_make_done(struct worker *w)
{
    l4_gate_t gate = gate_of(worker_factory, kit_main, (uint64_t)(uintptr_t)w);

    w->done = gate.cap;
    if (w->task.cap != kit_task.cap) {
        w->done = KIT_SPACE_DONE - w->number;
        MUST(kit_give(w->task, gate.cap, w->done, L4_RIGHTS_ALL));
    }
    w->cap = gate.cap;
}

struct worker *worker_new(l4_task_t task, int priority)
{
    unsigned i = 0;

    while (i < WORKERS && workers_used[i])
        i++;
    if (i == WORKERS)
        kit_fatal(__FILE__, __LINE__, "a free worker", L4_ENOMEM);
    struct worker *w = &workers[i];
    workers_used[i] = true;
    memset(w, 0, sizeof(*w));
    w->number = i;
    w->task = task;
    w->utcb = UTCB_BASE + i * L4_PAGE_SIZE;
    MUST(l4_factory_create_thread(worker_factory, task, w->utcb, &w->thread,
                                  KIT_INTO(kit_slot())));
    MUST(l4_thread_set_handlers(w->thread, L4_CAP_PAGER, L4_CAP_EXCEPTION,
                                NULL));
    if (priority != KIT_PASSIVE) {
        MUST(l4_factory_create_sched(worker_factory, (uint8_t)priority,
                                     &w->sched, KIT_INTO(kit_slot())));
        MUST(l4_thread_set_context(w->thread, w->sched, NULL));
    }
    w->gate = gate_of(worker_factory, w->thread, i + 1);
    worker_make_done(w);
    return w;
}

void worker_start(struct worker *w, worker_fn run)
{
    uint64_t top = (uint64_t)(uintptr_t)stacks[w->number + 1];

    if (w->number + 1 == WORKERS)
        top = (uint64_t)(uintptr_t)stacks + sizeof(stacks);
    w->run = run;
    MUST(l4_thread_start(w->thread, (uint64_t)(uintptr_t)worker_main, top - 8,
                         (uint64_t)(uintptr_t)w, NULL));
}

struct worker *worker_run(int priority, worker_fn run)
{
    struct worker *w = worker_new(kit_task, priority);

    worker_start(w, run);
    return w;
}

void worker_join(struct worker *w)
{
    while (!w->joined) {
        l4_words_t words;
        uint64_t label;
        l4_tag_t tag = l4_wait(&words, &label, L4_TIME_NEVER);

        CHECK_EQ(tag, L4_TAG(KIT_PROTO, 0, 0, 0));
        if (tag != L4_TAG(KIT_PROTO, 0, 0, 0))
            return;
        ((struct worker *)(uintptr_t)label)->joined = true;
    }
}

#define ANNOUNCE L4_TAG(KIT_PROTO, 7, 0, 0)

void worker_announce(struct worker *w)
{
    const l4_words_t none = {{0}};

    (void)!l4_send(w->done, ANNOUNCE, &none, L4_TIME_NEVER);
}

void worker_announced(const struct worker *w)
{
    l4_words_t words;
    uint64_t label = 0;

    CHECK_EQ(l4_wait(&words, &label, L4_TIME_NEVER), ANNOUNCE);
    CHECK_EQ(label, (uintptr_t)w);
}

void kit_rest(l4_time_t time)
{
    l4_words_t words;

    CHECK_EQ(l4_wait(&words, NULL, time), l4_tag_error(L4_ETIMEDOUT));
}

void worker_free(struct worker *w)
{
    kit_drop(w->thread.cap);
    kit_drop(w->sched.cap);
    kit_drop(w->gate.cap);
    kit_drop(w->cap);
    workers_used[w->number] = false;
}

l4_thread_state_t worker_state(const struct worker *w)
{
    l4_thread_info_t info = {.state = L4_THREAD_STATE_STOPPED};

    MUST(l4_thread_info(w->thread, &info, NULL));
    return info.state;
}

l4_tag_t kit_ipc(l4_tag_t tag, uint64_t cap, l4_words_t *w, uint64_t *label)
{
    register uint64_t w2 __asm__("r8") = w->w[2];
    register uint64_t w3 __asm__("r9") = w->w[3];
    register uint64_t w4 __asm__("r10") = w->w[4];

    __asm__ volatile("syscall"
                     : "+a"(tag), "+D"(cap), "+S"(w->w[0]), "+d"(w->w[1]),
                       "+r"(w2), "+r"(w3), "+r"(w4)
                     :
                     : "rcx", "r11", "cc", "memory");
    w->w[2] = w2;
    w->w[3] = w3;
    w->w[4] = w4;
    if (label)
        *label = cap;
    return tag;
}

void kit_words(const l4_words_t *w, uint64_t *to, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        to[i] = i < L4_MSG_REGS ? w->w[i] : l4_utcb()->mr[i];
}

l4_tag_t kit_call(l4_cap_t cap, l4_tag_t tag)
{
    l4_words_t w = {{0}};

    return l4_call(cap, tag, &w, L4_TIME_NEVER);
}

void worker_call(struct worker *w)
{
    w->err = l4_tag_err(kit_call((l4_cap_t)w->in, WORKER_CALL));
    w->out = 1;
}

void worker_take(struct worker *w)
{
    l4_words_t words;

    w->in = l4_wait(&words, NULL, L4_TIME_NEVER);
    w->out = words.w[0];
}

void worker_pass_on(struct worker *w)
{
    l4_words_t words;
    l4_tag_t tag = l4_wait(&words, NULL, L4_TIME_NEVER);

    for (;;) {
        tag = L4_TAG(l4_tag_proto(tag), l4_tag_op(tag), 0, 0);
        w->err = l4_tag_err(kit_call((l4_cap_t)w->in, tag));
        w->out++;
        tag = l4_reply_wait(tag | L4_TAG_REPLY, &words, NULL, L4_TIME_NEVER);
    }
}

/* --- the probe */

#define PROBE_FAULT 0x50524f4245ull /* the label of its exceptions */
#define PROBE_TAG L4_TAG(KIT_PROTO, 1, 3, 0)
#define PROBE_DONE L4_TAG(KIT_PROTO, 2, 2, 0)
#define PROBE_SLOT (KIT_SPACE_FREE - 7)

/* Both instructions are 3 bytes long; whoever handles their exception skips
 * them. */
#define ACCESS_SIZE 3u

static uint64_t probe_access(uint64_t address, uint64_t access, uint64_t value)
{
    switch (access) {
    case PROBE_READ:
        __asm__ volatile("mov (%%rdi), %%rax"
                         : "=a"(value)
                         : "D"(address)
                         : "memory");
        return value;
    case PROBE_WRITE:
        __asm__ volatile("mov %%rax, (%%rdi)"
                         :
                         : "a"(value), "D"(address)
                         : "memory");
        return value;
    default:
        __asm__ volatile("sub $128, %%rsp; call *%%rdi; add $128, %%rsp"
                         :
                         : "D"(address)
                         : "memory", "rax", "rcx", "cc");
        return 0;
    }
}

static void probe_run(struct worker *w)
{
    for (;;) {
        l4_words_t words;
        l4_tag_t tag = l4_wait(&words, NULL, L4_TIME_NEVER);

        if (tag != PROBE_TAG)
            return;
        words.w[1] = probe_access(words.w[0], words.w[1], words.w[2]);
        (void)!l4_send(w->done, PROBE_DONE, &words, L4_TIME_NEVER);
    }
}

void probe_start(struct probe *p, l4_task_t task)
{
    l4_cap_t slot;

    memset(p, 0, sizeof(*p));
    kit_image_share(task);
    p->worker = worker_new(task, KIT_HIGH);
    p->faults = kit_gate(kit_main, PROBE_FAULT);
    slot = p->faults.cap;
    if (task.cap != kit_task.cap) {
        slot = PROBE_SLOT;
        MUST(kit_give(task, p->faults.cap, slot, L4_RIGHTS_ALL));
    }
    worker_start(p->worker, probe_run);
    MUST(l4_thread_set_handlers(p->worker->thread, 0, slot, NULL));
}

void probe_end(struct probe *p)
{
    worker_free(p->worker);
    kit_drop(p->faults.cap);
}

/* Lets the probe go on behind the access that failed. */
static void probe_skip(struct probe *p, const l4_words_t *w)
{
    l4_utcb_t *utcb = l4_utcb();
    uint64_t words[L4_MSG_WORDS];
    l4_words_t answer;
    l4_regs_t regs;

    kit_words(w, words, 23);
    memcpy(&regs, words + 2, sizeof(regs));
    p->address = words[1];
    p->vector = words[22];
    if (regs.rip == regs.rdi) { /* the call: return from it */
        regs.rip = *(const uint64_t *)(uintptr_t)regs.rsp;
        regs.rsp += 8;
    } else {
        regs.rip += ACCESS_SIZE;
    }
    memcpy(words, &regs, sizeof(regs));
    memcpy(answer.w, words, sizeof(answer.w));
    memcpy(utcb->mr + L4_MSG_REGS, words + L4_MSG_REGS,
           (20 - L4_MSG_REGS) * sizeof(words[0]));
    MUST(l4_reply(L4_TAG(L4_EXCEPTION_HANDLER_PROTO, 1, 20, 0) | L4_TAG_REPLY,
                  &answer));
}

bool probe(struct probe *p, uint64_t address, enum probe_access access)
{
    l4_words_t words = {{address, access, p->value}};
    bool worked = true;
    uint64_t label;

    p->vector = 0;
    p->address = 0;
    MUST(l4_send(p->worker->gate.cap, PROBE_TAG, &words, L4_TIME_NEVER));
    l4_tag_t tag = l4_wait(&words, &label, L4_TIME_NEVER);
    while (label == PROBE_FAULT && (tag & L4_TAG_KERNEL)) {
        worked = false;
        probe_skip(p, &words);
        tag = l4_wait(&words, &label, L4_TIME_NEVER);
    }
    CHECK_EQ(tag, PROBE_DONE);
    if (worked && access == PROBE_READ)
        p->value = words.w[1];
    return worked;
}
