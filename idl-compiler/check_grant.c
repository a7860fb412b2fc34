/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a component gets of root and the kernel: a component names what it
 * needs, the system says what exactly it gets. Both have the same statement,
 * there without values and here with them.
 */
#include <string.h>

#include "check.h"
#include "system.h"

enum { IRQ_LINES = 1024, IO_PORTS = 0x10000, PAGE = 4096 };

static const uint64_t mmio_max = (uint64_t)1 << 44;
static const uint64_t mmio_size_max = (uint64_t)256 << 20;

/* Ports by which all memory can be reached: the ISA bus's DMA controllers and
 * their pages, PCI configuration; above, where PCI devices have theirs, anyone
 * may be a bus master. */
static const struct {
    uint64_t first, last;
    const char *what;
} dma_ports[] = {
    {0x00, 0x0f, "the first DMA controller"},
    {0x80, 0x8f, "the pages of the DMA controllers"},
    {0xc0, 0xdf, "the second DMA controller"},
    {0xcf8, 0xcff, "the configuration of all PCI devices"},
};

enum { PCI_PORTS = 0x1000 };

static bool clause_has(const struct clause *cl, const char *name)
{
    return attr_find(cl->attrs, name) != NULL;
}

static void irq_values(struct idl *c, const struct decl *scope,
                       const struct clause *cl, struct grant *g)
{
    (void)clause_number(c, scope, cl, 0, 0, IRQ_LINES - 1, &g->first);
    if (!cl->args->next)
        return;
    g->text = clause_word(c, cl, 1);
    if (g->text && strcmp(g->text, "edge") != 0 &&
        strcmp(g->text, "level") != 0)
        diag_error(&c->diag, DIAG_CLAUSE_FORM, cl->args->next->loc,
                   "an interrupt signals by edge or level");
}

/* Ports of which everyone knows that they are DMA authority stay so. */
static void ports_values(struct idl *c, const struct decl *scope,
                         const struct clause *cl, struct grant *g)
{
    uint64_t last;

    if (!clause_number(c, scope, cl, 0, 0, IO_PORTS - 1, &g->first) ||
        !clause_number(c, scope, cl, 1, 1, IO_PORTS - g->first, &g->count))
        return;
    last = g->first + g->count - 1;
    g->dma = clause_has(cl, "dma") ||
             (last >= PCI_PORTS && !clause_has(cl, "nodma"));
    for (size_t i = 0; i < sizeof dma_ports / sizeof *dma_ports; i++) {
        if (last < dma_ports[i].first || g->first > dma_ports[i].last)
            continue;
        g->dma = true;
        if (clause_has(cl, "nodma"))
            diag_error(&c->diag, DIAG_DMA_UNNAMED, cl->loc,
                       "these are DMA authority: ports 0x%x to 0x%x are %s",
                       (unsigned)dma_ports[i].first,
                       (unsigned)dma_ports[i].last, dma_ports[i].what);
    }
}

/* Registers of a device are DMA authority unless somebody knows better. */
static void mmio_values(struct idl *c, const struct decl *scope,
                        const struct clause *cl, struct grant *g)
{
    g->dma = !clause_has(cl, "nodma");
    if (!clause_number(c, scope, cl, 0, 0, mmio_max - PAGE, &g->first) ||
        !clause_number(c, scope, cl, 1, PAGE, mmio_size_max, &g->count))
        return;
    if (g->first % PAGE || g->count % PAGE)
        diag_error(&c->diag, DIAG_SETTING_BAD, cl->loc,
                   "device memory begins and ends at a multiple of 4K");
    else if (g->first + g->count > mmio_max)
        diag_error(&c->diag, DIAG_SETTING_BAD, cl->loc,
                   "there are no such addresses");
}

static void module_values(struct idl *c, const struct decl *scope,
                          const struct clause *cl, struct grant *g)
{
    (void)scope;
    g->text = clause_text(c, cl, 0);
    if (g->text)
        (void)check_plan_name(c, g->text, cl->args->loc);
}

