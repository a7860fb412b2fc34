/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/objects.h>
#include <l4/root.h>
#include <l4/slots.h>
#include <l4/trace.h>

#include "caps.h"

/* Kernel memory for a program beside its own quota: the objects root makes for
 * it, and page tables and mappings in proportion to its memory. */
#define KERNEL_BASE ((uint64_t)256 * 1024)
#define KERNEL_SHARE 32

static const l4_factory_t root_factory = {L4_ROOT_CAP_FACTORY};
static const l4_task_t root_task = {L4_ROOT_CAP_TASK};
static l4_gate_t root_gate;

/* A receive window for one capability, in a slot that is put into *slot. */
static l4_ctx_t slot_window(l4_cap_t *slot)
{
    l4_ctx_t ctx = L4_CTX(.caps = L4_FPAGE_NONE);

    *slot = l4_slot_alloc();
    if (*slot != L4_CAP_NONE)
        ctx.caps = l4_slot_window(*slot);
    return ctx;
}

l4_err_t caps_init(void)
{
    l4_thread_t self = {L4_ROOT_CAP_THREAD};
    l4_cap_t slot;
    l4_ctx_t ctx = slot_window(&slot);

    return l4_factory_create_gate(root_factory, self, 0, &root_gate, &ctx);
}

/* Makes a capability to a gate with a label. */
static l4_err_t cap_mint(l4_gate_t gate, uint64_t label, uint8_t rights,
                         l4_cap_t *cap)
{
    l4_gate_t minted;
    l4_ctx_t ctx = slot_window(cap);

    return l4_task_mint(root_task, gate, label, rights, &minted, &ctx);
}

l4_err_t service_label(uint64_t label, l4_cap_t *cap)
{
    return cap_mint(root_gate, label, L4_GATE_RIGHT_GIVE, cap);
}

/* A capability to root's gate that tells `what` and a program. Capabilities
 * that come with a request are root's own, or do not arrive. */
static l4_err_t service_mint(uint32_t number, uint64_t what, l4_cap_t *cap)
{
    return service_label(what << LABEL_SHIFT | number, cap);
}

/* Maps root's capability `from` to a slot of the program's table. */
static l4_err_t cap_pass(const struct program *p, l4_cap_t from, l4_cap_t to,
                         unsigned rights)
{
    l4_task_t task = {p->task};
    l4_map_entry_t entry = {l4_fpage_cap(from, 0, rights), (uint64_t)to << 12};
    uint32_t done;
    int32_t error;
    l4_err_t err = l4_task_map(task, &entry, 1, &done, &error, NULL);

    return err ? err : error;
}

/* The factory that pays, and the task. */
static l4_err_t create_task(struct program *p)
{
    uint64_t bytes =
        KERNEL_BASE + p->plan->memory / KERNEL_SHARE + p->plan->quota;
    uint8_t priority = (uint8_t)p->plan->priority;
    l4_factory_t factory;
    l4_factory_t quota;
    l4_task_t task;
    l4_ctx_t ctx = slot_window(&p->factory);
    l4_err_t err;

    err = l4_factory_create_factory(root_factory, bytes, priority, &factory,
                                    &ctx);
    if (err)
        return err;
    ctx = slot_window(&p->task);
    err = l4_factory_create_task(factory, (uint8_t)p->plan->table_order, &task,
                                 &ctx);
    if (err)
        return err;
    (void)!l4_task_set_name(task, p->name, NULL);
    if (p->plan->quota == 0)
        return 0;
    ctx = slot_window(&p->quota);
    return l4_factory_create_factory(factory, p->plan->quota, priority, &quota,
                                     &ctx);
}

/* The main thread with its scheduling context. */
static l4_err_t create_thread(struct program *p)
{
    l4_factory_t factory = {p->factory};
    l4_task_t task = {p->task};
    l4_thread_t thread;
    l4_sched_t sched;
    l4_ctx_t ctx = slot_window(&p->thread);
    l4_err_t err;

    err = l4_factory_create_thread(factory, task, L4_UTCB_AREA, &thread, &ctx);
    if (err)
        return err;
    (void)!l4_thread_set_name(thread, p->name, NULL);
    ctx = slot_window(&p->sched);
    err = l4_factory_create_sched(factory, (uint8_t)p->plan->priority, &sched,
                                  &ctx);
    if (!err && p->plan->budget_ns)
        err = l4_sched_set_budget(sched, p->plan->budget_ns, p->plan->period_ns,
                                  NULL);
    if (!err)
        err = l4_thread_set_context(thread, sched, NULL);
    if (!err)
        err = l4_thread_set_handlers(thread, L4_CAP_PAGER, L4_CAP_EXCEPTION,
                                     NULL);
    return err;
}

