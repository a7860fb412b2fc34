/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of processes is another address space than ours, and is reached
 * through the linear mapping (mm/uaccess.c). Where a page lies there is
 * remembered in a small cache, which is to the active mm what a TLB is to a
 * processor: whatever flushes the one flushes the other.
 */
#ifndef _ASM_L4_UACCESS_H
#define _ASM_L4_UACCESS_H

#include <linux/compiler.h>
#include <linux/mm_types.h>
#include <asm/extable.h>
#include <asm/page.h>

#define L4_USER_LINES 64u

/* A page: its address | the mm's tag | whether it may be written. */
struct l4_user_line {
	unsigned long key;
	void *page; /* in the linear mapping */
};

extern struct l4_user_line l4_user_cache[L4_USER_LINES];

/* Of the active mm: an even number below the size of a page. */
extern unsigned long l4_user_tag;

/* An mm becomes the active one; forgets all pages of an mm. Virtual interrupts
 * are masked. */
void l4_user_cache_activate(mm_context_t *context);
void l4_user_cache_flush(mm_context_t *context, bool active);

/* The byte at an address of the current process, after a fault if need be;
 * NULL if it may not be accessed so. The pointer holds to the end of the page,
 * and until the caller sleeps. */
void *l4_user_byte_slow(unsigned long address, bool write);

/* Where a page is kept. The tag is part of that: parents and their children use
 * the same addresses in turn. */
static __always_inline struct l4_user_line *l4_user_line(unsigned long address)
{
	return &l4_user_cache[((address >> PAGE_SHIFT) ^ l4_user_tag) %
			      L4_USER_LINES];
}

/* The byte at an address behind which `size` bytes, at most a page's, lie in a
 * page of the cache; else NULL. The line is that of the first byte's page and
 * the key that of the last one's, so a page's end in between is a miss. */
static __always_inline void *l4_user_cached(unsigned long address,
					    unsigned long size, bool write)
{
	const struct l4_user_line *line = l4_user_line(address);
	unsigned long key =
		((address + size - 1) & PAGE_MASK) | l4_user_tag | 1;

	if (likely((write ? line->key : line->key | 1) == key))
		return line->page + (address & ~PAGE_MASK);
	return NULL;
}

static __always_inline void *l4_user_byte(unsigned long address, bool write)
{
	void *byte = l4_user_cached(address, 1, write);

	return likely(byte) ? byte : l4_user_byte_slow(address, write);
}

unsigned long __must_check raw_copy_from_user(void *to, const void __user *from,
					      unsigned long n);
unsigned long __must_check raw_copy_to_user(void __user *to, const void *from,
					    unsigned long n);

#define __clear_user __clear_user
unsigned long __must_check __clear_user(void __user *to, unsigned long n);

/* A value of 1, 2, 4 or 8 bytes. */
static __always_inline void l4_value_copy(void *to, const void *from,
					  unsigned long size)
{
	switch (size) {
	case 8:
		*(u64 *)to = *(const u64 *)from;
		break;
	case 4:
		*(u32 *)to = *(const u32 *)from;
		break;
	case 2:
		*(u16 *)to = *(const u16 *)from;
		break;
	default:
		*(u8 *)to = *(const u8 *)from;
	}
}

static __always_inline int l4_get_user(void *to, unsigned long address,
				       unsigned long size)
{
	const void *from = l4_user_cached(address, size, false);

	if (unlikely(!from))
		return raw_copy_from_user(to, (void __user *)address, size)
			       ? -EFAULT
			       : 0;
	l4_value_copy(to, from, size);
	return 0;
}

static __always_inline int l4_put_user(unsigned long address, const void *from,
				       unsigned long size)
{
	void *to = l4_user_cached(address, size, true);

	if (unlikely(!to))
		return raw_copy_to_user((void __user *)address, from, size)
			       ? -EFAULT
			       : 0;
	l4_value_copy(to, from, size);
	return 0;
}

#define __get_user_fn(size, from, to) \
	l4_get_user(to, (unsigned long)(from), size)
#define __put_user_fn(size, to, from) \
	l4_put_user((unsigned long)(to), from, size)

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
