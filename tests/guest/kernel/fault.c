/* SPDX-License-Identifier: BSD-2-Clause */
/* Page faults and exceptions: what their handlers are told and can do. */
#include "kit.h"

#define FAULT (L4_TAG(L4_PAGER_PROTO, 1, 3, 0) | L4_TAG_KERNEL)
#define EXCEPTION (L4_TAG(L4_EXCEPTION_HANDLER_PROTO, 1, 23, 0) | L4_TAG_KERNEL)

#define PAGER_LABEL 0x9a
#define HANDLER_LABEL 0xec
#define SIGNAL_LABEL 0x51

/* Slots of the faulting task. */
#define PAGER_SLOT 40
#define HANDLER_SLOT 41

#define THERE ((uint64_t)0x60000000)

#define PAGE_FAULT 14

static _Alignas(4096) volatile uint64_t frame[512];

/* A thread in a task of its own that faults, and what it faults to. */
static l4_task_t space;
static struct worker *victim;
static l4_gate_t pager;
static l4_gate_t handler;
static l4_signal_t exit_signal;

/* Makes the victim run `run` with handlers in these slots. Its image is paged
 * in by root before that. */
static void victim_start(worker_fn run, uint32_t pager_slot,
                         uint32_t handler_slot)
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

static void victim_end(void)
{
    worker_free(victim);
    kit_drop(pager.cap);
    kit_drop(handler.cap);
    kit_drop(exit_signal.cap);
    kit_drop(space.cap);
}

/* Waits for a fault or an exception; its words. */
static void fault_wait(l4_tag_t tag, uint64_t label, uint64_t *words)
{
    l4_words_t w;
    uint64_t got;

    CHECK_EQ(l4_wait(&w, &got, L4_TIME_NEVER), tag);
    CHECK_EQ(got, label);
    kit_words(&w, words, l4_tag_words(tag));
}

/* Answers a page fault with a page, or none. */
static void pager_answer(l4_fpage_t page, uint64_t address)
{
    l4_words_t none = {{0}};

    l4_utcb()->items[0] = l4_item_map(page, address);
    CHECK_EQ(l4_reply(L4_TAG(L4_PAGER_PROTO, 1, 0, 1) | L4_TAG_REPLY, &none),
             0);
}

/* Refuses whatever was asked. */
static void refuse(void)
{
    l4_words_t w = {{(uint32_t)L4_EFAULT}};

    CHECK_EQ(
        l4_reply(L4_TAG(L4_PAGER_PROTO, 1, 1, 0) | L4_TAG_REPLY | L4_TAG_RAISED,
                 &w),
        0);
}

/* Answers an exception with registers. */
static void handler_answer(const l4_regs_t *regs)
{
    l4_words_t w;

    memcpy(w.w, regs, sizeof(w.w));
    memcpy(l4_utcb()->mr + L4_MSG_REGS, (const char *)regs + sizeof(w.w),
           sizeof(*regs) - sizeof(w.w));
    CHECK_EQ(
        l4_reply(L4_TAG(L4_EXCEPTION_HANDLER_PROTO, 1, 20, 0) | L4_TAG_REPLY,
                 &w),
        0);
}

/* The victim has stopped for good, and the signal says so. */
static void expect_stopped(uint32_t vector, uint64_t address)
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

/* --- page faults */

static void read_there(struct worker *w)
{
    w->out = *(volatile uint64_t *)(THERE + 16);
}

static void write_there(struct worker *w)
{
    *(volatile uint64_t *)(THERE + 24) = 7;
    w->out = 1;
}

static void call_there(struct worker *w)
{
    ((void (*)(void))THERE)();
    w->out = 1;
}

static void pager_maps(void)
{
    uint64_t words[3];
    l4_fpage_t page;

    frame[2] = 0x1234;
    frame[3] = 0;
    page = l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, L4_MEM_R);
    victim_start(read_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    CHECK_EQ(words[0], THERE + 16);
    CHECK(words[1] >= L4_IMAGE_BASE && words[1] < L4_IMAGE_BASE + 0x100000);
    CHECK_EQ(words[2], L4_MEM_R);
    CHECK_EQ(worker_state(victim), L4_THREAD_STATE_CALLING);
    pager_answer(page, THERE);
    worker_join(victim);
    CHECK_EQ(victim->out, 0x1234);
    victim_end();
}

