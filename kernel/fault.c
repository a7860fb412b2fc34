/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/upcall.h>

#include <kernel/ipc.h>
#include <kernel/messages.h>
#include <kernel/sched.h>
#include <kernel/vcpu.h>

#define VECTOR_PAGE_FAULT 14

/* Nobody handles it: the thread stops, and its task's owner is told. */
static void fault_stop(struct thread *t)
{
    t->status &= ~(uint64_t)THREAD_FAULT;
    thread_set_state(t, THREAD_FAULTED);
    if (t->task->exit_signal) {
        signal_raise(t->task->exit_signal);
    }
}

/* Sends the fault to the gate in `slot`; false if that cannot be. */
static bool fault_send(struct thread *t, uint32_t slot, uint64_t kind)
{
    const struct cap *cap = captab_get(&t->task->table, slot);

    if (slot == 0 || !cap || cap_type(cap) != OBJECT_GATE) {
        return false;
    }
    t->status = (t->status & ~(uint64_t)THREAD_FAULT) | kind;
    return ipc_send(t, cap, L4_TIME_NEVER) == L4_OK;
}

static void fault_exception(struct thread *t)
{
    if (!fault_send(t, t->handler, THREAD_EXCEPTION)) {
        fault_stop(t);
    }
}

void kernel_page_fault(struct thread *t, uint64_t address, unsigned access,
                       uint64_t error)
{
    t->fault_vector = VECTOR_PAGE_FAULT;
    t->fault_address = address;
    t->fault_access = access;
    t->fault_error = error;
    if (!(t->vcpu && vcpu_page_fault(t)) &&
        !fault_send(t, t->pager, THREAD_PAGEFAULT)) {
        fault_exception(t);
    }
    scheduler_leave();
}

void kernel_exception(struct thread *t, unsigned vector, uint64_t error)
{
    t->fault_vector = vector;
    t->fault_address = 0;
    t->fault_access = 0;
    t->fault_error = error;
    if (!(t->vcpu && vcpu_exception(t))) {
        fault_exception(t);
    }
    scheduler_leave();
}

void fault_message(struct thread *t, struct thread *to)
{
    uint64_t words[EXCEPTION_WORDS];

    arch_regs_get(t, words + 2);
    if (t->status & THREAD_PAGEFAULT) {
        const uint64_t fault[L4_MSG_REGS] = {
            t->fault_address, words[2 + ARCH_REGS_IP], t->fault_access};
        message_store(to, fault, L4_MSG_REGS);
        arch_msg_set(to, TAG_PAGER_FAULT | L4_TAG_KERNEL, t->label);
    } else {
        words[0] = t->fault_vector == VECTOR_PAGE_FAULT ? t->fault_access
                                                        : t->fault_error;
        words[1] = t->fault_address;
        words[EXCEPTION_WORDS - 1] = t->fault_vector;
        message_store(to, words, EXCEPTION_WORDS);
        arch_msg_set(to, TAG_EXCEPTION | L4_TAG_KERNEL, t->label);
    }
}

/* The handler set the registers, or refused. */
static bool exception_answer(struct thread *t, struct thread *from,
                             l4_tag_t tag)
{
    uint64_t regs[ARCH_REGS_WORDS];

    if (tag & L4_TAG_RAISED || l4_tag_words(tag) != ARCH_REGS_WORDS) {
        return false;
    }
    message_load(from, regs, ARCH_REGS_WORDS);
    return arch_regs_set(t, regs) == L4_OK;
}

void fault_answer(struct thread *t, struct thread *from)
{
    l4_tag_t tag = arch_msg_tag(from);
    /* A pager has mapped something, or not, or refused. */
    bool ok = t->status & THREAD_PAGEFAULT
                  ? !(tag & L4_TAG_RAISED || from->status & THREAD_ITEM_ERROR)
                  : exception_answer(t, from, tag);

    from->status &= ~(uint64_t)THREAD_ITEM_ERROR;
    if (ok) {
        t->status &= ~(uint64_t)THREAD_FAULT;
        thread_wake(t);
    } else {
        t->partner = NULL;
        fault_unanswered(t);
    }
}

void fault_unanswered(struct thread *t)
{
    if (t->status & THREAD_PAGEFAULT) {
        fault_exception(t);
    } else {
        fault_stop(t);
    }
}
