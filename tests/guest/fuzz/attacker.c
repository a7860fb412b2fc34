/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What attackers do. They run in spaces where all of this program's memory is
 * read-only but what is their own, so a fault or a jump to anywhere ruins
 * nobody else.
 */
#include <string.h>

#include <l4/syscall.h>

#include "world.h"

/* Begins again when an exception is handled. */
static void system_call(struct attacker *a, struct request *q)
{
    register uint64_t w2 __asm__("r8") = q->words.w[2];
    register uint64_t w3 __asm__("r9") = q->words.w[3];
    register uint64_t w4 __asm__("r10") = q->words.w[4];

    a->calls++;
    __asm__ volatile("syscall"
                     : "+a"(q->tag), "+D"(q->cap), "+S"(q->words.w[0]),
                       "+d"(q->words.w[1]), "+r"(w2), "+r"(w3), "+r"(w4)
                     :
                     : "rcx", "r11", "cc", "memory");
}

/* Something that faults, or may: each is an instruction or two. */
static void fault_make(struct attacker *a)
{
    struct random *r = &a->random;
    uint64_t address = random_address(r);

    a->calls++;
    switch (random_below(r, 12)) {
    case 0: __asm__ volatile("ud2"); break;
    case 1: __asm__ volatile("int3"); break;
    case 2: __asm__ volatile("int $0x80"); break;
    case 3: __asm__ volatile("hlt"); break;
    case 4: __asm__ volatile("cli"); break;
    case 5:
        __asm__ volatile("outb %%al, %%dx"
                         :
                         : "a"(0), "d"(PORTS_FIRST + random_below(r, 32)));
        break;
    case 6: __asm__ volatile("movq %%rax, %%xmm0" : : "a"(address)); break;
    case 7: __asm__ volatile("sysenter" : : : "memory"); break;
    case 8:
        __asm__ volatile("rdmsr" : : "c"(random_next(r)) : "rax", "rdx");
        break;
    case 9: __asm__ volatile("jmp *%0" : : "r"(address)); break;
    case 10:
        __asm__ volatile("movb $1, (%0)" : : "r"(address) : "memory");
        break;
    default:
        __asm__ volatile("movb (%0), %%al" : : "r"(address) : "rax", "memory");
        break;
    }
}

/* One entry of the queue of mappings. */
static void vcpu_mapping(struct random *r, const struct attacker *a,
                         l4_vcpu_map_t *m)
{
    m->address = random_address(r);
    m->host_address = random_address(r);
    m->order = random_one_in(r, 3) ? (uint8_t)random_below(r, 48) : 12;
    m->op = random_one_in(r, 3) ? L4_VCPU_UNMAP : L4_VCPU_MAP;
    m->rights = (uint8_t)random_next(r);
    if (!a->style.protect)
        m->rights |= L4_MEM_R;
    if (random_one_in(r, 24))
        m->op = (uint16_t)random_next(r);
}

/* Fills the state page so that something may come of it. */
static void vcpu_fill(struct attacker *a)
{
    struct random *r = &a->random;
    l4_vcpu_t *p = (l4_vcpu_t *)(uintptr_t)VCPU_PAGE;
    uint64_t *words = (uint64_t *)&p->regs;
    bool odd = random_one_in(r, 6);

    for (unsigned i = 0; i < sizeof(p->regs) / 8; i++)
        words[i] = random_word(r);
    p->regs.ip = odd ? random_word(r) : (uint64_t)(uintptr_t)attacker_guest;
    p->entry_ip = random_one_in(r, 16) ? random_word(r)
                                       : (uint64_t)(uintptr_t)attacker_run_vcpu;
    p->entry_sp =
        attacker_memory(ATTACKER_VCPU) + ATTACKER_PAGES * L4_PAGE_SIZE - 8;
    p->saved_state = random_one_in(r, 4) ? (uint32_t)random_next(r)
                                         : L4_VCPU_USER | L4_VCPU_IRQ;
    p->state = random_one_in(r, 2) ? (uint32_t)random_next(r) : 0;
    p->sticky = random_one_in(r, 4) ? L4_VCPU_PENDING : 0;
    p->user_task = random_one_in(r, 6) ? random_slot(r) : SLOT_GUEST;
    p->deadline = random_one_in(r, 3)   ? random_now() + random_below(r, 90000)
                  : random_one_in(r, 4) ? random_word(r)
                                        : 0;
    p->mapq_n = random_one_in(r, 12) ? (uint32_t)random_word(r)
                                     : (uint32_t)random_below(r, 5);
    p->map_done = random_one_in(r, 12) ? (uint32_t)random_word(r) : 0;
    for (unsigned i = 0; i < p->mapq_n && i < 8; i++)
        vcpu_mapping(r, a, &p->mapq[i]);
}

static void vcpu_step(struct attacker *a)
{
    struct request q = {.tag = random_one_in(&a->random, 5) ? L4_PHASE_HALT
                                                            : L4_PHASE_RESUME};

    vcpu_fill(a);
    system_call(a, &q);
}

/* A vCPU may have itself resumed where it was interrupted long ago, on a stack
 * that has changed since: then it is in another step than it believes, and its
 * result means nothing. */
static void request_step(struct attacker *a)
{
    struct request q;
    uint64_t step_number = ++a->steps;
    bool odd;

    request_make(&a->random, &a->style, l4_utcb(), &q);
    unsigned operation = (unsigned)q.operation;
    system_call(a, &q);
    int result = request_result(&q, q.tag, q.words.w[0], &odd);
    if (step_number != a->steps)
        return;
    a->succeeded[operation] += result == 0;
    a->failed[operation] += result > 0;
    if (odd && !a->odd)
        a->odd = odd_make(operation, (unsigned)result);
}

static void step(struct attacker *a)
{
    l4_utcb_t *utcb = l4_utcb();
    struct request q;
    uint64_t what = random_below(&a->random, 100);

    if (a->vcpu && what < 25) {
        vcpu_step(a);
    } else if (what < 3) {
        fault_make(a);
    } else if (what < 5) {
        garbage_make(&a->random, &q);
        system_call(a, &q);
    } else if (what < 30) {
        message_make(&a->random, &a->style, utcb, &q);
        system_call(a, &q);
    } else {
        request_step(a);
    }
}

_Noreturn void attacker_run(struct attacker *a)
{
    for (;;) {
        if (a->calls >= a->share) {
            l4_utcb()->wait_timeout = L4_TIME_NEVER;
            (void)l4_ipc(L4_PHASE_WAIT, 0, &(l4_words_t){{0}}, NULL);
            continue;
        }
        step(a);
    }
}

_Noreturn void attacker_run_vcpu(void *page)
{
    (void)page;
    attacker_run(attacker(ATTACKER_VCPU));
}

/* Where the guest has a part of the program, it makes a system call and a
 * fault; where it has not it faults at once. */
__asm__(".globl attacker_guest\n"
        ".type attacker_guest, @function\n"
        "attacker_guest:\n"
        "  movq %rax, %xmm1\n"
        "  syscall\n"
        "  movb %al, (%rdi)\n"
        "  ud2\n"
        "  jmp attacker_guest\n");
