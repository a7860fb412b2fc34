/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel's operations cost, in instructions (measure.h). If a loop of
 * known length does not take its length, there is no result.
 *
 * A round trip is a call by the raw stub with its words in place, and a server
 * that answers and waits again: all instructions of client, kernel and server.
 */
#include "kit.h"
#include "measure.h"

#include <l4/log.h>
#include <l4/vcpu.h>

#define TAG(words, items) L4_TAG(KIT_PROTO, 3, words, items)

#define THERE ((uint64_t)0x60000000)
#define PAGER 40 /* slot of the faulting task */

static uint64_t samples[MEASURE_SAMPLES];
static uint64_t overhead; /* of measuring nothing */

static void report(const char *name)
{
    l4_print("{\"name\":\"%s\",\"value\":%lu,\"unit\":\"instructions\"}\n",
             name, measure_median(samples) - overhead);
}

/* Whether a tick is an instruction; and what the measuring itself costs. */
static bool calibrate(void)
{
    uint64_t took = measure_loop();

    l4_print("calibration: %lu instructions took %lu ticks\n", MEASURE_LOOP,
             took);
    if (!measure_is_counted(took)) {
        l4_log(L4_LOG_ERROR, MEASURE_NOT_COUNTED);
        return false;
    }
    MEASURE(samples, );
    overhead = measure_median(samples);
    return true;
}

/* --- IPC */

/* Answers each call with as many words as it had. */
static void echo(struct worker *w)
{
    l4_words_t words = {{0}};
    l4_tag_t tag = l4_ipc(L4_PHASE_WAIT, L4_CAP_NONE, &words, NULL);

    (void)w;
    for (;;)
        tag = l4_ipc(tag | L4_PHASE_REPLY_WAIT, L4_CAP_NONE, &words, NULL);
}

static void bench_call(const char *name, l4_cap_t cap, unsigned count)
{
    l4_words_t words = {{0}};
    l4_tag_t tag = TAG(count, 0) | L4_PHASE_CALL;
    l4_tag_t answer = 0;

    MEASURE(samples, answer = l4_ipc(tag, cap, &words, NULL))
    CHECK_EQ(answer, TAG(count, 0));
    report(name);
}

static void inter(void)
{
    l4_task_t task = kit_space(kit_factory);
    struct worker *server = worker_new(task, KIT_HIGH);

    worker_start(server, echo);
    bench_call("ipc.inter.0w", server->gate.cap, 0);
    bench_call("ipc.inter.4w", server->gate.cap, 4);
    bench_call("ipc.inter.8w", server->gate.cap, 8);
    bench_call("ipc.inter.16w", server->gate.cap, 16);
    bench_call("ipc.inter.60w", server->gate.cap, 60);
    worker_free(server);
    kit_drop(task.cap);
}

static void intra(void)
{
    struct worker *server = worker_run(KIT_HIGH, echo);

    bench_call("ipc.intra.0w", server->gate.cap, 0);
    worker_free(server);
}

/* --- operations of kernel objects */

/* An operation without arguments: lookup, rights, decoding, answer. */
static void null(void)
{
    l4_tag_t tag = L4_TAG(L4_TASK_PROTO, L4_TASK_OP_TABLE_SIZE, 0, 0);
    l4_words_t words = {{0}};
    l4_tag_t answer = 0;

    MEASURE(samples,
            answer = l4_ipc(tag | L4_PHASE_CALL, kit_task.cap, &words, NULL))
    CHECK_EQ(answer, L4_TASK_TABLE_SIZE_OUT_TAG);
    report("kernel.null");
}

static _Alignas(4096) volatile uint64_t frame[512];

/* The words of task.map and task.unmap for one page. */
static l4_words_t map_words(void)
{
    l4_fpage_t page =
        l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, 7);

    return (l4_words_t){{1, page, THERE}};
}

static l4_words_t unmap_words(uint64_t address, bool self)
{
    return (l4_words_t){
        {1 | (uint64_t)self << 32, l4_fpage_mem(address, L4_PAGE_ORDER, 7)}};
}

#define MAP_TAG (L4_TAG(L4_TASK_PROTO, L4_TASK_OP_MAP, 3, 0) | L4_PHASE_CALL)
#define UNMAP_TAG \
    (L4_TAG(L4_TASK_PROTO, L4_TASK_OP_UNMAP, 2, 0) | L4_PHASE_CALL)

/* One page into another space and out of it again: two calls. */
static void map_unmap(void)
{
    l4_task_t task = kit_space(kit_factory);
    l4_words_t mapped = {{0}};
    l4_words_t unmapped = {{0}};

    frame[0] = 1;
    MEASURE(samples, {
        mapped = map_words();
        (void)l4_ipc(MAP_TAG, task.cap, &mapped, NULL);
        unmapped = unmap_words(THERE, true);
        (void)l4_ipc(UNMAP_TAG, task.cap, &unmapped, NULL);
    })
    CHECK_EQ(mapped.w[0], 1); /* done: 1, error: 0 */
    CHECK_EQ(unmapped.w[0], 1);
    report("map.unmap");
    kit_drop(task.cap);
}

