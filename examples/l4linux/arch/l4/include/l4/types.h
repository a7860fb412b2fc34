/* SPDX-License-Identifier: GPL-2.0-only */
/* What the microkernel's headers, copied beside this one, need of a compiler,
 * in Linux's terms. */
#ifndef L4_TYPES_H
#define L4_TYPES_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

#define L4_STATIC_ASSERT(expr, msg) static_assert(expr, msg)

#endif
