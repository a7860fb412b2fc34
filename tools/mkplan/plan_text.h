/* SPDX-License-Identifier: BSD-2-Clause */
/* A boot plan as people write it: docs/bootplan.md has the language. */
#ifndef MKPLAN_PLAN_TEXT_H
#define MKPLAN_PLAN_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <l4/bootplan.h>

/* One grant of a program, as read. */
struct grant_text {
    uint32_t kind; /* L4_PLAN_PROVIDE and so on */
    unsigned line;
    char name[L4_PLAN_NAME];
    uint32_t a; /* as in l4_plan_grant_t; of a connection: resolved last */
    uint32_t b;
    char server[L4_PLAN_NAME]; /* of a connection: whose port; supervise */
    char port[L4_PLAN_NAME];
    char module[L4_PLAN_NAME]; /* of a boot module: which */
};

struct program_text {
    unsigned line;
    char name[L4_PLAN_NAME];
    char module[L4_PLAN_NAME];
    char args[L4_PLAN_ARGS]; /* strings one after another, with their NULs */
    uint32_t args_size;
    uint32_t arg_count;
    uint64_t memory;
    uint64_t stack;
    uint64_t heap;
    uint64_t quota;
    uint64_t budget_ns;
    uint64_t period_ns;
    uint32_t priority;
    uint32_t table_order;
    bool autostart;
    uint32_t restart; /* L4_PLAN_RESTART_* */
    uint32_t backoff_ms;
    struct grant_text grants[L4_PLAN_CAPS];
    uint32_t grant_count;
};

struct plan_text {
    const char *file;
    struct program_text programs[L4_PLAN_PROGRAMS];
    uint32_t program_count;
    uint32_t exit_rule;
    char exit_name[L4_PLAN_NAME];
    uint32_t exit_program;
    unsigned exit_line;    /* 0: nothing said */
    unsigned machine_line; /* likewise */
    unsigned errors;
    FILE *messages; /* where errors go */
};

/* Reports an error in that line, "file:line: error: ...". */
void plan_error(struct plan_text *plan, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads a plan from `in`; errors are reported and counted in plan->errors. */
void plan_read(struct plan_text *plan, FILE *in);

/* Looks up what the plan's names refer to, and that each program's module is
 * one of the `count` ones given. */
void plan_resolve(struct plan_text *plan, const char *const *modules,
                  int count);

/* Cuts a line into words at blanks, in place; what stands in double quotes
 * stays together, without the quotes, and # begins a comment. Returns how many
 * there are, or -1 if a quote is not closed or there are too many. */
int line_split(char *line, char **words, int max);

/* Reads a number (decimal or 0x...) with an optional K, M or G behind it. */
bool number_read(const char *text, uint64_t *number);

/* Reads a time, a number with ns, us, ms or s, in nanoseconds. */
bool time_read(const char *text, uint64_t *ns);

/* Copies a name of allowed characters that is not too long. */
bool name_read(const char *text, char name[L4_PLAN_NAME]);

#endif
