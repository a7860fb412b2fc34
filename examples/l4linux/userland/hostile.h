/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef L4LINUX_HOSTILE_H
#define L4LINUX_HOSTILE_H

#include <stdint.h>

uint64_t random_next(void);

/* Says what should not have worked, and counts it. */
void failed(const char *what);

/* Capabilities that a process was not given, more than there may be, and what
 * is none. */
void capabilities(void);

/* Memory of a native server's, taken for more than it is. */
void foreign_memory(void);

#endif
