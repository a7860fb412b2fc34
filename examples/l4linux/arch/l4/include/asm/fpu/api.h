/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux itself uses no vector registers; those of the running process are
 * live while it runs, and switched with it. */
#ifndef _ASM_L4_FPU_API_H
#define _ASM_L4_FPU_API_H

#include <linux/types.h>

struct task_struct;

static inline void kernel_fpu_begin(void)
{
}

static inline void kernel_fpu_end(void)
{
}

static inline bool irq_fpu_usable(void)
{
	return false;
}

/* Finds out what there is to be saved. Once, at boot. */
void l4_fpu_init(void);

/* Saves and loads the registers of a process. */
void l4_fpu_save(void *state);
void l4_fpu_load(void *state);

/* The current process's registers, saved for a look. */
struct _fpstate_64;
struct _fpstate_64 *l4_fpu_current(void);

/* For debuggers, which write the parts that are there in a word that hardware
 * leaves to software: adds that to a saved state, and returns where it is. */
void *l4_fpu_described(void *state);

/* Replaces the beginning of a stopped process's state by `size` bytes. -EINVAL
 * if no processor could load them. */
int l4_fpu_set(struct task_struct *task, const void *from, unsigned int size);

/* The current process, or its signal handler, starts with registers as after a
 * reset. */
void l4_fpu_reset(void);

/* Bytes of a saved state, and which parts of it there are (XCR0). */
extern unsigned int l4_fpu_size;
extern unsigned long l4_fpu_features;

/* Bytes to allocate for one: it is aligned inside. */
#define L4_FPU_ALLOC (l4_fpu_size + 64)

/* The frame of a signal: writes the live registers below `sp` and returns
 * where, 0 if that failed; and reads them back. */
unsigned long l4_fpu_to_frame(unsigned long sp);
int l4_fpu_from_frame(void __user *frame);

#endif
