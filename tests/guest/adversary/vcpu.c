/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attacks by a vCPU's state page: filled with garbage before each resume, and
 * changed by another thread while the kernel works on it. Whatever comes of it
 * comes to main as an exception of the vCPU's thread, or it stops.
 */
#include <l4/vcpu.h>

#include "subject.h"

#define STATE ((uint64_t)0x50000000) /* in the subject's task */
#define GUEST_CODE ((uint64_t)0x400000000)
#define BIG ((uint64_t)0x500000000)

#define US ((l4_time_t)1000)

#define ROUNDS 3000u
#define FLAGS_FORBIDDEN 0x7000ull /* IOPL and NT */
#define FLAG_IF 0x200ull
#define FLAG_TF 0x100ull

/* The guest's, in a page of its own; and the host's. */
extern const char attack_guest[], attack_resume[], attack_entry[],
    attack_loop[], attack_fill[];
__asm__(".text\n"
        ".balign 4096\n"
        "attack_guest:\n"
        "    syscall; syscall; int3; int $0x80; ud2\n"
        "attack_loop: jmp attack_loop\n"
        ".balign 4096\n"
        "attack_resume: syscall; ud2\n"
        "attack_entry: ud2\n"
        "attack_fill: rep movsq; ud2\n"); /* main fills the page by this */

static l4_vcpu_t garbage;
static l4_task_t guest;

#define GUEST_SLOT 31

static void vcpu_make(void)
{
    l4_cap_t slot = kit_slot();

    subject_make();
    MUST(l4_factory_create_task(subject.factory, 4, &guest, KIT_INTO(slot)));
    MUST(kit_give(subject.task, guest.cap, GUEST_SLOT, L4_RIGHTS_ALL));
    MUST(kit_map(guest, l4_fpage_mem((uint64_t)(uintptr_t)attack_guest, 12, 5),
                 GUEST_CODE));
    MUST(l4_thread_make_vcpu(subject.worker->thread, STATE, NULL));
}

static void vcpu_end(void)
{
    kit_drop(guest.cap);
    subject_end();
}

/* Puts `garbage` into the state page, and resumes with it. */
static void garbage_resume(struct event *e)
{
    l4_regs_t regs = subject_regs;

    regs.rip = (uint64_t)(uintptr_t)attack_fill;
    regs.rsi = (uint64_t)(uintptr_t)&garbage;
    regs.rdi = STATE;
    regs.rcx = sizeof(garbage) / 8;
    subject_run(&regs, e);
    CHECK(e->vector != EVENT_NONE); /* in the host, if `state` says so */
    regs.rip = (uint64_t)(uintptr_t)attack_resume;
    regs.rax = L4_PHASE_RESUME;
    regs.rdi = 0;
    subject_run(&regs, e);
}

/* The page as it is now. */
static const l4_vcpu_t *page_read(void)
{
    static l4_vcpu_t copy;
    l4_regs_t regs = subject_regs;
    struct event e;

    regs.rip = (uint64_t)(uintptr_t)attack_fill;
    regs.rsi = STATE;
    regs.rdi = (uint64_t)(uintptr_t)&copy;
    regs.rcx = sizeof(copy) / 8;
    subject_run(&regs, &e);
    CHECK(e.vector != EVENT_NONE);
    return &copy;
}

/* A page that would work. */
static void page_good(void)
{
    memset(&garbage, 0, sizeof(garbage));
    garbage.regs.ip = GUEST_CODE;
    garbage.regs.flags = FLAG_IF;
    garbage.saved_state = L4_VCPU_USER;
    garbage.entry_ip = (uint64_t)(uintptr_t)attack_entry;
    garbage.entry_sp = subject_regs.rsp;
    garbage.user_task = GUEST_SLOT;
}

/* A guest that left by an exception: it never had what users must not have,
 * and its host learns so. */
