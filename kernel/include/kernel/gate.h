/* SPDX-License-Identifier: BSD-2-Clause */
/* A gate: where messages enter a server. */
#ifndef KERNEL_GATE_H
#define KERNEL_GATE_H

#include <kernel/object.h>

struct thread;

struct gate {
    struct object object;
    struct thread *thread; /* whom messages go to, or NULL */
    struct thread *fast;   /* the same, or &thread_nobody: never NULL */
    struct list link;      /* in thread->gates */
    struct list senders;   /* threads that queue at `thread` through it */
};

/* A gate bound to `server`, or NULL: quota. */
struct gate *gate_new(struct factory *pay, struct thread *server);
/* The last step of its destruction. False: not yet all is done. */
bool gate_destroy(struct gate *g);

/* Nobody is behind it any more; those that queue fail with `err`. False: not
 * yet all of them. */
bool gate_fail_senders(struct gate *g, int err);

/* Lets its messages go to `server` (NULL: nobody). Those that queue fail
 * with `err`. */
void gate_bind(struct gate *g, struct thread *server, int err);

#endif
