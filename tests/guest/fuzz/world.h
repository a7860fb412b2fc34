/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What attackers find: tasks, threads in all states, and objects of every kind.
 * All of it is made from one factory, anew for each round, and destroyed with
 * it.
 */
#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

#include <l4/objects.h>
#include <l4/root.h>
#include <l4/vcpu.h>

#include "requests.h"

/* Threads that attack; the last but one is a vCPU, the last one has no context
 * of its own. */
#define ATTACKERS 5u
#define ATTACKER_VCPU 3u

/* An operation and an error that its description does not name, with what shows
 * that this is no accident: neither zeroes nor ones in a half of it do. */
#define ODD_MARK 0x0ddba115u

static inline uint64_t odd_make(unsigned operation, unsigned error)
{
    uint32_t odd = operation << 8 | error;

    return odd | (uint64_t)(odd ^ ODD_MARK) << 32;
}

static inline bool odd_is(uint64_t odd)
{
    return (uint32_t)(odd >> 32) == ((uint32_t)odd ^ ODD_MARK) &&
           (uint32_t)odd >> 8 < requests_count();
}

/* I/O ports behind which there is nothing. */
#define PORTS_FIRST 0xe0u
#define PORTS_COUNT 16u

/* Slots of the table of an attacker. */
#define GATES (ATTACKERS + 4)
#define SIGNALS 4u
enum {
    SLOT_TASKS = 1, /* two of attackers, and one for a guest */
    SLOT_GUEST = SLOT_TASKS + 2,
    SLOT_THREADS, /* one has never been started */
    SLOT_SCHEDS = SLOT_THREADS + ATTACKERS + 1,
    SLOT_FACTORIES = SLOT_SCHEDS + ATTACKERS,
    SLOT_GATES = SLOT_FACTORIES + 2,
    SLOT_SIGNALS = SLOT_GATES + GATES,
    SLOT_DEVICE = SLOT_SIGNALS + SIGNALS,
    SLOT_PORTS,
    SLOT_CONSOLE,
    SLOT_TRACE,
    SLOT_END
};

/* Gates behind those of attackers. */
enum { GATE_PAGER = ATTACKERS, GATE_EXCEPTION, GATE_VICTIM, GATE_NOBODY };
#define SLOT_PAGER_CAP (SLOT_GATES + GATE_PAGER)

/* Labels of the keeper's messages. */
#define LABEL_PAGER 0x200u
#define LABEL_EXCEPTION 0x201u

/* UTCBs of attackers, and the page of the vCPU's state. */
#define UTCB_AREA ((uint64_t)0x300000)
#define VCPU_PAGE ((uint64_t)0x310000)

/* What an attacker has for itself: memory at the same address in every
 * space, a page with its state and then its stack. Its attacks may write into
 * it, so it is read with doubt. */
struct attacker {
    struct random random;
    struct request_style style;
    uint64_t share; /* system calls it is to make */
    uint64_t calls; /* it has made */
    uint64_t spin;  /* what it computes for nothing */
    bool vcpu;
    uint64_t odd;            /* what odd_make() makes, or 0 */
    volatile uint64_t steps; /* requests begun */
    uint32_t succeeded[OPERATIONS_MAX];
    uint32_t failed[OPERATIONS_MAX];
};

#define ATTACKER_PAGES 4u

/* RAM is used from here on: memory of attackers, then what they play with. */
#define RAM_BASE (L4_ROOT_RAM + 0x4000000)
#define RAM_WINDOW (RAM_BASE + 0x1000000)

static inline uint64_t attacker_memory(unsigned i)
{
    return RAM_BASE + (uint64_t)i * ATTACKER_PAGES * L4_PAGE_SIZE;
}

static inline struct attacker *attacker(unsigned i)
{
    return (struct attacker *)(uintptr_t)attacker_memory(i);
}

/* About the time of the kernel's clock, in ns: a tick is an instruction is a
 * nanosecond where runs are to be repeated. */
static inline uint64_t random_now(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (low | (uint64_t)high << 32) | 1;
}

/* The first instructions of an attacker, and of the vCPU's guest. */
_Noreturn void attacker_run(struct attacker *a);
_Noreturn void attacker_run_vcpu(void *page);
void attacker_guest(void);

/* What the tables of attackers hold. */
extern const struct slots world_slots[];
extern const unsigned world_kinds;

/* The gates of those who keep serving, in our table. */
struct world_servers {
    l4_thread_t keeper; /* who handles faults */
    l4_gate_t victim;
};

/* Makes a world for a round. */
void world_make(struct random *r, const struct world_servers *servers,
                uint64_t calls, bool protect);

/* Destroys it, and all that came of it. */
void world_destroy(void);

/* Destroys one thing of it. */
void world_break(struct random *r);

/* Lets attackers go on that were stopped, or wait for ever. */
void world_revive(struct random *r);

/* The registers with which an attacker begins again. */
void world_restart(unsigned i, l4_regs_t *regs);

/* How many system calls have been made in it, for certain. */
uint64_t world_calls(void);

/* Whether attacker `i` has ruined what it says about itself. */
bool world_ruined(unsigned i);

#endif
