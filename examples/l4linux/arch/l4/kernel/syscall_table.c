// SPDX-License-Identifier: GPL-2.0-only
/* The table, without linux/syscalls.h: here all have the same type. */
#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/linkage.h>
#include <asm/syscall.h>

/* What needs privileges of the processor does not exist. */
#define sys_iopl sys_ni_syscall
#define sys_ioperm sys_ni_syscall
#define sys_modify_ldt sys_ni_syscall
#define sys_map_shadow_stack sys_ni_syscall
#define sys_uretprobe sys_ni_syscall

#define __SYSCALL_NORETURN __SYSCALL
#define __SYSCALL(nr, sym)                                       \
	extern asmlinkage long sym(unsigned long, unsigned long, \
				   unsigned long, unsigned long, \
				   unsigned long, unsigned long);
extern asmlinkage long sys_ni_syscall(unsigned long, unsigned long,
				      unsigned long, unsigned long,
				      unsigned long, unsigned long);
#include <asm/syscall_table_64.h>
#undef __SYSCALL

#define __SYSCALL(nr, sym) [nr] = sym,
const sys_call_ptr_t sys_call_table[] ____cacheline_aligned = {
#include <asm/syscall_table_64.h>
};

const unsigned int l4_nr_syscalls = ARRAY_SIZE(sys_call_table);
