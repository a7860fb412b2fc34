/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/factory.h>
#include <kernel/gate.h>
#include <kernel/io.h>
#include <kernel/preempt.h>
#include <kernel/signal.h>
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
        factory_pages_free_clean(f, t->caps, caps);
        return L4_EQUOTA;
    }
    t->size = size;
    return L4_OK;
}

static void table_free(struct captab *t, struct factory *f)
{
    factory_pages_free_clean(f, t->caps,
                             pages_order(t->size * sizeof(struct cap)));
    factory_pages_free_clean(f, t->nodes,
                             pages_order(t->size * sizeof(struct node *)));
}

l4_err_t task_pin(struct task *t, uint64_t address, const void *page)
{
    struct ptab_slot slot;
    l4_err_t err = arch_ptab_make(&t->space, address, L4_PAGE_ORDER,
                                  t->object.factory, &slot);

    if (err) {
        return err;
    }
    if (*slot.entry) {
        return L4_EEXIST;
    }
    arch_pte_make(&slot, virt_to_phys(page), L4_MEM_R | L4_MEM_W, true);
    return L4_OK;
}

void task_unpin(struct task *t, uint64_t address)
{
    struct ptab_slot slot;

    if (arch_ptab_find(&t->space, address, &slot)) {
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
    list_init(&t->io);
    list_init(&t->exit_link);
    list_init(&t->guests);
    object_init(&t->object, OBJECT_TASK, pay);
    *out = t;
    return L4_OK;
}

/* Takes everything of a kind from a task that dies. */
static bool task_empty(struct task *t, unsigned kind, unsigned order)
{
    return unmap_flexpage(t, l4_fpage(kind, 0, order, L4_RIGHTS_ALL), true,
                          &t->unmap) == L4_OK;
}

/* One step after the other; false: again. */
static bool task_destroy_step(struct task *t)
{
    switch (t->gone) {
    case 0:
        while (!list_empty(&t->threads)) {
            if (!thread_leave_task(
                    container_of(t->threads.next, struct thread, task_link)) ||
                preempt_point(4)) {
                return false;
            }
        }
        while (!list_empty(&t->guests)) {
            vcpu_leave_guest(
                container_of(t->guests.next, struct thread, guest_link));
            if (preempt_point(4)) {
                return false;
            }
        }
        list_remove(&t->exit_link);
        return true;
    case 1: return task_empty(t, L4_FPAGE_MEM, 47);
    case 2: return task_empty(t, L4_FPAGE_CAP, 16);
    case 3: return task_empty(t, L4_FPAGE_IO, 16);
    default:
        while (!arch_space_free(&t->space, t->object.factory)) {
            if (preempt_point(6)) {
                return false;
            }
        }
        return true;
    }
}

bool task_destroy(struct task *t)
{
    while (t->gone < 5) {
        if (!task_destroy_step(t)) {
            return false;
        }
        unmap_begin(&t->unmap);
        t->gone++;
    }
    io_free(t);
    table_free(&t->table, t->object.factory);
    factory_block_free(t);
    return true;
}

/* An entry has been dealt with, and `err` came of it: sets what the caller
 * learns. False: that was the last one. */
static bool entry_end(struct thread *t, uint32_t index, l4_err_t err,
                      uint32_t *done, int32_t *error)
{
    if (err == MAP_AGAIN) {
        thread_restart(t, index);
    }
    t->entry_done = 0;
    unmap_begin(&t->unmap);
    if (err) {
        *error = err;
        return false;
    }
    *done = index + 1;
    return true;
}

l4_err_t task_op_map(struct task *self, struct invocation *inv,
                     const l4_map_entry_t *entries, uint32_t entries_count,
                     uint32_t *done, int32_t *error)
{
    struct thread *t = inv->caller;

    uint32_t i = thread_progress(t);
    for (*done = i; i < entries_count;) {
        struct map_request r = {.src = t->task,
                                .dst = self,
                                .fpage = entries[i].fpage,
                                .dest = entries[i].dest,
                                .done = t->entry_done};
        l4_err_t err = map_flexpage(&r);
        if (err == MAP_AGAIN) {
            t->entry_done = r.done;
        }
        if (!entry_end(t, i, err, done, error)) {
            break;
        }
        if (++i < entries_count && preempt_point(6)) {
            thread_restart(t, i);
        }
    }
    return L4_OK;
}

l4_err_t task_op_unmap(struct task *self, struct invocation *inv,
                       const uint64_t *fpages, uint32_t fpages_count,
                       bool including, uint32_t *done, int32_t *error)
{
    struct thread *t = inv->caller;

    uint32_t i = thread_progress(t);
    for (*done = i; i < fpages_count;) {
        l4_err_t err = unmap_flexpage(self, fpages[i], including, &t->unmap);
        if (!entry_end(t, i, err, done, error)) {
            break;
        }
        if (++i < fpages_count && preempt_point(6)) {
            thread_restart(t, i);
        }
    }
    return L4_OK;
}

l4_err_t task_op_mint(struct task *self, struct invocation *inv,
                      struct gate *gate, uint64_t label, uint8_t rights,
                      struct cap_dest *minted)
{
    uint32_t slot = invocation_slot(inv, 0);
    struct cap cap = cap_make(gate, OBJECT_GATE, rights, label);

    cap = cap_restrict(cap, cap_rights(&inv->caller->task->table.caps[slot]));
    return cap_derive(minted, inv->caller->task->table.nodes[slot], cap);
}

l4_err_t task_op_set_name(struct task *self, struct invocation *inv,
                          const char *name, uint32_t name_count)
{
    name_set(self->name, name, name_count);
    return L4_OK;
}

l4_err_t task_op_set_exit_signal(struct task *self, struct invocation *inv,
                                 struct signal *signal)
{
    list_remove(&self->exit_link);
    self->exit_signal = signal;
    list_append(&signal->tasks, &self->exit_link);
    return L4_OK;
}

l4_err_t task_op_cap_info(struct task *self, struct invocation *inv,
                          uint32_t slot, l4_cap_type_t *type, uint32_t *rights)
{
    if (slot >= self->table.size) {
        return L4_ENOENT;
    }
    const struct cap *cap = &self->table.caps[slot];
    *type = (l4_cap_type_t)cap_type(cap);
    *rights = cap_rights(cap);
    return L4_OK;
}

l4_err_t task_op_usage(struct task *self, struct invocation *inv,
                       uint64_t fpage, bool reset, uint64_t *accessed,
                       uint64_t *dirty)
{
    unsigned order = l4_fpage_order(fpage);
    uint64_t va = l4_fpage_base(fpage);
    uint64_t end = va + (1ull << order);

    if (l4_fpage_kind(fpage) != L4_FPAGE_MEM || order < L4_PAGE_ORDER ||
        order > L4_PAGE_ORDER + 6 || va & ((1ull << order) - 1) ||
        va >= L4_USER_END) {
        return L4_EINVAL;
    }
    for (uint64_t bit = 1; va < end; va += L4_PAGE_SIZE, bit <<= 1) {
        struct ptab_slot slot;
        if (!arch_ptab_find(&self->space, va, &slot)) {
            continue;
        }
        unsigned used = arch_pte_used(&slot);
        *accessed |= used & L4_MEM_R ? bit : 0;
        *dirty |= used & L4_MEM_W ? bit : 0;
        /* A large leaf is asked for each of its pages: forget it at last. */
        if (reset &&
            (slot.order == L4_PAGE_ORDER || va + L4_PAGE_SIZE == end)) {
            arch_pte_reset_used(&slot);
            arch_tlb_flush(&self->space, va);
        }
    }
    return L4_OK;
}
