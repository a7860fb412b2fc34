/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Those who must not notice an attack: a server in a task and of a factory of
 * its own, and in another task a customer that calls it every CUSTOM_PERIOD.
 * Each test is an attack; when it is over the customer has been served all the
 * time, and main is served too.
 *
 * The customer runs above everyone and the server with a priority above that
 * of the attackers (KIT_HIGH at most), unless a test asks for less.
 */
#ifndef TESTS_VICTIMS_H
#define TESTS_VICTIMS_H

#include "kit.h"

#define ATTACK_PROTO 0x7200 /* between the attackers */

#define VICTIM_PRIORITY 150
#define CUSTOM_PRIORITY 170
#define CUSTOM_PERIOD ((l4_time_t)200000) /* ns */

/* Runs the attacks, as kit_run(). */
int attack_run(const char *area, const struct kit_test *tests, size_t count);

/* A capability to the victim, of main's. Its operation 1 adds one to a word;
 * operation 2 calls `victim_helper` before it does so. */
extern l4_gate_t victim_gate;
extern l4_gate_t victim_helper;

#define VICTIM_ADD L4_TAG(ATTACK_PROTO, 1, 1, 0)
#define VICTIM_ASK L4_TAG(ATTACK_PROTO, 2, 1, 0)

/* The victim's thread, for those whom a test gives authority over it. */
struct worker *victim_worker(void);

/* Main is served now. */
void victim_serves(void);

/* How often the customer has been served, and waits until it has been again. */
uint64_t custom_served(void);
void custom_goes_on(void);

/* How late the customer woke up at most, in ns, since this was last asked. */
uint64_t custom_latest(void);

/* A task that an attack comes from, all of it of `f`, with memory shared as in
 * kit_space() and paged in, so that its faults are its own; and the end of all
 * that. Attackers have no handlers: a fault stops them. */
struct attacker {
    l4_factory_t factory;
    l4_task_t task;
    struct worker *worker;
};

void attacker_make(struct attacker *a, uint64_t quota, int priority);
void attacker_end(struct attacker *a);

/* Slots of an attacker's table. */
enum {
    ATTACKER_VICTIM = KIT_SPACE_FREE, /* a gate to the victim: give */
    ATTACKER_MAIN,                    /* one to main, label ATTACKER_LABEL */
    ATTACKER_SELF,                    /* its thread */
    ATTACKER_FACTORY,
    ATTACKER_FREE
};

#define ATTACKER_LABEL 0xa77ac

/* Lets lower threads run for `ns`. */
void attack_rest(l4_time_t ns);

/* The address of a page of main's to pass on; a flexpage of one page. */
uint64_t attack_page(void);

static inline l4_fpage_t page_at(uint64_t address, unsigned rights)
{
    return l4_fpage_mem(address, L4_PAGE_ORDER, rights);
}

/* Whether what arrived lies in a window. */
bool fpage_is_within(l4_fpage_t where, l4_fpage_t window);

/* Numbers to attack with: the same every time. */
void random_seed(uint64_t seed);
uint64_t random_next(void);
uint64_t random_below(uint64_t end);

/* Numbers that matter more often than others. */
uint64_t random_odd(void);

#endif
