/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads of this program. */
#include <stdatomic.h>
#include <string.h>

#include <l4/env.h>
#include <l4/objects.h>
#include <l4/services.h>
#include <l4/slots.h>
#include <l4/syscall.h>
#include <l4/thread.h>

#include "start.h"

/* In l4_thread_ctl_t.joiner: the thread has ended. Else it holds who waits, or
 * L4_CAP_NONE. */
#define ENDED UINT32_MAX

/* Pages of the UTCB area in use; the main thread has the first. */
#define UTCBS ((unsigned)((L4_UTCB_AREA_END - L4_UTCB_AREA) / L4_PAGE_SIZE))
static _Atomic uint64_t utcbs_used[UTCBS / 64] = {1};

/* A free page of the UTCB area, or 0. */
static uint64_t utcb_alloc(void)
{
    for (unsigned word = 0; word < UTCBS / 64; word++) {
        uint64_t used = atomic_load(&utcbs_used[word]);

        while (~used) {
            unsigned bit = (unsigned)__builtin_ctzll(~used);
            uint64_t now = used | (uint64_t)1 << bit;

            if (atomic_compare_exchange_weak(&utcbs_used[word], &used, now))
                return L4_UTCB_AREA + (word * 64u + bit) * L4_PAGE_SIZE;
        }
    }
    return 0;
}

/* The stack area's lowest address for the thread with that UTCB. */
static uint64_t stack_of(uint64_t utcb)
{
    uint64_t index = (utcb - L4_UTCB_AREA) / L4_PAGE_SIZE;

    return L4_STACK_AREA + index * L4_STACK_STRIDE + L4_STACK_GUARD;
}

static void utcb_free(uint64_t utcb)
{
    uint64_t page = (utcb - L4_UTCB_AREA) / L4_PAGE_SIZE;

    atomic_fetch_and(&utcbs_used[page / 64], ~((uint64_t)1 << page % 64));
}

/* Destroys all that a thread has, as far as it was made. */
static void thread_release(l4_thread_ctl_t *ctl)
{
    root_program_t root = {L4_CAP_PROGRAM};

    l4_slot_free(ctl->thread);
    l4_slot_free(ctl->sched);
    if (ctl->utcb) {
        (void)!root_program_name_thread(root, ctl->utcb, "", NULL);
        utcb_free(ctl->utcb);
    }
    memset(ctl, 0, sizeof(*ctl));
    ctl->joiner = ENDED;
}

/* Makes the kernel's thread. */
static l4_err_t thread_make(l4_thread_ctl_t *ctl)
{
    l4_factory_t factory = {L4_CAP_FACTORY};
    l4_task_t task = {L4_CAP_TASK};
    l4_thread_t thread = {L4_CAP_NONE};
    l4_cap_t slot = l4_slot_alloc();
    l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(slot));
    l4_err_t err;

    if (slot == L4_CAP_NONE)
        return L4_ENOMEM;
    err = l4_factory_create_thread(factory, task, ctl->utcb, &thread, &ctx);
    if (err) {
        l4_slot_release(slot);
        return err;
    }
    ctl->thread = slot;
    return l4_thread_set_handlers(thread, L4_CAP_PAGER, L4_CAP_EXCEPTION, NULL);
}

/* Gives it time of its own. */
static l4_err_t thread_make_sched(l4_thread_ctl_t *ctl, uint8_t priority)
{
    l4_factory_t factory = {L4_CAP_FACTORY};
    l4_thread_t thread = {ctl->thread};
    l4_sched_t sched = {L4_CAP_NONE};
    l4_cap_t slot = l4_slot_alloc();
    l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(slot));
    l4_err_t err;

    if (slot == L4_CAP_NONE)
        return L4_ENOMEM;
    err = l4_factory_create_sched(factory, priority, &sched, &ctx);
    if (err) {
        l4_slot_release(slot);
        return err;
    }
    ctl->sched = slot;
    return l4_thread_set_context(thread, sched, NULL);
}

/* Makes all of a thread but its stack. */
static l4_err_t thread_setup(l4_thread_ctl_t *ctl, const l4_thread_attr_t *attr)
{
    const char *name = attr->name ? attr->name : "thread";
    uint8_t priority = attr->priority ? attr->priority : l4_env()->priority;
    l4_err_t err;

    ctl->utcb = utcb_alloc();
    if (!ctl->utcb)
        return L4_ENOMEM;
    err = thread_make(ctl);
    if (!err && !attr->passive)
        err = thread_make_sched(ctl, priority);
    if (err)
        return err;

    /* Names are for people; a thread runs without one as well. */
    l4_thread_t thread = {ctl->thread};
    root_program_t root = {L4_CAP_PROGRAM};
    (void)!l4_thread_set_name(thread, name, NULL);
    (void)!root_program_name_thread(root, ctl->utcb, name, NULL);
    return 0;
}

l4_err_t l4_thread_create(l4_thread_ctl_t *ctl, void (*entry)(void *arg),
                          void *arg, const l4_thread_attr_t *attr)
{
    static const l4_thread_attr_t defaults;
    uint64_t stack_end;
    l4_err_t err;

    if (!attr)
        attr = &defaults;
    memset(ctl, 0, sizeof(*ctl));
    ctl->entry = entry;
    ctl->arg = arg;
    err = thread_setup(ctl, attr);
    if (attr->stack)
        stack_end = (uint64_t)(uintptr_t)attr->stack + attr->stack_size;
    else
        stack_end = stack_of(ctl->utcb) + L4_STACK_SIZE;
    if (!err) {
        l4_thread_t thread = {ctl->thread};

        err = l4_thread_start(thread, (uint64_t)(uintptr_t)l4_thread_entry,
                              stack_end, (uint64_t)(uintptr_t)ctl, NULL);
    }
    if (err)
        thread_release(ctl);
    return err;
}

_Noreturn void l4_thread_begin(l4_thread_ctl_t *ctl)
{
    l4_utcb_t *utcb = l4_utcb();

    utcb->user[L4_UTCB_USER_THREAD] = ctl->thread;
    utcb->user[L4_UTCB_USER_CTL] = (uint64_t)(uintptr_t)ctl;
    ctl->entry(ctl->arg);
    l4_thread_exit();
}

_Noreturn void l4_thread_exit(void)
{
    l4_thread_ctl_t *ctl =
        (l4_thread_ctl_t *)(uintptr_t)l4_utcb()->user[L4_UTCB_USER_CTL];
    l4_cap_t joiner;

    if (!ctl)
        l4_exit(0);
    joiner = __atomic_exchange_n(&ctl->joiner, ENDED, __ATOMIC_ACQ_REL);
    if (joiner != L4_CAP_NONE)
        l4_unpark(joiner);
    /* Whoever joins destroys this thread. */
    for (;;)
        (void)l4_park(L4_TIME_NEVER);
}

l4_err_t l4_thread_join(l4_thread_ctl_t *ctl)
{
    uint32_t nobody = L4_CAP_NONE;

    if (!ctl->thread)
        return L4_ESTATE;
    if (__atomic_compare_exchange_n(&ctl->joiner, &nobody, l4_thread_self(),
                                    false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        /* The one l4_unpark() to come is taken here, not by a later wait. */
        do {
            (void)l4_park(L4_TIME_NEVER);
        } while (__atomic_load_n(&ctl->joiner, __ATOMIC_ACQUIRE) != ENDED);
    } else if (nobody != ENDED) {
        return L4_EBUSY;
    }
    thread_release(ctl);
    return 0;
}
