/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plays a worse Linux: holds exactly what Linux holds, and uses it for all that
 * it can think of against the microkernel, root and the neighbours. What must
 * not succeed and does is a line with FAIL. It ends by a state page full of
 * garbage, and the boot plan starts it again, to try with other numbers.
 */
#include <string.h>

#include <l4/env.h>
#include <l4/handlers.h>
#include <l4/ipc.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/root.h>
#include <l4/services.h>
#include <l4/slots.h>
#include <l4/thread.h>
#include <l4/vcpu.h>

#include "confine.h"

#define RAM 0x40000000ull
#define RAM_SIZE (8ull << 20)
#define PAGE 0x37fff000ull
#define GUESSES 20000u
#define STORM 20000u
#define OBJECTS 64u

static volatile l4_vcpu_t *const vcpu = (l4_vcpu_t *)PAGE;
static const l4_task_t self = {L4_CAP_TASK};
static const l4_factory_t factory = {L4_CAP_FACTORY};
static const root_program_t root = {L4_CAP_PROGRAM};

/* The handler of this program's own exceptions and faults: counts, and skips
 * the instruction, whose length is known. */
extern void skip_entry(void);
volatile uint64_t skip_length;
volatile uint64_t skip_count;
__asm__(".pushsection .text\n"
        "skip_entry:\n"
        "    mov skip_length, %rax\n"
        "    add %rax, 0x1c0(%rdi)\n" /* host_regs.ip */
        "    incq skip_count\n"
        "    mov $6 << 16, %eax\n" /* L4_PHASE_RESUME */
        "    syscall\n"
        "    ud2\n"
        ".popsection");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, host_regs.ip) == 0x1c0, "skip_entry");

static void check(bool good, const char *what)
{
    if (!good)
        l4_log(L4_LOG_INFO, "FAIL %s", what);
}

/* Runs one instruction; checks that it raised an exception. */
#define MUST_FAULT(text, ...)                                            \
    do {                                                                 \
        uint64_t before = skip_count;                                    \
        __asm__ volatile("movq $(2f - 1f), skip_length\n1: " text "\n2:" \
                         :                                               \
                         : __VA_ARGS__                                   \
                         : "memory", "cc");                              \
        check(skip_count == before + 1, text);                           \
    } while (0)

#define ENVIRONMENT L4_ENV_ADDRESS
#define CLOCK L4_CLOCK_ADDRESS
#define USER_END L4_USER_END
#define BEYOND (RAM + RAM_SIZE)
#define ROOT_RAM L4_ROOT_RAM
#define MICROKERNEL 0xffff800000000000ull
#define UTCB L4_UTCB_AREA
#define FREE 0x70000000ull /* nothing is there */

#include "attacks.h"

static void attack_map(uint64_t source, unsigned order, uint64_t at)
{
    const l4_map_entry_t entry = {l4_fpage_mem(source, order, L4_RIGHTS_ALL),
                                  at};
    uint32_t done = 0;
    int32_t error = 0;

    (void)!l4_task_map(self, &entry, 1, &done, &error, NULL);
}

/* What is sealed, and messages that only the kernel sends. */
static void masks(void)
{
    const l4_pager_t pager = {L4_CAP_PAGER};
    l4_regs_t regs = {.rip = 0};
    const l4_exception_handler_t exception = {L4_CAP_EXCEPTION};
    l4_fpage_t page;
    uint64_t a;
    uint64_t b;
    char name[ROOT_NAME_MAX + 1];

    check(root_program_area_add(root, 0x80000000, 4096, NULL) == L4_EPERM,
          "area_add");
    check(root_program_memory(root, &a, &b, NULL) == L4_EPERM, "memory");
    check(root_program_seal(root, NULL) == 0, "seal twice");
    check(root_program_client(root, 0x10001, name, sizeof(name), NULL) ==
              L4_EPERM,
          "client");
    check(l4_pager_fault(pager, RAM, 0, L4_MEM_W, &page, NULL) == L4_EPERM,
          "a fault that was none");
    check(l4_exception_handler_raised(exception, 0, 0, 14, &regs, NULL) ==
              L4_EPERM,
          "an exception that was none");
    check(l4_task_set_name(self, "root", NULL) == L4_EPERM, "its task's name");
}

