/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot plan in the form that root reads: which programs there are, what
 * each gets and who is connected to whom. docs/bootplan.md describes it; the
 * host tool mkplan writes it. Little endian, offsets from the start of the
 * plan, strings by their offset in the string table, NUL-terminated.
 */
#ifndef L4_BOOTPLAN_H
#define L4_BOOTPLAN_H

#include <l4/types.h>

#define L4_PLAN_MAGIC 0x4e414c5034444c41ull /* "ALD4PLAN" */
#define L4_PLAN_VERSION 2u

#define L4_PLAN_NAME 24     /* longest name, with its NUL */
#define L4_PLAN_PROGRAMS 32 /* programs of one image */
#define L4_PLAN_GRANTS 512  /* grants of all programs */
#define L4_PLAN_PORTS 16    /* ports that one program provides */
#define L4_PLAN_CAPS 32     /* things granted to one program */
#define L4_PLAN_REGIONS 8   /* of them device memory and boot modules */
#define L4_PLAN_ARGS 700    /* bytes of arguments of one program */
#define L4_PLAN_STRINGS (64u * 1024)

/* What may be asked for one program. */
#define L4_PLAN_MEMORY_MAX ((uint64_t)1 << 40)
#define L4_PLAN_STACK_MAX ((uint64_t)16 << 20)
#define L4_PLAN_HEAP_MAX ((uint64_t)512 << 20)
#define L4_PLAN_BACKOFF_MAX 10000u           /* ms */
#define L4_PLAN_MMIO_PAGES ((uint32_t)65536) /* of one grant */

/* What the kernel takes for a budget. */
#define L4_PLAN_BUDGET_MIN ((uint64_t)1000)
#define L4_PLAN_PERIOD_MIN ((uint64_t)10000)
#define L4_PLAN_PERIOD_MAX ((uint64_t)1 << 50)

/* When the image ends. */
#define L4_PLAN_EXIT_NEVER 0u
#define L4_PLAN_EXIT_PROGRAM 1u /* when one program ends, with its status */
#define L4_PLAN_EXIT_ALL 2u     /* when no program runs any more */

/* Flags of a program. */
#define L4_PLAN_AUTOSTART 1u
#define L4_PLAN_RESTART_FAILED 2u /* again, unless it ended with status 0 */
#define L4_PLAN_RESTART_ALWAYS 4u /* again, however it ended */
#define L4_PLAN_RESTART (L4_PLAN_RESTART_FAILED | L4_PLAN_RESTART_ALWAYS)
#define L4_PLAN_FLAGS (L4_PLAN_AUTOSTART | L4_PLAN_RESTART)

typedef struct l4_plan_header {
    uint64_t magic;
    uint32_t version;
    uint32_t size; /* of the whole plan, in bytes */
    uint32_t program_count;
    uint32_t program_offset; /* l4_plan_program_t[], 8-aligned */
    uint32_t grant_count;
    uint32_t grant_offset; /* l4_plan_grant_t[], 8-aligned */
    uint32_t string_size;
    uint32_t string_offset;
    uint32_t exit_rule;    /* L4_PLAN_EXIT_* */
    uint32_t exit_program; /* a program's index with EXIT_PROGRAM, else 0 */
} l4_plan_header_t;

typedef struct l4_plan_program {
    uint32_t name;   /* string */
    uint32_t module; /* string: command line of its boot module */
    uint32_t args;   /* string: arg_count strings, one after another */
    uint32_t arg_count;
    uint64_t memory;      /* bytes it may use */
    uint64_t stack;       /* bytes for the main thread's stack */
    uint64_t heap;        /* bytes of address space for the heap */
    uint64_t quota;       /* bytes of its factory, 0 for none */
    uint32_t priority;    /* 0 to 254 */
    uint32_t table_order; /* its capability table has 1 << that slots */
    uint32_t flags;       /* L4_PLAN_AUTOSTART and so on */
    uint32_t first_grant; /* index; each program's follow the last one's */
    uint32_t grant_count;
    uint32_t backoff_ms; /* before the first restart; 0 without restarts */
    uint64_t budget_ns;  /* of processor time per period, 0: no limit */
    uint64_t period_ns;  /* 0 without a budget */
} l4_plan_program_t;

/* The kinds of a grant, and what its name, a and b are. */
#define L4_PLAN_PROVIDE 1u /* port's name; 0; 0 */
#define L4_PLAN_CONNECT                                                     \
    2u                       /* capability's name; program; its n-th port | \
                                L4_PLAN_SENDONLY */
#define L4_PLAN_IRQ 3u       /* capability's name; line; l4::device::irq_mode */
#define L4_PLAN_IOPORTS 4u   /* capability's name; first port; how many */
#define L4_PLAN_MANAGER 5u   /* capability's name; 0; 0 */
#define L4_PLAN_CONSOLE 6u   /* empty name; 0; 0 */
#define L4_PLAN_DEVICE 7u    /* capability's name; 0; 0 */
#define L4_PLAN_TRACE 8u     /* capability's name; 0; 0 */
#define L4_PLAN_SUPERVISE 9u /* capability's name; program; 0 */
#define L4_PLAN_MMIO 10u     /* region's name; first page / 4096; how many */
#define L4_PLAN_MODULE 11u   /* region's name; string: the boot module; 0 */

/* With a connection's port: no capability or memory may go along. */
#define L4_PLAN_SENDONLY 0x80000000u

typedef struct l4_plan_grant {
    uint32_t kind; /* L4_PLAN_PROVIDE and so on */
    uint32_t name; /* string */
    uint32_t a;
    uint32_t b;
} l4_plan_grant_t;

L4_STATIC_ASSERT(sizeof(l4_plan_header_t) == 48, "plan format");
L4_STATIC_ASSERT(sizeof(l4_plan_program_t) == 88, "plan format");
L4_STATIC_ASSERT(sizeof(l4_plan_grant_t) == 16, "plan format");

#endif
