/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <l4/env.h>
#include <l4/fpage.h>

#include "elf.h"
#include "elf_format.h"

/* Where a program may lie. */
#define LOW L4_IMAGE_BASE
#define HIGH L4_STACK_AREA

#define PAGE_MASK (L4_PAGE_SIZE - 1)

/* Whether `count` elements at `offset` lie within the file, 8-aligned. */
static bool table_inside(const struct elf *elf, uint64_t offset, uint64_t count,
                         size_t element)
{
    return offset % 8 == 0 && offset <= elf->size &&
           count <= (elf->size - offset) / element;
}

/* What is wrong with the file's header, or NULL. */
static const char *header_check(const struct elf *elf)
{
    static const uint8_t magic[] = {
        0x7f, 'E', 'L', 'F', ELF_CLASS_64, ELF_LITTLE_ENDIAN, 1};
    const struct elf_header *h = (const void *)elf->data;

    if (elf->size < sizeof(*h) || memcmp(h->ident, magic, sizeof(magic)) != 0)
        return "it is no 64-bit ELF file";
    if (h->type != ELF_EXECUTABLE || h->machine != ELF_X86_64)
        return "it is not linked as a static program for x86-64";
    if (h->program_size != sizeof(struct elf_program) ||
        !table_inside(elf, h->program_offset, h->program_count,
                      sizeof(struct elf_program)))
        return "its program headers are damaged";
    return NULL;
}

static unsigned rights_of(uint32_t flags)
{
    return (flags & ELF_READ ? L4_MEM_R : 0) |
           (flags & ELF_WRITE ? L4_MEM_W : 0) |
           (flags & ELF_EXEC ? L4_MEM_X : 0);
}

/* Adds a segment to load; what is wrong with it, or NULL. */
static const char *segment_add(struct elf *elf, const struct elf_program *p)
{
    struct elf_segment *s = &elf->segments[elf->segment_count];
    uint64_t start = p->address & ~PAGE_MASK;
    uint64_t end = (p->address + p->memory_size + PAGE_MASK) & ~PAGE_MASK;

    if (elf->segment_count == ELF_SEGMENTS)
        return "it has too many segments";
    if (p->address < LOW || p->address >= HIGH ||
        p->memory_size > HIGH - p->address)
        return "it is linked for another address, or too large";
    if (p->file_size > p->memory_size || p->offset > elf->size ||
        p->file_size > elf->size - p->offset)
        return "a segment lies outside the file";
    if ((p->flags & ELF_WRITE) && (p->flags & ELF_EXEC))
        return "a segment is both writable and executable";
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *k = &elf->segments[i];
        uint64_t k_start = k->address & ~PAGE_MASK;
        uint64_t k_end = (k->address + k->memory_size + PAGE_MASK) & ~PAGE_MASK;

        if (start < k_end && k_start < end)
            return "two segments share a page";
    }
    s->address = p->address;
    s->memory_size = p->memory_size;
    s->offset = p->offset;
    s->file_size = p->file_size;
    s->rights = rights_of(p->flags);
    elf->segment_count++;
    if (end > elf->end)
        elf->end = end;
    return NULL;
}

/* Reads the segments; what is wrong with them, or NULL. */
static const char *segments_read(struct elf *elf)
{
    const struct elf_header *h = (const void *)elf->data;
    const struct elf_program *p = (const void *)(elf->data + h->program_offset);

    for (unsigned i = 0; i < h->program_count; i++) {
        const char *why = NULL;

        if (p[i].type == ELF_PROGRAM_INTERP)
            return "it is linked dynamically";
        if (p[i].type == ELF_PROGRAM_LOAD && p[i].memory_size)
            why = segment_add(elf, &p[i]);
        if (why)
            return why;
    }
    const struct elf_segment *s = elf_segment_at(elf, h->entry);
    if (!s || !(s->rights & L4_MEM_X))
        return "its entry point is not in its code";
    elf->entry = h->entry;
    return NULL;
}

/* Takes a section for the symbol table, if it is one that can be used. */
static void symbols_take(struct elf *elf, const struct elf_section *sections,
                         unsigned count, const struct elf_section *table)
{
    const struct elf_section *names;

    if (table->type != ELF_SECTION_SYMTAB || table->link >= count ||
        table->entry_size != sizeof(struct elf_symbol))
        return;
    names = &sections[table->link];
    if (!table_inside(elf, table->offset, table->size, 1) || names->size == 0 ||
        names->offset > elf->size || names->size > elf->size - names->offset ||
        elf->data[names->offset + names->size - 1] != '\0')
        return;
    elf->symbols = table->offset;
    elf->symbol_count = table->size / sizeof(struct elf_symbol);
    elf->strings = names->offset;
    elf->strings_size = names->size;
}

/* Looks for the symbol table; a program runs without one as well. */
static void symbols_find(struct elf *elf)
{
    const struct elf_header *h = (const void *)elf->data;
    const struct elf_section *s;

    if (h->section_size != sizeof(*s) ||
        !table_inside(elf, h->section_offset, h->section_count, sizeof(*s)))
        return;
    s = (const void *)(elf->data + h->section_offset);
    for (unsigned i = 0; i < h->section_count && !elf->symbol_count; i++)
        symbols_take(elf, s, h->section_count, &s[i]);
}

l4_err_t elf_open(struct elf *elf, const void *data, size_t size,
                  const char **why)
{
    memset(elf, 0, sizeof(*elf));
    elf->data = data;
    elf->size = size;
    *why = header_check(elf);
    if (!*why)
        *why = segments_read(elf);
    if (*why)
        return L4_EFORMAT;
    symbols_find(elf);
    return 0;
}

const struct elf_segment *elf_segment_at(const struct elf *elf,
                                         uint64_t address)
{
    uint64_t page = address & ~PAGE_MASK;

    for (unsigned i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *s = &elf->segments[i];

        if (page >= (s->address & ~PAGE_MASK) &&
            page < s->address + s->memory_size)
            return s;
    }
    return NULL;
}

const char *elf_symbol_at(const struct elf *elf, uint64_t address,
                          uint64_t *offset)
{
    const struct elf_symbol *s = (const void *)(elf->data + elf->symbols);
    const struct elf_symbol *best = NULL;

    for (uint64_t i = 0; i < elf->symbol_count; i++) {
        if ((s[i].info & 0xf) != ELF_SYMBOL_FUNC || s[i].value > address ||
            s[i].name >= elf->strings_size)
            continue;
        if (s[i].size && address - s[i].value >= s[i].size)
            continue;
        if (!best || s[i].value > best->value)
            best = &s[i];
    }
    if (!best)
        return NULL;
    *offset = address - best->value;
    return elf->data + elf->strings + best->name;
}