static void pager_sees_the_access(void)
{
    uint64_t words[3];

    victim_start(write_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    CHECK_EQ(words[0], THERE + 24);
    CHECK(words[2] & L4_MEM_W);
    victim_end();

    victim_start(call_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    CHECK_EQ(words[0], THERE);
    CHECK_EQ(words[1], THERE);
    CHECK(words[2] & L4_MEM_X);
    victim_end();
}

/* A page that allows too little faults again; nothing at all, likewise. */
static void pager_is_asked_again(void)
{
    uint64_t here = (uint64_t)(uintptr_t)frame;
    uint64_t words[3];

    victim_start(write_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    pager_answer(L4_FPAGE_NONE, 0);
    fault_wait(FAULT, PAGER_LABEL, words);
    pager_answer(l4_fpage_mem(here, L4_PAGE_ORDER, L4_MEM_R), THERE);
    fault_wait(FAULT, PAGER_LABEL, words);
    CHECK(words[2] & L4_MEM_W);
    MUST(kit_unmap(space, l4_fpage_mem(THERE, L4_PAGE_ORDER, 7), true));
    pager_answer(l4_fpage_mem(here, L4_PAGE_ORDER, 7), THERE);
    worker_join(victim);
    CHECK_EQ(victim->out, 1);
    CHECK_EQ(frame[3], 7);
    victim_end();
}

static void pager_refuses(void)
{
    uint64_t words[23];

    victim_start(read_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    refuse();
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    CHECK_EQ(words[1], THERE + 16);
    CHECK_EQ(words[22], PAGE_FAULT);
    refuse();
    expect_stopped(PAGE_FAULT, THERE + 16);
    victim_end();
}

/* Answers with a page, and with `flags`, in the call that waits on. */
static void answer_and_wait(l4_tag_t flags, l4_tag_t next, uint64_t next_label,
                            l4_words_t *words)
{
    l4_fpage_t page =
        l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, L4_MEM_R);
    l4_tag_t tag = L4_TAG(L4_PAGER_PROTO, 1, 0, 1) | L4_TAG_REPLY | flags;
    uint64_t label = 0;

    frame[2] = 1;
    l4_utcb()->items[0] = l4_item_map(page, THERE);
    CHECK_EQ(l4_ipc(tag | L4_PHASE_REPLY_WAIT, L4_CAP_NONE, words, &label),
             next);
    CHECK_EQ(label, next_label);
}

static void pager_waits_on(void)
{
    uint64_t words[23];
    l4_words_t w = {{0}};

    /* The page is there, but not to be written: that is the next fault. */
    victim_start(write_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    answer_and_wait(0, FAULT, PAGER_LABEL, &w);
    CHECK_EQ(w.w[0], THERE + 24);
    CHECK_EQ(w.w[2], L4_MEM_W);
    CHECK_EQ(w.w[3] | w.w[4], 0);
    victim_end();
    /* A page that comes with a refusal is not mapped, though one beside it
     * has seen to all that a mapping there needs. */
    victim_start(read_there, PAGER_SLOT, HANDLER_SLOT);
    MUST(kit_map(
        space,
        l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, L4_MEM_R),
        THERE + L4_PAGE_SIZE));
    fault_wait(FAULT, PAGER_LABEL, words);
    answer_and_wait(L4_TAG_RAISED, EXCEPTION, HANDLER_LABEL, &w);
    victim_end();
}

/* An item that does not arrive is a refusal, not a fault for ever. */
static void pager_fails(void)
{
    uint64_t words[23];

    victim_start(read_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    pager_answer(l4_fpage_mem(0x70000000, L4_PAGE_ORDER, 7), THERE);
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    CHECK_EQ(words[22], PAGE_FAULT);
    victim_end();
}

static void pager_is_absent(void)
{
    uint64_t words[23];

    victim_start(read_there, 0, HANDLER_SLOT);
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    CHECK_EQ(words[1], THERE + 16);
    CHECK_EQ(words[22], PAGE_FAULT);
    victim_end();

    /* Slots that hold no gate are nobody. */
    victim_start(read_there, L4_CAP_TASK, 63);
    expect_stopped(PAGE_FAULT, THERE + 16);
    victim_end();

    victim_start(read_there, 0xffffffff, 0xffffffff);
    expect_stopped(PAGE_FAULT, THERE + 16);
    victim_end();
}

static void pager_dies(void)
{
    struct worker *other = worker_new(kit_task, KIT_HIGH); /* never waits */
    uint64_t words[23];

    victim_start(read_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    /* The gate lives while its answer is awaited; its death changes
     * nothing. */
    kit_drop(pager.cap);
    refuse();
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    victim_end();

    victim_start(read_there, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    pager_answer(L4_FPAGE_NONE, 0);
    /* It queues at us again; another thread takes the gate over. */
    CHECK_EQ(worker_state(victim), L4_THREAD_STATE_SENDING);
    MUST(l4_thread_bind(other->thread, pager, NULL));
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    CHECK_EQ(words[22], PAGE_FAULT);
    victim_end();
    worker_free(other);
}

static void wait_with_windows(struct worker *w)
{
    l4_words_t words;

    (void)l4_wait(&words, NULL, L4_TIME_POLL);
    w->in = 1;
    w->out = *(volatile uint64_t *)(THERE + 16);
}

/* A fault needs no windows and disturbs neither them nor the UTCB. */
static void fault_needs_no_window(void)
{
    uint64_t words[3];

    frame[2] = 99;
    victim_start(wait_with_windows, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(FAULT, PAGER_LABEL, words);
    pager_answer(l4_fpage_mem((uint64_t)(uintptr_t)frame, L4_PAGE_ORDER, 7),
                 THERE);
    worker_join(victim);
    CHECK_EQ(victim->out, 99);
    victim_end();
}

/* --- exceptions */

/* Each raises an exception with its first instruction but one. */
static void do_divide(struct worker *w)
{
    (void)w;
    __asm__ volatile("xor %%ecx, %%ecx; div %%ecx" : : : "rax", "rcx", "rdx");
}

static void do_ud2(struct worker *w)
{
    (void)w;
    __asm__ volatile("ud2");
}

static void do_int3(struct worker *w)
{
    (void)w;
    __asm__ volatile("int3");
}

static void do_int80(struct worker *w)
{
    (void)w;
    __asm__ volatile("int $0x80");
}

static void do_int_page_fault(struct worker *w)
{
    (void)w;
    __asm__ volatile("int $14");
}

static void do_out(struct worker *w)
{
    (void)w;
    __asm__ volatile("out %%al, $0x80" : : "a"(0));
}

static void do_cli(struct worker *w)
{
    (void)w;
    __asm__ volatile("cli");
}

static void do_hlt(struct worker *w)
{
    (void)w;
    __asm__ volatile("hlt");
}

static void do_cr3(struct worker *w)
{
    (void)w;
    __asm__ volatile("mov %%cr3, %%rax" : : : "rax");
}

static void do_msr(struct worker *w)
{
    (void)w;
    __asm__ volatile("rdmsr" : : "c"(0xc0000080) : "rax", "rdx");
}

static void do_sidt(struct worker *w)
{
    uint8_t table[16];

    (void)w;
    __asm__ volatile("sidt %0" : "=m"(table));
}

static void do_not_canonical(struct worker *w)
{
    (void)w;
    __asm__ volatile("mov (%0), %%rax" : : "r"(1ull << 63) : "rax");
}

static void do_trace(struct worker *w)
{
    (void)w;
    __asm__ volatile("sub $128, %%rsp; pushf; orl $0x100, (%%rsp); popf; nop"
                     :
                     :
                     : "memory", "cc");
}

static void do_far_jump(struct worker *w)
{
    static const struct {
        uint64_t offset;
        uint16_t selector;
    } __attribute__((packed)) kernel = {0xffffffff80100000, 8};

    (void)w;
    __asm__ volatile("rex64 ljmp *%0" : : "m"(kernel));
}

static void vectors(void)
{
    static const struct {
        worker_fn run;
        uint64_t vector;
    } all[] = {
        {do_divide, 0},
        {do_trace, 1},
        {do_int3, 3},
        {do_ud2, 6},
        {do_int80, 13},
        {do_out, 13},
        {do_cli, 13},
        {do_hlt, 13},
        {do_cr3, 13},
        {do_msr, 13},
        {do_sidt, 13},
        {do_not_canonical, 13},
        {do_int_page_fault, 13},
        {do_far_jump, 13},
    };
    uint64_t words[23];

    for (unsigned i = 0; i < KIT_COUNT(all); i++) {
        victim_start(all[i].run, PAGER_SLOT, HANDLER_SLOT);
        fault_wait(EXCEPTION, HANDLER_LABEL, words);
        CHECK_EQ(words[22], all[i].vector);
        CHECK(words[2 + 15] >= L4_IMAGE_BASE);
        refuse();
        expect_stopped((uint32_t)all[i].vector, 0);
        victim_end();
    }
}

/* Values that the handler sees, and those it puts in their place. */
#define BEFORE 0x1111000000000000ull
#define AFTER 0x2222000000000000ull

static volatile uint64_t seen[15] __attribute__((used));

static void registers(struct worker *w)
{
    (void)w;
    __asm__ volatile("push %%rbp; push %%rbx; push %%r12; push %%r13\n"
                     "push %%r14; push %%r15\n"
                     "movabs $0x1111000000000000, %%r15\n"
                     "lea 1(%%r15), %%r14; lea 2(%%r15), %%r13\n"
                     "lea 3(%%r15), %%r12; lea 4(%%r15), %%rbp\n"
                     "lea 5(%%r15), %%rbx; lea 6(%%r15), %%r11\n"
                     "lea 7(%%r15), %%r10; lea 8(%%r15), %%r9\n"
                     "lea 9(%%r15), %%r8; lea 10(%%r15), %%rax\n"
                     "lea 11(%%r15), %%rcx; lea 12(%%r15), %%rdx\n"
                     "lea 13(%%r15), %%rsi; lea 14(%%r15), %%rdi\n"
                     "ud2\n"
                     "mov %%r15, seen; mov %%r14, seen+8\n"
                     "mov %%r13, seen+16; mov %%r12, seen+24\n"
                     "mov %%rbp, seen+32; mov %%rbx, seen+40\n"
                     "mov %%r11, seen+48; mov %%r10, seen+56\n"
                     "mov %%r9, seen+64; mov %%r8, seen+72\n"
                     "mov %%rax, seen+80; mov %%rcx, seen+88\n"
                     "mov %%rdx, seen+96; mov %%rsi, seen+104\n"
                     "mov %%rdi, seen+112\n"
                     "pop %%r15; pop %%r14; pop %%r13; pop %%r12\n"
                     "pop %%rbx; pop %%rbp\n"
                     :
                     :
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10",
                       "r11", "memory", "cc");
}

static void handler_changes_registers(void)
{
    uint64_t words[23];
    l4_regs_t regs;

    victim_start(registers, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    for (unsigned i = 0; i < 15; i++) {
        CHECK_EQ(words[2 + i], BEFORE + i);
        words[2 + i] = AFTER + 16 * i;
    }
    CHECK_EQ(words[2 + 19], victim->utcb);
    memcpy(&regs, words + 2, sizeof(regs));
    regs.rip += 2;
    handler_answer(&regs);
    worker_join(victim);
    for (unsigned i = 0; i < 15; i++)
        CHECK_EQ(seen[i], AFTER + 16 * i);
    victim_end();
}

static void flags_after(struct worker *w)
{
    uint64_t flags;

    __asm__ volatile("sub $128, %%rsp; ud2; pushf; pop %0; add $128, %%rsp"
                     : "=r"(flags)
                     :
                     : "memory", "cc");
    w->out = flags;
}

/* A handler cannot give a thread what it could not have itself. */
static void handler_cannot_raise(void)
{
    uint64_t words[23];
    l4_regs_t regs;

    victim_start(flags_after, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    memcpy(&regs, words + 2, sizeof(regs));
    regs.rip += 2;
    regs.rflags = ~0x50700ull; /* all but IF, and TF, DF, RF, AC */
    handler_answer(&regs);
    worker_join(victim);
    CHECK(victim->out & 0x200);          /* interrupts stay on */
    CHECK_EQ(victim->out & 0x3000, 0);   /* no I/O privilege */
    CHECK_EQ(victim->out & 0x1a4000, 0); /* NT, VM, VIF, VIP: none */
    CHECK(victim->out & 0x1);
    victim_end();
}

static void bad_answer(uint64_t rip, uint64_t fs_base, uint64_t gs_base)
{
    uint64_t words[23];
    l4_regs_t regs;

    victim_start(do_ud2, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    memcpy(&regs, words + 2, sizeof(regs));
    regs.rip = rip;
    regs.fs_base = fs_base;
    regs.gs_base = gs_base;
    handler_answer(&regs);
    expect_stopped(6, 0);
    victim_end();
}

static void handler_answers_nonsense(void)
{
    bad_answer(0xffffffff80100000, 0, 0);
    bad_answer(L4_USER_END, 0, 0);
    bad_answer(1ull << 47, 0, 0);
    bad_answer(L4_IMAGE_BASE, 1ull << 63, 0);
    bad_answer(L4_IMAGE_BASE, 0, 1ull << 47);
}

/* An answer of the wrong size stops the thread as a refusal does. */
static void handler_answers_too_little(void)
{
    uint64_t words[23];
    l4_words_t w = {{0}};

    victim_start(do_ud2, PAGER_SLOT, HANDLER_SLOT);
    fault_wait(EXCEPTION, HANDLER_LABEL, words);
    CHECK_EQ(
        l4_reply(L4_TAG(L4_EXCEPTION_HANDLER_PROTO, 1, 19, 0) | L4_TAG_REPLY,
                 &w),
        0);
    expect_stopped(6, 0);
    victim_end();
}

/* Nobody handles it: the thread stops. It can be put right and go on. */
static void nobody_handles(void)
{
    l4_regs_t regs = {0};

    victim_start(flags_after, 0, 0);
    expect_stopped(6, 0);
    MUST(l4_thread_get_regs(victim->thread, &regs, NULL));
    regs.rip += 2;
    MUST(l4_thread_set_regs(victim->thread, &regs, NULL));
    MUST(l4_thread_resume(victim->thread, NULL));
    worker_join(victim);
    CHECK(victim->out & 0x200);
    victim_end();
}

/* --- what a thread may do to itself */

static void hostile_bases(struct worker *w)
{
    uint64_t tag = 0;
    uint64_t cap = 0;

    __asm__ volatile("rdgsbase %%r12; rdfsbase %%r13\n"
                     "wrgsbase %2; wrfsbase %2\n"
                     "syscall\n"
                     "rdgsbase %%r14\n"
                     "wrgsbase %%r12; wrfsbase %%r13\n"
                     "mov %%r14, %%rdx\n"
                     : "+a"(tag), "+D"(cap)
                     : "b"(0xffffffff80100000)
                     : "rcx", "r11", "r12", "r13", "r14", "rdx", "rsi", "r8",
                       "r9", "r10", "memory");
    w->out = tag;
}

static void hostile_stack(struct worker *w)
{
    uint64_t tag = 0;
    uint64_t cap = 0;

    __asm__ volatile("mov %%rsp, %%r12\n"
                     "mov %2, %%rsp\n"
                     "syscall\n"
                     "mov %%r12, %%rsp\n"
                     : "+a"(tag), "+D"(cap)
                     : "b"(0xffffffff80100000)
                     : "rcx", "r11", "r12", "rdx", "rsi", "r8", "r9", "r10",
                       "memory");
    w->out = tag;
}

static void system_calls_trust_nothing(void)
{
    victim_start(hostile_bases, PAGER_SLOT, HANDLER_SLOT);
    worker_join(victim);
    CHECK_EQ(victim->out, l4_tag_error(L4_EINVAL));
    victim_end();
    victim_start(hostile_stack, PAGER_SLOT, HANDLER_SLOT);
    worker_join(victim);
    CHECK_EQ(victim->out, l4_tag_error(L4_EINVAL));
    victim_end();
}

static void trace_syscall(struct worker *w)
{
    uint64_t tag = 0;
    uint64_t cap = 0;

    __asm__ volatile("sub $128, %%rsp; pushf; orl $0x100, (%%rsp); popf\n"
                     "syscall\n"
                     "nop\n"
                     "add $128, %%rsp\n"
                     : "+a"(tag), "+D"(cap)
                     :
                     : "rcx", "r11", "rdx", "rsi", "r8", "r9", "r10", "memory",
                       "cc");
    w->out = tag;
}

/* Single steps stop at the system call and behind it, never inside. */
static void trace_across_a_system_call(void)
{
    uint64_t words[23];
    unsigned steps = 0;

    victim_start(trace_syscall, PAGER_SLOT, HANDLER_SLOT);
    do {
        l4_regs_t regs;
        fault_wait(EXCEPTION, HANDLER_LABEL, words);
        CHECK_EQ(words[22], 1);
        memcpy(&regs, words + 2, sizeof(regs));
        CHECK(regs.rip >= L4_IMAGE_BASE && regs.rip < L4_STACK_AREA);
        if (++steps == 2)
            regs.rflags &= ~0x100ull;
        handler_answer(&regs);
    } while (steps < 2);
    worker_join(victim);
    CHECK_EQ(victim->out, l4_tag_error(L4_EINVAL));
    victim_end();
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(pager_maps),
        KIT_TEST(pager_sees_the_access),
        KIT_TEST(pager_is_asked_again),
        KIT_TEST(pager_refuses),
        KIT_TEST(pager_fails),
        KIT_TEST(pager_waits_on),
        KIT_TEST(pager_is_absent),
        KIT_TEST(pager_dies),
        KIT_TEST(fault_needs_no_window),
        KIT_TEST(vectors),
        KIT_TEST(handler_changes_registers),
        KIT_TEST(handler_cannot_raise),
        KIT_TEST(handler_answers_nonsense),
        KIT_TEST(handler_answers_too_little),
        KIT_TEST(nobody_handles),
        KIT_TEST(system_calls_trust_nothing),
        KIT_TEST(trace_across_a_system_call),
    };

    return kit_run("fault", tests, KIT_COUNT(tests));
}