static void guest_is_tame(void)
{
    const l4_vcpu_t *p = page_read();

    CHECK_EQ(p->regs.flags & (FLAG_IF | FLAGS_FORBIDDEN), FLAG_IF);
    CHECK_EQ(p->regs.cs & 3, 3);
    CHECK_EQ(p->regs.ss & 3, 3);
    CHECK_EQ(p->state, 0);
}

static void flags_and_selectors(void)
{
    struct event e;

    vcpu_make();
    for (unsigned bit = 0; bit < 64; bit++) {
        for (unsigned how = 0; how < 4; how++) {
            page_good();
            /* Like a guest that left by a system call, and not. */
            garbage.regs.cx = how & 1 ? GUEST_CODE : 0;
            garbage.regs.flags = how & 2 ? ~0ull : 1ull << bit;
            garbage.regs.flags &= ~FLAG_TF;
            garbage.regs.r11 = garbage.regs.flags;
            garbage.regs.cs = bit < 16 ? 1ull << bit : 8 * bit;
            garbage.regs.ss = bit < 16 ? ~(1ull << bit) : 8 * bit;
            garbage_resume(&e);
            CHECK_EQ(e.vector, 6);
            CHECK_EQ(e.regs.rip, (uint64_t)(uintptr_t)attack_entry);
            CHECK_EQ(e.regs.rflags & (FLAG_IF | FLAGS_FORBIDDEN), FLAG_IF);
            CHECK_EQ(page_read()->reason, L4_VCPU_REASON_SYSCALL);
            guest_is_tame();
        }
    }
    victim_serves();
    vcpu_end();
}

static void addresses_out_of_bounds(void)
{
    static const uint64_t bad[] = {
        L4_USER_END,        L4_USER_END + 0xffe, 1ull << 47, 0xffff7fffffffffff,
        0xffff800000000000, 0xffffffff80100000,  1ull << 63, ~0ull};
    struct event e;

    vcpu_make();
    for (unsigned i = 0; i < KIT_COUNT(bad); i++) {
        /* The guest's, by both ways; it is as if it had jumped there. */
        for (unsigned how = 0; how < 4; how++) {
            page_good();
            garbage.regs.ip = bad[i];
            garbage.regs.cx = how & 1 ? bad[i] : 0;
            garbage.regs.r11 = garbage.regs.flags;
            garbage.regs.sp = how & 2 ? bad[i] : 0;
            garbage_resume(&e);
            CHECK_EQ(e.regs.rip, (uint64_t)(uintptr_t)attack_entry);
            uint32_t reason = page_read()->reason;
            CHECK(reason == L4_VCPU_REASON_EXC ||
                  (reason == L4_VCPU_REASON_PF && !(bad[i] >> 47)));
        }
        /* The host's entry, and the host interrupted. */
        page_good();
        garbage.entry_ip = bad[i];
        garbage.entry_sp = bad[i];
        garbage_resume(&e);
        CHECK_EQ(e.vector, 14);
        CHECK(e.regs.rip >> 47 == 0);
        page_good();
        garbage.host_regs.ip = bad[i];
        garbage.saved_state = 0;
        garbage_resume(&e);
        CHECK_EQ(e.regs.rip, (uint64_t)(uintptr_t)attack_entry);
        CHECK_EQ(page_read()->reason, L4_VCPU_REASON_BAD);
        victim_serves();
    }
    vcpu_end();
}

