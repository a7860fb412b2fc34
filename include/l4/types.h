/* SPDX-License-Identifier: BSD-2-Clause */
/* The basic types of the ABI. Shared by kernel, libl4 and generated code. */
#ifndef L4_TYPES_H
#define L4_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define L4_STATIC_ASSERT(cond, text) static_assert(cond, text)
#define L4_NODISCARD [[nodiscard]]
#else
#define L4_STATIC_ASSERT(cond, text) _Static_assert(cond, text)
#define L4_NODISCARD __attribute__((warn_unused_result))
#endif

/* A capability: an index into the capability table of the caller's task. */
typedef uint32_t l4_cap_t;

/* No capability. Slot 0 of every table stays empty. */
#define L4_CAP_NONE ((l4_cap_t)0)

/* 0 on success, below 0 one of the codes of l4/err.def (transport, protocol,
 * kernel), above 0 an exception that the interface itself declares. */
typedef int32_t l4_err_t;

/* A time in nanoseconds. With L4_TIME_ABSOLUTE set, the rest is a point on
 * the info page's clock; otherwise it is a span that starts with the phase it
 * bounds. 0 polls, L4_TIME_NEVER waits for ever. */
typedef uint64_t l4_time_t;

#define L4_TIME_ABSOLUTE ((l4_time_t)1 << 63)
#define L4_TIME_NEVER (~(l4_time_t)0)
#define L4_TIME_POLL ((l4_time_t)0)

#endif