/* --- faults */

/* A pager with one page. It takes that away from where it was and maps it
 * where it is wanted. */
static void pager(struct worker *w)
{
    l4_words_t words = {{0}};
    l4_utcb_t *utcb = l4_utcb();
    l4_tag_t tag = L4_TAG(L4_PAGER_PROTO, 1, 0, 1) | L4_TAG_REPLY;

    frame[0] = 1;
    (void)l4_ipc(L4_PHASE_WAIT, L4_CAP_NONE, &words, NULL);
    for (;;) {
        uint64_t address = words.w[0] & ~0xfffull;
        words = unmap_words((uint64_t)(uintptr_t)frame, false);
        (void)l4_ipc(UNMAP_TAG, L4_CAP_TASK, &words, NULL);
        utcb->items[0] = l4_item_map(
            l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, 7),
            address);
        w->out++;
        (void)l4_ipc(tag | L4_PHASE_REPLY_WAIT, L4_CAP_NONE, &words, NULL);
    }
}

/* Touches two addresses in turn; each time the page is at the other one. */
static void toucher(struct worker *w)
{
    volatile const char *at = (volatile const char *)THERE;
    uint64_t turn = 0;

    MEASURE(samples, (void)at[turn++ % 2 * L4_PAGE_SIZE])
    w->out = turn;
}

/* The pager is in our space, the other one faults. */
static void fault_map(void)
{
    l4_task_t task = kit_space(kit_factory);
    struct worker *server = worker_run(KIT_HIGH, pager);
    struct worker *client = worker_new(task, KIT_LOW);
    uint64_t before;

    /* Its code and data are there before its faults go to our pager. */
    for (uint64_t page = L4_IMAGE_BASE; page < L4_IMAGE_BASE + 0x100000;
         page += L4_PAGE_SIZE) {
        extern const char l4_image_end[];
        if (page >= (uint64_t)(uintptr_t)l4_image_end)
            break;
        (void)*(const volatile char *)(uintptr_t)page;
        MUST(kit_map(task, l4_fpage_mem(page, L4_PAGE_ORDER, 7), page));
    }
    MUST(kit_give(task, server->gate.cap, PAGER, 7));
    MUST(l4_thread_set_handlers(client->thread, PAGER, L4_CAP_EXCEPTION, NULL));
    before = server->out;
    worker_start(client, toucher);
    worker_join(client);
    CHECK_EQ(client->out, MEASURE_TURNS);
    CHECK_EQ(server->out - before, MEASURE_TURNS);
    report("fault.map");
    worker_free(client);
    worker_free(server);
    kit_drop(task.cap);
}

/* --- signals */

#define SIGNAL_SLOT 40

/* Takes each signal, acknowledging it in the call that waits for the next. */
static void waiter(struct worker *w)
{
    l4_words_t words = {{0}};

    (void)l4_ipc(L4_PHASE_WAIT, L4_CAP_NONE, &words, NULL);
    for (;;) {
        w->out++;
        (void)l4_ipc(L4_PHASE_REPLY_WAIT, SIGNAL_SLOT, &words, NULL);
    }
}

/* From raising to the instruction behind it, with a thread of higher priority
 * in another space woken, run and waiting again in between. */
static void signal_switch(void)
{
    l4_tag_t tag = L4_TAG(L4_SIGNAL_PROTO, L4_SIGNAL_OP_RAISE, 0, 0);
    l4_task_t task = kit_space(kit_factory);
    struct worker *w = worker_new(task, KIT_HIGH);
    l4_signal_t signal = kit_signal();
    l4_words_t words = {{0}};
    l4_tag_t answer = 0;

    MUST(kit_give(task, signal.cap, SIGNAL_SLOT, 7));
    MUST(l4_signal_bind(signal, w->thread, 1, NULL));
    MUST(l4_signal_ack(signal, NULL));
    worker_start(w, waiter);
    MEASURE(samples,
            answer = l4_ipc(tag | L4_PHASE_CALL, signal.cap, &words, NULL))
    CHECK_EQ(answer, tag | L4_TAG_REPLY);
    CHECK_EQ(w->out, MEASURE_TURNS);
    report("signal.switch");
    worker_free(w);
    kit_drop(signal.cap);
    kit_drop(task.cap);
}

/* --- virtual CPU */

#define VCPU_PAGE ((l4_vcpu_t *)0x50000000)
#define GUEST ((uint64_t)0x400000000)

