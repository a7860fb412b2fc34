/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs of the image and what root holds for each. A program's kernel
 * objects all come from one factory, so destroying that ends the program.
 */
#ifndef ROOT_PROGRAM_H
#define ROOT_PROGRAM_H

#include <l4/env.h>
#include <l4/server.h>
#include <l4/services.h>

#include "elf.h"
#include "pagemap.h"
#include "plan.h"

#define PROGRAM_AREAS 16   /* of program.area_add */
#define PROGRAM_THREADS 32 /* whose names root knows */

struct dataspace;

/* Memory of a program beyond what its file and the plan say. */
struct area {
    uint64_t start;
    uint64_t end; /* 0: none */
    unsigned rights;
    struct dataspace *space; /* what it shows, from `offset` on; NULL: its own
                              * memory */
    uint64_t offset;
};

struct thread_name {
    uint64_t utcb; /* 0: none */
    char name[L4_NAME_MAX + 1];
};

struct program {
    uint32_t number;
    const char *name;
    const l4_plan_program_t *plan;
    const l4_plan_grant_t *grants;
    struct elf elf;
    const l4_module_t *modules[L4_PLAN_REGIONS]; /* given, by their region */

    root_program_state_t state;
    int32_t status; /* with EXITED */
    uint32_t starts;

    /* Starting it again, as the plan wants it: see supervise.h. */
    uint64_t started;  /* when, the last time */
    uint64_t due;      /* when it is to be started again, with DUE */
    uint64_t delay;    /* before that, in ns; 0: not yet */
    l4_later_t waiter; /* of supervisor.ended */

    /* The rest is there while it runs. Root's slots: */
    l4_cap_t factory; /* pays for all of the following */
    l4_cap_t task;
    l4_cap_t thread;
    l4_cap_t sched;
    l4_cap_t quota;   /* the program's own factory, or none */
    l4_cap_t service; /* root's gate with labels that name the program */
    l4_cap_t pager;
    l4_cap_t exception;
    l4_cap_t granted[L4_PLAN_CAPS]; /* by the index of the grant */

    bool sealed; /* program.seal */
    struct pagemap pages;
    uint64_t heap_start;
    struct area areas[PROGRAM_AREAS];
    struct thread_name threads[PROGRAM_THREADS];
};

/* The boot plan, and all of its programs, in its order. */
extern struct plan plan;
extern struct program programs[L4_PLAN_PROGRAMS];
extern uint32_t program_count;

/* The boot module of that name, which is the last word of its command line:
 * some boot loaders put the file's name before it. NULL if there is none. */
const l4_module_t *module_find(const l4_info_t *info, const char *name);

/* Prepares all programs of the plan, which is open: finds and checks their
 * modules. Says what is wrong with them. */
l4_err_t programs_init(const l4_info_t *info);

/* Starts all programs that the plan wants started. */
l4_err_t programs_start(void);

/* The program of that name or number; NULL if there is none. */
struct program *program_named(const char *name);
struct program *program_numbered(uint64_t number);

/* Starts one that does not run. L4_ESTATE if it does. */
l4_err_t program_start(struct program *p);

/* Ends a program: destroys and frees all that it had. The plan may want it
 * started again. */
void program_stop(struct program *p, root_program_state_t state,
                  int32_t status);

/* Ends one because someone wants it to. L4_ESTATE if it neither runs nor is
 * about to be started again. */
l4_err_t program_kill(struct program *p);

/* What there is to say of a program. */
void program_info(const struct program *p, root_program_info_t *info);

/* Bytes of memory a program uses. */
uint64_t program_memory(const struct program *p);

/* The name of the thread with that UTCB; NULL if root was not told. */
const char *program_thread(const struct program *p, uint64_t utcb);

#endif
