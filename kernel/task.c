/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/err.h>

#include <arch/mem.h>

#include <kernel/assert.h>
#include <kernel/factory.h>
#include <kernel/gate.h>
#include <kernel/invocation.h>
#include <kernel/map.h>
#include <kernel/signal.h>
#include <kernel/task.h>
#include <kernel/thread.h>
#include <kernel/trace.h>
#include <kernel/vcpu.h>

#include "objects_kernel.h"

/* The pages of an array, as an order. */
static unsigned pages_order(size_t bytes)
{
    unsigned order = 0;

    while (((size_t)POOL_PAGE_SIZE << order) < bytes) {
        order++;
    }
    return order;
}

static l4_err_t table_init(struct captab *t, unsigned order, struct factory *f)
{
    uint32_t size = 1u << order;
    unsigned caps = pages_order(size * sizeof(struct cap));
    unsigned nodes = pages_order(size * sizeof(struct node *));

    t->caps = factory_pages(f, caps);
    if (!t->caps) {
        return L4_EQUOTA;
    }
    t->nodes = factory_pages(f, nodes);
    if (!t->nodes) {
        factory_pages_free(f, t->caps, caps);
        return L4_EQUOTA;
    }
    t->size = size;
    return L4_OK;
}

static void table_free(struct captab *t, struct factory *f)
{
    factory_pages_free(f, t->caps, pages_order(t->size * sizeof(struct cap)));
    factory_pages_free(f, t->nodes,
                       pages_order(t->size * sizeof(struct node *)));
}

l4_err_t task_pin(struct task *t, uint64_t address, const void *page)
{
    struct ptab_slot slot;
    l4_err_t err = arch_ptab_find(&t->space, address, L4_PAGE_ORDER,
                                  t->object.factory, &slot);

    if (err) {
        return err;
    }
    if (arch_pte_present(&slot)) {
        return L4_EEXIST;
    }
    arch_pte_make(&slot, virt_to_phys(page), L4_MEM_R | L4_MEM_W, true);
    return L4_OK;
}

void task_unpin(struct task *t, uint64_t address)
{
    struct ptab_slot slot;

    if (arch_ptab_find(&t->space, address, L4_PAGE_ORDER, NULL, &slot) ==
        L4_OK) {
        arch_pte_clear(&slot);
        arch_tlb_flush(&t->space, address);
    }
}

l4_err_t task_new(struct factory *pay, unsigned table_order, struct task **out)
{
    struct task *t = factory_block(pay, sizeof(*t));

    if (!t) {
        return L4_EQUOTA;
    }
    l4_err_t err = table_init(&t->table, table_order, pay);
    if (err) {
        factory_block_free(t);
        return err;
    }
    err = arch_space_init(&t->space, pay);
    if (err) {
        table_free(&t->table, pay);
        factory_block_free(t);
        return err;
    }
    list_init(&t->threads);
    list_init(&t->exit_link);
    list_init(&t->guests);
    object_init(&t->object, OBJECT_TASK, pay);
    *out = t;
    return L4_OK;
}

void task_destroy(struct task *t)
{
    struct factory *f = t->object.factory;
    const l4_fpage_t memory = l4_fpage(L4_FPAGE_MEM, 0, 47, L4_RIGHTS_ALL);
    const l4_fpage_t caps = l4_fpage(L4_FPAGE_CAP, 0, 16, L4_RIGHTS_ALL);

    while (!list_empty(&t->threads)) {
        thread_leave_task(
            container_of(t->threads.next, struct thread, task_link));
    }
    while (!list_empty(&t->guests)) {
        vcpu_leave_guest(
            container_of(t->guests.next, struct thread, guest_link));
    }
    list_remove(&t->exit_link);
    trace_leave_task(t);
    l4_err_t err = unmap_flexpage(t, memory, true);
    assert(!err);
    err = unmap_flexpage(t, caps, true);
    assert(!err);
    arch_space_free(&t->space, f);
    table_free(&t->table, f);
    factory_block_free(t);
}

l4_err_t task_op_map(struct task *self, struct invocation *inv,
                     const l4_map_entry_t *entries, uint32_t entries_count,
                     uint32_t *done, int32_t *error)
{
    for (uint32_t i = 0; i < entries_count; i++) {
        const struct map_request r = {.src = inv->caller->task,
                                      .dst = self,
                                      .fpage = entries[i].fpage,
                                      .dest = entries[i].dest};
        *error = map_flexpage(&r);
        if (*error) {
            return L4_OK;
        }
        *done = i + 1;
    }
    return L4_OK;
}

l4_err_t task_op_unmap(struct task *self, struct invocation *inv,
                       const uint64_t *fpages, uint32_t fpages_count,
                       bool including, uint32_t *done, int32_t *error)
{
    (void)inv;
    for (uint32_t i = 0; i < fpages_count; i++) {
        *error = unmap_flexpage(self, fpages[i], including);
        if (*error) {
            return L4_OK;
        }
        *done = i + 1;
    }
    return L4_OK;
}

l4_err_t task_op_mint(struct task *self, struct invocation *inv,
                      struct gate *gate, uint64_t label, uint8_t rights,
                      struct cap_dest *minted)
{
    uint32_t slot = invocation_slot(inv, 0);
    struct cap cap = cap_make(gate, OBJECT_GATE, rights, label);

    (void)self;
    cap = cap_restrict(cap, cap_rights(&inv->caller->task->table.caps[slot]));
    return cap_derive(minted, inv->caller->task, slot, cap);
}

l4_err_t task_op_set_name(struct task *self, struct invocation *inv,
                          const char *name, uint32_t name_count)
{
    (void)inv;
    name_set(self->name, name, name_count);
    return L4_OK;
}

l4_err_t task_op_set_exit_signal(struct task *self, struct invocation *inv,
                                 struct signal *signal)
{
    (void)inv;
    list_remove(&self->exit_link);
    self->exit_signal = signal;
    list_append(&signal->tasks, &self->exit_link);
    return L4_OK;
}

l4_err_t task_op_cap_info(struct task *self, struct invocation *inv,
                          uint32_t slot, l4_cap_type_t *type, uint32_t *rights)
{
    (void)inv;
    if (slot >= self->table.size) {
        return L4_ENOENT;
    }
    const struct cap *cap = &self->table.caps[slot];
    *type = (l4_cap_type_t)cap_type(cap);
    *rights = cap_rights(cap);
    return L4_OK;
}

l4_err_t task_op_table_size(struct task *self, struct invocation *inv,
                            uint32_t *slots)
{
    (void)inv;
    *slots = self->table.size;
    return L4_OK;
}
