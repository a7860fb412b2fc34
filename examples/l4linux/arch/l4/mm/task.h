/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks of the microkernel. To make one and to take it apart costs more than to
 * use one, so that of an mm that is gone serves another: with its tables, and
 * with what is mapped there still, which goes before the other runs. For that
 * each task remembers where something was mapped.
 */
#ifndef L4_MM_TASK_H
#define L4_MM_TASK_H

#include <linux/types.h>
#include <asm/page.h>

/* What one of the microkernel's tables of pages spans. */
#define L4_REGION_SHIFT 21

/* One bit stands for so much of it, eight pages. */
#define L4_BLOCK_SHIFT 15

/* More than most programs reach. Each costs the microkernel some tables, for
 * as long as the task lives. */
#define L4_REGIONS 16u

/* The number of none. */
#define L4_REGION_NONE (~0UL)

struct l4_region {
	unsigned long number; /* address >> L4_REGION_SHIFT */
	u64 blocks;	      /* where the mm that has the task mapped pages */
	u64 stale;	      /* where those that had it before did */
};

struct l4_task {
	struct l4_task *next; /* of those that are kept */
	unsigned long cap;
	unsigned int regions;
	bool worn; /* there were more: not to be used again */
	struct l4_region region[L4_REGIONS];
};

/* An empty task, or one to be emptied before it runs. NULL: out of memory. */
struct l4_task *l4_task_get(void);

/* It is not needed any more, and will be used again or destroyed. */
void l4_task_put(struct l4_task *task);

/* Destroys those that are kept, for the memory that they have. */
void l4_tasks_drop(void);

/* The region of an address, which from now on has one; NULL: too many. */
struct l4_region *l4_region_add(struct l4_task *task, unsigned long number);

/* A page is going to be mapped. */
static inline void l4_task_mapped(struct l4_task *task, unsigned long address)
{
	unsigned long number = address >> L4_REGION_SHIFT;
	struct l4_region *region = task->region;

	if (unlikely(region->number != number))
		region = l4_region_add(task, number);
	if (likely(region))
		region->blocks |= 1ULL << (address >> L4_BLOCK_SHIFT & 63);
}

#endif
