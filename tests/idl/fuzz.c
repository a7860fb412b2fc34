/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The compiler against damaged input, in one process: everything from the
 * scanner to the emitters, in each dialect, without files or the preprocessor.
 *
 *     idl-fuzz RUNS SEED FILE...     the files, damaged by mutate.c
 *
 * With -DIDL_LIBFUZZER it is libFuzzer's instead, which finds its own damage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cheader.h"
#include "emit.h"
#include "emit_doc.h"
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
        emit_header, emit_client, emit_server, emit_kernel_header,
        emit_kernel, emit_layout, emit_docs,   emit_fuzz,
        emit_names,  emit_plan,   emit_dot,    emit_graph};
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

static void compile(const char *text, size_t size, enum dialect dialect)
{
    static FILE *null;
    struct idl c = {.dialect = dialect};
    struct unit *u = arena_alloc(&c.arena, sizeof *u);

    if (!null)
        null = fopen("/dev/null", "w");
    c.diag.out = null;
    u->src = source_from_text(&c.arena, "fuzz.idl", text, size);
    u->main = true;
    if (dialect == DIALECT_DICE)
        u->decls = cheader_read(&c.arena, u->src, u->src->text);
    if (!u->decls)
        u->decls = parse_source(&c.arena, &c.diag, u->src, dialect);
    c.units = u;
    idl_check(&c);
    if (c.diag.errors == 0)
        emit_all(&c);
    arena_free(&c.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 64 * 1024 || memchr(data, 0, size))
        return 0;
    for (int d = DIALECT_ALMOND; d <= DIALECT_IDL4; d++)
        compile((const char *)data, size, (enum dialect)d);
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
