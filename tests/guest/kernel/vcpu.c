/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual CPUs: what enters the host, and what resume makes of the page. */
#include <l4/vcpu.h>

#include "kit.h"

/* Where things are. */
#define PAGE ((l4_vcpu_t *)0x50000000)
#define GUEST_CODE ((uint64_t)0x400000000)
#define GUEST_DATA ((uint64_t)0x400010000)
#define NOWHERE ((uint64_t)0x400020000)

#define CODE(label) (GUEST_CODE + (uint64_t)((label)-guest_code))

/* Code of the guest, in a page of its own. */
extern const char guest_code[], guest_regs[], guest_fault[], guest_ud2[],
    guest_loop[], guest_wild[], guest_fpu[];
__asm__(".text\n"
        ".balign 4096\n"
        "guest_code:\n"
        "    syscall\n"
        "guest_regs:\n" /* every register, and the flags */
        "    mov $1, %r15d; mov $2, %r14d; mov $3, %r13d; mov $4, %r12d\n"
        "    mov $5, %ebp; mov $6, %ebx; mov $7, %r10d; mov $8, %r9d\n"
        "    mov $9, %r8d; mov $10, %eax; mov $11, %edx; mov $12, %esi\n"
        "    mov $13, %edi; stc\n"
        "    syscall\n"
        "    setc %al; movzbl %al, %eax; syscall\n"
        "guest_fault:\n"
        "    mov $0x400010008, %rbx; movq $77, (%rbx); mov (%rbx), %rax\n"
        "    syscall\n"
        "guest_ud2:\n"
        "    ud2; syscall\n"
        "guest_loop:\n"
        "1:  inc %r15; jmp 1b\n"
        "guest_wild:\n" /* everything a kernel might take for its own */
        "    mov %rbx, %rax; syscall; syscall; syscall\n"
        "guest_fpu:\n"
        "    mov $0x55, %eax; movq %rax, %xmm3; syscall\n"
        "    movq %xmm3, %rax; syscall\n"
        "    .balign 4096\n");

static _Alignas(4096) uint64_t guest_data[512];

/* The host: entered with the page in rdi, it makes the events a queue of
 * steps. Each test is such a step function; it returns true to resume. */
static bool (*step)(l4_vcpu_t *p);
static struct worker *worker;

static void resume(void)
{
    l4_words_t w = {{0}};
    l4_tag_t tag = l4_ipc(L4_PHASE_RESUME, L4_CAP_NONE, &w, NULL);

    worker->err = l4_tag_err(tag); /* reached only if there is no vCPU */
}

void host_c(l4_vcpu_t *p);
void host_entry(void);
__asm__(".text\nhost_entry: cld; and $-16, %rsp; call host_c; ud2\n");

void host_c(l4_vcpu_t *p)
{
    if (step(p)) {
        resume();
    }
    /* Over: waits to be destroyed; main is told. */
    l4_words_t w = {{0}};
    (void)l4_call(worker->done, L4_TAG(KIT_PROTO, 2, 0, 0), &w, L4_TIME_NEVER);
    for (;;) {
    }
}

static _Alignas(16) char stack[16384];
static l4_task_t guest;

static void queue_map(l4_vcpu_t *p, uint64_t to, const void *from,
                      unsigned rights)
{
    p->mapq[p->mapq_n++] =
        (l4_vcpu_map_t){.address = to,
                        .order = L4_PAGE_ORDER,
                        .rights = (uint8_t)rights,
                        .op = L4_VCPU_MAP,
                        .host_address = (uint64_t)(uintptr_t)from};
}

