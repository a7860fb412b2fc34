/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread in a task of its own that faults, and whom it faults to: us. */
#ifndef TESTS_VICTIM_H
#define TESTS_VICTIM_H

#include "kit.h"

#define FAULT (L4_TAG(L4_PAGER_PROTO, 1, 3, 0) | L4_TAG_KERNEL)
#define EXCEPTION (L4_TAG(L4_EXCEPTION_HANDLER_PROTO, 1, 23, 0) | L4_TAG_KERNEL)

#define PAGER_LABEL 0x9a
#define HANDLER_LABEL 0xec
#define SIGNAL_LABEL 0x51

/* Slots of the faulting task. */
#define PAGER_SLOT 40
#define HANDLER_SLOT 41

#define THERE ((uint64_t)0x60000000)

#define PAGE_FAULT 14

extern l4_task_t space; /* the victim's */
extern struct worker *victim;
extern l4_gate_t pager;

/* Makes the victim run `run` with handlers in these slots. Its image is paged
 * in by root before that. */
void victim_start(worker_fn run, uint32_t pager_slot, uint32_t handler_slot);
void victim_end(void);

/* Waits for a fault or an exception; its words. */
void fault_wait(l4_tag_t tag, uint64_t label, uint64_t *words);

/* Refuses whatever was asked. */
void refuse(void);

/* The victim has stopped for good, and the signal says so. */
void expect_stopped(uint32_t vector, uint64_t address);

#endif
