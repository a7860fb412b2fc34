/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A timeline in the format of Chrome's about:tracing, which Perfetto reads
 * too: a track with the thread that runs, and one for each thread with its
 * system calls, from entry to return, and the requests it serves, from their
 * arrival to the answer. Arrows go from a call to where it is served and from
 * the answer to where it arrives.
 */
#include <l4/tag.h>

#include "tracedump.h"

enum { THREADS_MAX = 1024, RUN_TRACK = 0 };

struct track {
    uint32_t thread;
    bool open; /* in a system call */
    bool serving;
    l4_trace_record_t call;    /* the system call */
    l4_trace_record_t request; /* as it arrived */
};

struct timeline {
    const struct ring *ring;
    FILE *out;
    bool any;
    struct track tracks[THREADS_MAX];
    unsigned count;
    unsigned flows;
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

/* What ends where the next one begins ends a nanosecond earlier: viewers add
 * the two in floating point, and what ends late by a rounding crosses that. */
static void put_times(struct timeline *t, uint64_t from, uint64_t to)
{
    fprintf(t->out, "\"ts\":%.3f,\"dur\":%.3f", microseconds(from),
            microseconds(to > from ? to - from - 1 : 0));
}

static void put_span(struct timeline *t, uint32_t track, const char *name,
                     uint64_t from, uint64_t to)
{
    put_separator(t);
    fprintf(t->out, "{\"ph\":\"X\",\"pid\":1,\"tid\":%u,\"name\":\"%s\",",
            track, name);
    put_times(t, from, to);
    fputs("}", t->out);
}

/* A system call, with the arguments of the message it sends. */
static void put_call(struct timeline *t, const l4_trace_record_t *e,
                     uint64_t end)
{
    uint64_t tag = e->word[0];
    char name[NAME_SIZE] = "";

    if (tag >> L4_TAG_OP_SHIFT) {
        operation_text(tag, name);
    }
    put_separator(t);
    fprintf(t->out,
            "{\"ph\":\"X\",\"pid\":1,\"tid\":%u,\"cat\":\"ipc\",\"name\":"
            "\"%s%s%s\",",
            e->thread, phase_text(tag), *name ? " " : "", name);
    put_times(t, e->time, end);
    fprintf(t->out, ",\"args\":{\"slot\":%llu%s",
            (unsigned long long)e->word[1], l4_tag_words(tag) ? "," : "");
    if (l4_tag_words(tag) &&
        put_arguments(tag, &e->word[2], true, t->out) == 0) {
        fprintf(t->out, "\"word 0\":\"%#llx\"", (unsigned long long)e->word[2]);
    }
    fputs("}}", t->out);
}

/* An arrow from one place to another. */
static void put_flow(struct timeline *t, uint64_t tag, uint32_t from,
                     uint64_t from_time, const l4_trace_record_t *to)
{
    char name[NAME_SIZE];

    operation_text(tag, name);
    t->flows++;
    put_separator(t);
    fprintf(t->out,
            "{\"ph\":\"s\",\"id\":%u,\"pid\":1,\"tid\":%u,\"cat\":\"ipc\","
            "\"name\":\"%s\",\"ts\":%.3f},\n",
            t->flows, from, name, microseconds(from_time));
    fprintf(t->out,
            "{\"ph\":\"f\",\"bp\":\"e\",\"id\":%u,\"pid\":1,\"tid\":%u,"
            "\"cat\":\"ipc\",\"name\":\"%s\",\"ts\":%.3f}",
            t->flows, to->thread, name, microseconds(to->time));
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

static void serve_end(struct timeline *t, struct track *k, uint64_t now)
{
    char name[NAME_SIZE];
    char text[NAME_SIZE + 8];

    if (k->serving) {
        operation_text(k->request.word[1], name);
        snprintf(text, sizeof(text), "serve %s", name);
        put_span(t, k->thread, text, k->request.time, now);
        k->serving = false;
    }
}

static void call_begin(struct timeline *t, const l4_trace_record_t *e)
{
    struct track *k = track_of(t, e->thread);

    if (!k) {
        return;
    }
    if (e->word[0] & L4_TAG_REPLY) {
        serve_end(t, k, e->time);
    }
    k->open = true;
    k->call = *e;
}

/* Whether a message is the one that a system call sent. */
static bool is_sent_by(const struct track *k, uint64_t tag)
{
    return k && k->open &&
           k->call.word[0] >> L4_TAG_OP_SHIFT == tag >> L4_TAG_OP_SHIFT;
}

/* `e` is what a thread got out of its system call; `from` is who ran before. */
static void call_end(struct timeline *t, const l4_trace_record_t *e,
                     const struct track *from)
{
    struct track *k = track_of(t, e->thread);
    uint64_t tag = e->word[1];
    bool is_message = tag >> L4_TAG_OP_SHIFT && !(tag & L4_TAG_ERROR);

    if (!k || !k->open) {
        return;
    }
    if (is_message && is_sent_by(from, tag)) {
        put_flow(t, tag, from->thread, from->call.time, e);
    }
    put_call(t, &k->call, e->time);
    k->open = false;
    if (is_message && !(tag & L4_TAG_REPLY)) {
        k->serving = true;
        k->request = *e;
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
        call_end(t, e, track_of(t, (uint32_t)e->word[0]));
        break;
    case L4_TRACE_RETURN: call_end(t, e, NULL); break;
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

/* What goes on when the trace ends. */
static void end_all(struct timeline *t, uint64_t now)
{
    run_end(t, now);
    for (unsigned i = 0; i < t->count; i++) {
        if (t->tracks[i].open) {
            put_call(t, &t->tracks[i].call, now);
        }
        serve_end(t, &t->tracks[i], now);
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
        end_all(&t, ring_record(r, r->end - 1)->time);
    }
    fputs("\n]}\n", out);
}
