/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "vmlinux.h"

#define ELF_MAGIC 0x464c457fu
#define ELF_64_LITTLE 0x0102u
#define ELF_X86_64 62u
#define SEGMENT_LOAD 1u

/* The beginning of an ELF file, as far as it matters. */
struct elf_header {
    uint32_t magic;
    uint16_t class_and_data;
    uint8_t ident[10];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t segments; /* offset in the file */
    uint64_t sections;
    uint32_t flags;
    uint16_t header_size;
    uint16_t segment_size;
    uint16_t segment_count;
};

struct elf_segment {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t address;
    uint64_t physical;
    uint64_t file_size;
    uint64_t memory_size;
    uint64_t alignment;
};

static bool header_ok(const struct elf_header *h, size_t size)
{
    return size >= sizeof(*h) && h->magic == ELF_MAGIC &&
           h->class_and_data == ELF_64_LITTLE && h->machine == ELF_X86_64 &&
           h->segment_size == sizeof(struct elf_segment) &&
           h->segments <= size &&
           h->segment_count * sizeof(struct elf_segment) <= size - h->segments;
}

static l4_err_t segment_load(const char *file, size_t size,
                             const struct elf_segment *s, uint64_t start,
                             uint64_t end)
{
    char *to = (char *)(uintptr_t)s->address;

    if (s->offset > size || s->file_size > size - s->offset ||
        s->file_size > s->memory_size || s->address < start ||
        s->address > end || s->memory_size > end - s->address)
        return L4_EFORMAT;
    memcpy(to, file + s->offset, s->file_size);
    memset(to + s->file_size, 0, s->memory_size - s->file_size);
    return L4_OK;
}

l4_err_t vmlinux_load(const void *file, size_t size, uint64_t start,
                      uint64_t end, uint64_t *entry)
{
    const struct elf_header *h = file;

    if (!header_ok(h, size))
        return L4_EFORMAT;
    const struct elf_segment *s =
        (const void *)((const char *)file + h->segments);
    for (unsigned i = 0; i < h->segment_count; i++) {
        if (s[i].type != SEGMENT_LOAD)
            continue;
        l4_err_t err = segment_load(file, size, &s[i], start, end);
        if (err)
            return err;
    }
    *entry = h->entry;
    return *entry >= start && *entry < end ? L4_OK : L4_EFORMAT;
}
