/* SPDX-License-Identifier: BSD-2-Clause */
/* How far an operation that takes back has come, when it is preempted. */
#ifndef KERNEL_UNMAP_H
#define KERNEL_UNMAP_H

#include <kernel/mapdb.h>

/* How far taking back one flexpage has come. */
struct unmap_progress {
    uint64_t at;        /* address or slot that is next */
    uint64_t scanned;   /* up to there, descendants have been seen to */
    uint64_t piece;     /* address of the next piece of the scanned node */
    struct node marker; /* in front of the next descendant to look at */
};

/* Makes ready for another flexpage. */
static inline void unmap_begin(struct unmap_progress *p)
{
    if (p->marker.prev) {
        mapdb_remove(&p->marker);
    }
    p->at = 0;
    p->scanned = 0;
}

#endif
