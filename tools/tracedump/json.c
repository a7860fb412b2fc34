/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A timeline in the format of Chrome's about:tracing, which Perfetto reads
 * too: a track with the thread that runs, and one for each thread with its
 * system calls, from entry to return.
 */
#include <l4/tag.h>

#include "tracedump.h"

enum { THREADS_MAX = 1024, RUN_TRACK = 0 };

struct track {
    uint32_t thread;
    bool open; /* in a system call */
    uint64_t since;
    char call[NAME_SIZE + 24];
};

struct timeline {
    const struct ring *ring;
    FILE *out;
    bool any;
    struct track tracks[THREADS_MAX];
    unsigned count;
    uint32_t running;
    uint64_t running_since;
};

static void put_separator(struct timeline *t)
{
    fputs(t->any ? ",\n" : "\n", t->out);
    t->any = true;
}

static double microseconds(uint64_t ns)
{
    return (double)ns / 1000.0;
}

static void put_span(struct timeline *t, uint32_t track, const char *name,
                     uint64_t from, uint64_t to)
{
    put_separator(t);
    fprintf(t->out,
            "{\"ph\":\"X\",\"pid\":1,\"tid\":%u,\"name\":\"%s\",\"ts\":%.3f,"
            "\"dur\":%.3f}",
            track, name, microseconds(from),
            microseconds(to > from ? to - from : 0));
}

static void put_instant(struct timeline *t, uint32_t track, const char *name,
                        uint64_t at)
{
    put_separator(t);
    fprintf(t->out,
            "{\"ph\":\"i\",\"s\":\"t\",\"pid\":1,\"tid\":%u,\"name\":\"%s\","
            "\"ts\":%.3f}",
            track, name, microseconds(at));
}

static void put_track_name(struct timeline *t, uint32_t track, const char *name)
{
    put_separator(t);
    fprintf(t->out,
            "{\"ph\":\"M\",\"pid\":1,\"tid\":%u,\"name\":\"thread_name\","
            "\"args\":{\"name\":\"%s\"}}",
            track, name);
}

/* The track of a thread, or NULL: there are too many. */
static struct track *track_of(struct timeline *t, uint32_t thread)
{
    char name[NAME_SIZE];

    for (unsigned i = 0; i < t->count; i++) {
        if (t->tracks[i].thread == thread) {
            return &t->tracks[i];
        }
    }
    if (thread == 0 || t->count == THREADS_MAX) {
        return NULL;
    }
    t->tracks[t->count].thread = thread;
    thread_text(t->ring, thread, name);
    put_track_name(t, thread, name);
    return &t->tracks[t->count++];
}

static void call_begin(struct timeline *t, const l4_trace_record_t *e)
{
    struct track *k = track_of(t, e->thread);
    char operation[NAME_SIZE];

    if (!k) {
        return;
    }
    operation_text(e->word[0], operation);
    snprintf(k->call, sizeof(k->call), "%s %s", phase_text(e->word[0]),
             e->word[0] >> L4_TAG_OP_SHIFT ? operation : "");
    k->open = true;
    k->since = e->time;
}

static void call_end(struct timeline *t, const l4_trace_record_t *e)
{
    struct track *k = track_of(t, e->thread);

    if (k && k->open) {
        put_span(t, e->thread, k->call, k->since, e->time);
        k->open = false;
    }
}

static void run_end(struct timeline *t, uint64_t now)
{
    char name[NAME_SIZE];

    if (t->running) {
        thread_text(t->ring, t->running, name);
        put_span(t, RUN_TRACK, name, t->running_since, now);
    }
}

/* A thread that enters the kernel has been running, also if the switch to it
 * left no record: those of preempted operations do not. */
static void run_begin(struct timeline *t, const l4_trace_record_t *e)
{
    if (t->running != e->thread) {
        run_end(t, e->time);
        t->running = e->thread;
        t->running_since = e->time;
    }
}

static void put_record(struct timeline *t, const l4_trace_record_t *e)
{
    char text[NAME_SIZE];

    if (e->type == L4_TRACE_SYSCALL || e->type == L4_TRACE_FAULT ||
        e->type == L4_TRACE_SWITCH) {
        run_begin(t, e);
    }

    switch (e->type) {
    case L4_TRACE_SYSCALL: call_begin(t, e); break;
    case L4_TRACE_SWITCH:
    case L4_TRACE_RETURN: call_end(t, e); break;
    case L4_TRACE_FAULT:
        snprintf(text, sizeof(text), "exception %u", e->detail);
        put_instant(t, e->thread, text, e->time);
        break;
    case L4_TRACE_IRQ:
        put_instant(t, RUN_TRACK, e->detail == 240 ? "timer" : "interrupt",
                    e->time);
        break;
    case L4_TRACE_MAP: put_instant(t, e->thread, "map", e->time); break;
    case L4_TRACE_UNMAP: put_instant(t, e->thread, "unmap", e->time); break;
    default: break;
    }
}

void print_json(const struct ring *r, FILE *out)
{
    static struct timeline t;

    t.ring = r;
    t.out = out;
    fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", out);
    put_track_name(&t, RUN_TRACK, "processor");
    for (uint64_t n = r->first; n < r->end; n++) {
        put_record(&t, ring_record(r, n));
    }
    if (r->end > r->first) {
        run_end(&t, ring_record(r, r->end - 1)->time);
    }
    fputs("\n]}\n", out);
}
