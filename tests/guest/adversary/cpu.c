/* SPDX-License-Identifier: BSD-2-Clause */
/* Attacks by instructions: what a program may not do, and system calls and
 * returns from them with registers of every kind. */
#include "subject.h"

#define FLAG_TF 0x100ull
#define FLAG_IF 0x200ull
#define FLAG_DF 0x400ull
#define FLAG_IOPL 0x3000ull
#define FLAG_NT 0x4000ull
#define FLAG_AC 0x40000ull
#define FLAGS_USER 0x250dd5ull
#define FLAGS_KEPT (FLAGS_USER & ~0x10000ull) /* but RF */
#define LAST (L4_USER_END - L4_PAGE_SIZE)

#define KERNEL "0xffffffff80100000"

/* --- instructions */

#define FORBIDDEN(X)                                                       \
    X(in_byte, "in $0x60, %al")                                            \
    X(in_word, "mov $0x60, %edx; in %dx, %ax")                             \
    X(in_long, "mov $0xcf8, %edx; in %dx, %eax")                           \
    X(out_byte, "out %al, $0xf4")                                          \
    X(out_long, "mov $0xcf8, %edx; out %eax, %dx")                         \
    X(ins, "mov %rsp, %rdi; mov $1, %ecx; mov $0x60, %edx; rep insb")      \
    X(outs, "mov %rsp, %rsi; mov $1, %ecx; mov $0x60, %edx; rep outsb")    \
    X(do_cli, "cli")                                                       \
    X(do_sti, "sti")                                                       \
    X(do_hlt, "hlt")                                                       \
    X(read_efer, "mov $0xc0000080, %ecx; rdmsr")                           \
    X(read_lstar, "mov $0xc0000082, %ecx; rdmsr")                          \
    X(write_lstar, "mov $0xc0000082, %ecx; wrmsr")                         \
    X(write_gs, "mov $0xc0000102, %ecx; wrmsr")                            \
    X(write_apic, "mov $0x1b, %ecx; wrmsr")                                \
    X(do_rdpmc, "xor %ecx, %ecx; rdpmc")                                   \
    X(do_lgdt, "lgdt (%rsp)")                                              \
    X(do_lidt, "lidt (%rsp)")                                              \
    X(do_lldt, "xor %eax, %eax; lldt %ax")                                 \
    X(do_ltr, "mov $0x30, %eax; ltr %ax")                                  \
    X(do_lmsw, "lmsw %ax")                                                 \
    X(do_clts, "clts")                                                     \
    X(do_sgdt, "sgdt -16(%rsp)")                                           \
    X(do_sidt, "sidt -16(%rsp)")                                           \
    X(do_sldt, "sldt %eax")                                                \
    X(do_str, "str %eax")                                                  \
    X(do_smsw, "smsw %eax")                                                \
    X(from_cr0, "mov %cr0, %rax")                                          \
    X(from_cr2, "mov %cr2, %rax")                                          \
    X(from_cr3, "mov %cr3, %rax")                                          \
    X(from_cr4, "mov %cr4, %rax")                                          \
    X(from_cr8, "mov %cr8, %rax")                                          \
    X(to_cr0, "mov %rax, %cr0")                                            \
    X(to_cr3, "mov %rax, %cr3")                                            \
    X(to_cr4, "mov %rax, %cr4")                                            \
    X(to_cr8, "mov %rax, %cr8")                                            \
    X(from_dr7, "mov %dr7, %rax")                                          \
    X(to_dr0, "mov %rax, %dr0")                                            \
    X(to_dr7, "mov %rax, %dr7")                                            \
    X(do_invd, "invd")                                                     \
    X(do_wbinvd, "wbinvd")                                                 \
    X(do_invlpg, "invlpg (%rsp)")                                          \
    X(do_invpcid, "xor %eax, %eax; invpcid (%rsp), %rax")                  \
    X(do_swapgs, "swapgs")                                                 \
    X(do_xsetbv, "xor %ecx, %ecx; xsetbv")                                 \
    X(do_clac, "clac")                                                     \
    X(do_stac, "stac")                                                     \
    X(do_sysret, "movabs $" KERNEL ", %rcx; sysretq")                      \
    X(do_sysenter, "sysenter")                                             \
    X(do_sysexit, "sysexit")                                               \
    X(do_vmcall, "vmcall")                                                 \
    X(do_vmmcall, "vmmcall")                                               \
    X(do_vmrun, "vmrun")                                                   \
    X(do_rsm, "rsm")                                                       \
    X(do_mwait, "mwait")                                                   \
    X(do_monitor, "monitor")                                               \
    X(null_ss, "xor %eax, %eax; mov %eax, %ss")                            \
    X(kernel_ss, "mov $0x10, %eax; mov %eax, %ss")                         \
    X(kernel_ds, "mov $0x10, %eax; mov %eax, %ds")                         \
    X(tss_as_data, "mov $0x30, %eax; mov %eax, %es")                       \
    X(beyond_gdt, "mov $0xff8, %eax; mov %eax, %fs")                       \
    X(code_as_stack, "mov $0x2b, %eax; mov %eax, %ss")                     \
    X(iret_to_kernel, "mov %rsp, %rax; push $0x10; push %rax; pushf;"      \
                      "push $8; movabs $" KERNEL ", %rax; push %rax;"      \
                      "iretq")                                             \
    X(iret_to_nowhere, "mov %rsp, %rax; push $0x23; push %rax; pushf;"     \
                       "push $0x1b; lea 1f(%rip), %rax; push %rax; iretq;" \
                       "1:")                                               \
    X(lret_to_kernel, "push $8; movabs $" KERNEL ", %rax; push %rax;"      \
                      "lretq")                                             \
    X(lret_to_tss, "push $0x33; push $0; lretq")                           \
    X(jump_not_canonical, "movabs $0x800000000000, %rax; jmp *%rax")       \
    X(read_not_canonical, "movabs $0x800000000000, %rax; mov (%rax), %al") \
    X(push_not_canonical, "movabs $0x800000001000, %rsp; push %rax")

