/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <l4/log.h>
#include <l4/objects.h>
#include <l4/root.h>
#include <l4/thread.h>

#include "caps.h"
#include "dataspace.h"
#include "frames.h"
#include "image.h"
#include "memory.h"
#include "print.h"
#include "region.h"
#include "supervise.h"

struct plan plan;
struct program programs[L4_PLAN_PROGRAMS];
uint32_t program_count;

const l4_module_t *module_find(const l4_info_t *info, const char *name)
{
    const l4_module_t *modules = l4_info_modules(info);

    for (uint32_t i = 0; i < info->module_count; i++) {
        const char *cmdline = modules[i].cmdline;
        const char *blank = strrchr(cmdline, ' ');

        if (strcmp(blank ? blank + 1 : cmdline, name) == 0)
            return &modules[i];
    }
    return NULL;
}

/* Fills in one program of the plan. */
static l4_err_t program_init(struct program *p, uint32_t number,
                             const l4_info_t *info)
{
    const l4_module_t *module;
    const char *why;

    p->number = number;
    p->plan = &plan.programs[number];
    p->grants = plan_grants(&plan, p->plan);
    p->name = plan_string(&plan, p->plan->name);
    p->state = ROOT_PROGRAM_STATE_IDLE;
    module = module_find(info, plan_string(&plan, p->plan->module));
    if (!module) {
        print("root: program %s: the boot module \"%s\" is missing\n", p->name,
              plan_string(&plan, p->plan->module));
        return L4_ENOENT;
    }
    if (elf_open(&p->elf, frame_at(module->start), module->size, &why) != 0) {
        print("root: program %s: module \"%s\" cannot be loaded: %s\n", p->name,
              plan_string(&plan, p->plan->module), why);
        return L4_EFORMAT;
    }
    return regions_init(p, info);
}

/* Whether the machine has the memory that the plan promises. */
static l4_err_t programs_fit(void)
{
    uint64_t wanted = 0;
    uint64_t available = frames_available() * L4_PAGE_SIZE;

    for (uint32_t i = 0; i < program_count; i++) {
        if (programs[i].plan->flags & L4_PLAN_AUTOSTART)
            wanted += programs[i].plan->memory;
    }
    if (wanted <= available)
        return 0;
    print("root: the boot plan promises %lu KiB of memory to programs, but "
          "this machine has %lu KiB for them\n",
          (unsigned long)(wanted / 1024), (unsigned long)(available / 1024));
    return L4_ENOMEM;
}

l4_err_t programs_init(const l4_info_t *info)
{
    l4_err_t first = 0;

    program_count = plan.header->program_count;
    for (uint32_t i = 0; i < program_count; i++) {
        l4_err_t err = program_init(&programs[i], i, info);

        first = first ? first : err;
    }
    return first ? first : programs_fit();
}

struct program *program_named(const char *name)
{
    for (uint32_t i = 0; i < program_count; i++) {
        if (strcmp(programs[i].name, name) == 0)
            return &programs[i];
    }
    return NULL;
}

struct program *program_numbered(uint64_t number)
{
    return number < program_count ? &programs[number] : NULL;
}

uint64_t program_memory(const struct program *p)
{
    return p->pages.frames * L4_PAGE_SIZE + dataspaces_memory(p);
}

/* The n-th thread that has a name, the main thread not counted. */
static bool thread_numbered(const struct program *p, uint32_t n)
{
    for (unsigned i = 0; i < PROGRAM_THREADS; i++) {
        if (p->threads[i].utcb && n-- == 0)
            return true;
    }
    return false;
}

void program_info(const struct program *p, root_program_info_t *info)
{
    memset(info, 0, sizeof(*info));
    info->state = p->state;
    info->status = p->status;
    info->memory_quota = p->plan->memory;
    info->memory_used = program_memory(p);
    info->starts = p->starts;
    info->priority = p->plan->priority;
    info->table_slots = 1u << p->plan->table_order;
    if (p->state == ROOT_PROGRAM_STATE_RUNNING) {
        l4_sched_t sched = {p->sched};

        (void)!l4_sched_info(sched, &info->cpu_ns, &info->priority, NULL);
        info->threads = 1;
        while (thread_numbered(p, info->threads - 1))
            info->threads++;
    }
}

const char *program_thread(const struct program *p, uint64_t utcb)
{
    if (utcb == L4_UTCB_AREA)
        return "main";
    for (unsigned i = 0; i < PROGRAM_THREADS; i++) {
        if (p->threads[i].utcb && p->threads[i].utcb == utcb)
            return p->threads[i].name;
    }
    return NULL;
}

/* Takes back all that a program has or had so far. */
static void program_release(struct program *p)
{
    caps_destroy(p);
    dataspaces_destroy(p);
    memory_destroy(p);
    memset(p->threads, 0, sizeof(p->threads));
    p->sealed = false;
}

/* Makes a program up to, but without, its first instruction. */
static l4_err_t program_create(struct program *p)
{
    l4_err_t err = caps_create(p);

    if (!err)
        err = caps_give(p);
    if (!err)
        err = memory_create(p);
    if (!err)
        return 0;
    print("root: program %s cannot be started: %s\n", p->name,
          l4_err_text(err));
    program_release(p);
    return err;
}

/* Lets a program run that has been created. */
static l4_err_t program_run(struct program *p)
{
    l4_thread_t thread = {p->thread};
    l4_err_t err = l4_thread_start(thread, p->elf.entry, L4_STACK_TOP, 0, NULL);

    if (err) {
        print("root: program %s does not start: %s\n", p->name,
              l4_err_text(err));
        program_release(p);
        return err;
    }
    p->state = ROOT_PROGRAM_STATE_RUNNING;
    p->starts++;
    p->started = l4_time_now();
    return 0;
}

/* Connects a program; those that cannot be made stay open. */
static void program_connect(struct program *p)
{
    l4_err_t err = caps_connect(p);

    if (err)
        print("root: program %s lacks a connection: %s\n", p->name,
              l4_err_text(err));
}

l4_err_t program_start(struct program *p)
{
    l4_err_t err;

    if (p->state == ROOT_PROGRAM_STATE_RUNNING)
        return L4_ESTATE;
    err = program_create(p);
    if (err)
        return err;
    program_connect(p);
    return program_run(p);
}

/* All are made before the first one runs, so that each finds its connections
 * in place. */
l4_err_t programs_start(void)
{
    l4_err_t err = 0;

    for (uint32_t i = 0; !err && i < program_count; i++) {
        if (programs[i].plan->flags & L4_PLAN_AUTOSTART)
            err = program_create(&programs[i]);
    }
    for (uint32_t i = 0; !err && i < program_count; i++) {
        if (programs[i].task)
            program_connect(&programs[i]);
    }
    for (uint32_t i = 0; !err && i < program_count; i++) {
        if (programs[i].task)
            err = program_run(&programs[i]);
    }
    return err;
}

l4_err_t program_kill(struct program *p)
{
    if (p->state == ROOT_PROGRAM_STATE_DUE) {
        p->state = ROOT_PROGRAM_STATE_KILLED;
        image_check(p);
        return 0;
    }
    if (p->state != ROOT_PROGRAM_STATE_RUNNING)
        return L4_ESTATE;
    program_stop(p, ROOT_PROGRAM_STATE_KILLED, 0);
    return 0;
}

void program_stop(struct program *p, root_program_state_t state, int32_t status)
{
    program_release(p);
    p->state = state;
    p->status = status;
    if (!supervise_ended(p))
        image_check(p);
}
