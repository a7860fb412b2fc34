/* SPDX-License-Identifier: BSD-2-Clause */
/* Root's reader of ELF files, fed with good, cut and damaged ones. Each file
 * lies in memory of exactly its size. */
#include "test.h"

#include <l4/env.h>
#include <l4/fpage.h>

#include "elf.h"
#include "elf_format.h"

#define SYMBOLS 3

/* A small program: code, constants, data, symbols. */
struct file {
    struct elf_header header;
    struct elf_program programs[4];
    struct elf_section sections[3];
    struct elf_symbol symbols[SYMBOLS];
    char names[32];
    char code[64];
    char data[64];
};

static struct elf_program load(uint32_t flags, uint64_t address,
                               uint64_t offset, uint64_t memory)
{
    struct elf_program p = {.type = ELF_PROGRAM_LOAD,
                            .flags = flags,
                            .offset = offset,
                            .address = address,
                            .file_size = 64,
                            .memory_size = memory};
    return p;
}

static void file_make(struct file *f)
{
    const struct elf_header header = {
        .ident = {0x7f, 'E', 'L', 'F', ELF_CLASS_64, ELF_LITTLE_ENDIAN, 1},
        .type = ELF_EXECUTABLE,
        .machine = ELF_X86_64,
        .version = 1,
        .entry = 0x400010,
        .program_offset = offsetof(struct file, programs),
        .section_offset = offsetof(struct file, sections),
        .header_size = sizeof(header),
        .program_size = sizeof(struct elf_program),
        .program_count = 4,
        .section_size = sizeof(struct elf_section),
        .section_count = 3,
    };

    memset(f, 0, sizeof(*f));
    f->header = header;
    f->programs[0] =
        load(ELF_READ | ELF_EXEC, 0x400000, offsetof(struct file, code), 64);
    f->programs[1] = load(ELF_READ, 0x402000, offsetof(struct file, names), 64);
    f->programs[2] = load(ELF_READ | ELF_WRITE, 0x403010,
                          offsetof(struct file, data), 0x3000);
    f->programs[3].type = 0x6474e551; /* not for us */
    f->sections[1].type = ELF_SECTION_SYMTAB;
    f->sections[1].offset = offsetof(struct file, symbols);
    f->sections[1].size = sizeof(f->symbols);
    f->sections[1].link = 2;
    f->sections[1].entry_size = sizeof(struct elf_symbol);
    f->sections[2].offset = offsetof(struct file, names);
    f->sections[2].size = sizeof(f->names);
    memcpy(f->names, "\0start\0work\0thing", 18);
    f->symbols[0] = (struct elf_symbol){
        .name = 1, .info = ELF_SYMBOL_FUNC, .value = 0x400000, .size = 0x20};
    f->symbols[1] = (struct elf_symbol){
        .name = 7, .info = 0x10 | ELF_SYMBOL_FUNC, .value = 0x400020};
    f->symbols[2] =
        (struct elf_symbol){.name = 12, .info = 1, .value = 0x400030};
}

/* Opens a copy, and uses what an accepted file offers. */
static l4_err_t file_try(const void *bytes, size_t size, const char **why)
{
    char *copy = malloc(size ? size : 1);
    struct elf elf;
    const char *what;
    l4_err_t err;

    memcpy(copy, bytes, size);
    err = elf_open(&elf, copy, size, &what);
    if (err) {
        assert_int_equal(err, L4_EFORMAT);
        assert_non_null(what);
    } else {
        unsigned sum = 0;
        uint64_t offset;

        for (unsigned i = 0; i < elf.segment_count; i++) {
            const struct elf_segment *s = &elf.segments[i];

            assert_true(s->address >= L4_IMAGE_BASE);
            assert_true(s->address + s->memory_size <= L4_STACK_AREA);
            assert_true(s->file_size <= s->memory_size);
            assert_ptr_equal(elf_segment_at(&elf, s->address), s);
            assert_true((s->rights & 6) != 6);
            for (uint64_t k = 0; k < s->file_size; k++)
                sum += (unsigned char)copy[s->offset + k];
        }
        assert_int_equal(elf.end % L4_PAGE_SIZE, 0);
        for (uint64_t at = 0x3ffff0; at < 0x400100; at += 5) {
            const char *name = elf_symbol_at(&elf, at, &offset);
            sum += name ? (unsigned)strlen(name) : 0;
        }
        assert_true(sum != 1);
    }
    if (why)
        *why = what;
    free(copy);
    return err;
}

