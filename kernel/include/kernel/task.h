/* SPDX-License-Identifier: BSD-2-Clause */
/* A task: an address space, a capability table, and the threads in it. */
#ifndef KERNEL_TASK_H
#define KERNEL_TASK_H

#include <arch/ptab.h>

#include <kernel/cap.h>
#include <kernel/unmap.h>

struct signal;

/* As the IDL numbers it. */
#define RIGHT_TASK_MAP 1u
#define RIGHT_TASK_CREATE 2u

struct task {
    struct object object;
    struct arch_space space;
    struct captab table;
    struct list threads;
    struct signal *exit_signal; /* raised when a thread of ours faults */
    struct list guests;         /* vCPUs whose guest runs here */
    struct list exit_link;      /* in exit_signal->tasks */
    struct list io;             /* its flexpages of I/O ports */
    uint64_t *io_denied;        /* a bit for each port, or NULL: all */
    unsigned gone;              /* how many steps of its destruction are done */
    struct unmap_progress unmap; /* of its destruction */
    char name[32];
};

/* An empty task. L4_EQUOTA. */
l4_err_t task_new(struct factory *pay, unsigned table_order, struct task **out);

/* The last step of its destruction. False: not yet all is done. */
bool task_destroy(struct task *t);

/* Maps a page of the kernel's at `address`, as an entry without a node: it
 * can be neither passed on nor taken away. L4_EEXIST, L4_EQUOTA. */
l4_err_t task_pin(struct task *t, uint64_t address, const void *page);
void task_unpin(struct task *t, uint64_t address);

#endif
