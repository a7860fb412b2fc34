/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <l4/ipc.h>
#include <l4/root.h>

#include "alone.h"
#include "world.h"

/* Our slots: 64 in a row, that of an object in an attacker's table + OURS. */
#define OURS 64u
#define SLOT(i) (OURS + (i))

#define QUOTA ((uint64_t)1 << 20)
#define PRIORITY_MAX 150u

extern const char root_rx_end[];
extern const char root_end[];

const struct slots world_slots[] = {
    {L4_TASK_PROTO, SLOT_TASKS, 3},
    {L4_THREAD_PROTO, SLOT_THREADS, ATTACKERS + 1},
    {L4_SCHED_PROTO, SLOT_SCHEDS, ATTACKERS},
    {L4_FACTORY_PROTO, SLOT_FACTORIES, 2},
    {L4_GATE_PROTO, SLOT_GATES, GATES},
    {L4_SIGNAL_PROTO, SLOT_SIGNALS, SIGNALS},
    {L4_DEVICE_PROTO, SLOT_DEVICE, 1},
    {L4_PORTS_PROTO, SLOT_PORTS, 1},
    {L4_CONSOLE_PROTO, SLOT_CONSOLE, 1},
    {L4_TRACE_PROTO, SLOT_TRACE, 1},
};
const unsigned world_kinds = sizeof(world_slots) / sizeof(world_slots[0]);

/* Whose thread each one is. */
static const unsigned home[ATTACKERS] = {0, 0, 1, 1, 1};

static l4_task_t task(unsigned i)
{
    return (l4_task_t){SLOT(SLOT_TASKS + i)};
}

static l4_thread_t thread(unsigned i)
{
    return (l4_thread_t){SLOT(SLOT_THREADS + i)};
}

static l4_factory_t factory(unsigned i)
{
    return (l4_factory_t){SLOT(SLOT_FACTORIES + i)};
}

static l4_gate_t gate(unsigned i)
{
    return (l4_gate_t){SLOT(SLOT_GATES + i)};
}

static l4_signal_t signal(unsigned i)
{
    return (l4_signal_t){SLOT(SLOT_SIGNALS + i)};
}

static uint64_t utcb_of(unsigned i)
{
    return UTCB_AREA + i * L4_PAGE_SIZE;
}

void world_restart(unsigned i, l4_regs_t *regs)
{
    memset(regs, 0, sizeof(*regs));
    regs->rip = (uint64_t)(uintptr_t)attacker_run;
    regs->rsp = attacker_memory(i) + ATTACKER_PAGES * L4_PAGE_SIZE - 8;
    regs->rdi = attacker_memory(i);
    regs->rflags = 0x202;
    regs->gs_base = utcb_of(i);
}

static void make_spaces(void)
{
    uint64_t end = (uint64_t)(uintptr_t)root_end;

    for (unsigned i = 0; i < 3; i++) {
        DONE(l4_factory_create_task(factory(0), TABLE_ORDER, &(l4_task_t){0},
                                    INTO(task(i).cap)));
        for (uint64_t at = L4_ROOT_IMAGE; at < end; at += L4_PAGE_SIZE)
            DONE(
                map_in(task(i), l4_fpage_mem(at, 12, L4_MEM_R | L4_MEM_X), at));
    }
    for (unsigned i = 0; i < ATTACKERS; i++)
        for (unsigned k = 0; k < ATTACKER_PAGES; k++) {
            uint64_t at = attacker_memory(i) + k * L4_PAGE_SIZE;
            DONE(map_in(task(home[i]), l4_fpage_mem(at, 12, 7), at));
        }
    DONE(map_in(task(0), l4_fpage_mem(RAM_WINDOW, WINDOW_ORDER, 7), WINDOW));
    DONE(map_in(task(1), l4_fpage_mem(RAM_WINDOW, 16, 7), WINDOW + 0x1000));
}

