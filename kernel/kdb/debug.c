/* SPDX-License-Identifier: BSD-2-Clause */
/* The operations of l4::debug, reached through the trace's capability. */
#include <l4/err.h>

#include <kernel/panic.h>

#include <kernel/kdb.h>
#include <kernel/kdb_check.h>

#include "debug_kernel.h"
#include "objects_kernel.h"

void __wrap_kernel_trace_dispatch(struct trace *self, struct invocation *inv);
void __real_kernel_trace_dispatch(struct trace *self, struct invocation *inv);

static struct check check;

/* In front of the operations of the trace. */
void __wrap_kernel_trace_dispatch(struct trace *self, struct invocation *inv)
{
    if (l4_tag_proto(inv->tag) == L4_DEBUG_PROTO) {
        kernel_debug_dispatch((struct debug *)(void *)self, inv);
    } else {
        __real_kernel_trace_dispatch(self, inv);
    }
}

l4_err_t debug_op_check(struct debug *self, struct invocation *inv,
                        bool derived, l4_debug_report_t *found)
{
    check.rights = derived;
    check_all(&check);
    *found = (l4_debug_report_t){.objects = check.objects,
                                 .mappings = check.mappings,
                                 .bytes = check.bytes,
                                 .failures = check.failures};
    return L4_OK;
}

/* The same for who types at the debugger's prompt. */
void kdb_check(char **args)
{
    check.rights = true;
    check_all(&check);
    printk("%llu objects, %llu mappings, %llu bytes in use: %u inconsistent\n",
           (unsigned long long)check.objects,
           (unsigned long long)check.mappings, (unsigned long long)check.bytes,
           check.failures);
}
