/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <l4/thread.h>

#include "print.h"
#include "serve.h"
#include "supervise.h"

#define MS ((uint64_t)1000000)

static l4_server_t *server;

void supervise_init(l4_server_t *s)
{
    server = s;
}

/* Whether the plan wants a program that ended so to be started again. A
 * manager or supervisor who ends one means it. */
static bool wanted_again(const struct program *p)
{
    bool failed = p->state == ROOT_PROGRAM_STATE_DEAD ||
                  (p->state == ROOT_PROGRAM_STATE_EXITED && p->status != 0);

    if (p->state == ROOT_PROGRAM_STATE_KILLED)
        return false;
    return p->plan->flags & L4_PLAN_RESTART_ALWAYS ||
           (failed && p->plan->flags & L4_PLAN_RESTART_FAILED);
}

/* The delay before this restart. */
static uint64_t delay_next(const struct program *p, uint64_t now)
{
    uint64_t delay = 2 * p->delay;

    if (p->delay == 0 || now - p->started > SUPERVISE_DELAY_MAX)
        delay = p->plan->backoff_ms * MS;
    return delay < SUPERVISE_DELAY_MAX ? delay : SUPERVISE_DELAY_MAX;
}

static void timer_arm(void);

/* Starts what is due. One that cannot be started is tried again later. */
static void due_start(l4_server_t *s)
{
    uint64_t now = l4_time_now();

    (void)s;
    for (uint32_t i = 0; i < program_count; i++) {
        struct program *p = &programs[i];

        if (p->state != ROOT_PROGRAM_STATE_DUE || p->due > now)
            continue;
        if (program_start(p) == 0) {
            print("root: program %s was started again\n", p->name);
            continue;
        }
        p->delay = delay_next(p, now);
        p->due = now + p->delay;
    }
    timer_arm();
}

/* Wakes the loop when the next program is due. */
static void timer_arm(void)
{
    l4_time_t next = L4_TIME_NEVER;

    for (uint32_t i = 0; i < program_count; i++) {
        const struct program *p = &programs[i];

        if (p->state == ROOT_PROGRAM_STATE_DUE &&
            (p->due | L4_TIME_ABSOLUTE) < next)
            next = p->due | L4_TIME_ABSOLUTE;
    }
    l4_server_timer(server, next, due_start);
}

bool supervise_ended(struct program *p)
{
    uint64_t now = l4_time_now();
    bool again = wanted_again(p);

    if (p->waiter.right != L4_CAP_NONE)
        (void)!root_supervisor_ended_answer(&p->waiter, p->state);
    if (!again)
        return false;
    p->delay = delay_next(p, now);
    p->due = now + p->delay;
    p->state = ROOT_PROGRAM_STATE_DUE;
    timer_arm();
    return true;
}

/* --- root.supervisor ----------------------------------------------------- */

static l4_err_t supervisor_start(void *self, l4_req_t *req)
{
    (void)self;
    return program_start(program_numbered((uint32_t)req->label));
}

static l4_err_t supervisor_stop(void *self, l4_req_t *req)
{
    struct program *p = program_numbered((uint32_t)req->label);

    (void)self;
    return program_kill(p);
}

static l4_err_t supervisor_info(void *self, l4_req_t *req,
                                root_program_info_t *info)
{
    (void)self;
    program_info(program_numbered((uint32_t)req->label), info);
    return 0;
}

static l4_err_t supervisor_ended(void *self, l4_req_t *req,
                                 root_program_state_t *result)
{
    struct program *p = program_numbered((uint32_t)req->label);
    l4_err_t err;

    (void)self;
    *result = p->state;
    if (p->state != ROOT_PROGRAM_STATE_RUNNING)
        return 0;
    if (p->waiter.right != L4_CAP_NONE)
        (void)!root_supervisor_ended_answer(&p->waiter, p->state);
    err = l4_req_defer(req, &p->waiter);
    return err ? err : L4_DEFERRED;
}

const root_supervisor_ops_t supervisor_ops = {
    .start = supervisor_start,
    .stop = supervisor_stop,
    .info = supervisor_info,
    .ended = supervisor_ended,
};