/* In the worker: sets the page up and goes to the guest. */
static void host_main(struct worker *w)
{
    l4_vcpu_t *p = PAGE;

    worker = w;
    p->entry_ip = (uint64_t)(uintptr_t)host_entry;
    p->entry_sp = (uint64_t)(uintptr_t)(stack + sizeof(stack));
    p->user_task = guest.cap;
    p->saved_state = L4_VCPU_USER | L4_VCPU_IRQ;
    p->regs.ip = w->in;
    (void)*(const volatile char *)guest_code;
    queue_map(p, GUEST_CODE, guest_code, L4_MEM_R | L4_MEM_X);
    resume();
}

/* Runs a vCPU from `ip` of the guest; `s` sees what enters the host. Ends
 * when that returns false. */
static void run(uint64_t ip, bool (*s)(l4_vcpu_t *p))
{
    l4_words_t w;
    uint64_t label;

    step = s;
    guest.cap = kit_slot();
    MUST(l4_factory_create_task(kit_factory, 4, &guest, KIT_INTO(guest.cap)));
    worker = worker_new(kit_task, KIT_HIGH);
    MUST(l4_thread_make_vcpu(worker->thread, (uint64_t)(uintptr_t)PAGE, NULL));
    worker->in = ip;
    worker_start(worker, host_main);
    CHECK_EQ(l4_wait(&w, &label, L4_TIME_NEVER), L4_TAG(KIT_PROTO, 2, 0, 0));
    worker_free(worker);
    kit_drop(guest.cap);
}

static unsigned count;

static bool see_registers(l4_vcpu_t *p)
{
    const uint64_t r[] = {p->regs.r15, p->regs.r14, p->regs.r13, p->regs.r12,
                          p->regs.bp,  p->regs.bx,  p->regs.r10, p->regs.r9,
                          p->regs.r8,  p->regs.ax,  p->regs.dx,  p->regs.si,
                          p->regs.di};

    CHECK_EQ(p->reason, L4_VCPU_REASON_SYSCALL);
    CHECK_EQ(p->saved_state, L4_VCPU_USER | L4_VCPU_IRQ);
    CHECK_EQ(p->state, 0);
    if (count++ == 0) {
        for (unsigned i = 0; i < KIT_COUNT(r); i++) {
            CHECK_EQ(r[i], i + 1);
        }
        CHECK_EQ(p->regs.orig_ax, 10);
        CHECK_EQ(p->regs.flags & 1, 1);
        CHECK_EQ(p->regs.cx, p->regs.ip);
        CHECK_EQ(p->regs.r11, p->regs.flags);
        return true;
    }
    CHECK_EQ(p->regs.ax, 1); /* the carry flag came back */
    return false;
}

static void registers(void)
{
    count = 0;
    run(CODE(guest_regs), see_registers);
    CHECK_EQ(count, 2);
}

/* Another guest register state than the one that left: by iret. */
static bool jump_about(l4_vcpu_t *p)
{
    CHECK_EQ(p->reason, L4_VCPU_REASON_SYSCALL);
    if (count++ < 5) {
        p->regs.ip = CODE(guest_code);
        p->regs.cx = 0x1234;
        p->regs.ax = count;
        p->regs.sp = count * 16;
        return true;
    }
    CHECK_EQ(p->regs.ax, 5);
    CHECK_EQ(p->regs.sp, 80);
    return false;
}

static void set_registers(void)
{
    count = 0;
    run(CODE(guest_code), jump_about);
}

static bool serve_fault(l4_vcpu_t *p)
{
    switch (count++) {
    case 0:
        CHECK_EQ(p->reason, L4_VCPU_REASON_PF);
        CHECK_EQ(p->trapno, 14);
        CHECK_EQ(p->address, GUEST_DATA + 8);
        CHECK_EQ(p->error, 6); /* user, write, not present */
        guest_data[0] = 1;     /* so that the host has the page */
        queue_map(p, GUEST_DATA, guest_data, L4_MEM_R);
        return true;
    case 1:
        CHECK_EQ(p->reason, L4_VCPU_REASON_PF);
        CHECK_EQ(p->error, 7); /* present now */
        CHECK_EQ(p->mapq_n, 0);
        p->mapq[0] = (l4_vcpu_map_t){.address = GUEST_DATA,
                                     .order = L4_PAGE_ORDER,
                                     .rights = L4_RIGHTS_ALL,
                                     .op = L4_VCPU_UNMAP};
        p->mapq_n = 1;
        queue_map(p, GUEST_DATA, guest_data, L4_MEM_R | L4_MEM_W);
        return true;
    default:
        CHECK_EQ(p->reason, L4_VCPU_REASON_SYSCALL);
        CHECK_EQ(p->regs.ax, 77);
        CHECK_EQ(guest_data[1], 77);
        return false;
    }
}

