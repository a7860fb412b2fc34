/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread. `struct thread` is preceded in memory by its register frame
 * (struct arch_regs); a pointer to it is what TSS.RSP0 holds while it runs.
 */
#ifndef KERNEL_THREAD_H
#define KERNEL_THREAD_H

#include <l4/utcb.h>

#include <arch/cpu.h>
#include <arch/regs.h>

#include <kernel/heap.h>
#include <kernel/object.h>
#include <kernel/task.h>
#include <kernel/timer.h>
#include <kernel/unmap.h>

struct cap;
struct gate;
struct sched;
struct task;
struct l4_vcpu;

/* The state, in the low bits of `status`. The fast path compares the whole
 * word, so any flag beside the state sends the thread down the slow path. */
enum {
    THREAD_STOPPED = 0,
    THREAD_READY = 1,   /* runs whenever a context runs it */
    THREAD_WAITING = 2, /* open wait */
    THREAD_CALLING = 3, /* waits for the answer of `partner` */
    THREAD_SENDING = 4, /* queues in `partner`'s senders */
    THREAD_FAULTED = 5, /* stopped by a fault nobody handled */
    THREAD_HALTED = 6,  /* sleeps; a vCPU: until an interrupt */
    THREAD_GIVING = 7,  /* runs: passes the items of its message on to a peer */
    THREAD_TAKING = 8,  /* runs: takes the items of its peer's message */
    THREAD_HELD = 9,    /* is the peer of `partner`, which does that */
    THREAD_STATE = 0xf
};

/* Reasons to leave the fast path. */
#define THREAD_GUEST 0x10u        /* a vCPU that runs its guest */
#define THREAD_FPU 0x20u          /* it has FPU state to be switched */
#define THREAD_PORTS 0x40u        /* its task has I/O ports */
#define THREAD_CANCEL 0x100u      /* the next blocking phase fails */
#define THREAD_PENDING 0x200u     /* signals wait to be delivered */
#define THREAD_PAGEFAULT 0x400u   /* its pager's answer resumes it */
#define THREAD_EXCEPTION 0x800u   /* its exception handler's does */
#define THREAD_SENDERS 0x1000u    /* its queue is not empty */
#define THREAD_TIMED 0x2000u      /* its timeout is set */
#define THREAD_ITEM_ERROR 0x4000u /* an item of what it sent failed */
#define THREAD_RESTART 0x8000u    /* its system call goes on where it stopped */
#define THREAD_OWN_TIME 0x10000u  /* serves a caller, but not on its time */
#define THREAD_FAULT (THREAD_PAGEFAULT | THREAD_EXCEPTION)

/* How far a message's items have been passed on, by a thread that is
 * THREAD_GIVING or THREAD_TAKING. */
struct transfer {
    struct thread *peer; /* NULL: it has gone */
    uint64_t done;       /* bytes or slots of the item being passed on */
    uint8_t items;       /* items before that */
    uint8_t entries;     /* table entries that those behind it may change */
    uint8_t limit;       /* and it itself */
};

struct thread {
    /* The head is known to the entry code: see arch/x86_64/offsets.c. */
    uint64_t status;        /* state | reasons */
    struct cap *caps;       /* copy of the task's table ... */
    uint64_t ncaps;         /* ... and of its limit */
    uint64_t cr3;           /* of the task */
    struct thread *caller;  /* whom an implicit reply answers, or NULL */
    struct thread *partner; /* whom it waits for, or NULL */
    uint64_t fs_base;       /* while it does not run */
    uint64_t gs_base;
    struct sched *home; /* its own context, or NULL */
    l4_utcb_t *utcb;    /* at its kernel address */

