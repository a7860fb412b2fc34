/* SPDX-License-Identifier: BSD-2-Clause */
/* The objects that stand for authority over the machine itself. There is one
 * of each, and they never die. */
#ifndef KERNEL_AUTHORITY_H
#define KERNEL_AUTHORITY_H

#include <kernel/object.h>

/* Device memory and interrupt lines. */
struct device {
    struct object object;
};

/* I/O ports; which of them stands in the capability's label. */
struct ports {
    struct object object;
};

/* The kernel's serial line. */
struct console {
    struct object object;
};

extern struct device authority_device;
extern struct ports authority_ports;
extern struct console authority_console;

/* A ports capability's label: first port << 16, count << 32. */
#define PORTS_LABEL(first, count) \
    ((uint64_t)(first) << 16 | (uint64_t)(count) << 32)

void authority_init(void);

#endif
