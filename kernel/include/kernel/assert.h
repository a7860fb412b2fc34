/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Assertions state what no user can cause. They are on in every build; on the
 * host they come from the C library.
 */
#ifndef KERNEL_ASSERT_H
#define KERNEL_ASSERT_H

#if __STDC_HOSTED__
#include <assert.h>
#else
#include <kernel/panic.h>

#define assert(cond)  \
    ((cond) ? (void)0 \
            : panic("%s:%d: assertion failed: %s", __FILE__, __LINE__, #cond))
#endif

#endif