static void faults(void)
{
    count = 0;
    guest_data[1] = 0;
    run(CODE(guest_fault), serve_fault);
    CHECK_EQ(count, 3);
}

/* A mapping takes the place of another one, and of itself with less rights. */
static bool replace_page(l4_vcpu_t *p)
{
    static _Alignas(4096) uint64_t other[512];

    switch (count++) {
    case 0:
        CHECK_EQ(p->reason, L4_VCPU_REASON_PF);
        other[0] = 1;
        queue_map(p, GUEST_DATA, other, L4_MEM_R);
        return true;
    case 1:
        CHECK_EQ(p->error, 7);
        guest_data[0] = 1;
        queue_map(p, GUEST_DATA, guest_data, L4_MEM_R);
        return true;
    case 2:
        CHECK_EQ(p->error, 7);
        queue_map(p, GUEST_DATA, guest_data, L4_MEM_R | L4_MEM_W);
        return true;
    default:
        CHECK_EQ(p->reason, L4_VCPU_REASON_SYSCALL);
        CHECK_EQ(p->regs.ax, 77);
        CHECK_EQ(guest_data[1], 77);
        CHECK_EQ(other[1], 0);
        return false;
    }
}

static void replacing(void)
{
    count = 0;
    guest_data[1] = 0;
    run(CODE(guest_fault), replace_page);
    CHECK_EQ(count, 4);
}

static bool see_exception(l4_vcpu_t *p)
{
    if (count++ == 0) {
        CHECK_EQ(p->reason, L4_VCPU_REASON_EXC);
        CHECK_EQ(p->trapno, 6);
        p->regs.ip += 2;
        return true;
    }
    CHECK_EQ(p->reason, L4_VCPU_REASON_SYSCALL);
    return false;
}

static void exceptions(void)
{
    count = 0;
    run(CODE(guest_ud2), see_exception);
    CHECK_EQ(count, 2);
}

/* The guest's system calls never reach the kernel's own, whatever they hold. */
static bool try_numbers(l4_vcpu_t *p)
{
    static const uint64_t numbers[] = {0,       0x60000, 0x70000, 0x30000,
                                       0x50000, ~0ull,   0x20000, 1ull << 31};

    CHECK_EQ(p->reason, L4_VCPU_REASON_SYSCALL);
    CHECK_EQ(p->regs.orig_ax, p->regs.bx);
    if (count == KIT_COUNT(numbers)) {
        return false;
    }
    p->regs.bx = numbers[count++];
    p->regs.di = 1;
    p->regs.ip = CODE(guest_wild);
    return true;
}

static void numbers(void)
{
    count = 0;
    run(CODE(guest_wild), try_numbers);
}

static bool stop_loop(l4_vcpu_t *p)
{
    if (count++ == 0) {
        CHECK_EQ(p->reason, L4_VCPU_REASON_SYSCALL);
        p->regs.ip = CODE(guest_loop);
        p->deadline = 1; /* long past */
        return true;
    }
    CHECK_EQ(p->reason, L4_VCPU_REASON_IRQ);
    CHECK_EQ(p->virq_pending[0], 1ull << L4_VCPU_VIRQ_TIMER);
    CHECK_EQ(p->sticky, L4_VCPU_PENDING);
    return false;
}