static void supervise_values(struct idl *c, const struct decl *scope,
                             const struct clause *cl, struct grant *g)
{
    (void)scope;
    g->text = clause_word(c, cl, 0);
    if (g->text)
        g->loc = cl->args->loc;
}

static void device_values(struct idl *c, const struct decl *scope,
                          const struct clause *cl, struct grant *g)
{
    (void)c;
    (void)scope;
    (void)cl;
    g->dma = true;
}

static const struct kind {
    const char *word;
    void (*values)(struct idl *c, const struct decl *scope,
                   const struct clause *cl, struct grant *g);
    unsigned least; /* arguments that its values take */
    unsigned most;
    bool named;
    const char *form; /* with values */
} kinds[GRANT_KINDS] = {
    [GRANT_CONSOLE] = {"console", NULL, 0, 0, false, "console"},
    [GRANT_IRQ] = {"irq", irq_values, 1, 2, true,
                   "irq LINE[, edge or level] as NAME"},
    [GRANT_PORTS] = {"ports", ports_values, 2, 2, true,
                     "ports FIRST, COUNT as NAME"},
    [GRANT_MMIO] = {"mmio", mmio_values, 2, 2, true,
                    "mmio ADDRESS, SIZE as NAME"},
    [GRANT_MODULE] = {"module", module_values, 1, 1, true,
                      "module \"BOOT-MODULE\" as NAME"},
    [GRANT_MANAGER] = {"manager", NULL, 0, 0, true, "manager as NAME"},
    [GRANT_SUPERVISE] = {"supervise", supervise_values, 1, 1, true,
                         "supervise COMPONENT as NAME"},
    [GRANT_DEVICE] = {"device", device_values, 0, 0, true, "device as NAME"},
    [GRANT_TRACE] = {"trace", NULL, 0, 0, true, "trace as NAME"},
};

const char *grant_word(enum grant_kind kind)
{
    return kinds[kind].word;
}

/* Only devices have DMA to speak of. */
static void check_grant_attrs(struct idl *c, const struct clause *cl,
                              enum grant_kind kind, bool values)
{
    bool device = values && (kind == GRANT_PORTS || kind == GRANT_MMIO);

    for (const struct attr *at = cl->attrs; at; at = at->next) {
        bool dma =
            strcmp(at->name, "dma") == 0 || strcmp(at->name, "nodma") == 0;

        if ((dma && !device) || (values && strcmp(at->name, "optional") == 0) ||
            strcmp(at->name, "inverts") == 0)
            check_no_effect(c, at,
                            dma ? "only 'ports' and 'mmio' of a system "
                                  "may be DMA authority."
                                : "it belongs elsewhere.");
    }
    if (clause_has(cl, "dma") && clause_has(cl, "nodma"))
        diag_error(&c->diag, DIAG_ATTR_CONFLICT, cl->loc,
                   "this is either 'dma' or 'nodma'");
}

bool check_grant(struct idl *c, const struct decl *scope,
                 const struct clause *cl, bool values, struct grant **out)
{
    unsigned i = 0;
    struct grant *g;

    *out = NULL;
    while (i < GRANT_KINDS && strcmp(kinds[i].word, cl->word) != 0)
        i++;
    if (i == GRANT_KINDS)
        return false;
    check_attrs(c, cl->attrs, ON_CLAUSE);
    check_grant_attrs(c, cl, (enum grant_kind)i, values);
    if (!clause_form(c, cl, values ? kinds[i].least : 0,
                     values ? kinds[i].most : 0, kinds[i].named,
                     values ? kinds[i].form
                     : kinds[i].named
                         ? arena_printf(&c->arena, "%s as NAME", cl->word)
                         : cl->word))
        return true;
    if (cl->name && !check_plan_name(c, cl->name, cl->name_loc))
        return true;
    g = arena_alloc(&c->arena, sizeof *g);
    g->kind = (enum grant_kind)i;
    g->name = cl->name;
    g->loc = cl->loc;
    g->optional = clause_has(cl, "optional");
    if (values && kinds[i].values)
        kinds[i].values(c, scope, cl, g);
    *out = g;
    return true;
}