    struct object object;
    struct task *task;       /* NULL once that is gone */
    struct list task_link;   /* in task->threads */
    struct heap senders;     /* who sends to us: priority, then arrival */
    struct heap_node sender; /* in partner->senders */
    struct timer timeout;    /* of the phase it is blocked in */
    struct list helpers;     /* contexts that sleep until we wake */
    struct cap *parked;      /* slot with the right to answer us, or NULL */
    struct gate *gate;       /* the gate it queues at, or NULL */
    struct list gate_link;   /* in gate->senders */
    uint64_t label;          /* of the capability it sends through */
    struct list gates;       /* gates bound to us */
    struct list signals;     /* signals bound to us */
    struct list pending;     /* those to be delivered, in order */
    uint64_t utcb_user;      /* address of the UTCB in the task */
    const uint64_t *ports;   /* those it may not use; NULL: any */
    uint32_t pager;          /* slot in the task's table, 0: nobody */
    uint32_t handler;        /* of exceptions, likewise */
    uint32_t fault_vector;   /* of the last fault */
    uint32_t fault_access;   /* L4_MEM_*, of a page fault */
    uint64_t fault_address;  /* likewise */
    uint64_t fault_error;    /* error code of an exception */
    void *fpu;               /* its FPU state, NULL until it has some */
    struct l4_vcpu *vcpu;    /* state page at its kernel address, or NULL */
    uint64_t vcpu_user;      /* its address in the task */
    uint64_t host_cr3;       /* of the task, while cr3 may be the guest's */
    struct task *guest;      /* where its guest runs, or ran last; or NULL */
    struct list guest_link;  /* in guest->guests */
    struct timer vcpu_timer; /* set to ... */
    uint64_t vcpu_deadline;  /* ... this, 0: not set */

    /* Of a preempted map or unmap, with THREAD_RESTART. */
    uint32_t entries_done;
    uint64_t entry_done; /* bytes or slots of the entry being mapped */
    struct unmap_progress unmap;
    struct transfer transfer;
    char name[32];
};

/* A thread that never waits: what the fast path finds behind a gate that is
 * bound to no one. */
extern struct thread thread_nobody;

static inline unsigned thread_state(const struct thread *t)
{
    return (unsigned)(t->status & THREAD_STATE);
}

/* Whether it goes on as soon as a context runs it. */
static inline bool thread_runs(const struct thread *t)
{
    unsigned state = thread_state(t);

    return state == THREAD_READY || state == THREAD_GIVING ||
           state == THREAD_TAKING;
}

static inline void thread_set_state(struct thread *t, unsigned state)
{
    t->status = (t->status & ~(uint64_t)THREAD_STATE) | state;
}

/* A map or unmap by `t` begins, unless it goes on (THREAD_RESTART) after it was
 * preempted. Returns the entries done before. */
static inline uint32_t thread_progress(struct thread *t)
{
    if (t->status & THREAD_RESTART) {
        t->status &= ~(uint64_t)THREAD_RESTART;
        return t->entries_done;
    }
    t->entry_done = 0;
    unmap_begin(&t->unmap);
    return 0;
}

/* The map or unmap of `t` was preempted after `done` entries, and goes on from
 * there when its system call is made again. Does not return. */
_Noreturn void thread_restart(struct thread *t, uint32_t done);

/* A stopped thread in `task`, its UTCB at `utcb` there. L4_EQUOTA, L4_EINVAL,
 * L4_EEXIST. */
l4_err_t thread_new(struct factory *pay, struct task *task, uint64_t utcb,
                    struct thread **out);

/* The last step of its destruction: leaves everything and is freed. False:
 * not yet all is done. */
bool thread_destroy(struct thread *t);

/* Its task goes: it stops for good. False: not yet all is done. */
bool thread_leave_task(struct thread *t);

/* A blocked thread becomes ready, and its context with it unless it serves
 * a caller; those who slept behind it may run it. */
void thread_wake(struct thread *t);

/* The same for a thread that a call wakes: it runs on the caller's time. */
void thread_wake_called(struct thread *t);

/* Ends the IPC that `t` is blocked in with an error, and wakes it. */
void thread_fail(struct thread *t, l4_err_t err);

/* Takes `t` out of the IPC it is blocked in, if it is; it stays as it is,
 * neither ready nor queued. Its peer in a transfer learns `err` if it got no
 * message of it. */
void thread_unblock(struct thread *t, l4_err_t err);

/* Sets the timeout of the phase `t` is about to block in: false if it is to
 * poll. */
bool thread_set_timeout(struct thread *t, l4_time_t time);

void thread_clear_timeout(struct thread *t);

/* `t` queues at `server`, or does so no more. */
void thread_queue_sender(struct thread *server, struct thread *t);
void thread_unqueue_sender(struct thread *server, struct thread *t);

/* Copies a name of `length` bytes, cut if need be. */
void name_set(char name[32], const char *from, uint32_t length);

#endif