static void timer(void)
{
    count = 0;
    run(CODE(guest_code), stop_loop);
    CHECK_EQ(count, 2);
}

/* A signal raised by the host itself while it masks, then does not mask
 * interrupts; and halt, which does not sleep over one. */
static l4_signal_t signal;

static bool signals_in_host(l4_vcpu_t *p)
{
    l4_words_t w = {{0}};

    if (count++ > 0) {
        CHECK_EQ(p->reason, L4_VCPU_REASON_IRQ);
        CHECK_EQ(p->saved_state, L4_VCPU_IRQ); /* the host itself */
        CHECK_EQ(p->virq_pending[1], 1ull << 6);
        CHECK_EQ(p->regs.bx, 0x4711); /* the guest's stay where they are */
        CHECK(p->host_regs.ip != 0);
        CHECK(p->host_regs.sp > (uint64_t)(uintptr_t)stack);
        CHECK(p->host_regs.sp < p->entry_sp);
        return false;
    }
    p->regs.bx = 0x4711;
    MUST(l4_signal_bind(signal, worker->thread, 70, NULL));
    MUST(l4_signal_ack(signal, NULL));
    MUST(l4_signal_raise(signal, NULL));
    CHECK_EQ(p->virq_pending[1], 1ull << 6);
    CHECK_EQ(l4_ipc(L4_PHASE_HALT, L4_CAP_NONE, &w, NULL), L4_TAG_NONE);
    p->virq_pending[1] = 0;
    p->sticky = 0;
    p->state = L4_VCPU_IRQ;
    MUST(l4_signal_raise(signal, NULL));
    kit_failed(__FILE__, __LINE__, "the interrupt was not taken", 0, 1);
    return false;
}

static void signals(void)
{
    count = 0;
    signal = kit_signal();
    run(CODE(guest_code), signals_in_host);
    CHECK_EQ(count, 2);
    kit_drop(signal.cap);
}

/* Halt sleeps until a signal comes; main sends it. */
static bool halt(l4_vcpu_t *p)
{
    l4_words_t w = {{0}};

    (void)p;
    worker->out = 1;
    CHECK_EQ(l4_ipc(L4_PHASE_HALT, L4_CAP_NONE, &w, NULL), L4_TAG_NONE);
    CHECK_EQ(PAGE->virq_pending[0], 1ull << 9);
    return false;
}

static void raiser(struct worker *w)
{
    /* Runs when the vCPU above it halts. */
    CHECK_EQ(worker->out, 1);
    CHECK_EQ(worker_state(worker), L4_THREAD_STATE_HALTED);
    w->err = l4_signal_bind(signal, worker->thread, 9, NULL);
    w->err |= l4_signal_ack(signal, NULL);
    w->err |= l4_signal_raise(signal, NULL);
}

static void halting(void)
{
    signal = kit_signal();
    struct worker *low = worker_run(KIT_LOW, raiser);
    run(CODE(guest_code), halt);
    worker_join(low);
    CHECK_EQ(low->err, 0);
    worker_free(low);
    kit_drop(signal.cap);
}

/* Vector state belongs to guest and host alike. */
static bool see_vectors(l4_vcpu_t *p)
{
    uint64_t xmm3;

    if (count++ == 0) {
        __asm__ volatile("movq %%xmm3, %0" : "=r"(xmm3));
        CHECK_EQ(xmm3, 0x55);
        return true;
    }
    CHECK_EQ(p->regs.ax, 0x55);
    return false;
}

static void vectors(void)
{
    count = 0;
    run(CODE(guest_fpu), see_vectors);
    CHECK_EQ(count, 2);
}

/* A queue so long that resume is preempted again and again: it goes on where
 * it was, and the host does not notice. */
#define BIG_ORDER 21
#define BIG_COUNT 48
#define BIG_GUEST ((uint64_t)0x500000000)

