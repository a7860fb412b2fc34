/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/factory.h>
#include <kernel/gate.h>
#include <kernel/preempt.h>
#include <kernel/sched.h>
#include <kernel/thread.h>

#include "objects_kernel.h"

_Alignas(OBJECT_ALIGN) struct factory factory_root;

static struct pool_area area;

static void factory_setup(struct factory *f, struct factory *parent)
{
    object_init(&f->object, OBJECT_FACTORY, parent);
    pool_init(&f->pool, &area);
    list_init(&f->objects);
}

void factory_init(void *base, size_t bytes)
{
    pool_area_init(&area, base, bytes);
    factory_setup(&factory_root, NULL);
    factory_root.max_priority = 255;
    pool_take_area(&factory_root.pool);
    factory_root.quota = factory_root.pool.total;
}

void *factory_pages(struct factory *f, unsigned order)
{
    return pool_pages(&f->pool, order);
}

void factory_pages_free(struct factory *f, void *pages, unsigned order)
{
    pool_pages_free(&f->pool, pages, order);
}

void factory_pages_free_clean(struct factory *f, void *pages, unsigned order)
{
    pool_pages_free_clean(&f->pool, pages, order);
}

void *factory_block(struct factory *f, size_t size)
{
    return pool_block(&f->pool, size);
}

void factory_block_free(void *block)
{
    pool_block_free(block);
}

bool factory_destroy(struct factory *f)
{
    while (!list_empty(&f->objects)) {
        object_kill(container_of(f->objects.next, struct object, link));
        if (preempt_point(1)) {
            return false;
        }
    }
    if (f->count > 0) {
        return false;
    }
    while (!pool_give_back(&f->pool, &f->object.factory->pool)) {
        if (preempt_point(5)) {
            return false;
        }
    }
    factory_block_free(f);
    return true;
}

/* Hands a new object to the caller; it dies again if that fails. */
static l4_err_t factory_deliver(const struct cap_dest *dest, struct object *o,
                                void *target)
{
    return cap_install(dest, o, cap_make(target, o->type, L4_RIGHTS_ALL, 0));
}

l4_err_t factory_op_create_task(struct factory *self, struct invocation *inv,
                                uint8_t table_order, struct cap_dest *created)
{
    struct task *task;
    l4_err_t err = task_new(self, table_order, &task);

    return err ? err : factory_deliver(created, &task->object, task);
}

l4_err_t factory_op_create_thread(struct factory *self, struct invocation *inv,
                                  struct task *space, uint64_t utcb,
                                  struct cap_dest *created)
{
    struct thread *thread;
    l4_err_t err = thread_new(self, space, utcb, &thread);

    return err ? err : factory_deliver(created, &thread->object, thread);
}

l4_err_t factory_op_create_gate(struct factory *self, struct invocation *inv,
                                struct thread *server, uint64_t label,
                                struct cap_dest *created)
{
    if (!server->task) {
        return L4_EDEAD;
    }
    struct gate *gate = gate_new(self, server);
    if (!gate) {
        return L4_EQUOTA;
    }
    return cap_install(created, &gate->object,
                       cap_make(gate, OBJECT_GATE, L4_RIGHTS_ALL, label));
}

l4_err_t factory_op_create_sched(struct factory *self, struct invocation *inv,
                                 uint8_t priority, struct cap_dest *created)
{
    if (priority > self->max_priority) {
        return L4_EPERM;
    }
    struct sched *sched = sched_new(self, priority);
    return sched ? factory_deliver(created, &sched->object, sched) : L4_EQUOTA;
}

l4_err_t factory_op_create_signal(struct factory *self, struct invocation *inv,
                                  struct cap_dest *created)
{
    struct signal *signal = signal_new(self);

    return signal ? factory_deliver(created, &signal->object, signal)
                  : L4_EQUOTA;
}

l4_err_t factory_op_create_factory(struct factory *self, struct invocation *inv,
                                   uint64_t quota, uint8_t max_priority,
                                   struct cap_dest *created)
{
    size_t pages = quota / POOL_PAGE_SIZE;

    if (max_priority > self->max_priority) {
        return L4_EPERM;
    }
    if (pages == 0) {
        return L4_EINVAL;
    }
    struct factory *child = factory_block(self, sizeof(*child));
    if (!child) {
        return L4_EQUOTA;
    }
    factory_setup(child, self);
    child->max_priority = max_priority;
    if (!pool_give(&self->pool, &child->pool, pages)) {
        object_kill(&child->object);
        return L4_EQUOTA;
    }
    child->quota = pages;
    return factory_deliver(created, &child->object, child);
}

l4_err_t factory_op_info(struct factory *self, struct invocation *inv,
                         l4_factory_info_t *info)
{
    info->quota = self->quota * POOL_PAGE_SIZE;
    info->used = (self->quota - self->pool.unused) * POOL_PAGE_SIZE;
    info->objects = self->count;
    return L4_OK;
}
