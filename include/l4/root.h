/* SPDX-License-Identifier: BSD-2-Clause */
/* How the kernel starts root: the image it expects and what root gets. */
#ifndef L4_ROOT_H
#define L4_ROOT_H

#include <l4/types.h>

/* Root's address space as the kernel lays it out. */
#define L4_ROOT_IMAGE ((uint64_t)0x0000000000400000) /* module 0, from here */
#define L4_ROOT_UTCB ((uint64_t)0x0000000000200000)
#define L4_INFO_ADDRESS ((uint64_t)0x0000000000201000) /* read-only */
#define L4_ROOT_RAM ((uint64_t)0x0000100000000000)     /* + physical address */
#define L4_ROOT_TRACE ((uint64_t)0x0000600000000000)   /* the trace's ring */

/* Root's first capabilities, with all rights. The rest of the table, of
 * 1 << L4_ROOT_TABLE_ORDER slots, is empty. */
#define L4_ROOT_CAP_TASK 1u
#define L4_ROOT_CAP_THREAD 2u
#define L4_ROOT_CAP_SCHED 3u
#define L4_ROOT_CAP_FACTORY 4u /* all of the kernel's pool, priority 255 */
#define L4_ROOT_CAP_DEVICE 5u
#define L4_ROOT_CAP_PORTS 6u /* all ports */
#define L4_ROOT_CAP_CONSOLE 7u
#define L4_ROOT_CAP_TRACE 8u
#define L4_ROOT_CAP_FREE 9u
#define L4_ROOT_TABLE_ORDER 12u

#define L4_ROOT_MAGIC 0x544f4f5234444c41ull

/* The start of root's flat image, linked at L4_ROOT_IMAGE. The image holds
 * everything, zeroed data and stack included. [start, rx_end) is mapped
 * readable and executable, [rx_end, end) readable and writable. Root starts
 * at `entry` with the stack pointer `stack` and gs base L4_ROOT_UTCB. */
typedef struct l4_root_header {
    uint64_t magic;
    uint64_t entry;
    uint64_t stack;
    uint64_t rx_end; /* page aligned */
    uint64_t end;    /* page aligned; == L4_ROOT_IMAGE + size of the module */
} l4_root_header_t;

#endif