static void tasks_that_are_none(void)
{
    const uint64_t bad[] = {0,          ATTACKER_SELF, ATTACKER_VICTIM,
                            64,         255,           1ull << 32 | GUEST_SLOT,
                            1ull << 63, ~0ull};
    struct event e;

    vcpu_make();
    for (unsigned i = 0; i < KIT_COUNT(bad); i++) {
        page_good();
        garbage.user_task = bad[i];
        garbage_resume(&e);
        CHECK_EQ(page_read()->reason, L4_VCPU_REASON_BAD);
        CHECK_EQ(page_read()->error, -L4_ENOCAP);
    }
    /* Without the right to create threads there, also when it just ran. */
    MUST(kit_unmap(subject.task, l4_fpage_cap(GUEST_SLOT, 0, 7), true));
    MUST(kit_give(subject.task, guest.cap, GUEST_SLOT, 7));
    page_good();
    garbage_resume(&e);
    CHECK_EQ(page_read()->reason, L4_VCPU_REASON_SYSCALL);
    MUST(kit_unmap(subject.task, l4_fpage_cap(GUEST_SLOT, 0, 7), true));
    MUST(kit_give(subject.task, guest.cap, GUEST_SLOT,
                  L4_TASK_RIGHT_MAP | L4_TASK_RIGHT_INSPECT));
    for (unsigned how = 0; how < 2; how++) {
        page_good();
        garbage.regs.cx = how ? GUEST_CODE : 0;
        garbage.regs.r11 = garbage.regs.flags;
        garbage_resume(&e);
        CHECK_EQ(page_read()->reason, L4_VCPU_REASON_BAD);
        CHECK_EQ(page_read()->error, -L4_EPERM);
    }
    /* Its own task, as the guest's: that is its own affair. */
    page_good();
    garbage.user_task = L4_CAP_TASK;
    garbage.regs.ip = (uint64_t)(uintptr_t)attack_guest;
    garbage_resume(&e);
    CHECK_EQ(page_read()->reason, L4_VCPU_REASON_SYSCALL);
    victim_serves();
    vcpu_end();
}

static l4_vcpu_map_t entry_of_nonsense(unsigned i)
{
    uint64_t mine = (uint64_t)(uintptr_t)attack_guest;
    l4_vcpu_map_t m = {.address = BIG + (random_below(64) << 12),
                       .order = (uint8_t)(12 + random_below(3)),
                       .rights = (uint8_t)random_next(),
                       .op = (uint16_t)random_below(2),
                       .host_address = mine + (random_below(8) << 12)};

    if (i % 3 == 0)
        m.address = random_odd();
    if (i % 2 == 0)
        m.order = (uint8_t)random_below(256);
    if (i % 11 == 0)
        m.op = (uint16_t)random_next();
    if (random_below(2))
        m.host_address = random_odd();
    return m;
}

/* Entries of the map queue that are beyond it, and that name what one does not
 * have, or where nobody may be. */
static void map_queue_of_nonsense(void)
{
    struct event e;

    vcpu_make();
    for (unsigned i = 0; i < 600; i++) {
        page_good();
        garbage.mapq_n =
            i % 5 ? 1 + (uint32_t)random_below(8) : (uint32_t)random_odd();
        garbage.map_done = i % 7 ? 0 : (uint32_t)random_odd();
        for (unsigned k = 0; k < 8; k++)
            garbage.mapq[k] = entry_of_nonsense(i);
        garbage_resume(&e);
        CHECK_EQ(e.regs.rip, (uint64_t)(uintptr_t)attack_entry);
        uint32_t reason = page_read()->reason;
        CHECK(reason == L4_VCPU_REASON_MAP ||
              reason == L4_VCPU_REASON_SYSCALL || reason == L4_VCPU_REASON_PF);
        if (page_read()->mapq_n > L4_VCPU_MAPQ_SIZE)
            CHECK_EQ(page_read()->error, -L4_ERANGE);
    }
    victim_serves();
    vcpu_end();
}

/* Each field of an entry that is wrong alone. */
static void map_queue_of_errors(void)
{
    const l4_vcpu_map_t good = {.address = BIG,
                                .order = L4_PAGE_ORDER,
                                .rights = L4_MEM_R,
                                .host_address =
                                    (uint64_t)(uintptr_t)attack_guest};
    l4_vcpu_map_t bad[] = {good, good, good, good, good, good};
    struct event e;

    bad[0].op = 2;
    bad[1].op = 0xffff;
    bad[2].address |= 8;
    bad[3].host_address |= 8;
    bad[4].order = 11;
    bad[5].address = L4_USER_END;
    vcpu_make();
    for (unsigned i = 0; i < KIT_COUNT(bad); i++) {
        page_good();
        garbage.mapq[0] = bad[i];
        garbage.mapq_n = 1;
        garbage_resume(&e);
        CHECK_EQ(page_read()->reason, L4_VCPU_REASON_MAP);
        CHECK_EQ(page_read()->error, -L4_EINVAL);
        CHECK_EQ(page_read()->map_done, 0);
    }
    vcpu_end();
}

