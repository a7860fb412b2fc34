/* SPDX-License-Identifier: BSD-2-Clause */
/* Something that happens at a point in time; see scheduler.h. */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <kernel/heap.h>

struct timer {
    struct heap_node node; /* in the processor's timers; key: deadline, ns */
    void (*expire)(struct timer *t); /* called when it has been taken out */
};

#endif
