/* SPDX-License-Identifier: BSD-2-Clause */
/* The operations of l4::thread. */

#include <kernel/sched.h>
#include <kernel/string.h>
#include <kernel/thread.h>

#include "objects_kernel.h"

l4_err_t thread_op_start(struct thread *self, struct invocation *inv,
                         uint64_t ip, uint64_t sp, uint64_t arg)
{
    if (!self->task) {
        return L4_EDEAD;
    }
    if (thread_state(self) != THREAD_STOPPED) {
        return L4_ESTATE;
    }
    l4_err_t err = arch_regs_start(self, ip, sp, arg);
    if (!err) {
        thread_wake(self);
    }
    return err;
}

l4_err_t thread_op_set_context(struct thread *self, struct invocation *inv,
                               struct sched *context)
{
    if (!self->task) {
        return L4_EDEAD;
    }
    if (self->home == context) {
        return L4_OK;
    }
    if (context->owner) {
        return L4_EBUSY;
    }
    if (self->home) {
        sched_detach(self->home);
    }
    sched_attach(context, self);
    return L4_OK;
}

l4_err_t thread_op_stop(struct thread *self, struct invocation *inv)
{
    unsigned state = thread_state(self);

    if (state == THREAD_STOPPED || state == THREAD_FAULTED) {
        return L4_OK;
    }
    if (self->status & THREAD_FAULT) {
        thread_unblock(self, L4_ECANCELED);
        self->status &= ~(uint64_t)THREAD_FAULT;
    } else if (state != THREAD_READY) {
        thread_fail(self, L4_ECANCELED);
    }
    thread_set_state(self, THREAD_STOPPED);
    return L4_OK;
}

l4_err_t thread_op_resume(struct thread *self, struct invocation *inv)
{
    unsigned state = thread_state(self);

    if (!self->task) {
        return L4_EDEAD;
    }
    if (state != THREAD_STOPPED && state != THREAD_FAULTED) {
        return L4_ESTATE;
    }
    if (arch_regs(self)->cs == 0) {
        return L4_ESTATE; /* never started */
    }
    thread_wake(self);
    return L4_OK;
}

l4_err_t thread_op_cancel(struct thread *self, struct invocation *inv)
{
    unsigned state = thread_state(self);

    if (!(self->status & THREAD_FAULT) &&
        (state == THREAD_WAITING || state == THREAD_CALLING ||
         state == THREAD_SENDING || state == THREAD_HALTED)) {
        thread_fail(self, L4_ECANCELED);
    } else {
        self->status |= THREAD_CANCEL;
    }
    return L4_OK;
}

L4_STATIC_ASSERT(sizeof(l4_regs_t) == ARCH_REGS_WORDS * sizeof(uint64_t),
                 "register state");

l4_err_t thread_op_get_regs(struct thread *self, struct invocation *inv,
                            l4_regs_t *regs)
{
    arch_regs_get(self, (uint64_t *)regs);
    return L4_OK;
}

l4_err_t thread_op_set_regs(struct thread *self, struct invocation *inv,
                            const l4_regs_t *regs)
{
    if (thread_state(self) >= THREAD_GIVING ||
        (thread_state(self) == THREAD_SENDING &&
         !(self->status & THREAD_FAULT))) {
        return L4_ESTATE; /* they hold a message that has been checked */
    }
    return arch_regs_set(self, (const uint64_t *)regs);
}

l4_err_t thread_op_set_name(struct thread *self, struct invocation *inv,
                            const char *name, uint32_t name_count)
{
    name_set(self->name, name, name_count);
    return L4_OK;
}

l4_err_t thread_op_info(struct thread *self, struct invocation *inv,
                        l4_thread_info_t *info)
{
    memset(info, 0, sizeof(*info));
    info->state = (l4_thread_state_t)thread_state(self);
    if (self->home) {
        info->cpu_ns = sched_time(self->home);
        info->priority = self->home->priority;
    }
    info->fault_vector = self->fault_vector;
    info->fault_access = self->fault_access;
    info->fault_address = self->fault_address;
    return L4_OK;
}
