/* SPDX-License-Identifier: BSD-2-Clause */
/* The structures of ELF for x86-64, as the System V ABI defines them; fields
 * that root does not look at have no names of their own. */
#ifndef ROOT_ELF_FORMAT_H
#define ROOT_ELF_FORMAT_H

#include <l4/types.h>

struct elf_header {
    uint8_t ident[16]; /* \177ELF, class, byte order, version */
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t program_offset;
    uint64_t section_offset;
    uint32_t flags;
    uint16_t header_size;
    uint16_t program_size;
    uint16_t program_count;
    uint16_t section_size;
    uint16_t section_count;
    uint16_t section_names;
};

struct elf_program {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t address;
    uint64_t physical;
    uint64_t file_size;
    uint64_t memory_size;
    uint64_t align;
};

struct elf_section {
    uint32_t name;
    uint32_t type;
    uint64_t flags;
    uint64_t address;
    uint64_t offset;
    uint64_t size;
    uint32_t link;
    uint32_t info;
    uint64_t align;
    uint64_t entry_size;
};

struct elf_symbol {
    uint32_t name;
    uint8_t info; /* type in the low 4 bits */
    uint8_t other;
    uint16_t section;
    uint64_t value;
    uint64_t size;
};

#define ELF_CLASS_64 2
#define ELF_LITTLE_ENDIAN 1
#define ELF_EXECUTABLE 2
#define ELF_X86_64 62
#define ELF_PROGRAM_LOAD 1
#define ELF_PROGRAM_INTERP 3
#define ELF_EXEC 1u
#define ELF_WRITE 2u
#define ELF_READ 4u
#define ELF_SECTION_SYMTAB 2
#define ELF_SYMBOL_FUNC 2

L4_STATIC_ASSERT(sizeof(struct elf_header) == 64, "ELF format");
L4_STATIC_ASSERT(sizeof(struct elf_program) == 56, "ELF format");
L4_STATIC_ASSERT(sizeof(struct elf_section) == 64, "ELF format");
L4_STATIC_ASSERT(sizeof(struct elf_symbol) == 24, "ELF format");

#endif
