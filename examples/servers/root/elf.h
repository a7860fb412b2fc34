/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs in ELF. Nothing in the file is trusted: elf_open() checks all that
 * the rest uses.
 */
#ifndef ROOT_ELF_H
#define ROOT_ELF_H

#include <l4/err.h>
#include <l4/types.h>

#define ELF_SEGMENTS 8

/* Memory that the file describes. Segments do not share pages. */
struct elf_segment {
    uint64_t address;
    uint64_t memory_size;
    uint64_t offset;    /* of its bytes in the file */
    uint64_t file_size; /* the rest of it is zeros */
    unsigned rights;    /* L4_MEM_* */
};

struct elf {
    const char *data;
    size_t size;
    uint64_t entry;
    struct elf_segment segments[ELF_SEGMENTS];
    unsigned segment_count;
    uint64_t end;          /* of the highest segment, page aligned */
    uint64_t symbols;      /* offset of the symbol table, 8-aligned */
    uint64_t symbol_count; /* 0 if there is none */
    uint64_t strings;      /* offset of the symbols' names */
    uint64_t strings_size; /* the last byte of which is 0, if there are any */
};

/* Reads a file of `size` bytes at `data`, 8-aligned. L4_EFORMAT if it cannot
 * be a program here; `why` says so to people. */
l4_err_t elf_open(struct elf *elf, const void *data, size_t size,
                  const char **why);

/* The segment that has the page of that address, or NULL. */
const struct elf_segment *elf_segment_at(const struct elf *elf,
                                         uint64_t address);

/* The name of the function that holds the address, and how far in it is. NULL
 * if the file does not tell. */
const char *elf_symbol_at(const struct elf *elf, uint64_t address,
                          uint64_t *offset);

#endif
