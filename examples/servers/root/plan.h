/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot plan, read. Whoever packed the image is not trusted to have made a
 * well-formed plan: plan_open() checks every field, and what it accepts can be
 * used without looking again.
 */
#ifndef ROOT_PLAN_H
#define ROOT_PLAN_H

#include <l4/bootplan.h>
#include <l4/err.h>

/* A plan that plan_open() accepted. Points into the plan's bytes. */
struct plan {
    const l4_plan_header_t *header;
    const l4_plan_program_t *programs;
    const l4_plan_grant_t *grants;
    const char *strings;
};

/* What is wrong with a plan, for people. */
struct plan_fault {
    const char *what; /* NULL: nothing */
    uint32_t program; /* whose, if it is one program's */
    bool in_program;
};

/* Reads the plan of `size` bytes at `data`, 8-aligned. L4_EFORMAT if there is
 * anything wrong with it; `fault` says what. */
l4_err_t plan_open(struct plan *plan, const void *data, size_t size,
                   struct plan_fault *fault);

/* The string at that offset. */
const char *plan_string(const struct plan *plan, uint32_t offset);

/* The first grant of a program; grant_count of them follow. */
const l4_plan_grant_t *plan_grants(const struct plan *plan,
                                   const l4_plan_program_t *program);

/* Whether a grant is memory and no capability. */
bool plan_is_region(const l4_plan_grant_t *g);

/* The index of a program's n-th grant of that kind, counted from its first
 * grant; grant_count if it has no more. */
uint32_t plan_find_grant(const struct plan *plan,
                         const l4_plan_program_t *program, uint32_t kind,
                         uint32_t n);

#endif
