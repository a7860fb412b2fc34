// SPDX-License-Identifier: GPL-2.0-only
/* The table; entries take their arguments from the process's registers. */
#include <linux/cache.h>
#include <linux/syscalls.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

/* What needs privileges of the processor does not exist. */
#define __x64_sys_iopl __x64_sys_ni_syscall
#define __x64_sys_ioperm __x64_sys_ni_syscall
#define __x64_sys_modify_ldt __x64_sys_ni_syscall
#define __x64_sys_map_shadow_stack __x64_sys_ni_syscall
#define __x64_sys_uretprobe __x64_sys_ni_syscall

SYSCALL_DEFINE0(ni_syscall)
{
	return -ENOSYS;
}

#define __SYSCALL_NORETURN __SYSCALL
#define __SYSCALL(nr, sym) extern long __x64_##sym(const struct pt_regs *);
#include <asm/syscall_table_64.h>
#undef __SYSCALL

#define __SYSCALL(nr, sym) [nr] = __x64_##sym,
const sys_call_ptr_t sys_call_table[NR_syscalls] ____cacheline_aligned = {
#include <asm/syscall_table_64.h>
};
