/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread of an attacker's that is made to run code with any registers: all
 * its faults and exceptions come to main, which tells it how to go on.
 */
#ifndef TESTS_SUBJECT_H
#define TESTS_SUBJECT_H

#include "victims.h"

/* What ended a run. */
struct event {
    uint64_t vector; /* EVENT_NONE: nothing came, it waits or has stopped */
    uint64_t error;
    uint64_t address;
    l4_regs_t regs;
};

#define EVENT_NONE 256u

/* Makes a subject, which has stopped at its first exception, and ends it. */
void subject_make(void);
void subject_end(void);

/* Its task and thread, and what it began with: a stack, and nothing else. */
extern struct attacker subject;
extern l4_regs_t subject_regs;

/* Runs it with those registers until something happens. */
void subject_run(const l4_regs_t *regs, struct event *e);

/* The same from an address, with subject_regs for the rest. */
void subject_run_at(const void *code, struct event *e);

#endif
