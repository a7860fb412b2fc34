/* SPDX-License-Identifier: BSD-2-Clause */
/* The last records of the trace. */
#include <kernel/kdb.h>
#include <kernel/panic.h>
#include <kernel/trace.h>

#define RECORDS_DEFAULT 20

static const char *type_name(unsigned type)
{
    static const char *const names[] = {"?",      "syscall", "goes on",
                                        "return", "fault",   "interrupt",
                                        "map",    "unmap",   "guest"};

    return names[type < sizeof(names) / sizeof(names[0]) ? type : 0];
}

static void print_record(const l4_trace_header_t *h, uint64_t number)
{
    const l4_trace_record_t *r = l4_trace_records(h) + number % h->capacity;
    const l4_trace_name_t *n = &h->names[r->thread % L4_TRACE_NAMES];
    bool known = n->thread == r->thread;

    printk("%10llu us %s/%s: %s ", (unsigned long long)r->time / 1000,
           known ? n->task : "?", known ? n->name : "?", type_name(r->type));
    if (r->type == L4_TRACE_SYSCALL) {
        kdb_print_operation(r->word[0]);
    } else if (r->type == L4_TRACE_FAULT || r->type == L4_TRACE_IRQ) {
        printk("vector %u", r->detail);
    }
    printk("\n");
}

void kdb_trace(char **args)
{
    const l4_trace_header_t *h = authority_trace.ring;
    uint64_t count = RECORDS_DEFAULT;

    if (!h) {
        printk("there is no trace: boot with trace=9\n");
        return;
    }
    if (args[0] && !kdb_number(args[0], &count)) {
        printk("a number is expected: trace [HOW MANY]\n");
        return;
    }
    count = count < h->capacity ? count : h->capacity;
    for (uint64_t i = h->written > count ? h->written - count : 0;
         i < h->written; i++) {
        print_record(h, i);
    }
}