#define CODE(name, text)       \
    __asm__(".text\n"          \
            "code_" #name ":"  \
            " " text "\nud2\n" \
            "code_" #name "_end:\n");
#define NAMES(name, text) extern const char code_##name[], code_##name##_end[];
#define ROW(name, text) {#name, code_##name, code_##name##_end},

FORBIDDEN(CODE)
FORBIDDEN(NAMES)

static const struct {
    const char *name;
    const char *code;
    const char *end;
} forbidden[] = {FORBIDDEN(ROW)};

static bool is_far_return(const char *name)
{
    return memcmp(name, "iret", 4) == 0 || memcmp(name, "lret", 4) == 0;
}

/* Each raises an exception of its own task, and nothing else happens. */
static void forbidden_instructions(void)
{
    subject_make();
    for (unsigned i = 0; i < KIT_COUNT(forbidden); i++) {
        struct event e;
        subject_run_at(forbidden[i].code, &e);
        /* QEMU reads the stack of a far return as the kernel, and SMAP forbids
         * that. */
        bool refused = e.vector == 13 || e.vector == 12 || e.vector == 6 ||
                       (e.vector == 14 && is_far_return(forbidden[i].name));
        /* QEMU jumps before it finds that it cannot. */
        bool there = e.regs.rip == 1ull << 47 ||
                     (e.regs.rip >= (uint64_t)(uintptr_t)forbidden[i].code &&
                      e.regs.rip < (uint64_t)(uintptr_t)forbidden[i].end - 2);
        if (!refused || !there)
            kit_failed(forbidden[i].name, (int)e.vector, "refused", e.regs.rip,
                       (uint64_t)(uintptr_t)forbidden[i].code);
        CHECK_EQ(e.regs.rflags & (FLAG_IF | FLAG_IOPL), FLAG_IF);
        if (i % 8 == 0)
            victim_serves();
    }
    subject_end();
}

static void ports_are_closed(void)
{
    struct event e;

    subject_make();
    for (uint64_t port = 0; port < 0x10000; port += 97) {
        l4_regs_t regs = subject_regs;
        regs.rip = (uint64_t)(uintptr_t)code_in_long + 5; /* behind the mov */
        regs.rdx = port;
        subject_run(&regs, &e);
        CHECK_EQ(e.vector, 13);
        CHECK_EQ(e.regs.rip, regs.rip);
    }
    subject_end();
}

extern const char code_int[], code_icebp[], code_syscall[], code_int3[],
    code_popf[], code_fault[], code_nt[], code_nt_call[], code_step[],
    code_step_int3[], code_step_int80[], code_last[], code_null_fs[];
__asm__(".text\n"
        "code_int:\n"
        ".set vector, 0\n"
        ".rept 256\n"
        "    .byte 0xcd, vector\n"
        "    ud2\n"
        "    .set vector, vector + 1\n"
        ".endr\n"
        "code_icebp: .byte 0xf1; ud2\n"
        "code_syscall: syscall; ud2\n"
        "code_int3: int3; ud2\n"
        "code_popf: push %rax; popf; ud2\n"
        "code_fault: mov 0x1000, %rax; ud2\n"
        "code_nt: push %rax; popf; xor %eax, %eax; syscall; int3; ud2\n"
        "code_nt_call: push %rax; popf; mov %rbx, %rax; syscall; ud2\n"
        "code_step: mov %ss, %ebx; push %rax; popf; mov %ebx, %ss; syscall;\n"
        "    ud2\n"
        "code_step_int3: mov %ss, %ebx; push %rax; popf; mov %ebx, %ss; int3;\n"
        "    ud2\n"
        "code_step_int80: mov %ss, %ebx; push %rax; popf; mov %ebx, %ss;\n"
        "    int $0x80; ud2\n"
        "code_null_fs: xor %eax, %eax; mov %eax, %fs; mov %eax, %gs; syscall\n"
        "    ud2\n"
        ".balign 4096\n"
        "code_last: .skip 4094, 0x90; syscall\n");

static void interrupts_by_instruction(void)
{
    struct event e;

    subject_make();
    for (uint64_t vector = 0; vector < 256; vector++) {
        const char *code = code_int + 4 * vector;
        subject_run_at(code, &e);
        if (vector == 3) {
            CHECK_EQ(e.vector, 3);
            continue;
        }
        CHECK_EQ(e.vector, 13);
        /* QEMU counts the size of an entry twice. */
        CHECK(e.error == (vector << 3 | 2) || e.error == (vector << 4 | 2));
        CHECK_EQ(e.regs.rip, (uint64_t)(uintptr_t)code);
    }
    subject_run_at(code_icebp, &e);
    CHECK(e.vector == 1 || e.vector == 6); /* QEMU may pass over it */
    victim_serves();
    subject_end();
}

/* --- flags */

static void answer_once(struct worker *w)
{
    l4_words_t words;

    w->out = l4_wait(&words, NULL, L4_TIME_NEVER);
    (void)!l4_reply(VICTIM_ADD | L4_TAG_REPLY, &words);
}

static void hear(struct worker *w)
{
    l4_words_t words;

    l4_utcb()->mr[19] = 1;
    (void)l4_wait(&words, NULL, L4_TIME_NEVER);
    w->out = l4_utcb()->mr[19];
    (void)!l4_reply(VICTIM_ADD | L4_TAG_REPLY, &words);
}

/* The words of a message are copied forwards, whatever DF was: 20 of the
 * subject's zeros. */
static void messages_go_forwards(void)
{
    struct worker *w = worker_run(KIT_HIGH, hear);
    l4_regs_t regs = subject_regs;
    struct event e;

    MUST(kit_give(subject.task, w->gate.cap, ATTACKER_FREE + 1, 7));
    regs.rip = (uint64_t)(uintptr_t)code_syscall;
    regs.rax = L4_TAG(ATTACK_PROTO, 3, 20, 0) | L4_PHASE_CALL;
    regs.rdi = ATTACKER_FREE + 1;
    regs.rflags = FLAG_DF;
    w->out = 1;
    subject_run(&regs, &e);
    CHECK_EQ(e.vector, 6);
    CHECK_EQ(w->out, 0);
    worker_free(w);
}

/* A call with NT set to someone who has not run yet: the kernel goes there by
 * iret, which does not like that flag. */
static void nested_task_calls(void)
{
    struct worker *fresh = worker_new(kit_task, KIT_PASSIVE);
    l4_regs_t regs = subject_regs;
    struct event e;

    worker_start(fresh, answer_once);
    MUST(kit_give(subject.task, fresh->gate.cap, ATTACKER_FREE, 7));
    regs.rip = (uint64_t)(uintptr_t)code_nt_call;
    regs.rax = FLAG_NT;
    regs.rbx = VICTIM_ADD | L4_PHASE_CALL;
    regs.rdi = ATTACKER_FREE;
    subject_run(&regs, &e);
    CHECK_EQ(e.vector, 6);
    CHECK_EQ(e.regs.rax, VICTIM_ADD | L4_TAG_REPLY);
    CHECK_EQ(fresh->out, VICTIM_ADD);
    worker_free(fresh);
}

/* Flags that a user can set and that would hurt the kernel if it kept them:
 * in system calls, exceptions and faults. */
static void flags_stay_outside(void)
{
    static const uint64_t flags[] = {FLAG_NT,
                                     FLAG_AC,
                                     FLAG_DF,
                                     FLAG_NT | FLAG_AC,
                                     FLAG_AC | FLAG_DF,
                                     FLAG_IOPL,
                                     0,
                                     ~FLAG_TF & 0x3fffff,
                                     FLAG_NT | FLAG_DF,
                                     FLAG_IOPL | FLAG_NT};
    const char *const codes[] = {code_popf, code_nt};
    const char *const faults[] = {code_syscall, code_int3, code_fault};
    struct event e;

    subject_make();
    for (unsigned i = 0; i < KIT_COUNT(flags); i++) {
        l4_regs_t regs = subject_regs;
        regs.rax = flags[i];
        for (unsigned k = 0; k < KIT_COUNT(codes); k++) {
            regs.rip = (uint64_t)(uintptr_t)codes[k];
            subject_run(&regs, &e);
            CHECK_EQ(e.vector, k == 0 ? 6 : 3);
            CHECK_EQ(e.regs.rflags & (FLAG_IF | FLAG_IOPL), FLAG_IF);
            CHECK_EQ(e.regs.rflags & FLAG_DF, flags[i] & FLAG_DF);
            victim_serves();
        }
        regs.rax = 0;
        regs.rflags = flags[i];
        for (unsigned k = 0; k < KIT_COUNT(faults); k++) {
            regs.rip = (uint64_t)(uintptr_t)faults[k];
            subject_run(&regs, &e);
            CHECK_EQ(e.regs.rflags & (FLAG_IF | FLAG_IOPL | FLAG_NT), FLAG_IF);
            CHECK_EQ(e.regs.rflags & FLAG_AC, flags[i] & FLAG_AC);
        }
    }
    nested_task_calls();
    messages_go_forwards();
    subject_run_at(code_null_fs, &e);
    CHECK_EQ(e.vector, 6);
    victim_serves();
    subject_end();
}

/* Single steps, also such as the processor delays into the kernel's entry. */
static void steps_into_the_kernel(void)
{
    const char *const codes[] = {code_step, code_step_int3, code_step_int80,
                                 code_popf, code_nt};
    struct event e;

    subject_make();
    for (unsigned i = 0; i < KIT_COUNT(codes); i++) {
        unsigned steps = 0;
        l4_regs_t regs = subject_regs;
        regs.rip = (uint64_t)(uintptr_t)codes[i];
        regs.rax = FLAG_TF | FLAG_IF;
        for (subject_run(&regs, &e); e.vector == 1 && steps < 20; steps++) {
            CHECK(e.regs.rip >= L4_IMAGE_BASE && e.regs.rip < L4_STACK_AREA);
            subject_run(&e.regs, &e);
        }
        CHECK(steps < 20);
        CHECK(e.vector == 3 || e.vector == 6 || e.vector == 13);
        victim_serves();
    }
    subject_end();
}

/* --- the end of user memory */

static void expect_last(const l4_regs_t *regs, bool step)
{
    struct event e;

    subject_run(regs, &e);
    CHECK(e.vector == 14 || (step && e.vector == 1));
    CHECK_EQ(e.regs.rip, L4_USER_END);
    if (e.vector == 14)
        CHECK_EQ(e.address, L4_USER_END);
    victim_serves();
}

/* A system call by the last instruction that there can be, whose return is to
 * where no user can be: it never is a return in the kernel's name. */
static void sysret_corner(void)
{
    l4_regs_t regs;

    subject_make();
    (void)*(const volatile char *)code_last;
    MUST(kit_map(subject.task,
                 l4_fpage_mem((uint64_t)(uintptr_t)code_last, 12, 5), LAST));
    CHECK_EQ(kit_map(subject.task,
                     l4_fpage_mem((uint64_t)(uintptr_t)code_last, 12, 5),
                     L4_USER_END),
             L4_EINVAL);
    regs = subject_regs;
    regs.rip = L4_USER_END - 2;
    regs.rax = 0; /* fails at once */
    expect_last(&regs, false);
    regs.rax = VICTIM_ADD | L4_PHASE_CALL; /* another one answers */
    regs.rdi = ATTACKER_VICTIM;
    expect_last(&regs, false);
    regs.rax = L4_TAG(L4_TASK_PROTO, L4_TASK_OP_TABLE_SIZE, 0, 0) |
               L4_PHASE_CALL; /* a kernel object does, shortly */
    regs.rdi = L4_CAP_TASK;
    expect_last(&regs, false);
    regs.rax = VICTIM_ADD | L4_PHASE_CALL;
    regs.rdi = ATTACKER_VICTIM;
    regs.rflags |= FLAG_TF;
    expect_last(&regs, true);
    subject_end();
}

/* Addresses to which no jump can lead, wherever one can name them. */
static void addresses_that_are_none(void)
{
    static const uint64_t bad[] = {
        L4_USER_END,        1ull << 47, 0xffff7fffffffffff, 0xffff800000000000,
        0xffffffff80100000, ~0ull,      1ull << 63};
    struct event e;

    for (unsigned i = 0; i < KIT_COUNT(bad); i++) {
        struct worker *w = worker_new(kit_task, KIT_HIGH);
        l4_regs_t regs = {0};
        CHECK_EQ(l4_thread_start(w->thread, bad[i], 0, 0, NULL), L4_EINVAL);
        regs.rip = bad[i];
        CHECK_EQ(l4_thread_set_regs(w->thread, &regs, NULL), L4_EINVAL);
        regs.rip = L4_IMAGE_BASE;
        regs.fs_base = bad[i];
        bool canonical = (uint64_t)((int64_t)(bad[i] << 16) >> 16) == bad[i];
        CHECK_EQ(l4_thread_set_regs(w->thread, &regs, NULL),
                 canonical ? 0 : L4_EINVAL);
        regs.fs_base = 0;
        regs.gs_base = bad[i];
        CHECK_EQ(l4_thread_set_regs(w->thread, &regs, NULL),
                 canonical ? 0 : L4_EINVAL);
        worker_free(w);

        subject_make();
        regs = subject_regs;
        regs.rip = bad[i];
        subject_run(&regs, &e);
        CHECK_EQ(e.vector, EVENT_NONE);
        CHECK_EQ(worker_state(subject.worker), L4_THREAD_STATE_FAULTED);
        subject_end();
    }
}

/* --- system calls at random */

#define CALLS 6000u

static uint64_t random_tag(void)
{
    static const l4_tag_t phases[] = {L4_PHASE_CALL, L4_PHASE_SEND,
                                      L4_PHASE_WAIT, L4_PHASE_REPLY,
                                      L4_PHASE_REPLY_WAIT};
    uint64_t bounded = L4_TAG_SEND_TIMEOUT | L4_TAG_WAIT_TIMEOUT;

    switch (random_below(4)) {
    case 0: return random_next() | bounded;
    case 1: return random_odd() | bounded;
    default:
        return L4_TAG(1 + random_below(11), 1 + random_below(13),
                      random_below(12), random_below(3)) |
               phases[random_below(KIT_COUNT(phases))] | bounded;
    }
}

/* Whether a system call left alone what it has to. */
static bool is_kept(const l4_regs_t *is, const l4_regs_t *was)
{
    return is->rbx == was->rbx && is->rbp == was->rbp && is->rsp == was->rsp &&
           is->r12 == was->r12 && is->r13 == was->r13 && is->r14 == was->r14 &&
           is->r15 == was->r15 &&
           (is->rflags & FLAGS_KEPT) == (was->rflags & FLAGS_KEPT);
}

/* System calls with any register and phase, of a thread that has authority
 * over itself and may create. When it has ruined itself, another comes. */
static void system_calls_at_random(void)
{
    unsigned returned = 0;

    random_seed(0xa11ce);
    subject_make();
    for (unsigned i = 0; i < CALLS; i++) {
        l4_regs_t regs;
        struct event e;
        uint64_t *r = (uint64_t *)&regs;
        for (unsigned k = 0; k < 15; k++)
            r[k] = random_odd();
        regs.rax = random_tag();
        if (random_below(3))
            regs.rdi = random_below(40);
        regs.rip = (uint64_t)(uintptr_t)code_syscall;
        regs.rflags = random_next() & FLAGS_USER & ~FLAG_TF;
        regs.rsp = random_odd();
        regs.fs_base = random_next() >> 17;
        regs.gs_base =
            random_below(2) ? subject_regs.gs_base : 0xffffffff80100000;
        subject_run(&regs, &e);
        if (e.vector == 6 && e.regs.rip == regs.rip + 2) {
            CHECK(is_kept(&e.regs, &regs));
            returned++;
            continue;
        }
        subject_end();
        victim_serves();
        subject_make();
    }
    CHECK(returned > CALLS / 2);
    subject_end();
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(forbidden_instructions),    KIT_TEST(ports_are_closed),
        KIT_TEST(interrupts_by_instruction), KIT_TEST(flags_stay_outside),
        KIT_TEST(steps_into_the_kernel),     KIT_TEST(sysret_corner),
        KIT_TEST(addresses_that_are_none),   KIT_TEST(system_calls_at_random),
    };

    return attack_run("cpu", tests, KIT_COUNT(tests));
}
