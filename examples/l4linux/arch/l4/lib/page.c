// SPDX-License-Identifier: GPL-2.0-only
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/string.h>

void clear_page(void *page)
{
	unsigned long words = PAGE_SIZE / 8;

	asm volatile("rep stosq"
		     : "+D"(page), "+c"(words)
		     : "a"(0UL)
		     : "memory");
}
EXPORT_SYMBOL(clear_page);

void copy_page(void *to, void *from)
{
	unsigned long words = PAGE_SIZE / 8;

	asm volatile("rep movsq"
		     : "+D"(to), "+S"(from), "+c"(words)
		     :
		     : "memory");
}
EXPORT_SYMBOL(copy_page);
