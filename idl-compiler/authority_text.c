/* SPDX-License-Identifier: BSD-2-Clause */
/* Authority in words. */
#include <inttypes.h>

#include "authority.h"
#include "scope.h"

/* An interface of the kernel or root; where nobody imports it, one of that name
 * to which nothing else conforms. */
static const struct decl *kernel_interface(struct idl *c, const char *module,
                                           const char *name)
{
    const struct decl *in =
        scope_find(c, c->root, module, KIND_BIT(DECL_MODULE));
    const struct decl *d =
        in ? scope_find(c, in, name, KIND_BIT(DECL_INTERFACE)) : NULL;

    if (d && d->forward)
        d = d->definition;
    return d ? d
             : decl_new(&c->arena, DECL_INTERFACE,
                        arena_printf(&c->arena, "%s::%s", module, name),
                        (struct loc){0});
}

void authority_names(struct idl *c, struct authority_graph *g)
{
    g->task = kernel_interface(c, "l4", "task");
    g->thread = kernel_interface(c, "l4", "thread");
    g->factory = kernel_interface(c, "l4", "factory");
    g->sched = kernel_interface(c, "l4", "sched");
    g->gate = kernel_interface(c, "l4", "gate");
    g->signal = kernel_interface(c, "l4", "signal");
    g->ports = kernel_interface(c, "l4", "ports");
    g->device = kernel_interface(c, "l4", "device");
    g->console = kernel_interface(c, "l4", "console");
    g->trace = kernel_interface(c, "l4", "trace");
    g->memory = kernel_interface(c, "l4", "memory");
    g->manager = kernel_interface(c, "root", "manager");
    g->supervisor = kernel_interface(c, "root", "supervisor");
}

const char *grant_text(struct arena *a, const struct grant *g)
{
    switch (g->kind) {
    case GRANT_CONSOLE: return "the console";
    case GRANT_IRQ: return arena_printf(a, "interrupt %" PRIu64, g->first);
    case GRANT_PORTS:
        return arena_printf(a, "I/O ports 0x%" PRIx64 " to 0x%" PRIx64,
                            g->first, g->first + g->count - 1);
    case GRANT_MMIO:
        return arena_printf(a, "device memory 0x%" PRIx64 " to 0x%" PRIx64,
                            g->first, g->first + g->count - 1);
    case GRANT_MODULE: return arena_printf(a, "boot module '%s'", g->text);
    case GRANT_MANAGER: return "the control of all programs";
    case GRANT_SUPERVISE:
        return arena_printf(a, "the control of '%s'", g->text);
    case GRANT_DEVICE: return "all devices";
    case GRANT_TRACE: return "the kernel's trace";
    case GRANT_KINDS: break;
    }
    return "?";
}

const char *authority_text(struct arena *a, const struct authority *what)
{
    switch (what->kind) {
    case AUTHORITY_SEND:
        return arena_printf(a, "'%s.%s'", what->of->name, what->port->name);
    case AUTHORITY_GATE:
        return arena_printf(a, "the gate of '%s.%s'", what->of->name,
                            what->port->name);
    case AUTHORITY_TASK: return arena_printf(a, "task '%s'", what->of->name);
    case AUTHORITY_THREAD:
        return arena_printf(a, "the thread of '%s'", what->of->name);
    case AUTHORITY_FACTORY:
        return arena_printf(a, "the factory of '%s'", what->of->name);
    case AUTHORITY_SCHED:
        return arena_printf(a, "the scheduling context of '%s'",
                            what->of->name);
    case AUTHORITY_GRANT: return grant_text(a, what->grant);
    }
    return "?";
}

const char *const *authority_rights(const struct authority *what)
{
    static const char *const none[] = {NULL};
    static const char *const send[] = {"send", NULL};
    static const char *const give[] = {"send", "give", NULL};
    static const char *const gate[] = {"send", "give", "mint", "control", NULL};
    static const char *const task[] = {"map", "create", "inspect", NULL};
    static const char *const thread[] = {"control", "debug", "serve", NULL};
    static const char *const factory[] = {"create", NULL};
    static const char *const sched[] = {"use", "set", NULL};
    static const char *const irq[] = {"wait", "raise", NULL};
    static const char *const use[] = {"use", NULL};
    static const char *const mmio[] = {"read", "write", NULL};
    static const char *const module[] = {"read", NULL};
    static const char *const device[] = {"map", "irq", NULL};
    static const char *const trace[] = {"control", NULL};
    static const char *const console[] = {"write", NULL};
    static const char *const *const grants[GRANT_KINDS] = {
        [GRANT_CONSOLE] = console, [GRANT_IRQ] = irq,
        [GRANT_PORTS] = use,       [GRANT_MMIO] = mmio,
        [GRANT_MODULE] = module,   [GRANT_MANAGER] = send,
        [GRANT_DEVICE] = device,   [GRANT_TRACE] = trace,
        [GRANT_SUPERVISE] = send,
    };

    switch (what->kind) {
    case AUTHORITY_SEND: return what->give ? give : send;
    case AUTHORITY_GATE: return gate;
    case AUTHORITY_TASK: return task;
    case AUTHORITY_THREAD: return thread;
    case AUTHORITY_FACTORY: return factory;
    case AUTHORITY_SCHED: return sched;
    case AUTHORITY_GRANT: return grants[what->grant->kind];
    }
    return none;
}
