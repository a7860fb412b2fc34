/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of processes is reached through the linear mapping (mm/uaccess.c): it
 * is another address space than ours. */
#ifndef _ASM_L4_UACCESS_H
#define _ASM_L4_UACCESS_H

#include <asm/extable.h>
#include <asm/page.h>

unsigned long __must_check raw_copy_from_user(void *to, const void __user *from,
					      unsigned long n);
unsigned long __must_check raw_copy_to_user(void __user *to, const void *from,
					    unsigned long n);

#define __clear_user __clear_user
unsigned long __must_check __clear_user(void __user *to, unsigned long n);

/* Whether `n` bytes of ours can be read. */
bool l4_kernel_readable(const void *from, unsigned long n);

#define __get_kernel_nofault(dst, src, type, label)         \
	do {                                                \
		if (!l4_kernel_readable(src, sizeof(type))) \
			goto label;                         \
		*(type *)(dst) = *(volatile type *)(src);   \
	} while (0)

#define __put_kernel_nofault(dst, src, type, label)         \
	do {                                                \
		if (!l4_kernel_readable(dst, sizeof(type))) \
			goto label;                         \
		*(volatile type *)(dst) = *(type *)(src);   \
	} while (0)

#include <asm-generic/uaccess.h>

#endif