static void make_threads(struct random *r)
{
    for (unsigned i = 0; i < ATTACKERS; i++) {
        l4_sched_t sched = {SLOT(SLOT_SCHEDS + i)};
        DONE(l4_factory_create_thread(factory(0), task(home[i]), utcb_of(i),
                                      &(l4_thread_t){0}, INTO(thread(i).cap)));
        DONE(l4_factory_create_sched(factory(0),
                                     (uint8_t)(20 + random_below(r, 100)),
                                     &(l4_sched_t){0}, INTO(sched.cap)));
        if (i + 1 < ATTACKERS)
            DONE(l4_thread_set_context(thread(i), sched, NULL));
        DONE(l4_factory_create_gate(factory(0), thread(i), 0x100 + i,
                                    &(l4_gate_t){0}, INTO(gate(i).cap)));
    }
    DONE(l4_factory_create_thread(factory(0), task(2), utcb_of(0),
                                  &(l4_thread_t){0},
                                  INTO(thread(ATTACKERS).cap)));
    DONE(l4_thread_make_vcpu(thread(ATTACKER_VCPU), VCPU_PAGE, NULL));
}

/* Gates to those who serve, and one behind which nobody is. */
static void make_gates(const struct world_servers *servers)
{
    static const unsigned labels[] = {LABEL_PAGER, LABEL_EXCEPTION};
    l4_thread_t nobody = {SLOT(SLOT_END)};

    for (unsigned k = 0; k < 2; k++)
        DONE(l4_factory_create_gate(factory(0), servers->keeper, labels[k],
                                    &(l4_gate_t){0},
                                    INTO(gate(GATE_PAGER + k).cap)));
    DONE(map_in(alone_task, l4_fpage_cap(servers->victim.cap, 0, L4_RIGHTS_ALL),
                (uint64_t)gate(GATE_VICTIM).cap << 12));
    DONE(l4_factory_create_thread(factory(0), task(2), utcb_of(1),
                                  &(l4_thread_t){0}, INTO(nobody.cap)));
    DONE(l4_factory_create_gate(factory(0), nobody, 0, &(l4_gate_t){0},
                                INTO(gate(GATE_NOBODY).cap)));
    DONE(drop(nobody.cap));
}

static void make_authorities(void)
{
    static const struct {
        unsigned from;
        unsigned to;
        unsigned rights;
    } authorities[] = {{L4_ROOT_CAP_DEVICE, SLOT_DEVICE, L4_RIGHTS_ALL},
                       {L4_ROOT_CAP_CONSOLE, SLOT_CONSOLE, 0},
                       {L4_ROOT_CAP_TRACE, SLOT_TRACE, L4_RIGHTS_ALL}};

    for (unsigned i = 0; i < SIGNALS - 1; i++)
        DONE(l4_factory_create_signal(factory(0), &(l4_signal_t){0},
                                      INTO(signal(i).cap)));
    DONE(l4_factory_create_factory(factory(0), QUOTA / 4, 100,
                                   &(l4_factory_t){0}, INTO(factory(1).cap)));
    DONE(l4_ports_range(alone_ports, PORTS_FIRST, PORTS_COUNT, &(l4_ports_t){0},
                        INTO(SLOT(SLOT_PORTS))));
    for (unsigned i = 0; i < 3; i++)
        DONE(map_in(alone_task,
                    l4_fpage_cap(authorities[i].from, 0, authorities[i].rights),
                    (uint64_t)SLOT(authorities[i].to) << 12));
}

/* Everything into everyone's table; now and then with fewer rights, and now
 * and then it is the only one. */
static void give(struct random *r)
{
    for (unsigned i = 0; i < 2; i++)
        for (unsigned s = 1; s < SLOT_END; s++) {
            unsigned rights =
                random_one_in(r, 4) ? (unsigned)random_next(r) : L4_RIGHTS_ALL;
            bool grant = i == 1 && s >= SLOT_SIGNALS && s < SLOT_DEVICE &&
                         random_one_in(r, 4);
            if (s == SLOT_GATES + GATE_VICTIM)
                rights &= 3; /* not to bind it to others */
            if (grant || s == SLOT_PAGER_CAP || s == SLOT_PAGER_CAP + 1)
                rights = L4_RIGHTS_ALL;
            l4_err_t err =
                map_in(task(i), l4_fpage_cap(SLOT(s), 0, rights),
                       (uint64_t)s << 12 | (grant ? L4_ITEM_GRANT : 0));
            (void)err; /* some are not there */
        }
}

