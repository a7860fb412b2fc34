/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lock is one word: 0 when free, else bit 0 is set and the rest points to
 * the waiter who came last, whose `next` is the one before, and so on. Waiters
 * push themselves by compare-and-swap; only the holder takes one out, the
 * oldest. So nobody ever spins for a thread that does not run.
 */
#include <stdatomic.h>

#include <l4/lock.h>
#include <l4/thread.h>

#define HELD ((uintptr_t)1)

struct l4_lock_waiter {
    struct l4_lock_waiter *next; /* who came before */
    l4_cap_t thread;
    _Atomic bool granted;
};

static struct l4_lock_waiter *state_waiter(uintptr_t state)
{
    return (struct l4_lock_waiter *)(state & ~HELD);
}

bool l4_lock_try(l4_lock_t *lock)
{
    uintptr_t state = 0;

    return __atomic_compare_exchange_n(&lock->state, &state, HELD, false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

void l4_lock(l4_lock_t *lock)
{
    struct l4_lock_waiter self;
    uintptr_t state;

    if (l4_lock_try(lock))
        return;
    self.thread = l4_thread_self();
    atomic_init(&self.granted, false);
    state = __atomic_load_n(&lock->state, __ATOMIC_RELAXED);
    for (;;) {
        uintptr_t want = state ? (uintptr_t)&self | HELD : HELD;

        self.next = state_waiter(state);
        if (!__atomic_compare_exchange_n(&lock->state, &state, want, false,
                                         __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            continue;
        if (!state)
            return;
        break;
    }
    /* Exactly one l4_unpark() comes, after the lock was granted. Waiting for
     * it even then keeps it from cutting a later wait short. */
    do {
        (void)l4_park(L4_TIME_NEVER);
    } while (!atomic_load_explicit(&self.granted, memory_order_acquire));
}

/* Takes the oldest waiter out of the queue that starts at `state`; NULL if the
 * queue's only one got company meanwhile. */
static struct l4_lock_waiter *waiter_take(l4_lock_t *lock, uintptr_t state)
{
    struct l4_lock_waiter *waiter = state_waiter(state);
    struct l4_lock_waiter *newer = NULL;

    while (waiter->next) {
        newer = waiter;
        waiter = waiter->next;
    }
    if (newer) {
        newer->next = NULL;
        return waiter;
    }
    if (__atomic_compare_exchange_n(&lock->state, &state, HELD, false,
                                    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        return waiter;
    return NULL;
}

void l4_unlock(l4_lock_t *lock)
{
    struct l4_lock_waiter *waiter = NULL;

    while (!waiter) {
        uintptr_t state = HELD;

        if (__atomic_compare_exchange_n(&lock->state, &state, 0, false,
                                        __ATOMIC_RELEASE, __ATOMIC_ACQUIRE))
            return;
        waiter = waiter_take(lock, state);
    }

    l4_cap_t thread = waiter->thread;
    atomic_store_explicit(&waiter->granted, true, memory_order_release);
    l4_unpark(thread);
}
