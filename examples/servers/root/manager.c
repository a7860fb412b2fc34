/* SPDX-License-Identifier: BSD-2-Clause */
/* root.manager: control of all programs. */
#include <string.h>

#include <l4/fpage.h>
#include <l4/objects.h>
#include <l4/root.h>

#include "caps.h"
#include "frames.h"
#include "image.h"
#include "serve.h"

/* Names of slots that every program has. */
static const char *const fixed_names[] = {
    [L4_CAP_TASK] = "task",       [L4_CAP_THREAD] = "thread",
    [L4_CAP_SCHED] = "sched",     [L4_CAP_FACTORY] = "factory",
    [L4_CAP_CONSOLE] = "console", [L4_CAP_PROGRAM] = "program",
    [L4_CAP_PAGER] = "pager",     [L4_CAP_EXCEPTION] = "exception",
};

/* The running program of that name; why there is none in *err. */
static struct program *running(const char *name, l4_err_t *err)
{
    struct program *p = program_named(name);

    *err = !p                                       ? L4_ENOENT
           : p->state != ROOT_PROGRAM_STATE_RUNNING ? L4_ESTATE
                                                    : 0;
    return *err ? NULL : p;
}

/* The n-th thread that has a name, the main thread not counted. */
static const struct thread_name *thread_numbered(const struct program *p,
                                                 uint32_t n)
{
    for (unsigned i = 0; i < PROGRAM_THREADS; i++) {
        if (p->threads[i].utcb && n-- == 0)
            return &p->threads[i];
    }
    return NULL;
}

static l4_err_t manager_list(void *self, l4_req_t *req, uint32_t number,
                             root_program_info_t *info, char *name)
{
    const struct program *p = program_numbered(number);

    (void)self;
    (void)req;
    if (!p)
        return L4_ENOENT;
    program_info(p, info);
    strlcpy(name, p->name, ROOT_NAME_MAX + 1);
    return 0;
}

static l4_err_t manager_run(void *self, l4_req_t *req, const char *name,
                            uint32_t name_count)
{
    struct program *p = program_named(name);

    (void)self;
    (void)req;
    (void)name_count;
    return p ? program_start(p) : L4_ENOENT;
}

static l4_err_t manager_kill(void *self, l4_req_t *req, const char *name,
                             uint32_t name_count)
{
    struct program *p = program_named(name);

    (void)self;
    (void)req;
    (void)name_count;
    return p ? program_kill(p) : L4_ENOENT;
}

static l4_err_t manager_caps(void *self, l4_req_t *req, const char *name,
                             uint32_t name_count, uint32_t first,
                             root_cap_entry_t *entries, uint32_t *entries_count)
{
    l4_err_t err;
    const struct program *p = running(name, &err);
    uint32_t n = 0;

    (void)self;
    (void)req;
    (void)name_count;
    if (!p)
        return err;
    l4_task_t task = {p->task};
    for (uint32_t slot = first; slot < 1u << p->plan->table_order; slot++) {
        root_cap_entry_t *e = &entries[n];

        e->slot = slot;
        if (l4_task_cap_info(task, slot, &e->type, &e->rights, NULL) != 0 ||
            e->type == L4_CAP_TYPE_EMPTY)
            continue;
        if (++n == ROOT_CAPS_MAX)
            break;
    }
    *entries_count = n;
    return 0;
}

static l4_err_t manager_cap_name(void *self, l4_req_t *req, const char *name,
                                 uint32_t name_count, uint32_t slot, char *cap)
{
    const struct program *p = program_named(name);

    (void)self;
    (void)req;
    (void)name_count;
    if (!p)
        return L4_ENOENT;
    cap[0] = '\0';
    if (slot < L4_CAP_FIRST && fixed_names[slot])
        strlcpy(cap, fixed_names[slot], ROOT_NAME_MAX + 1);
    for (uint32_t i = 0; i < p->plan->grant_count; i++) {
        if (p->grants[i].kind != L4_PLAN_CONSOLE &&
            !plan_is_region(&p->grants[i]) && grant_slot(p, i) == slot)
            strlcpy(cap, plan_string(&plan, p->grants[i].name),
                    ROOT_NAME_MAX + 1);
    }
    return 0;
}

static l4_err_t manager_thread(void *self, l4_req_t *req, const char *name,
                               uint32_t name_count, uint32_t number,
                               uint64_t *utcb, char *thread)
{
    l4_err_t err;
    const struct program *p = running(name, &err);
    const struct thread_name *t;

    (void)self;
    (void)req;
    (void)name_count;
    if (!p)
        return err;
    t = number ? thread_numbered(p, number - 1) : NULL;
    if (number && !t)
        return L4_ENOENT;
    *utcb = t ? t->utcb : L4_UTCB_AREA;
    strlcpy(thread, t ? t->name : "main", L4_NAME_MAX + 1);
    return 0;
}

static l4_err_t manager_available(void *self, l4_req_t *req, uint64_t *memory,
                                  uint64_t *kernel)
{
    l4_factory_t factory = {L4_ROOT_CAP_FACTORY};
    l4_factory_info_t info;
    l4_err_t err = l4_factory_info(factory, &info, NULL);

    (void)self;
    (void)req;
    if (err)
        return err;
    *memory = frames_available() * L4_PAGE_SIZE;
    *kernel = info.quota - info.used;
    return 0;
}

static l4_err_t manager_shutdown(void *self, l4_req_t *req, uint8_t status)
{
    (void)self;
    (void)req;
    image_end(status);
}

const root_manager_ops_t manager_ops = {
    .list = manager_list,
    .run = manager_run,
    .kill = manager_kill,
    .caps = manager_caps,
    .cap_name = manager_cap_name,
    .thread = manager_thread,
    .available = manager_available,
    .shutdown = manager_shutdown,
};
