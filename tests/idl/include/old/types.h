/* SPDX-License-Identifier: BSD-2-Clause */
/* What C headers contain, in every form that matters for their sizes. */
#ifndef OLD_TYPES_H
#define OLD_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OLD_NAME_MAX (4 * 4)

typedef unsigned long old_addr_t;
typedef struct old_time {
    long sec;
    int usec;
} old_time_t;
typedef union {
    struct {
        unsigned low : 10, thread : 7, task : 11, high : 4;
        unsigned nest;
    } id;
    uint64_t raw;
} old_thread_t;
struct old_node {
    struct old_node *next;
    char name[OLD_NAME_MAX];
    void (*call)(struct old_node *, int);
    unsigned char flags : 3;
};
enum old_kind { OLD_FILE, OLD_DIR = 1 << 4, OLD_LINK };
typedef old_time_t old_times_t[2];
typedef int (*old_compare_t)(const void *, const void *);
typedef unsigned char old_hash_t[sizeof(struct old_node) > 16 ? 20 : 16];

extern int old_open(const char *name, int flags)
    __attribute__((visibility("default")));
static inline uint64_t old_raw(old_thread_t t)
{
    if (t.id.nest) {
        return t.raw + 1;
    }
    return t.raw;
}

#ifdef __cplusplus
}
#endif

#endif
