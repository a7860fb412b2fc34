/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_IO_H
#define _ASM_L4_IO_H

#include <linux/types.h>
#include <asm/page.h>

#define IO_SPACE_LIMIT 0

/* There is no device memory. */
#define ioremap ioremap
static inline void __iomem *ioremap(phys_addr_t offset, size_t size)
{
	return NULL;
}

#define iounmap iounmap
static inline void iounmap(volatile void __iomem *addr)
{
}

#include <asm-generic/io.h>

#endif
