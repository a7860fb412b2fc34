/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers become names. */
#include <string.h>

#include <l4/err.h>
#include <l4/tag.h>

#include "tracedump.h"

enum { OPERATIONS_MAX = 4096 };

static struct operation {
    unsigned proto;
    unsigned op;
    char name[NAME_SIZE];
} operations[OPERATIONS_MAX];

static unsigned operation_count;

void names_read(const char *file)
{
    FILE *in = fopen(file, "r");
    char line[256];

    if (!in) {
        fprintf(stderr, "tracedump: cannot read '%s'\n", file);
        return;
    }
    while (operation_count < OPERATIONS_MAX && fgets(line, sizeof(line), in)) {
        struct operation *o = &operations[operation_count];
        if (sscanf(line, "L4_OPERATION(%u, %u, \"%63[^\"]\")", &o->proto,
                   &o->op, o->name) == 3) {
            operation_count++;
        } else {
            argument_read(line);
        }
    }
    fclose(in);
}

void operation_text(uint64_t tag, char out[NAME_SIZE])
{
    unsigned proto = l4_tag_proto(tag);
    unsigned op = l4_tag_op(tag);

    for (unsigned i = 0; i < operation_count; i++) {
        if (operations[i].proto == proto && operations[i].op == op) {
            memcpy(out, operations[i].name, NAME_SIZE);
            return;
        }
    }
    snprintf(out, NAME_SIZE, "protocol %u operation %u", proto, op);
}

const char *phase_text(uint64_t tag)
{
    static const char *const phases[] = {
        "nothing", "send",           "wait",         "call",
        "reply",   "reply and wait", "resume guest", "halt"};

    return phases[tag >> 16 & 7];
}

void result_text(uint64_t tag, char out[NAME_SIZE])
{
    if (tag & L4_TAG_ERROR) {
        snprintf(out, NAME_SIZE, "error %d", l4_tag_err(tag));
    } else if (tag & L4_TAG_RAISED) {
        snprintf(out, NAME_SIZE, "refused");
    } else if (tag & L4_TAG_REPLY || tag >> L4_TAG_OP_SHIFT == 0) {
        snprintf(out, NAME_SIZE, "ok");
    } else {
        operation_text(tag, out);
    }
}

static const l4_trace_name_t *name_find(const struct ring *r, uint32_t number)
{
    const l4_trace_name_t *n = &r->header->names[number % L4_TRACE_NAMES];

    return number > 0 && n->thread == number ? n : NULL;
}

/* Only what can be shown, and stands in JSON as it is. */
static void clean(char *s)
{
    for (; *s; s++) {
        if (*s < ' ' || *s > '~' || *s == '"' || *s == '\\') {
            *s = '?';
        }
    }
}

void thread_text(const struct ring *r, uint32_t number, char out[NAME_SIZE])
{
    const l4_trace_name_t *n = name_find(r, number);

    if (n) {
        snprintf(out, NAME_SIZE, "%.24s/%.20s", n->task, n->name);
        clean(out);
    } else if (number) {
        snprintf(out, NAME_SIZE, "thread %u", number);
    } else {
        snprintf(out, NAME_SIZE, "-");
    }
}

void task_text(const struct ring *r, uint32_t number, char out[NAME_SIZE])
{
    const l4_trace_name_t *n = name_find(r, number);

    snprintf(out, NAME_SIZE, "%.24s", n ? n->task : "unknown");
    clean(out);
}
