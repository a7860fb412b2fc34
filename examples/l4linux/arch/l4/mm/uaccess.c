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
#include <asm/word-at-a-time.h>

#include "fault.h"
#include "tlb.h"
#include "walk.h"

struct l4_user_line l4_user_cache[L4_USER_LINES];
unsigned long l4_user_tag;

/* The last generation given to an mm. Its lower bits are the tag; when they
 * are used up, the cache is cleared, and all others become invalid. */
static unsigned long generation = 1;

#define TAG_BITS 11
#define TAG(generation) ((generation) % (1UL << TAG_BITS) << 1)

static void generation_new(mm_context_t *context)
{
	generation++;
	if (TAG(generation) == 0) {
		memset(l4_user_cache, 0, sizeof(l4_user_cache));
		generation++;
	}
	context->generation = generation;
}

void l4_user_cache_activate(mm_context_t *context)
{
	if (context->generation >> TAG_BITS != generation >> TAG_BITS ||
	    !context->generation)
		generation_new(context);
	l4_user_tag = TAG(context->generation);
}

void l4_user_cache_flush(mm_context_t *context, bool active)
{
	context->generation = 0;
	if (active)
		l4_user_cache_activate(context);
}

/* The byte at a user address, if it can be accessed without a fault. */
static void *user_present(struct mm_struct *mm, unsigned long address,
			  bool write)
{
	struct l4_user_line *line = l4_user_line(address);
	pte_t *ptep = l4_pte_find(mm, address);
	unsigned long key = (address & PAGE_MASK) | l4_user_tag | write;
	void *page;

	/* Foreign memory can go at any time, and Linux would fault. */
	if (!l4_pte_use(ptep, write) || l4_pte_foreign(*ptep))
		return NULL;
	page = __va(pte_val(*ptep) & PTE_PFN_MASK);
	if (mm == l4_active_mm) {
		line->key = key;
		line->page = page;
	}
	return page + (address & ~PAGE_MASK);
}

void *l4_user_byte_slow(unsigned long address, bool write)
{
	struct mm_struct *mm = current->mm;
	void *byte;

	if (!mm || address >= TASK_SIZE)
		return NULL;
	byte = user_present(mm, address, write);
	if (likely(byte) || pagefault_disabled())
		return byte;
	if (l4_fault_in(mm, address, write))
		return NULL;
	return user_present(mm, address, write);
}
EXPORT_SYMBOL(l4_user_byte_slow);
EXPORT_SYMBOL(l4_user_cache);
EXPORT_SYMBOL(l4_user_tag);

/* How much of `n` bytes lies in the page of an address. */
static unsigned long page_part(unsigned long address, unsigned long n)
{
	return min(n, PAGE_SIZE - (address & ~PAGE_MASK));
}

static __always_inline void copy(void *to, const void *from, unsigned long n)
{
	unsigned long words = n / 8;

	n %= 8;
	if (words)
		asm volatile("rep movsq"
			     : "+D"(to), "+S"(from), "+c"(words)
			     :
			     : "memory");
	if (n)
		asm volatile("rep movsb"
			     : "+D"(to), "+S"(from), "+c"(n)
			     :
			     : "memory");
}

/* The general case: any number of pages, which may have to be faulted in. */
static noinline unsigned long copy_from_pages(void *to, unsigned long from,
					      unsigned long n)
{
	while (n) {
		unsigned long part = page_part(from, n);
		const void *bytes = l4_user_byte(from, false);

		if (!bytes)
			break;
		copy(to, bytes, part);
		to += part;
		from += part;
		n -= part;
	}
	return n;
}

static noinline unsigned long copy_to_pages(unsigned long to, const void *from,
					    unsigned long n)
{
	while (n) {
		unsigned long part = page_part(to, n);
		void *bytes = l4_user_byte(to, true);

		if (!bytes)
			break;
		copy(bytes, from, part);
		to += part;
		from += part;
		n -= part;
	}
	return n;
}

unsigned long raw_copy_from_user(void *to, const void __user *from,
				 unsigned long n)
{
	unsigned long address = (unsigned long)from;
	const void *bytes =
		n <= PAGE_SIZE ? l4_user_cached(address, n, false) : NULL;

	if (unlikely(!bytes))
		return copy_from_pages(to, address, n);
	copy(to, bytes, n);
	return 0;
}
EXPORT_SYMBOL(raw_copy_from_user);

unsigned long raw_copy_to_user(void __user *to, const void *from,
			       unsigned long n)
{
	unsigned long address = (unsigned long)to;
	void *bytes = n <= PAGE_SIZE ? l4_user_cached(address, n, true) : NULL;

	if (unlikely(!bytes))
		return copy_to_pages(address, from, n);
	copy(bytes, from, n);
	return 0;
}
EXPORT_SYMBOL(raw_copy_to_user);

unsigned long __clear_user(void __user *to, unsigned long n)
{
	while (n) {
		unsigned long part = page_part((unsigned long)to, n);
		void *bytes = l4_user_byte((unsigned long)to, true);

		if (!bytes)
			break;
		memset(bytes, 0, part);
		to += part;
		n -= part;
	}
	return n;
}
EXPORT_SYMBOL(__clear_user);

/* The length of a string of at most `n` bytes, not past the end of memory. */
static unsigned long string_length(const char *s, unsigned long n)
{
	const struct word_at_a_time c = WORD_AT_A_TIME_CONSTANTS;
	unsigned long done = 0;
	unsigned long bits;

	for (; n - done >= sizeof(long); done += sizeof(long))
		if (has_zero(*(const unsigned long *)(s + done), &bits, &c))
			return done + find_zero(bits);
	while (done < n && s[done])
		done++;
	return done;
}

long strncpy_from_user(char *dst, const char __user *src, long count)
{
	unsigned long address = (unsigned long)src;
	unsigned long left = count;
	long done = 0;

	if (unlikely(count <= 0))
		return 0;
	while (left) {
		unsigned long part = page_part(address, left);
		const char *bytes = l4_user_byte(address, false);
		unsigned long n;

		if (!bytes)
			return -EFAULT;
		n = string_length(bytes, part);
		copy(dst + done, bytes, n);
		done += n;
		if (n < part) {
			dst[done] = '\0';
			return done;
		}
		address += part;
		left -= part;
	}
	return done;
}
EXPORT_SYMBOL(strncpy_from_user);

long strnlen_user(const char __user *str, long n)
{
	unsigned long address = (unsigned long)str;
	unsigned long left = n;
	long done = 0;

	if (unlikely(n <= 0))
		return 0;
	while (left) {
		unsigned long part = page_part(address, left);
		const char *bytes = l4_user_byte(address, false);
		unsigned long here;

		if (!bytes)
			return 0;
		here = string_length(bytes, part);
		done += here;
		if (here < part)
			return done + 1;
		address += part;
		left -= part;
	}
	return n + 1;
}
EXPORT_SYMBOL(strnlen_user);

static bool page_readable(unsigned long address)
{
	if (address - PAGE_OFFSET < l4_platform.ram_size)
		return true;
	return is_vmalloc_or_module_addr((void *)address) &&
	       l4_pte_use(l4_pte_find(&init_mm, address), false);
}

bool l4_kernel_readable(const void *from, unsigned long n)
{
	unsigned long start = (unsigned long)from;

	return page_readable(start) && page_readable(start + n - 1);
}
EXPORT_SYMBOL(l4_kernel_readable);