/* Every slot, and every protocol on it. Blocking is the caller's choice. */
static void capabilities(void)
{
    const l4_ctx_t poll = L4_CTX_TIMEOUT(0);
    l4_console_t console;

    for (l4_cap_t slot = 0; slot < 4096; slot++) {
        for (unsigned proto = 1; proto < 20; proto++) {
            l4_words_t w = {{0}};

            if (slot == L4_CAP_TASK || slot == L4_CAP_FACTORY)
                continue;
            (void)l4_call(slot, L4_TAG(proto, 1, 1, 0), &w, 0);
        }
        console.cap = slot;
        check(l4_console_write(console, (const uint8_t *)"FAIL\n", 5, &poll) !=
                  0,
              "the kernel's console");
    }
    for (unsigned i = 0; i < GUESSES; i++) {
        const uint64_t phases[] = {L4_PHASE_PARK, L4_PHASE_SEND, L4_PHASE_CALL,
                                   L4_PHASE_REPLY};
        l4_words_t w = {{random_next(), random_next(), random_next(),
                         random_next(), random_next()}};
        l4_tag_t tag = random_next() & ~L4_TAG_PHASE_MASK;
        l4_cap_t cap = (l4_cap_t)(i % 2 ? random_next() : random_next() % 256);

        /* Not its own end, nor its own memory. */
        if (l4_tag_proto(tag) == ROOT_PROGRAM_PROTO || cap == L4_CAP_TASK)
            continue;
        l4_utcb()->send_timeout = 0;
        l4_utcb()->wait_timeout = 0;
        tag |= phases[random_next() % 4] | L4_TAG_SEND_TIMEOUT |
               L4_TAG_WAIT_TIMEOUT;
        (void)l4_ipc(tag, cap, &w, NULL);
    }
}

/* Objects until there is no quota left; more than once, as it is given back. */
static void bombs(void)
{
    static l4_cap_t slots[OBJECTS];
    unsigned count = 0;
    l4_err_t err = 0;
    l4_task_t task = {L4_CAP_NONE};
    l4_thread_t thread;
    l4_sched_t sched;

    while (!err && count < OBJECTS) {
        l4_cap_t slot = l4_slot_alloc();
        const l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(slot));

        if (slot == L4_CAP_NONE)
            break;
        slots[count++] = slot;
        if (count % 3 == 1)
            err = l4_factory_create_task(factory, 12, &task, &ctx);
        else if (count % 3 == 2)
            err = l4_factory_create_thread(factory, task, L4_UTCB_AREA, &thread,
                                           &ctx);
        else
            err = l4_factory_create_sched(factory, 100, &sched, &ctx);
        if (!err && count % 3 == 0)
            (void)!l4_thread_set_context(thread, sched, NULL);
        /* It runs nothing but faults, and nobody handles them. */
        if (!err && count % 3 == 0)
            (void)!l4_thread_start(thread, 0x1000, 0, 0, NULL);
    }
    check(err == L4_EQUOTA || count == OBJECTS, "a quota");
    {
        const l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(slots[count - 1]));

        l4_cap_delete(slots[count - 1]);
        check(l4_factory_create_sched(factory, 200, &sched, &ctx) != 0,
              "a priority above its own");
        check(l4_factory_create_thread(factory, self, L4_UTCB_AREA + 0x5000,
                                       &thread, &ctx) == L4_EPERM,
              "a thread in its own task");
    }
    while (count > 0)
        l4_slot_free(slots[--count]);
}

/* Deadlines that are over before they are set. */
static void storm(void)
{
    for (unsigned i = 0; i < STORM; i++) {
        l4_words_t w = {{0}};

        vcpu->deadline = i % 2 ? 1 : l4_time_now() + 1;
        (void)l4_ipc(L4_PHASE_HALT, L4_CAP_NONE, &w, NULL);
        vcpu->virq_pending[0] = 0;
        vcpu->sticky = 0;
    }
    vcpu->deadline = 0;
}

/* A state page of nothing but chance. It is the end, sooner or later. */
static void garbage(void)
{
    for (unsigned i = 0; i < 1000; i++) {
        volatile uint64_t *word = (volatile uint64_t *)PAGE;
        l4_words_t w = {{0}};

        for (unsigned k = 0; k < 512; k++)
            word[k] = random_next() % 4 ? random_next() : random_next() % 64;
        vcpu->deadline = 1;
        if (i % 3 == 0)
            vcpu->mapq_n = (uint32_t)(random_next() % 140);
        (void)l4_ipc(L4_PHASE_RESUME, L4_CAP_NONE, &w, NULL);
    }
}

int main(void)
{
    const l4_thread_t me = {L4_CAP_THREAD};

    __asm__ volatile("rdtsc; shl $32, %%rdx; or %%rdx, %%rax"
                     : "=a"(seed)
                     :
                     : "rdx");
    l4_log(L4_LOG_INFO, "begins, with seed %lx", seed);
    if (confine_ram(RAM, RAM_SIZE) || l4_thread_make_vcpu(me, PAGE, NULL) ||
        confine())
        return 1;
    vcpu->entry_ip = (uint64_t)(uintptr_t)skip_entry;
    vcpu->state = L4_VCPU_EXC | L4_VCPU_PF;
    attack_instructions();
    attack_memory();
    attack_mappings(FREE);
    vcpu->state = 0;
    masks();
    capabilities();
    bombs();
    bombs();
    l4_log(L4_LOG_INFO, "storms");
    storm();
    l4_log(L4_LOG_INFO, "has tried everything");
    garbage();
    return 0;
}
