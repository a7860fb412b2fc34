// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module of Linux against the microkernel, root and the neighbours: it can do
 * whatever Linux could. What must not succeed and does is a line with FAILED.
 * With end=1 it fills the vCPU's state page with garbage, which nobody
 * outlives.
 */
#include <asm/asm.h>
#include <asm/l4.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/timex.h>

#define GUESSES 20000
#define STORM 20000

/* Slots, as the loader leaves them. */
#define SLOT_TASK 1
#define SLOT_FACTORY 4
#define SLOT_PROGRAM 6
#define SLOT_PAGER 7
#define SLOT_EXCEPTION 8

#define PHASE_SEND (1ull << 16)
#define PHASE_CALL (3ull << 16)
#define PHASE_REPLY (4ull << 16)
#define PHASE_RESUME (6ull << 16)
#define PHASE_HALT (7ull << 16)
#define TIMEOUTS (3ull << 20)
#define TAG_ERROR (1ull << 31)
#define TAG(proto, op, words) ((u64)(proto) << 48 | (u64)(op) << 32 | (words))
#define PROTO_TASK 2
#define TASK_MAP 1
#define FPAGE_MEM (1ull << 6)
#define RIGHTS_ALL (0xfull << 8)

/* What its platform has mapped, and nobody may write. */
#define ENVIRONMENT 0x00200000ull
#define CLOCK 0x00201000ull
#define USER_END 0x00007ffffffff000ull
#define BEYOND (L4_RAM_ADDRESS + (64ull << 30)) /* Linux's RAM */
#define ROOT_RAM 0x0000100000000000ull
#define MICROKERNEL 0xffff800000000000ull
#define UTCB 0x00100000ull

#define FREE 0x30000000ull /* nothing is there */

/* The UTCB of the thread that runs Linux. */
static volatile u64 *const utcb = (u64 *)UTCB;
static bool end;
static unsigned int failures;

module_param(end, bool, 0);

static void check(bool good, const char *what)
{
    if (good)
        return;
    failures++;
    pr_emerg("l4hostile: FAILED %s\n", what);
}

/* Runs an instruction, which must fault. */
#define MUST_FAULT(text, ...)                    \
    do {                                         \
        u64 went = 0;                            \
        asm volatile("1: " text "\n"             \
                     "   movq $1, %0\n"          \
                     "2:\n" _ASM_EXTABLE(1b, 2b) \
                     : "+m"(went)                \
                     : __VA_ARGS__               \
                     : "memory", "cc");          \
        check(!went, text);                      \
    } while (0)

#include "attacks.h"

/* One system call of the microkernel. Nothing of it may be in the UTCB but the
 * timeouts: none of it waits. */
static u64 invoke(u64 tag, u64 slot, u64 *w)
{
    register u64 w2 asm("r8") = w[2];
    register u64 w3 asm("r9") = w[3];
    register u64 w4 asm("r10") = w[4];
    unsigned long flags;

    local_irq_save(flags);
    utcb[1] = 0;
    utcb[2] = 0;
    asm volatile("syscall"
                 : "+a"(tag), "+D"(slot), "+S"(w[0]), "+d"(w[1]), "+r"(w2),
                   "+r"(w3), "+r"(w4)
                 :
                 : "rcx", "r11", "cc", "memory");
    local_irq_restore(flags);
    w[2] = w2;
    return tag;
}

static void attack_map(u64 source, unsigned int order, u64 at)
{
    u64 w[5] = {1, source | RIGHTS_ALL | FPAGE_MEM | order, at};

    invoke(TAG(PROTO_TASK, TASK_MAP, 3) | PHASE_CALL, SLOT_TASK, w);
}

/* Every slot with every protocol of the kernel's, and at random. What could end
 * us or our own memory is left out: it is allowed. */
static noinline void capabilities(void)
{
    static const u64 phases[] = {0, PHASE_SEND, PHASE_CALL, PHASE_REPLY};

    for (u64 slot = 0; slot < 4096; slot++) {
        for (u64 proto = 1; proto < 20; proto++) {
            u64 w[5] = {0};

            if (slot == SLOT_TASK || slot == SLOT_FACTORY)
                continue;
            invoke(TAG(proto, 1, 1) | PHASE_CALL | TIMEOUTS, slot, w);
        }
    }
    for (unsigned int i = 0; i < GUESSES; i++) {
        u64 w[5] = {random_next(), random_next(), random_next(), random_next(),
                    random_next()};
        u64 slot = i % 2 ? random_next() : random_next() % 256;
        u64 tag = random_next() & ~PHASE_HALT;

        if ((u32)slot == SLOT_TASK || (u32)slot == SLOT_PROGRAM)
            continue;
        invoke(tag | phases[random_next() % 4] | TIMEOUTS, slot, w);
    }
}

/* Faults and exceptions that never were: only the kernel reports them. */
static noinline void forgeries(void)
{
    for (u64 proto = 1; proto < 20; proto++) {
        for (u64 op = 1; op < 4; op++) {
            u64 w[5] = {L4_RAM_ADDRESS, 0, 2, 0, 0};
            u64 tag;

            tag = invoke(TAG(proto, op, 3) | PHASE_CALL | TIMEOUTS, SLOT_PAGER,
                         w);
            check(tag & TAG_ERROR || tag & 1ull << 46, "a fault that was none");
            tag = invoke(TAG(proto, op, 3) | PHASE_CALL | TIMEOUTS,
                         SLOT_EXCEPTION, w);
            check(tag & TAG_ERROR || tag & 1ull << 46,
                  "an exception that was none");
        }
    }
}

/* Deadlines that are over before they are set. */
static noinline void storm(void)
{
    unsigned long flags;

    local_irq_save(flags);
    for (unsigned int i = 0; i < STORM; i++) {
        u64 w[5] = {0};

        l4_vcpu->deadline = 1;
        invoke(PHASE_HALT, 0, w);
        l4_vcpu->virq_pending[0] &= ~1ull;
    }
    local_irq_restore(flags);
}

static noinline void garbage(void)
{
    for (;;) {
        u64 w[5] = {0};

        raw_local_irq_disable();
        for (unsigned int k = 0; k < 512; k++)
            ((volatile u64 *)l4_vcpu)[k] =
                random_next() % 4 ? random_next() : random_next() % 64;
        l4_vcpu->deadline = 1;
        if (random_next() % 3 == 0)
            l4_vcpu->mapq_n = random_next() % 140;
        invoke(PHASE_RESUME, 0, w);
    }
}

static int __init l4hostile_init(void)
{
    seed = get_cycles() | 1;
    if (end) {
        pr_emerg("l4hostile: the end, seed %llx\n", seed);
        garbage();
    }
    pr_emerg("l4hostile: begins, seed %llx\n", seed);
    attack_instructions();
    attack_memory();
    attack_mappings(FREE);
    forgeries();
    capabilities();
    storm();
    pr_emerg("l4hostile: %u failed\n", failures);
    return 0;
}

static void __exit l4hostile_exit(void)
{
}

module_init(l4hostile_init);
module_exit(l4hostile_exit);
MODULE_DESCRIPTION("Attacks on what Linux runs on");
MODULE_LICENSE("GPL");
