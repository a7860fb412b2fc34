/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/factory.h>
#include <kernel/io.h>
#include <kernel/preempt.h>
#include <kernel/sched.h>
#include <kernel/vcpu.h>

#include "objects_kernel.h"

#define VECTOR_PROTECTION 13

l4_err_t vcpu_make(struct thread *t, uint64_t address)
{
    if (t->vcpu || t->status & THREAD_PENDING) {
        return t->vcpu ? L4_EEXIST : L4_EBUSY;
    }
    if (address & (L4_PAGE_SIZE - 1) || address >= L4_USER_END) {
        return L4_EINVAL;
    }
    l4_vcpu_t *page = factory_pages(t->object.factory, 0);
    if (!page) {
        return L4_EQUOTA;
    }
    l4_err_t err = task_pin(t->task, address, page);
    if (err) {
        factory_pages_free(t->object.factory, page, 0);
        return err;
    }
    page->version = L4_VCPU_VERSION;
    t->vcpu = page;
    t->vcpu_user = address;
    t->host_cr3 = t->task->space.cr3;
    return L4_OK;
}

/* The guest goes on. The thread stays in the list of the task that its guest
 * ran in last. */
static void guest_enter(struct thread *t, struct task *guest)
{
    if (t->guest != guest) {
        list_remove(&t->guest_link);
        list_append(&guest->guests, &t->guest_link);
        t->guest = guest;
    }
    t->status |= THREAD_GUEST;
    io_join(t);
    arch_space_switch(t, &guest->space);
}

static void guest_leave(struct thread *t)
{
    t->status &= ~(uint64_t)THREAD_GUEST;
    io_join(t);
    arch_space_switch(t, &t->task->space);
}

void vcpu_free(struct thread *t)
{
    if (!t->vcpu) {
        return;
    }
    guest_leave(t);
    list_remove(&t->guest_link);
    t->guest = NULL;
    scheduler_timer_cancel(&t->vcpu_timer);
    task_unpin(t->task, t->vcpu_user);
    factory_pages_free(t->object.factory, t->vcpu, 0);
    t->vcpu = NULL;
}

/* Enters the host. What it was doing is in the page already. */
static void host_enter(struct thread *t, uint32_t reason, uint64_t sp)
{
    l4_vcpu_t *p = t->vcpu;

    p->reason = reason;
    p->state = 0;
    arch_regs_enter(t, p->entry_ip, sp, t->vcpu_user);
}

/* Saves what runs, guest or host, and enters the host. */
static void vcpu_enter(struct thread *t, uint32_t reason)
{
    l4_vcpu_t *p = t->vcpu;
    bool guest = t->status & THREAD_GUEST;

    arch_regs_save(t, guest ? &p->regs : &p->host_regs);
    p->trapno = t->fault_vector;
    p->error = t->fault_error;
    p->address = t->fault_address;
    if (guest) {
        p->saved_state = p->state | L4_VCPU_USER;
        guest_leave(t);
        host_enter(t, reason, p->entry_sp);
    } else {
        p->saved_state = p->state & ~L4_VCPU_USER;
        host_enter(t, reason, p->host_regs.sp);
    }
}

void vcpu_leave_guest(struct thread *t)
{
    if (t->status & THREAD_GUEST) {
        vcpu_enter(t, L4_VCPU_REASON_BAD);
        t->vcpu->error = (uint64_t)-L4_EDEAD;
    }
    list_remove(&t->guest_link);
    t->guest = NULL;
}

void vcpu_syscall(struct thread *t)
{
    vcpu_enter(t, L4_VCPU_REASON_SYSCALL);
}

bool vcpu_page_fault(struct thread *t)
{
    if (t->status & THREAD_GUEST) {
        vcpu_enter(t, L4_VCPU_REASON_PF);
        return true;
    }
    if (t->vcpu->state & L4_VCPU_PF) {
        vcpu_enter(t, L4_VCPU_REASON_HOST_PF);
        return true;
    }
    return false;
}

bool vcpu_exception(struct thread *t)
{
    if (!(t->status & THREAD_GUEST) && !(t->vcpu->state & L4_VCPU_EXC)) {
        return false;
    }
    vcpu_enter(t, L4_VCPU_REASON_EXC);
    return true;
}

/* Whether the host has to be told before it goes on with `state`. */
static bool irq_pending(const l4_vcpu_t *p, uint32_t state)
{
    return state & L4_VCPU_IRQ && p->sticky & L4_VCPU_PENDING;
}

void vcpu_check(struct thread *t)
{
    l4_vcpu_t *p = t->vcpu;

    if (p && thread_state(t) == THREAD_READY && irq_pending(p, p->state)) {
        vcpu_enter(t, L4_VCPU_REASON_IRQ);
    }
}

void vcpu_interrupt(struct thread *t, unsigned virq)
{
    l4_vcpu_t *p = t->vcpu;

    virq %= L4_VCPU_VIRQS;
    __atomic_fetch_or(&p->virq_pending[virq / 64], 1ull << (virq % 64),
                      __ATOMIC_SEQ_CST);
    __atomic_fetch_or(&p->sticky, L4_VCPU_PENDING, __ATOMIC_SEQ_CST);
    if (thread_state(t) == THREAD_HALTED) {
        arch_msg_set_tag(t, L4_TAG_NONE);
        thread_wake(t);
    } else if (!arch_in_syscall(t)) {
        vcpu_check(t);
    }
}

static void timer_expired(struct timer *timer)
{
    struct thread *t = container_of(timer, struct thread, vcpu_timer);

    t->vcpu_deadline = 0;
    vcpu_interrupt(t, L4_VCPU_VIRQ_TIMER);
}

