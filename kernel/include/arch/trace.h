/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of the kernel that tell the trace. */
#ifndef ARCH_TRACE_H
#define ARCH_TRACE_H

#include <stdbool.h>

/* From the next entry on they are used, or no more. */
void arch_trace_set(bool on);

#endif