/* Everything at random, around a page that would work. */
static void pages_of_garbage(void)
{
    unsigned survived = 0;

    random_seed(0x9a9e);
    vcpu_make();
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t *words = (uint64_t *)&garbage;
        unsigned spoilt = 1 + (unsigned)random_below(i % 16 ? 6 : 200);
        struct event e;
        page_good();
        while (spoilt-- > 0)
            words[random_below(random_below(4) ? 0x130 / 8 : 512)] =
                random_odd();
        garbage_resume(&e);
        if (e.vector != EVENT_NONE) {
            CHECK(e.regs.rip < L4_USER_END + L4_PAGE_SIZE);
            CHECK_EQ(e.regs.rflags & (FLAG_IF | FLAGS_FORBIDDEN), FLAG_IF);
            survived++;
            continue;
        }
        /* It runs a guest that does nothing, or has stopped. */
        vcpu_end();
        victim_serves();
        vcpu_make();
    }
    CHECK(survived > ROUNDS / 2);
    vcpu_end();
}

/* --- under the kernel's eyes */

static volatile bool spoil_over;

/* Above the vCPU, in its task: wakes up in the midst of a long resume. */
static void spoil(struct worker *w)
{
    volatile uint64_t *page = (volatile uint64_t *)STATE;
    l4_words_t words;

    while (!spoil_over) {
        (void)l4_wait(&words, NULL, 7 * US);
        for (unsigned i = 0; i < 3; i++) {
            uint64_t at = random_below(3) ? 0x128 / 8 : random_below(512);
            if (at != 0xe0 / 8 && at != 0xe8 / 8) /* not where it goes on */
                page[at] = random_below(2) ? random_odd() : random_below(128);
        }
        w->out++;
    }
}

static void page_changes_meanwhile(void)
{
    struct worker *w;
    struct event e;

    random_seed(0xc4a26e);
    vcpu_make();
    worker_factory = subject.factory;
    w = worker_new(subject.task, KIT_HIGH + 10);
    worker_factory = kit_factory;
    spoil_over = false;
    for (unsigned i = 0; i < 200; i++) {
        page_good();
        for (unsigned k = 0; k < L4_VCPU_MAPQ_SIZE; k++) {
            garbage.mapq[k] = (l4_vcpu_map_t){
                .address = BIG + (uint64_t)k * 0x8000,
                .order = 15,
                .rights = 7,
                .op = (uint16_t)(k & 1 ? i & 1 : 0),
                .host_address = L4_IMAGE_BASE + (k % 4) * 0x8000};
        }
        garbage.mapq_n = L4_VCPU_MAPQ_SIZE;
        if (i == 0)
            worker_start(w, spoil);
        garbage_resume(&e);
        CHECK(e.vector != EVENT_NONE);
        CHECK_EQ(e.regs.rflags & (FLAG_IF | FLAGS_FORBIDDEN), FLAG_IF);
    }
    CHECK(w->out > 100);
    spoil_over = true;
    worker_join(w);
    worker_free(w);
    victim_serves();
    vcpu_end();
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(flags_and_selectors),    KIT_TEST(addresses_out_of_bounds),
        KIT_TEST(tasks_that_are_none),    KIT_TEST(map_queue_of_nonsense),
        KIT_TEST(map_queue_of_errors),    KIT_TEST(pages_of_garbage),
        KIT_TEST(page_changes_meanwhile),
    };

    return attack_run("vcpu", tests, KIT_COUNT(tests));
}