/* A copy of a capability that root has from the kernel. */
static l4_err_t cap_copy(l4_cap_t from, l4_cap_t *cap)
{
    l4_map_entry_t entry = {l4_fpage_cap(from, 0, L4_RIGHTS_ALL), 0};
    uint32_t done;
    int32_t error;
    l4_err_t err;

    *cap = l4_slot_alloc();
    entry.dest = (uint64_t)*cap << 12;
    err = l4_task_map(root_task, &entry, 1, &done, &error, NULL);
    return err ? err : error;
}

/* The object behind one grant. */
static l4_err_t create_grant(struct program *p, uint32_t i)
{
    const l4_plan_grant_t *g = &p->grants[i];
    l4_factory_t factory = {p->factory};
    l4_thread_t thread = {p->thread};
    l4_device_t device = {L4_ROOT_CAP_DEVICE};
    l4_ports_t ports = {L4_ROOT_CAP_PORTS};
    l4_gate_t gate;
    l4_signal_t irq;
    l4_ports_t range;
    l4_ctx_t ctx;

    switch (g->kind) {
    case L4_PLAN_PROVIDE:
        ctx = slot_window(&p->granted[i]);
        return l4_factory_create_gate(factory, thread, 0, &gate, &ctx);
    case L4_PLAN_IRQ:
        ctx = slot_window(&p->granted[i]);
        return l4_device_irq(device, g->a, g->b, &irq, &ctx);
    case L4_PLAN_IOPORTS:
        ctx = slot_window(&p->granted[i]);
        return l4_ports_range(ports, (uint16_t)g->a, (uint16_t)g->b, &range,
                              &ctx);
    case L4_PLAN_MANAGER:
        return service_mint(p->number, LABEL_MANAGER, &p->granted[i]);
    case L4_PLAN_SUPERVISE:
        return service_mint(g->a, LABEL_SUPERVISOR, &p->granted[i]);
    case L4_PLAN_DEVICE: return cap_copy(L4_ROOT_CAP_DEVICE, &p->granted[i]);
    case L4_PLAN_TRACE: return cap_copy(L4_ROOT_CAP_TRACE, &p->granted[i]);
    default: return 0;
    }
}

l4_err_t caps_create(struct program *p)
{
    l4_err_t err = create_task(p);

    if (!err)
        err = create_thread(p);
    if (!err)
        err = service_mint(p->number, LABEL_PROGRAM, &p->service);
    if (!err)
        err = service_mint(p->number, LABEL_PAGER, &p->pager);
    if (!err)
        err = service_mint(p->number, LABEL_EXCEPTION, &p->exception);
    for (uint32_t i = 0; !err && i < p->plan->grant_count; i++)
        err = create_grant(p, i);
    return err;
}

/* Lets the program read the trace's ring, if there is one. */
static l4_err_t trace_pass(const struct program *p)
{
    const l4_info_t *info = (const l4_info_t *)L4_INFO_ADDRESS;
    l4_task_t task = {p->task};
    unsigned order = L4_PAGE_ORDER;
    uint32_t done;
    int32_t error;

    if (info->trace_size == 0)
        return 0;
    while ((uint64_t)1 << order < info->trace_size)
        order++;
    l4_map_entry_t entry = {l4_fpage_mem(L4_ROOT_TRACE, order, L4_MEM_R),
                            L4_TRACE_ADDRESS};
    l4_err_t err = l4_task_map(task, &entry, 1, &done, &error, NULL);
    return err ? err : error;
}

l4_cap_t grant_slot(const struct program *p, uint32_t i)
{
    l4_cap_t slot = L4_CAP_FIRST;

    for (uint32_t k = 0; k < i; k++)
        slot += p->grants[k].kind != L4_PLAN_CONSOLE &&
                !plan_is_region(&p->grants[k]);
    return slot;
}