static _Alignas(1 << BIG_ORDER) uint8_t big[1 << BIG_ORDER];

static bool map_big(l4_vcpu_t *p)
{
    CHECK_EQ(p->reason, L4_VCPU_REASON_SYSCALL);
    CHECK_EQ(p->mapq_n, 0);
    if (count++ > 0) {
        return false;
    }
    for (unsigned i = 0; i < BIG_COUNT; i++) {
        queue_map(p, BIG_GUEST + ((uint64_t)i << BIG_ORDER), big, L4_MEM_R);
        p->mapq[i].order = BIG_ORDER;
    }
    p->regs.ip = CODE(guest_code);
    return true;
}

static volatile bool stop;

/* Wakes often, above the vCPU. */
static void waker(struct worker *w)
{
    while (!stop) {
        l4_words_t words;
        (void)l4_wait(&words, NULL, 100000);
        w->out++;
    }
}

static void preempted(void)
{
    struct worker *w = worker_run(KIT_HIGH + 10, waker);

    for (size_t i = 0; i < sizeof(big); i += L4_PAGE_SIZE) {
        big[i] = 1;
    }
    count = 0;
    run(CODE(guest_code), map_big);
    CHECK_EQ(count, 2);
    CHECK(w->out > 1);
    stop = true;
    worker_join(w);
    worker_free(w);
}

/* A page full of nonsense hurts its owner alone: each step spoils something
 * and expects to be told, or to be able to go on. */
static bool nonsense(l4_vcpu_t *p)
{
    switch (count++) {
    case 0: p->regs.ip = 1ull << 63; return true;
    case 1:
        CHECK_EQ(p->reason, L4_VCPU_REASON_EXC);
        CHECK_EQ(p->trapno, 13);
        p->regs.ip = L4_USER_END;
        return true;
    case 2:
        CHECK_EQ(p->reason, L4_VCPU_REASON_EXC);
        p->regs.ip = CODE(guest_code);
        p->user_task = 0xffffffffffull;
        return true;
    case 3:
        CHECK_EQ(p->reason, L4_VCPU_REASON_BAD);
        CHECK_EQ(p->error, (uint64_t)-L4_ENOCAP);
        p->user_task = kit_main.cap; /* not a task */
        return true;
    case 4:
        CHECK_EQ(p->reason, L4_VCPU_REASON_BAD);
        p->user_task = guest.cap;
        p->mapq_n = 0xffffffff;
        return true;
    case 5:
        CHECK_EQ(p->reason, L4_VCPU_REASON_MAP);
        p->mapq_n = 0;
        queue_map(p, NOWHERE, (void *)0x123, 7);
        return true;
    case 6:
        CHECK_EQ(p->reason, L4_VCPU_REASON_MAP);
        CHECK_EQ(p->map_done, 0);
        p->mapq_n = 0;
        queue_map(p, NOWHERE, PAGE, 7); /* not to be passed on */
        return true;
    case 7:
        CHECK_EQ(p->reason, L4_VCPU_REASON_MAP);
        p->mapq_n = 0;
        memset(&p->regs, 0xff, sizeof(p->regs));
        p->regs.ip = CODE(guest_code);
        p->saved_state = 0xffffffff & ~L4_VCPU_IRQ;
        p->features = ~0ull;
        p->map_done = 0xffffffff;
        return true;
    case 8:
        /* It ran, single-stepped by the trap flag. */
        CHECK(p->reason == L4_VCPU_REASON_SYSCALL ||
              p->reason == L4_VCPU_REASON_EXC);
        CHECK_EQ(p->regs.cs & 3, 3);
        CHECK_EQ(p->regs.flags & 0x3000, 0); /* no I/O privilege */
        return false;
    default: return false;
    }
}

static void garbage(void)
{
    count = 0;
    run(CODE(guest_code), nonsense);
    CHECK_EQ(count, 9);
}