/* What the guest runs: system calls, each between two rdtsc, then something
 * that is none. It keeps each sample where the host sees it. The host resumes
 * it at once, with a look at what it left in r15, which no system call
 * changes. */
extern const char vcpu_guest[];
void vcpu_host(void);
__asm__(".text\n"
        ".balign 4096\n"
        "vcpu_guest:\n"
        "    xor %r15d, %r15d\n"
        "1:  rdtsc; shl $32, %rdx; or %rdx, %rax; mov %rax, %r12\n"
        "    syscall\n"
        "    rdtsc; shl $32, %rdx; or %rdx, %rax; sub %r12, %rax\n"
        "    mov %rax, (%rbx); add $8, %rbx\n"
        "    dec %r14; jnz 1b\n"
        "    inc %r15; syscall\n"
        "    .balign 4096\n"
        "vcpu_host:\n"
        "    test %r15, %r15; jnz vcpu_done\n"
        "    mov $6 << 16, %eax; syscall; ud2\n");
#define VCPU_HOST_LOOK 2 /* instructions of the host that are not resuming */
L4_STATIC_ASSERT(L4_PHASE_RESUME == 6 << 16, "as in vcpu_host");

static l4_task_t vcpu_task;
static struct worker *vcpu_worker;
static _Alignas(16) char vcpu_stack[4096];
static _Alignas(4096) uint64_t vcpu_samples[2 * 512 + 512];

void vcpu_done(void);
void vcpu_done(void)
{
    l4_words_t words = {{0}};

    (void)l4_call(vcpu_worker->done, TAG(0, 0), &words, L4_TIME_NEVER);
    for (;;) {
    }
}

static void vcpu_map(l4_vcpu_t *p, uint64_t to, const void *from,
                     uint8_t rights)
{
    p->mapq[p->mapq_n++] =
        (l4_vcpu_map_t){.address = to,
                        .order = L4_PAGE_ORDER,
                        .rights = rights,
                        .op = L4_VCPU_MAP,
                        .host_address = (uint64_t)(uintptr_t)from};
}

static void vcpu_main(struct worker *w)
{
    l4_vcpu_t *p = VCPU_PAGE;
    l4_words_t words = {{0}};

    vcpu_worker = w;
    p->entry_ip = (uint64_t)(uintptr_t)vcpu_host;
    p->entry_sp = (uint64_t)(uintptr_t)(vcpu_stack + sizeof(vcpu_stack));
    p->user_task = vcpu_task.cap;
    p->saved_state = L4_VCPU_USER | L4_VCPU_IRQ;
    p->regs.ip = GUEST;
    p->regs.bx = GUEST + L4_PAGE_SIZE;
    p->regs.r14 = MEASURE_TURNS;
    (void)*(const volatile char *)vcpu_guest;
    vcpu_map(p, GUEST, vcpu_guest, L4_MEM_R | L4_MEM_X);
    for (unsigned i = 0; i < sizeof(vcpu_samples) / L4_PAGE_SIZE; i++) {
        uint64_t *page = &vcpu_samples[i * L4_PAGE_SIZE / 8];
        *page = 0;
        vcpu_map(p, GUEST + (i + 1) * L4_PAGE_SIZE, page, L4_MEM_R | L4_MEM_W);
    }
    (void)l4_ipc(L4_PHASE_RESUME, L4_CAP_NONE, &words, NULL);
}

/* From the guest's system call to its next instruction. */
static void vcpu_syscall(void)
{
    l4_words_t words;
    uint64_t label;
    struct worker *w = worker_new(kit_task, KIT_HIGH);

    vcpu_task.cap = kit_slot();
    MUST(l4_factory_create_task(kit_factory, 4, &vcpu_task,
                                KIT_INTO(vcpu_task.cap)));
    MUST(l4_thread_make_vcpu(w->thread, (uint64_t)(uintptr_t)VCPU_PAGE, NULL));
    worker_start(w, vcpu_main);
    CHECK_EQ(l4_wait(&words, &label, L4_TIME_NEVER), TAG(0, 0));
    for (unsigned i = 0; i < MEASURE_SAMPLES; i++)
        samples[i] = vcpu_samples[MEASURE_WARM_UP + i] - VCPU_HOST_LOOK;
    CHECK(measure_median(samples) > 0);
    report("vcpu.syscall");
    worker_free(w);
    kit_drop(vcpu_task.cap);
}

int main(void)
{
    static const struct kit_test benches[] = {
        KIT_TEST(inter),        KIT_TEST(intra),     KIT_TEST(null),
        KIT_TEST(fault_map),    KIT_TEST(map_unmap), KIT_TEST(signal_switch),
        KIT_TEST(vcpu_syscall),
    };

    if (!calibrate())
        return 2;
    return kit_run("bench", benches, KIT_COUNT(benches));
}