l4_err_t caps_give(struct program *p)
{
    const struct {
        l4_cap_t from;
        l4_cap_t to;
    } first[] = {
        {p->task, L4_CAP_TASK},           {p->thread, L4_CAP_THREAD},
        {p->sched, L4_CAP_SCHED},         {p->quota, L4_CAP_FACTORY},
        {p->service, L4_CAP_PROGRAM},     {p->pager, L4_CAP_PAGER},
        {p->exception, L4_CAP_EXCEPTION},
    };
    l4_err_t err = 0;

    for (size_t i = 0; !err && i < sizeof(first) / sizeof(first[0]); i++) {
        unsigned rights = L4_RIGHTS_ALL;

        /* Nobody sets his own budget. */
        if (first[i].to == L4_CAP_SCHED && p->plan->budget_ns)
            rights = L4_SCHED_RIGHT_USE;
        if (first[i].from != L4_CAP_NONE)
            err = cap_pass(p, first[i].from, first[i].to, rights);
    }
    for (uint32_t i = 0; !err && i < p->plan->grant_count; i++) {
        if (p->grants[i].kind == L4_PLAN_CONSOLE)
            err =
                cap_pass(p, L4_ROOT_CAP_CONSOLE, L4_CAP_CONSOLE, L4_RIGHTS_ALL);
        else if (p->grants[i].kind != L4_PLAN_CONNECT &&
                 !plan_is_region(&p->grants[i]))
            err = cap_pass(p, p->granted[i], grant_slot(p, i), L4_RIGHTS_ALL);
        if (!err && p->grants[i].kind == L4_PLAN_TRACE)
            err = trace_pass(p);
    }
    return err;
}

/* The label of a client's i-th grant, a connection. */
static uint64_t client_label(const struct program *client, uint32_t i)
{
    uint32_t port = client->grants[i].b & ~L4_PLAN_SENDONLY;

    return port_label(port) + 1 + client->number * L4_PLAN_CAPS + i;
}

uint32_t label_client(const struct program *p, uint64_t label)
{
    uint32_t number = (uint32_t)((label % PORT_LABELS - 1) / L4_PLAN_CAPS);
    const struct program *client = program_numbered(number);
    uint32_t i = (uint32_t)((label % PORT_LABELS - 1) % L4_PLAN_CAPS);

    if (!client || label % PORT_LABELS == 0 || i >= client->plan->grant_count ||
        client->grants[i].kind != L4_PLAN_CONNECT ||
        client->grants[i].a != p->number || client_label(client, i) != label)
        return program_count;
    return number;
}

/* Connects the client's i-th grant to its server, if both run. */
static l4_err_t connect_one(struct program *client, uint32_t i)
{
    const l4_plan_grant_t *g = &client->grants[i];
    const struct program *server = &programs[g->a];
    uint32_t port = 0;
    uint32_t before = g->b & ~L4_PLAN_SENDONLY;
    l4_err_t err;

    if (!client->task || !server->task || client->granted[i])
        return 0;
    /* The plan has been checked: the server has that many ports. */
    while (server->grants[port].kind != L4_PLAN_PROVIDE || before-- > 0)
        port++;
    l4_gate_t gate = {server->granted[port]};
    err = cap_mint(gate, client_label(client, i),
                   g->b & L4_PLAN_SENDONLY ? 0 : L4_GATE_RIGHT_GIVE,
                   &client->granted[i]);
    if (!err)
        err = cap_pass(client, client->granted[i], grant_slot(client, i),
                       L4_RIGHTS_ALL);
    return err;
}

l4_err_t caps_connect(struct program *p)
{
    l4_err_t err = 0;

    for (uint32_t c = 0; !err && c < program_count; c++) {
        struct program *client = &programs[c];

        for (uint32_t i = 0; !err && i < client->plan->grant_count; i++) {
            const l4_plan_grant_t *g = &client->grants[i];

            if (g->kind == L4_PLAN_CONNECT &&
                (client == p || g->a == p->number))
                err = connect_one(client, i);
        }
    }
    return err;
}

/* Deletes a capability of root's and what came from it. */
static void cap_drop(l4_cap_t *cap)
{
    l4_slot_free(*cap);
    *cap = L4_CAP_NONE;
}

void caps_destroy(struct program *p)
{
    /* The connections of others to this program. */
    for (uint32_t c = 0; c < program_count; c++) {
        struct program *client = &programs[c];

        for (uint32_t i = 0; i < client->plan->grant_count; i++) {
            const l4_plan_grant_t *g = &client->grants[i];

            if (g->kind == L4_PLAN_CONNECT && g->a == p->number)
                cap_drop(&client->granted[i]);
        }
    }
    for (uint32_t i = 0; i < p->plan->grant_count; i++)
        cap_drop(&p->granted[i]);
    cap_drop(&p->service);
    cap_drop(&p->pager);
    cap_drop(&p->exception);
    /* With the factory goes what it made; what is left are empty slots. */
    cap_drop(&p->factory);
    cap_drop(&p->task);
    cap_drop(&p->thread);
    cap_drop(&p->sched);
    cap_drop(&p->quota);
}
