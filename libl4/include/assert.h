/* SPDX-License-Identifier: BSD-2-Clause */
/* C's <assert.h>: a failed assertion is logged and ends the program. */

#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) \
    ((condition) ? (void)0 : l4_assert_fail(#condition, __FILE__, __LINE__))
#endif

#ifndef L4_ASSERT_H
#define L4_ASSERT_H

/* Logs the assertion that failed and ends the program with status 126. */
_Noreturn void l4_assert_fail(const char *condition, const char *file,
                              int line);

#define static_assert _Static_assert

#endif
