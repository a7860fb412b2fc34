/* SPDX-License-Identifier: BSD-2-Clause */
/* The short operations of kernel objects: see struct kernel_short. They are
 * here to be inlined into their generated decoding. */
#ifndef KERNEL_SHORT_H
#define KERNEL_SHORT_H

#include <l4/err.h>

#include <kernel/task.h>
#include <kernel/thread.h>

static inline l4_err_t task_op_table_size(struct task *self, uint32_t *slots)
{
    *slots = self->table.size;
    return L4_OK;
}

static inline l4_err_t
thread_op_set_handlers(struct thread *self, uint32_t pager, uint32_t exception)
{
    self->pager = pager;
    self->handler = exception;
    return L4_OK;
}

#endif