static uint64_t share; /* of an attacker, in this round */

static void start(struct random *r, uint64_t calls, bool protect)
{
    share = calls / ATTACKERS;
    for (unsigned i = 0; i < ATTACKERS; i++) {
        struct attacker *a = attacker(i);
        l4_regs_t regs;
        *a = (struct attacker){.random = random_seed(random_next(r)),
                               .style = {.protect = protect,
                                         .slots = world_slots,
                                         .kinds = world_kinds,
                                         .empty = SLOT_END},
                               .share = share,
                               .vcpu = i == ATTACKER_VCPU};
        world_restart(i, &regs);
        DONE(l4_thread_set_handlers(thread(i), SLOT_PAGER_CAP,
                                    SLOT_PAGER_CAP + 1, NULL));
        DONE(l4_thread_start(thread(i), regs.rip, regs.rsp, regs.rdi, NULL));
    }
}

void world_make(struct random *r, const struct world_servers *servers,
                uint64_t calls, bool protect)
{
    DONE(l4_factory_create_factory(alone_factory, QUOTA, PRIORITY_MAX,
                                   &(l4_factory_t){0}, INTO(factory(0).cap)));
    make_spaces();
    make_threads(r);
    make_gates(servers);
    make_authorities();
    give(r);
    start(r, calls, protect);
}

void world_destroy(void)
{
    DONE(drop(factory(0).cap));
    for (unsigned s = 1; s <= SLOT_END; s++)
        DONE(drop(SLOT(s)));
}

void world_break(struct random *r)
{
    DONE(drop(SLOT(1 + random_below(r, SLOT_END - 1))));
}

/* Whatever it is blocked in, and whatever was done to it. */
static void revive(struct random *r, unsigned i)
{
    const l4_sched_t sched = {SLOT(SLOT_SCHEDS + i)};
    l4_thread_info_t info;
    l4_regs_t regs;

    if (random_one_in(r, 2)) {
        (void)!l4_sched_set_budget(sched, 0, 0, NULL);
        if (i + 1 < ATTACKERS)
            (void)!l4_thread_set_context(thread(i), sched, NULL);
    }
    if (l4_thread_info(thread(i), &info, NULL) != L4_OK)
        return; /* destroyed */
    switch (info.state) {
    case L4_THREAD_STATE_STOPPED:
    case L4_THREAD_STATE_FAULTED:
        world_restart(i, &regs);
        (void)!l4_thread_set_regs(thread(i), &regs, NULL);
        (void)!l4_thread_set_handlers(thread(i), SLOT_PAGER_CAP,
                                      SLOT_PAGER_CAP + 1, NULL);
        (void)!l4_thread_resume(thread(i), NULL);
        break;
    case L4_THREAD_STATE_READY: break;
    default:
        if (random_one_in(r, 2))
            (void)!l4_thread_cancel(thread(i), NULL);
        break;
    }
}

void world_revive(struct random *r)
{
    for (unsigned i = 0; i < ATTACKERS; i++)
        revive(r, i);
}

/* What it says it has made; a vCPU that resumes itself where it once was makes
 * some more than its share. */
static bool calls_read(unsigned i, uint64_t *calls)
{
    *calls = *(volatile uint64_t *)&attacker(i)->calls;
    return *calls <= 2 * share;
}

bool world_ruined(unsigned i)
{
    uint64_t calls;

    return !calls_read(i, &calls);
}

uint64_t world_calls(void)
{
    uint64_t sum = 0;
    uint64_t calls;

    for (unsigned i = 0; i < ATTACKERS; i++)
        if (calls_read(i, &calls))
            sum += calls;
    return sum;
}
