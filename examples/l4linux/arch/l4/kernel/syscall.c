// SPDX-License-Identifier: GPL-2.0-only
/* System calls that only x86-64 has. */
#include <linux/linkage.h>
#include <linux/mman.h>
#include <linux/syscalls.h>
#include <asm/fsbase.h>
#include <asm/prctl.h>
#include <asm/processor.h>
#include <asm/syscall.h>

SYSCALL_DEFINE2(arch_prctl, int, option, unsigned long, arg)
{
	unsigned long __user *to = (unsigned long __user *)arg;

	switch (option) {
	case ARCH_SET_FS:
		if (arg >= TASK_SIZE_MAX)
			return -EPERM;
		wrfsbase(arg);
		return 0;
	case ARCH_SET_GS:
		if (arg >= TASK_SIZE_MAX)
			return -EPERM;
		wrgsbase(arg);
		return 0;
	case ARCH_GET_FS:
		return put_user(rdfsbase(), to);
	case ARCH_GET_GS:
		return put_user(rdgsbase(), to);
	default:
		return -EINVAL;
	}
}

SYSCALL_DEFINE6(mmap, unsigned long, addr, unsigned long, len, unsigned long,
		prot, unsigned long, flags, unsigned long, fd, unsigned long,
		off)
{
	if (off & ~PAGE_MASK)
		return -EINVAL;
	return ksys_mmap_pgoff(addr, len, prot, flags, fd, off >> PAGE_SHIFT);
}