/* Without a state page there is nothing to resume. */
static void no_vcpu(void)
{
    l4_words_t w = {{0}};

    CHECK_EQ(l4_tag_err(l4_ipc(L4_PHASE_RESUME, L4_CAP_NONE, &w, NULL)),
             L4_EINVAL);
    l4_utcb()->wait_timeout = 1000;
    CHECK_EQ(l4_ipc(L4_PHASE_HALT | L4_TAG_WAIT_TIMEOUT, L4_CAP_NONE, &w, NULL),
             l4_tag_error(L4_ETIMEDOUT));
    l4_utcb()->wait_timeout = L4_TIME_POLL;
    CHECK_EQ(l4_ipc(L4_PHASE_HALT | L4_TAG_WAIT_TIMEOUT, L4_CAP_NONE, &w, NULL),
             l4_tag_error(L4_ETIMEDOUT));
    MUST(l4_thread_cancel(kit_main, NULL));
    CHECK_EQ(l4_ipc(L4_PHASE_HALT, L4_CAP_NONE, &w, NULL),
             l4_tag_error(L4_ECANCELED));
    CHECK_EQ(l4_thread_make_vcpu(kit_main, 0x50000001, NULL), L4_EINVAL);
    CHECK_EQ(l4_thread_make_vcpu(kit_main, L4_USER_END, NULL), L4_EINVAL);
}

/* What is pending as a message would never become an interrupt. */
static void not_while_pending(void)
{
    l4_signal_t early = kit_signal();
    l4_words_t w;
    uint64_t label;

    MUST(l4_signal_bind(early, kit_main, 7, NULL));
    MUST(l4_signal_ack(early, NULL));
    MUST(l4_signal_raise(early, NULL));
    CHECK_EQ(l4_thread_make_vcpu(kit_main, 0x50000000, NULL), L4_EBUSY);
    CHECK_EQ(l4_wait(&w, &label, L4_TIME_NEVER) & L4_TAG_KERNEL, L4_TAG_KERNEL);
    CHECK_EQ(label, 7);
    CHECK_EQ(w.w[0], 1);
    kit_drop(early.cap);
}

/* The guest's task dies under it: the host is told. */
static bool lose_guest(l4_vcpu_t *p)
{
    if (count++ == 0) {
        kit_drop(guest.cap);
        return true;
    }
    CHECK_EQ(p->reason, L4_VCPU_REASON_BAD);
    CHECK_EQ(p->error, (uint64_t)-L4_ENOCAP);
    guest.cap = kit_slot(); /* for run() to drop */
    return false;
}

static void guest_dies(void)
{
    count = 0;
    run(CODE(guest_code), lose_guest);
    CHECK_EQ(count, 2);
}

static void gives_back(void)
{
    l4_factory_info_t before;
    l4_factory_info_t after;

    count = 0;
    run(CODE(guest_fault), serve_fault);
    MUST(l4_factory_info(kit_factory, &before, NULL));
    for (unsigned i = 0; i < 20; i++) {
        count = 0;
        run(CODE(guest_fault), serve_fault);
    }
    MUST(l4_factory_info(kit_factory, &after, NULL));
    CHECK_EQ(after.objects, before.objects);
    CHECK_EQ(after.used, before.used);
}

static const struct kit_test tests[] = {
    KIT_TEST(registers),  KIT_TEST(set_registers),     KIT_TEST(faults),
    KIT_TEST(replacing),  KIT_TEST(exceptions),        KIT_TEST(numbers),
    KIT_TEST(timer),      KIT_TEST(signals),           KIT_TEST(halting),
    KIT_TEST(vectors),    KIT_TEST(preempted),         KIT_TEST(garbage),
    KIT_TEST(no_vcpu),    KIT_TEST(not_while_pending), KIT_TEST(guest_dies),
    KIT_TEST(gives_back),
};

int main(void)
{
    return kit_run("vcpu", tests, KIT_COUNT(tests));
}
