/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_MMU_H
#define _ASM_L4_MMU_H

/* Memory to be taken from a task before it runs again. */
struct l4_flush {
	unsigned long address;
	unsigned char order;
	unsigned char rights; /* L4_MEM_* */
};

#define L4_FLUSHES 8u

struct l4_task; /* mm/task.h */

typedef struct {
	struct l4_task *task; /* NULL: none, it is the kernel's */
	unsigned long vdso;
	unsigned long generation; /* of the copies' cache (mm/uaccess.c) */
	unsigned int flushes;	  /* how many wait, while it is not active */
	bool forked;		  /* the next flush only takes writing */
	struct l4_flush flush[L4_FLUSHES];
} mm_context_t;

#endif
