/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads of this program and sleeping. Threads need a factory, which a program
 * has if the boot plan gives it a quota. Of the UTCB's user words libl4 uses
 * the first L4_UTCB_USER_FREE; the rest are the program's.
 */
#ifndef L4_THREAD_H
#define L4_THREAD_H

#include <l4/err.h>
#include <l4/types.h>

#define L4_UTCB_USER_THREAD 0 /* the thread's own capability */
#define L4_UTCB_USER_CTL 1    /* its l4_thread_ctl_t, 0 for the main thread */
#define L4_UTCB_USER_FREE 8

/* The control block of a thread: the caller's storage until it is joined, its
 * content libl4's. */
typedef struct l4_thread_ctl {
    l4_cap_t thread; /* the kernel's thread */
    l4_cap_t sched;  /* its scheduling context */
    uint64_t utcb;
    void (*entry)(void *arg);
    void *arg;
    uint32_t joiner; /* who waits in l4_thread_join(); see thread.c */
} l4_thread_ctl_t;

/* What a thread is to be like. Zeroed fields have a sensible meaning. */
typedef struct l4_thread_attr {
    const char *name;  /* for reports; NULL: "thread" */
    void *stack;       /* lowest address; NULL: one of L4_STACK_SIZE bytes that
                        * is paged in on demand and has a guard page */
    size_t stack_size; /* bytes at `stack` */
    uint8_t priority;  /* 0: as the main thread started with */
    bool passive;      /* no scheduling context: runs on its callers' */
} l4_thread_attr_t;

/* Runs entry(arg) in a new thread; `attr` may be NULL. The thread ends when
 * entry returns. Errors: L4_ENOCAP without a factory, L4_EQUOTA, L4_ENOMEM. */
L4_NODISCARD l4_err_t l4_thread_create(l4_thread_ctl_t *ctl,
                                       void (*entry)(void *arg), void *arg,
                                       const l4_thread_attr_t *attr);

/* Waits until the thread has ended and frees all it had. One thread may join
 * another; a second one gets L4_EBUSY. */
l4_err_t l4_thread_join(l4_thread_ctl_t *ctl);

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
