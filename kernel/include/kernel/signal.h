/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals: interrupts, and events raised by software. */
#ifndef KERNEL_SIGNAL_H
#define KERNEL_SIGNAL_H

#include <kernel/object.h>

struct thread;

/* As the IDL numbers it. */
#define RIGHT_SIGNAL_WAIT 1u
#define RIGHT_SIGNAL_RAISE 2u

#define SIGNAL_NO_LINE (~0u)

/* Someone who raises a signal when something happens. */
struct watch {
    struct signal *signal; /* NULL: none */
    struct list link;      /* in signal->watches */
};

struct signal {
    struct object object;
    struct thread *thread; /* who receives it, or NULL */
    uint64_t label;        /* that it is delivered with */
    uint64_t count;        /* raised since it was delivered last */
    bool masked;           /* delivered and not acknowledged */
    unsigned line;         /* the interrupt, or SIGNAL_NO_LINE */
    struct list link;      /* in thread->signals */
    struct list pending;   /* in thread->pending */
    struct list tasks;     /* tasks whose exit signal this is */
    struct list watches;   /* others that raise it */
};

struct signal *signal_new(struct factory *pay);
/* The last step of its destruction. False: not yet all is done. */
bool signal_destroy(struct signal *s);

void signal_raise(struct signal *s);
void signal_ack(struct signal *s);

/* It goes to nobody any more. */
void signal_unbind(struct signal *s);

/* Lets `w` raise `s` from now on (NULL: nothing). */
void watch_set(struct watch *w, struct signal *s);
void watch_raise(const struct watch *w);

/* `t` waits: gives it its first pending signal, if there is one. */
bool signal_deliver(struct thread *t);

/* Makes `s` the receiver of an interrupt line. L4_EBUSY and the like. */
int signal_claim_line(struct signal *s, unsigned line, unsigned mode);

/* Makes it the receiver of an interrupt that a device signals by a message.
 * L4_EBUSY. */
int signal_claim_msi(struct signal *s, uint64_t *address, uint32_t *data);

#endif
