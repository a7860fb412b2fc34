/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/log.h>
#include <l4/thread.h>

#include "heap_fault.h"

_Noreturn void heap_fault(const char *what, const void *where)
{
    l4_log(L4_LOG_ERROR, "heap: %s %p", what, where);
    l4_exit(126);
}
