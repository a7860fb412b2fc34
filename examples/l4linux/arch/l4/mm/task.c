// SPDX-License-Identifier: GPL-2.0-only
#include <linux/irqflags.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <asm/l4.h>

#include "task.h"

/* How many are kept; the last one used is the first to be used again. */
#define KEPT_MAX 8u

static struct l4_task *kept;
static unsigned int kept_count;

static long cap_create(void)
{
	unsigned long flags;
	long cap;

	local_irq_save(flags);
	cap = l4_platform.task_create();
	local_irq_restore(flags);
	return cap;
}

static void task_destroy(struct l4_task *task)
{
	unsigned long flags;

	local_irq_save(flags);
	l4_platform.task_destroy(task->cap);
	local_irq_restore(flags);
	kfree(task);
}

static struct l4_task *task_create(void)
{
	struct l4_task *task = kzalloc(sizeof(*task), GFP_KERNEL);
	long cap;

	if (!task)
		return NULL;
	cap = cap_create();
	if (cap < 0 && kept) {
		l4_tasks_drop();
		cap = cap_create();
	}
	if (cap < 0) {
		kfree(task);
		return NULL;
	}
	task->cap = cap;
	task->region[0].number = L4_REGION_NONE;
	return task;
}

static struct l4_task *kept_take(void)
{
	struct l4_task *task = kept;

	if (task) {
		kept = task->next;
		kept_count--;
	}
	return task;
}

struct l4_task *l4_task_get(void)
{
	struct l4_task *task = kept_take();

	return task ? task : task_create();
}

void l4_task_put(struct l4_task *task)
{
	unsigned int i;

	if (task->worn || kept_count == KEPT_MAX) {
		task_destroy(task);
		return;
	}
	for (i = 0; i < task->regions; i++) {
		task->region[i].stale |= task->region[i].blocks;
		task->region[i].blocks = 0;
	}
	task->next = kept;
	kept = task;
	kept_count++;
}

void l4_tasks_drop(void)
{
	struct l4_task *task;

	while ((task = kept_take()))
		task_destroy(task);
}

/* The last one that was asked for is the first one. */
struct l4_region *l4_region_add(struct l4_task *task, unsigned long number)
{
	unsigned int i;

	for (i = 0; i < task->regions; i++)
		if (task->region[i].number == number)
			break;
	if (i == L4_REGIONS) {
		task->worn = true;
		return NULL;
	}
	if (i == task->regions) {
		task->region[i] = (struct l4_region){.number = number};
		task->regions++;
	}
	swap(task->region[0], task->region[i]);
	return &task->region[0];
}
