/* SPDX-License-Identifier: BSD-2-Clause */
/* One line for each record. */
#include <l4/fpage.h>
#include <l4/tag.h>

#include "tracedump.h"

typedef unsigned long long ull;

/* Arguments by name, or words if none is known. */
static void put_words(uint64_t tag, const uint64_t *word, FILE *out)
{
    unsigned words = l4_tag_words(tag);

    fputs(" (", out);
    if (put_arguments(tag, word, false, out) == 0) {
        for (unsigned i = 0; i < words && i < 4; i++) {
            fprintf(out, "%s%llx", i ? ", " : "", (ull)word[i]);
        }
    }
    fputs(words > 4 ? ", ...)" : ")", out);
}

static void put_syscall(const l4_trace_record_t *e, FILE *out)
{
    uint64_t tag = e->word[0];
    unsigned words = l4_tag_words(tag);
    char operation[NAME_SIZE];

    operation_text(tag, operation);
    fprintf(out, "%s", phase_text(tag));
    if (tag & L4_TAG_REPLY) {
        fprintf(out, " to %s", operation);
    } else if (tag >> L4_TAG_OP_SHIFT) {
        fprintf(out, " %s", operation);
    }
    if (e->word[1]) {
        fprintf(out, " slot %llu", (ull)e->word[1]);
    }
    if (words > 0) {
        put_words(tag, &e->word[2], out);
    }
}

static void put_fpage(const l4_trace_record_t *e, FILE *out)
{
    static const char *const kinds[] = {"nothing", "memory", "ports", "slot"};
    uint64_t f = e->word[0];

    unsigned shift = (f >> 6 & 3) == L4_FPAGE_CAP ? 12 : 0;

    fprintf(out, "%s %s %llx order %u rights %llx",
            e->type == L4_TRACE_MAP ? "maps" : "unmaps", kinds[f >> 6 & 3],
            (ull)(f & ~0xfffull) >> shift, (unsigned)(f & 63),
            (ull)(f >> 8 & 15));
    if (e->type == L4_TRACE_MAP) {
        fprintf(out, " to %llx", (ull)(e->word[1] & ~0xfffull) >> shift);
    }
}

static void put_event(const struct ring *r, const l4_trace_record_t *e,
                      FILE *out)
{
    char text[NAME_SIZE];

    switch (e->type) {
    case L4_TRACE_SYSCALL: put_syscall(e, out); break;
    case L4_TRACE_RETURN:
        result_text(e->word[1], text);
        fprintf(out, "  returns: %s", text);
        break;
    case L4_TRACE_SWITCH:
        result_text(e->word[1], text);
        fprintf(out, "  goes on: %s", text);
        thread_text(r, (uint32_t)e->word[0], text);
        fprintf(out, ", after %s", text);
        break;
    case L4_TRACE_FAULT:
        fprintf(out, "exception %u at ip %llx", e->detail, (ull)e->word[1]);
        if (e->detail == 14) {
            fprintf(out, ", page fault at %llx", (ull)e->word[0]);
        }
        break;
    case L4_TRACE_IRQ:
        fprintf(out, e->detail == 240 ? "timer" : "interrupt line %d",
                e->detail - 48);
        break;
    case L4_TRACE_MAP:
    case L4_TRACE_UNMAP: put_fpage(e, out); break;
    case L4_TRACE_GUEST:
        fprintf(out, "guest's system call %lld", (long long)e->word[0]);
        break;
    default: fprintf(out, "record of type %u", e->type);
    }
}

void print_text(const struct ring *r, FILE *out)
{
    if (r->first > 0) {
        fprintf(out, "(%llu older records are lost)\n", (ull)r->first);
    }
    for (uint64_t n = r->first; n < r->end; n++) {
        const l4_trace_record_t *e = ring_record(r, n);
        char name[NAME_SIZE];

        thread_text(r, e->thread, name);
        fprintf(out, "%12.3f us  %-32s ", (double)e->time / 1000.0, name);
        put_event(r, e, out);
        putc('\n', out);
    }
}
