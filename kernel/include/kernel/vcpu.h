/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual CPUs: threads that run a guest in another task. */
#ifndef KERNEL_VCPU_H
#define KERNEL_VCPU_H

#include <l4/vcpu.h>

#include <kernel/thread.h>

/* Makes `t` a vCPU with its state page at `address` of its task. L4_EQUOTA,
 * L4_EEXIST, L4_EINVAL. */
l4_err_t vcpu_make(struct thread *t, uint64_t address);

/* `t`, a vCPU or not, is destroyed: gives up the page. Its task still
 * exists. */
void vcpu_free(struct thread *t);

/* A phase of the system call: L4_EINVAL if `t` is no vCPU. */
l4_err_t vcpu_resume(struct thread *t);

/* Whether `t`, a vCPU, has no virtual interrupt that keeps it from sleeping. */
bool vcpu_may_halt(struct thread *t);

/* The guest of `t` made a system call. */
void vcpu_syscall(struct thread *t);

/* A fault of guest or host: false if it is to go to the thread's handlers. */
bool vcpu_page_fault(struct thread *t);
bool vcpu_exception(struct thread *t);

/* A virtual interrupt, 0 to 255. */
void vcpu_interrupt(struct thread *t, unsigned virq);

/* `t` returns from a system call: enters the host if an interrupt came that
 * it takes. */
void vcpu_check(struct thread *t);

/* The task that a vCPU's guest runs in goes away: enters the host. */
void vcpu_leave_guest(struct thread *t);

#endif
