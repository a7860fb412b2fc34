/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program finds when it starts: its first capabilities and the
 * environment page. Root writes it from the boot plan; the program may read.
 */
#ifndef L4_ENV_H
#define L4_ENV_H

#include <l4/info.h>
#include <l4/types.h>

/* Slots that are the same in every program. Those that the boot plan does not
 * grant are empty. */
#define L4_CAP_TASK ((l4_cap_t)1)      /* own task: map, create, inspect */
#define L4_CAP_THREAD ((l4_cap_t)2)    /* main thread */
#define L4_CAP_SCHED ((l4_cap_t)3)     /* its scheduling context */
#define L4_CAP_FACTORY ((l4_cap_t)4)   /* if the plan gives a quota */
#define L4_CAP_CONSOLE ((l4_cap_t)5)   /* for l4_log() */
#define L4_CAP_PROGRAM ((l4_cap_t)6)   /* root's service: root.program */
#define L4_CAP_PAGER ((l4_cap_t)7)     /* root, for page faults */
#define L4_CAP_EXCEPTION ((l4_cap_t)8) /* root, for exceptions */
#define L4_CAP_FIRST ((l4_cap_t)10)    /* connections, in plan order */

/* The address space of a program as root lays it out. */
#define L4_UTCB_AREA ((uint64_t)0x00100000) /* main thread's is first */
#define L4_UTCB_AREA_END ((uint64_t)0x00200000)
#define L4_ENV_ADDRESS ((uint64_t)0x00200000)   /* read-only */
#define L4_CLOCK_ADDRESS ((uint64_t)0x00201000) /* info page, read-only */
#define L4_IMAGE_BASE ((uint64_t)0x00400000)    /* where programs are linked */
#define L4_STACK_TOP ((uint64_t)0x40000000)     /* of the main thread */

/* Stacks of further threads: one stride for each page of the UTCB area. Its
 * lowest pages are never mapped, the others when they are touched. */
#define L4_STACK_AREA ((uint64_t)0x38000000)
#define L4_STACK_STRIDE ((uint64_t)0x20000)
#define L4_STACK_GUARD ((uint64_t)0x4000)
#define L4_STACK_SIZE (L4_STACK_STRIDE - L4_STACK_GUARD)
#define L4_STACK_AREA_END \
    (L4_STACK_AREA +      \
     (L4_UTCB_AREA_END - L4_UTCB_AREA) / 0x1000 * L4_STACK_STRIDE)

/* The program's own mappings go here and above, up to the regions. */
#define L4_FREE_BASE ((uint64_t)0x40000000)

/* Device memory and boot modules that the plan gives, a stride each. */
#define L4_REGION_AREA ((uint64_t)0x0000600000000000)
#define L4_REGION_STRIDE ((uint64_t)1 << 30)

#define L4_ENV_MAGIC 0x564e4534444c41ull /* "ALD4ENV" */
#define L4_ENV_VERSION 2u
#define L4_ENV_NAME 24 /* longest name of a connection, with its NUL */
#define L4_ENV_CAPS 48
#define L4_ENV_PORTS 16
#define L4_ENV_REGIONS 8
#define L4_ENV_ARGS 768 /* bytes of arguments, NULs included */

/* A capability by its name in the boot plan. */
typedef struct l4_env_cap {
    char name[L4_ENV_NAME];
    l4_cap_t slot;
    uint32_t reserved;
} l4_env_cap_t;

/* A port that this program provides: its gate, and the labels that its
 * clients' messages bear. */
typedef struct l4_env_port {
    char name[L4_ENV_NAME];
    uint64_t first_label;
    uint64_t last_label; /* inclusive */
    l4_cap_t gate;
    uint32_t reserved;
} l4_env_port_t;

/* Device memory or a boot module by its name in the boot plan. */
typedef struct l4_env_region {
    char name[L4_ENV_NAME];
    uint64_t address;
    uint64_t size; /* bytes; of a module, of the file */
} l4_env_region_t;

typedef struct l4_env {
    uint64_t magic;
    uint32_t version;
    uint32_t program;    /* root's number for it */
    char name[32];       /* of the program, NUL-terminated */
    uint64_t heap_start; /* memory for the heap, paged in on demand */
    uint64_t heap_end;
    uint64_t stack_start; /* of the main thread; a guard page lies below */
    uint64_t stack_end;
    uint64_t memory_quota;  /* bytes of memory root lets it use */
    uint64_t factory_quota; /* bytes for kernel objects, 0: no factory */
    uint32_t table_slots;   /* size of its capability table */
    uint32_t cap_free;      /* first slot that is the program's to use */
    uint8_t priority;       /* of its scheduling context */
    uint8_t reserved[3];
    uint32_t region_count;
    uint32_t cap_count;
    uint32_t port_count;
    uint32_t argc; /* strings in args, argv[0] included */
    l4_env_cap_t caps[L4_ENV_CAPS];
    l4_env_port_t ports[L4_ENV_PORTS];
    l4_env_region_t regions[L4_ENV_REGIONS];
    char args[L4_ENV_ARGS]; /* argc strings, each with its NUL */
} l4_env_t;

L4_STATIC_ASSERT(sizeof(l4_env_t) <= 4096, "the environment is one page");

/* The environment of this program. */
static inline const l4_env_t *l4_env(void)
{
    return (const l4_env_t *)L4_ENV_ADDRESS;
}

/* The capability that the boot plan names so, or L4_CAP_NONE. */
l4_cap_t l4_env_cap(const char *name);

/* The port that this program provides under that name, or NULL. */
const l4_env_port_t *l4_env_port(const char *name);

/* The device memory or boot module that the plan names so, or NULL. */
const l4_env_region_t *l4_env_region(const char *name);

/* The info page; its clock is readable by everyone. */
static inline const l4_info_t *l4_info(void)
{
    return (const l4_info_t *)L4_CLOCK_ADDRESS;
}

#endif