/* Sets the timer to the page's deadline, if that has changed. */
static void timer_update(struct thread *t)
{
    uint64_t deadline = t->vcpu->deadline;

    if (deadline == t->vcpu_deadline) {
        return;
    }
    scheduler_timer_cancel(&t->vcpu_timer);
    t->vcpu_deadline = deadline;
    if (deadline != 0) {
        t->vcpu_timer.expired = timer_expired;
        scheduler_timer_set(&t->vcpu_timer, deadline);
    }
}

static l4_err_t map_one(struct thread *t, struct task *guest,
                        const l4_vcpu_map_t *m)
{
    if (m->op == L4_VCPU_UNMAP) {
        return unmap_flexpage(guest,
                              l4_fpage_mem(m->address, m->order, m->rights),
                              true, &t->unmap);
    }
    if (m->op != L4_VCPU_MAP || m->address & 0xfff || m->host_address & 0xfff) {
        return L4_EINVAL;
    }
    l4_fpage_t fpage = l4_fpage_mem(m->host_address, m->order, m->rights);
    l4_err_t err = map_page(t->task, guest, fpage, m->address);
    if (err != MAP_GENERAL) {
        return err;
    }
    struct map_request r = {t->task,    guest,         fpage,
                            m->address, t->entry_done, 0};
    err = map_flexpage(&r);
    if (err == L4_EEXIST) {
        /* Another page was there, or the same with fewer rights: it makes way.
         * What is cleared by then stays so when this is preempted, and what is
         * mapped already is no obstacle. */
        r.done = 0;
        fpage = l4_fpage_mem(m->address, m->order, L4_RIGHTS_ALL);
        err = unmap_flexpage(guest, fpage, true, &t->unmap);
        if (!err) {
            unmap_begin(&t->unmap);
            err = map_flexpage(&r);
        }
    }
    t->entry_done = r.done;
    return err;
}

/* Carries out the queue of mappings, from where it got to. */
static l4_err_t map_queue(struct thread *t, struct task *guest)
{
    l4_vcpu_t *p = t->vcpu;
    uint32_t n = p->mapq_n;

    if (n > L4_VCPU_MAPQ_SIZE) {
        return L4_ERANGE;
    }
    thread_progress(t);
    for (uint32_t i = p->map_done; i < n; i++) {
        /* A copy: the page changes at its owner's will. */
        const l4_vcpu_map_t m = *(const volatile l4_vcpu_map_t *)&p->mapq[i];
        l4_err_t err = map_one(t, guest, &m);
        if (err == MAP_AGAIN) {
            p->map_done = i;
            thread_restart(t, 0);
        }
        t->entry_done = 0;
        unmap_begin(&t->unmap);
        if (err) {
            p->map_done = i;
            return err;
        }
        if (i + 1 < n && preempt_point(3)) {
            p->map_done = i + 1;
            thread_restart(t, 0);
        }
    }
    p->map_done = 0;
    p->mapq_n = 0;
    return L4_OK;
}

/* The guest's task, by the capability in the page. Running a guest there takes
 * what creating a thread there takes. */
static l4_err_t guest_find(struct thread *t, struct task **guest)
{
    const struct cap *cap = captab_get(&t->task->table, t->vcpu->user_task);

    if (!cap || cap_type(cap) != OBJECT_TASK) {
        return L4_ENOCAP;
    }
    if (!(cap_rights(cap) & RIGHT_TASK_CREATE)) {
        return L4_EPERM;
    }
    *guest = cap_target(cap);
    return L4_OK;
}

/* Resume cannot be: the host learns why. */
static void refuse(struct thread *t, uint32_t reason, l4_err_t err)
{
    t->vcpu->error = (uint64_t)-err;
    host_enter(t, reason, t->vcpu->entry_sp);
}

static void resume_guest(struct thread *t, uint32_t state)
{
    l4_vcpu_t *p = t->vcpu;
    struct task *guest;
    l4_err_t err = guest_find(t, &guest);

    if (err) {
        refuse(t, L4_VCPU_REASON_BAD, err);
        return;
    }
    if (p->mapq_n > 0) {
        err = map_queue(t, guest);
        if (err) {
            refuse(t, L4_VCPU_REASON_MAP, err);
            return;
        }
    }
    if (arch_regs_load(t, &p->regs)) {
        /* An address that no jump can reach: what the processor says. */
        p->trapno = VECTOR_PROTECTION;
        refuse(t, L4_VCPU_REASON_EXC, L4_OK);
        return;
    }
    p->state = state;
    guest_enter(t, guest);
}

l4_err_t vcpu_resume(struct thread *t)
{
    l4_vcpu_t *p = t->vcpu;

    if (!p) {
        return L4_EINVAL;
    }
    uint32_t state = p->saved_state;
    timer_update(t);
    if (irq_pending(p, state)) {
        host_enter(t, L4_VCPU_REASON_IRQ,
                   state & L4_VCPU_USER ? p->entry_sp : p->host_regs.sp);
    } else if (state & L4_VCPU_USER) {
        resume_guest(t, state);
    } else if (arch_regs_load(t, &p->host_regs)) {
        refuse(t, L4_VCPU_REASON_BAD, L4_EINVAL);
    } else {
        p->state = state;
    }
    return L4_OK;
}

bool vcpu_may_halt(struct thread *t)
{
    timer_update(t);
    return !(t->vcpu->sticky & L4_VCPU_PENDING);
}

l4_err_t thread_op_make_vcpu(struct thread *self, struct invocation *inv,
                             uint64_t address)
{
    return self->task ? vcpu_make(self, address) : L4_EDEAD;
}
