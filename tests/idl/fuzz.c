/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The compiler against damaged input, in one process: everything from the
 * scanner to the emitters, in each dialect; as it is, and as if it came out of
 * the preprocessor, with line markers and C headers. Only files and the
 * preprocessor itself are left to tests/idl/run-garbage.
 *
 *     idl-fuzz RUNS SEED FILE...     the files, damaged by mutate.c
 *
 * With -DIDL_LIBFUZZER it is libFuzzer's instead, which finds its own damage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cheader.h"
#include "compat.h"
#include "dialect.h"
#include "emit.h"
#include "emit_doc.h"
#include "include.h"
#include "mutate.h"
#include "parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first system, if there is one. */
static const struct system *system_of(const struct idl *c)
{
    const struct decl *d = c->units->decls;

    while (d && d->kind != DECL_SYSTEM)
        d = d->next;
    return d ? d->system : NULL;
}

/* What is made of a system comes last. */
enum { OF_SYSTEM = 3 };

static void emit_all(struct idl *c)
{
    void (*const all[])(struct emit *) = {
        emit_header, emit_client, emit_server, emit_kernel_header, emit_kernel,
        emit_layout, emit_docs,   emit_fuzz,   emit_kfuzz,         emit_names,
        emit_plan,   emit_dot,    emit_graph};
    const struct system *system = system_of(c);
    size_t count = sizeof all / sizeof *all - (system ? 0 : OF_SYSTEM);

    for (size_t i = 0; i < count; i++) {
        struct buf out = {0};
        struct emit e = {.c = c,
                         .unit = c->units,
                         .system = system,
                         .flags = EMIT_CLIENT | EMIT_SERVER | EMIT_KERNEL,
                         .base = "fuzz",
                         .prefix = "",
                         .out = &out};

        if (all[i] == emit_kernel_header)
            emit_kernel_check(&e);
        if (c->diag.errors == 0)
            all[i](&e);
        buf_free(&out);
    }
}

/* How a text is taken. */
enum reading { AS_IT_IS, AS_PREPROCESSED, AS_HEADER };

static void append(struct unit *u, struct decl *list)
{
    struct decl **end = &u->decls;

    while (*end)
        end = &(*end)->next;
    *end = list;
}

/* As import.c reads a file, but for the preprocessor. */
static void read_unit(struct idl *c, struct unit *u, enum reading reading)
{
    const struct source *raw = u->src;
    struct decl *list;
    bool changed;
    char *c_text;

    if (reading == AS_HEADER)
        u->decls = cheader_read(&c->arena, u->src, u->src->text);
    if (reading == AS_PREPROCESSED) {
        const char *text = include_from_imports(&c->arena, raw->text, &changed);

        u->src = source_from_text(&c->arena, "fuzz.idl", text, strlen(text));
        include_split(&c->arena, u->src, raw, &c_text, &u->headers);
        u->decls = cheader_read(&c->arena, u->src, c_text);
    }
    list = parse_source(&c->arena, &c->diag, u->src, c->dialect);
    append(u, c->dialect ? dialect_order(list) : list);
}

static void compile(const char *text, size_t size, enum dialect dialect,
                    enum reading reading)
{
    static FILE *null;
    struct idl c = {.dialect = dialect};
    struct unit *u = arena_alloc(&c.arena, sizeof *u);

    if (!null)
        null = fopen("/dev/null", "w");
    c.diag.out = null;
    u->src = source_from_text(&c.arena, "fuzz.idl", text, size);
    u->main = true;
    read_unit(&c, u, reading);
    c.units = u;
    idl_check(&c);
    if (c.diag.errors == 0) {
        emit_all(&c);
        compat_check(&c, &c);
    }
    arena_free(&c.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 64 * 1024 || memchr(data, 0, size))
        return 0;
    for (int d = DIALECT_ALMOND; d <= DIALECT_IDL4; d++) {
        compile((const char *)data, size, (enum dialect)d, AS_IT_IS);
        compile((const char *)data, size, (enum dialect)d,
                size % 2 ? AS_PREPROCESSED : AS_HEADER);
    }
    return 0;
}

#ifndef IDL_LIBFUZZER

enum { FILES_MAX = 1024 };

int main(int argc, char **argv)
{
    static struct mutate_text all[FILES_MAX];
    static char out[MUTATE_TEXT_MAX];
    unsigned long runs = argc > 3 ? strtoul(argv[1], NULL, 10) : 0;
    uint64_t seed = argc > 3 ? strtoull(argv[2], NULL, 10) : 0;
    size_t count = 0;

    for (int i = 3; i < argc && count < FILES_MAX; i++)
        all[count++] = mutate_load(argv[i]);
    for (unsigned long i = 0; i < runs && count; i++) {
        struct mutate_text first = all[0];
        size_t other = (size_t)((i + seed) % count);
        size_t size;

        all[0] = all[other];
        all[other] = first;
        size = mutate(seed + i, all, count, out, sizeof out);
        /* What is running when it ends early. */
        if (getenv("IDL_FUZZ_SHOW"))
            fprintf(stderr, "run %lu\n%.*s\n", i, (int)size, out);
        LLVMFuzzerTestOneInput((const uint8_t *)out, size);
    }
    for (size_t i = 0; i < count; i++)
        free((void *)(uintptr_t)all[i].text);
    printf("%lu damaged files, %zu whole ones\n", runs, count);
    return runs && count ? 0 : 1;
}

#endif
