/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads of this program, sleeping and locks. Threads need a factory, which
 * a program has if the boot plan gives it a quota.
 */
#ifndef L4_THREAD_H
#define L4_THREAD_H

#include <l4/err.h>
#include <l4/types.h>

/* A thread. The caller's storage, until it is joined; its fields are
 * libl4's. */
typedef struct l4_thread {
    l4_cap_t thread; /* the kernel's thread */
    l4_cap_t sched;  /* its scheduling context */
    uint64_t utcb;
    void (*entry)(void *arg);
    void *arg;
    void *own_stack; /* to free, or NULL if the caller gave the stack */
    l4_cap_t joiner; /* who waits in l4_thread_join(), or L4_CAP_NONE */
    uint32_t state;  /* see thread.c */
} l4_thread_t;

/* What a thread is to be like. Zeroed fields have a sensible meaning. */
typedef struct l4_thread_attr {
    const char *name;  /* for reports; NULL: "thread" */
    void *stack;       /* lowest address; NULL: from the heap */
    size_t stack_size; /* bytes; 0: 16 KiB */
    uint8_t priority;  /* 0: as the main thread started with */
    bool passive;      /* no scheduling context: runs on its callers' */
} l4_thread_attr_t;

/* Runs entry(arg) in a new thread; `attr` may be NULL. The thread ends when
 * entry returns. Errors: L4_ENOCAP without a factory, L4_EQUOTA, L4_ENOMEM. */
L4_NODISCARD l4_err_t l4_thread_create(l4_thread_t *thread,
                                       void (*entry)(void *arg), void *arg,
                                       const l4_thread_attr_t *attr);

/* Waits until the thread has ended and frees all it had. One thread may join
 * another; a second one gets L4_EBUSY. */
l4_err_t l4_thread_join(l4_thread_t *thread);

/* Ends the calling thread. In the main thread it ends the program with
 * status 0. */
_Noreturn void l4_thread_exit(void);

/* The capability of the calling thread. */
l4_cap_t l4_thread_self(void);

/* Blocks until l4_unpark() names this thread. An l4_unpark() that came first
 * is not lost, and two before one l4_park() count once. Returns 0, or
 * L4_ETIMEDOUT. */
l4_err_t l4_park(l4_time_t timeout);
void l4_unpark(l4_cap_t thread);

/* Blocks for so many nanoseconds, or until an absolute time. An l4_unpark()
 * of this thread meanwhile ends it early. */
void l4_sleep(l4_time_t time);

/* Nanoseconds since the machine started, as the info page's clock says. */
uint64_t l4_time_now(void);

/* Ends the program. Its parent, root, is told `status`; an image may take it
 * for its own. */
_Noreturn void l4_exit(int status);

#endif
