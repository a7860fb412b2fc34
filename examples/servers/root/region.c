/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <l4/objects.h>
#include <l4/root.h>

#include "frames.h"
#include "print.h"
#include "region.h"

#define PAGE_MASK (L4_PAGE_SIZE - 1)
#define REGION_ORDER 30

/* Where root has the registers that it maps on, at the same offset as the
 * program, and a program's above those of the one before. */
#define DEVICE_AREA ((uint64_t)0x0000200000000000)

L4_STATIC_ASSERT(L4_REGION_STRIDE == (uint64_t)1 << REGION_ORDER, "one page");

static const l4_task_t root_task = {L4_ROOT_CAP_TASK};

/* The grant of the n-th region; NULL if there are not so many. */
static const l4_plan_grant_t *region_grant(const struct program *p, uint32_t n)
{
    for (uint32_t i = 0; i < p->plan->grant_count; i++) {
        if (plan_is_region(&p->grants[i]) && n-- == 0)
            return &p->grants[i];
    }
    return NULL;
}

struct region region_at(const struct program *p, uint32_t n)
{
    const l4_plan_grant_t *g = region_grant(p, n);
    struct region at = {L4_REGION_AREA + n * L4_REGION_STRIDE, 0};

    if (g)
        at.size =
            g->kind == L4_PLAN_MMIO ? g->b * L4_PAGE_SIZE : p->modules[n]->size;
    return at;
}

l4_err_t regions_init(struct program *p, const l4_info_t *info)
{
    const l4_plan_grant_t *g;

    for (uint32_t n = 0; (g = region_grant(p, n)); n++) {
        const l4_module_t *m;

        if (g->kind != L4_PLAN_MODULE)
            continue;
        m = module_find(info, plan_string(&plan, g->a));
        if (!m || m->size > L4_REGION_STRIDE) {
            print("root: program %s: the boot module \"%s\" is %s\n", p->name,
                  plan_string(&plan, g->a), m ? "too large" : "missing");
            return L4_ENOENT;
        }
        /* What lies behind it in its last page is not for the program. */
        memset((char *)frame_at(m->start) + m->size, 0, -m->size & PAGE_MASK);
        p->modules[n] = m;
    }
    return 0;
}

uint64_t region_module(const struct program *p, uint64_t address)
{
    uint64_t offset = address & (L4_REGION_STRIDE - 1) & ~PAGE_MASK;
    uint64_t n = (address - L4_REGION_AREA) / L4_REGION_STRIDE;

    if (address < L4_REGION_AREA || n >= L4_PLAN_REGIONS || !p->modules[n] ||
        offset >= p->modules[n]->size)
        return FRAME_NONE;
    return p->modules[n]->start + offset;
}

static uint64_t device_address(const struct program *p, uint32_t n)
{
    return DEVICE_AREA +
           (p->number * (uint64_t)L4_PLAN_REGIONS + n) * L4_REGION_STRIDE;
}

/* One page of registers, by way of root's own address space. */
static l4_err_t device_page(const struct program *p, uint64_t phys,
                            uint64_t own, uint64_t address)
{
    l4_device_t device = {L4_ROOT_CAP_DEVICE};
    l4_task_t task = {p->task};
    unsigned rights = L4_MEM_R | L4_MEM_W;
    l4_map_entry_t entry = {l4_fpage_mem(own, L4_PAGE_ORDER, rights), address};
    uint32_t done;
    int32_t error;
    l4_err_t err = l4_device_map(device, phys, own, (uint8_t)rights, NULL);

    if (!err)
        err = l4_task_map(task, &entry, 1, &done, &error, NULL);
    return err ? err : error;
}

l4_err_t regions_map(struct program *p)
{
    const l4_plan_grant_t *g;
    l4_err_t err = 0;

    for (uint32_t n = 0; !err && (g = region_grant(p, n)); n++) {
        uint64_t address = region_at(p, n).address;

        for (uint64_t i = 0; !err && g->kind == L4_PLAN_MMIO && i < g->b; i++)
            err = device_page(p, (g->a + i) * L4_PAGE_SIZE,
                              device_address(p, n) + i * L4_PAGE_SIZE,
                              address + i * L4_PAGE_SIZE);
        if (err)
            print("root: program %s: device memory at 0x%lx cannot be had\n",
                  p->name, (unsigned long)((uint64_t)g->a * L4_PAGE_SIZE));
    }
    return err;
}

void regions_unmap(struct program *p)
{
    const l4_plan_grant_t *g;

    for (uint32_t n = 0; (g = region_grant(p, n)); n++) {
        uint64_t fpage = l4_fpage_mem(device_address(p, n), REGION_ORDER,
                                      L4_MEM_R | L4_MEM_W);
        uint32_t done;
        int32_t error;

        if (g->kind == L4_PLAN_MMIO)
            (void)!l4_task_unmap(root_task, &fpage, 1, true, &done, &error,
                                 NULL);
    }
}
