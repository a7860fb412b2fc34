/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the ring in memory. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tracedump.h"

/* Whether what lies there, with `left` bytes up to the end of the file, is a
 * ring. */
static bool ring_valid(const l4_trace_header_t *h, size_t left)
{
    return h->magic == L4_TRACE_MAGIC && h->version == L4_TRACE_FORMAT &&
           h->record_size == sizeof(l4_trace_record_t) && h->capacity > 0 &&
           h->capacity <=
               (left - L4_TRACE_HEADER_SIZE) / sizeof(l4_trace_record_t);
}

static bool ring_find(struct ring *r, const char *memory, size_t size)
{
    const size_t page = 4096;

    for (size_t at = 0; at + L4_TRACE_HEADER_SIZE <= size; at += page) {
        const l4_trace_header_t *h = (const void *)(memory + at);
        if (ring_valid(h, size - at)) {
            r->header = h;
            r->records = l4_trace_records(h);
            r->end = h->written;
            r->first = r->end > h->capacity ? r->end - h->capacity : 0;
            return true;
        }
    }
    return false;
}

bool ring_open(struct ring *r, const char *file)
{
    struct stat info;
    int fd = open(file, O_RDONLY);
    void *memory = MAP_FAILED;

    if (fd >= 0 && fstat(fd, &info) == 0 && info.st_size > 0) {
        memory =
            mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    if (fd >= 0) {
        close(fd);
    }
    if (memory == MAP_FAILED) {
        fprintf(stderr, "tracedump: cannot read '%s'\n", file);
        return false;
    }
    if (!ring_find(r, memory, (size_t)info.st_size)) {
        fprintf(stderr, "tracedump: there is no trace in '%s'\n", file);
        return false;
    }
    return true;
}
