/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mutual exclusion between the threads of a program. Uncontended, a lock costs
 * no system call. Waiters get it first come, first served. It is not
 * recursive, and it does not lend priority: keep what it guards short.
 */
#ifndef L4_LOCK_H
#define L4_LOCK_H

#include <l4/types.h>

/* Zeroed, a lock is free. */
typedef struct l4_lock {
    uintptr_t state; /* see lock.c */
} l4_lock_t;

/* Takes the lock; blocks while another thread has it. */
void l4_lock(l4_lock_t *lock);

/* Takes the lock if it is free. */
bool l4_lock_try(l4_lock_t *lock);

/* Gives the lock to the first who waits, if any. */
void l4_unlock(l4_lock_t *lock);

#endif
