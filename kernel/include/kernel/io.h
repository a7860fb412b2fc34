/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * I/O ports in the hands of tasks. Each flexpage of ports that a task has is
 * a node of the mapping database, and all of them together are a table of
 * the ports that its threads may not use, paid for by the task's factory. Who
 * has none pays nothing; threads of tasks with a table carry THREAD_PORTS.
 */
#ifndef KERNEL_IO_H
#define KERNEL_IO_H

#include <kernel/map.h>

#define IO_PORTS 65536u
#define IO_TABLE_SIZE (IO_PORTS / 8)
#define IO_TABLE_ORDER 1u /* in pages */

struct io_range {
    struct node node;
    struct list link; /* in task->io */
};

/* Passes ports on. L4_EINVAL (they cannot get other numbers), L4_EFAULT (not
 * all of them are there in one flexpage), L4_EEXIST, L4_EQUOTA, L4_E2BIG. */
l4_err_t io_map(const struct map_request *m);

/* Ports of no one's. L4_EEXIST, L4_EQUOTA. */
l4_err_t io_origin(struct task *t, uint32_t first, unsigned order);

/* Takes back all flexpages that have some of the ports. L4_EINVAL,
 * MAP_AGAIN. */
l4_err_t io_unmap(struct task *t, l4_fpage_t fpage, bool self);

/* Frees a node, and takes its ports from its task. */
void io_drop(struct node *n);

/* The thread's task has ports, or it enters or leaves a guest: makes it
 * so. */
void io_join(struct thread *t);

/* Frees the table of a task that has no ports left. */
void io_free(struct task *t);

#endif
