/* SPDX-License-Identifier: BSD-2-Clause */
/* What people are told about a program that died of a fault. */
#ifndef ROOT_REPORT_H
#define ROOT_REPORT_H

#include "program.h"

/* An exception, as the kernel told it. */
struct exception {
    uint32_t vector;
    uint64_t error;   /* of a page fault: L4_MEM_* that were wanted */
    uint64_t address; /* of a page fault */
    const l4_regs_t *regs;
};

/* Writes one screen: program, thread, cause, place, registers, calls. */
void report_death(struct program *p, const struct exception *e);

#endif
