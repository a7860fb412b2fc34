/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions: what their handler is told and can do. */
#include "victim.h"

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
        KIT_TEST(vectors),
        KIT_TEST(handler_changes_registers),
        KIT_TEST(handler_cannot_raise),
        KIT_TEST(handler_answers_nonsense),
        KIT_TEST(handler_answers_too_little),
        KIT_TEST(nobody_handles),
        KIT_TEST(system_calls_trust_nothing),
        KIT_TEST(trace_across_a_system_call),
    };

    return kit_run("exception", tests, KIT_COUNT(tests));
}