static void a_good_file(void **state)
{
    struct file f;
    struct elf elf;
    const char *why;
    uint64_t offset;

    (void)state;
    file_make(&f);
    assert_int_equal(elf_open(&elf, &f, sizeof(f), &why), 0);
    assert_int_equal(elf.segment_count, 3);
    assert_int_equal(elf.entry, 0x400010);
    assert_int_equal(elf.end, 0x407000);
    assert_int_equal(elf.segments[0].rights, L4_MEM_R | L4_MEM_X);
    assert_null(elf_segment_at(&elf, 0x3fffff));
    assert_null(elf_segment_at(&elf, 0x401000));
    assert_ptr_equal(elf_segment_at(&elf, 0x403000), &elf.segments[2]);
    assert_ptr_equal(elf_segment_at(&elf, 0x406fff), &elf.segments[2]);
    assert_null(elf_segment_at(&elf, 0x407000));

    assert_string_equal(elf_symbol_at(&elf, 0x400000, &offset), "start");
    assert_string_equal(elf_symbol_at(&elf, 0x40001f, &offset), "start");
    assert_int_equal(offset, 0x1f);
    /* One without a size reaches up to the next. */
    assert_string_equal(elf_symbol_at(&elf, 0x400038, &offset), "work");
    assert_int_equal(offset, 0x18);
    assert_null(elf_symbol_at(&elf, 0x3fffff, &offset));
    assert_int_equal(file_try(&f, sizeof(f), NULL), 0);
}

#define REFUSED(change, sentence)                                     \
    do {                                                              \
        struct file f;                                                \
        const char *why_;                                             \
        file_make(&f);                                                \
        change;                                                       \
        assert_int_equal(file_try(&f, sizeof(f), &why_), L4_EFORMAT); \
        assert_string_equal(why_, sentence);                          \
    } while (0)

#define BAD_PLACE "it is linked for another address, or too large"

static void each_check(void **state)
{
    (void)state;
    REFUSED(f.header.ident[1] = 'e', "it is no 64-bit ELF file");
    REFUSED(f.header.ident[4] = 1, "it is no 64-bit ELF file");
    REFUSED(f.header.type = 3,
            "it is not linked as a static program for x86-64");
    REFUSED(f.header.machine = 3,
            "it is not linked as a static program for x86-64");
    REFUSED(f.header.program_size--, "its program headers are damaged");
    REFUSED(f.header.program_offset = ~7ull, "its program headers are damaged");
    REFUSED(f.header.program_count = 0xffff, "its program headers are damaged");
    REFUSED(f.header.program_offset += 4, "its program headers are damaged");
    REFUSED(f.header.entry = 0x402000, "its entry point is not in its code");
    REFUSED(f.header.entry = 0, "its entry point is not in its code");
    REFUSED(f.programs[3].type = ELF_PROGRAM_INTERP,
            "it is linked dynamically");
    REFUSED(f.programs[0].address = 0, BAD_PLACE);
    REFUSED(f.programs[0].memory_size = ~0ull, BAD_PLACE);
    REFUSED(f.programs[2].memory_size = L4_STACK_AREA, BAD_PLACE);
    REFUSED(f.programs[2].address = L4_STACK_AREA, BAD_PLACE);
    REFUSED(f.programs[1].file_size = 65, "a segment lies outside the file");
    REFUSED(f.programs[1].offset = sizeof(f) - 63,
            "a segment lies outside the file");
    REFUSED(f.programs[1].offset = ~0ull, "a segment lies outside the file");
    REFUSED(f.programs[0].flags |= ELF_WRITE,
            "a segment is both writable and executable");
    REFUSED(f.programs[1].address = 0x400fff, "two segments share a page");
    REFUSED(f.programs[2].address = 0x402800, "two segments share a page");
}

/* A file without usable symbols loads all the same. */
static void bad_symbols(void **state)
{
    struct file f;
    struct elf elf;
    const char *why;
    uint64_t offset;

    (void)state;
    for (unsigned damage = 0; damage < 6; damage++) {
        file_make(&f);
        switch (damage) {
        case 0: f.sections[1].link = 3; break;
        case 1: f.sections[1].size = ~0ull; break;
        case 2: f.sections[1].offset = ~7ull; break;
        case 3: f.sections[2].size = ~0ull; break;
        case 4: f.sections[2].size = 15; break; /* no NUL at its end */
        default: f.header.section_offset = sizeof(f); break;
        }
        assert_int_equal(elf_open(&elf, &f, sizeof(f), &why), 0);
        assert_int_equal(elf.symbol_count, 0);
        assert_null(elf_symbol_at(&elf, 0x400000, &offset));
    }
    file_make(&f);
    f.symbols[0].name = sizeof(f.names);
    assert_int_equal(elf_open(&elf, &f, sizeof(f), &why), 0);
    assert_null(elf_symbol_at(&elf, 0x400000, &offset));
}

static void cut_files(void **state)
{
    struct file f;

    (void)state;
    file_make(&f);
    for (size_t size = 0; size < sizeof(f); size++)
        (void)file_try(&f, size, NULL);
}

static void random_damage(void **state)
{
    struct file f;
    uint64_t seed = 5;

    (void)state;
    for (int round = 0; round < 100000; round++) {
        unsigned changes = 1 + random_next(&seed) % 3;

        file_make(&f);
        while (changes--) {
            /* The tables more often than the names, code and data. */
            size_t at = random_next(&seed) % offsetof(struct file, names);
            ((char *)&f)[at] = (char)random_next(&seed);
        }
        (void)file_try(&f, sizeof(f), NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file),   cmocka_unit_test(each_check),
        cmocka_unit_test(bad_symbols),   cmocka_unit_test(cut_files),
        cmocka_unit_test(random_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
