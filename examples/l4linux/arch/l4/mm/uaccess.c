// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies from and to processes: their page tables are walked by software, and
 * the pages reached through the linear mapping. A pointer that leads nowhere
 * ends the copy, whoever chose it.
 */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/l4.h>

#include "walk.h"

/* The byte at a user address, if it can be accessed without a fault. */
static void *user_present(struct mm_struct *mm, unsigned long address,
			  bool write)
{
	pte_t *ptep = l4_pte_find(mm, address);

	if (!l4_pte_use(ptep, write))
		return NULL;
	return __va(pte_val(*ptep) & PTE_PFN_MASK) + (address & ~PAGE_MASK);
}

/* Likewise, after a fault if need be. NULL if that is not allowed either. */
static void *user_byte(unsigned long address, bool write)
{
	struct mm_struct *mm = current->mm;
	bool unlocked = false;
	void *byte;
	int err;

	if (!mm || address >= TASK_SIZE)
		return NULL;
	byte = user_present(mm, address, write);
	if (likely(byte) || pagefault_disabled())
		return byte;
	mmap_read_lock(mm);
	err = fixup_user_fault(mm, address, write ? FAULT_FLAG_WRITE : 0,
			       &unlocked);
	mmap_read_unlock(mm);
	return err ? NULL : user_present(mm, address, write);
}

/* How much of `n` bytes lies in the page of an address. */
static unsigned long page_part(unsigned long address, unsigned long n)
{
	return min(n, PAGE_SIZE - (address & ~PAGE_MASK));
}

unsigned long raw_copy_from_user(void *to, const void __user *from,
				 unsigned long n)
{
	while (n) {
		unsigned long part = page_part((unsigned long)from, n);
		const void *bytes = user_byte((unsigned long)from, false);

		if (!bytes)
			break;
		memcpy(to, bytes, part);
		to += part;
		from += part;
		n -= part;
	}
	return n;
}
EXPORT_SYMBOL(raw_copy_from_user);

unsigned long raw_copy_to_user(void __user *to, const void *from,
			       unsigned long n)
{
	while (n) {
		unsigned long part = page_part((unsigned long)to, n);
		void *bytes = user_byte((unsigned long)to, true);

		if (!bytes)
			break;
		memcpy(bytes, from, part);
		to += part;
		from += part;
		n -= part;
	}
	return n;
}
EXPORT_SYMBOL(raw_copy_to_user);

unsigned long __clear_user(void __user *to, unsigned long n)
{
	while (n) {
		unsigned long part = page_part((unsigned long)to, n);
		void *bytes = user_byte((unsigned long)to, true);

		if (!bytes)
			break;
		memset(bytes, 0, part);
		to += part;
		n -= part;
	}
	return n;
}
EXPORT_SYMBOL(__clear_user);

static bool page_readable(unsigned long address)
{
	if (address - PAGE_OFFSET < l4_platform.ram_size)
		return true;
	return is_vmalloc_addr((void *)address) &&
	       l4_pte_use(l4_pte_find(&init_mm, address), false);
}

bool l4_kernel_readable(const void *from, unsigned long n)
{
	unsigned long start = (unsigned long)from;

	return page_readable(start) && page_readable(start + n - 1);
}
EXPORT_SYMBOL(l4_kernel_readable);
