/* SPDX-License-Identifier: BSD-2-Clause */
/* l4idl: the IDL compiler. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "depfile.h"
#include "dialect.h"
#include "emit_doc.h"
#include "idl.h"
#include "ledger.h"
#include "output.h"
#include "system.h"

#ifndef L4IDL_VERSION
#define L4IDL_VERSION "unknown"
#endif

enum { INCLUDES_MAX = 64, MACROS_MAX = 64, LINES_MAX = 40 };

struct options {
    struct arena arena;
    const char *includes[INCLUDES_MAX + 1];
    unsigned include_count;
    const char *macros[MACROS_MAX + 1];
    unsigned macro_count;
    const char *cpp;
    enum dialect dialect;
    unsigned flags;
    const char *out_dir;
    const char *prefix;
    const char *depfile;
    const char *against; /* an older version to compare with */
    bool report;
    const char *input;
    const char *lines[LINES_MAX]; /* NAME=FILE */
    unsigned line_count;
};

static void put_usage(FILE *out)
{
    fputs("usage: l4idl [OPTION]... -o DIR FILE.idl\n"
          "Makes C code for the interfaces in FILE.idl.\n"
          "\n"
          "  -o DIR          where the output goes; created if need be\n"
          "  -I DIR          also look there for imported files\n"
          "  -I NAME=DIR     look there for imports of NAME/...\n"
          "  -D NAME[=VALUE], -U NAME\n"
          "                  define or undefine a macro of the preprocessor\n"
          "  --cpp=PROGRAM   the preprocessor, which is run on files with\n"
          "                  directives (default: cpp)\n"
          "  --dialect=KIND  almond, or dice or idl4 to read files that were\n"
          "                  written for those compilers\n"
          "  --emit=LIST     client, server, kernel, fuzz, layout, docs,\n"
          "                  names, kfuzz (default: client,server, also\n"
          "                  called stubs); the header is always made.\n"
          "                  Of a system: plan, graph, ledger\n"
          "  --prefix DIR    put the output into DIR/ below the -o directory\n"
          "  --lines PROGRAM=FILE\n"
          "                  for the ledger: what is linked into a program\n"
          "                  (or /root, /kernel), as tools/linked-lines says\n"
          "  --depfile FILE  write what was read there, for make or Ninja\n"
          "  --check-against OLD.idl\n"
          "                  report what breaks programs built from OLD.idl\n"
          "  --report        list the size of each message\n"
          "  --check         only check, write nothing\n"
          "  --list-codes    list the codes of all errors and warnings\n"
          "  --help          show this text\n"
          "  --version       show the version\n",
          out);
}

/* As a table in Markdown, which the reference contains. */
static void put_codes(FILE *out)
{
    fputs("| code | finding |\n|---|---|\n", out);
    for (int i = 0; i < DIAG_CODES; i++)
        fprintf(out, "| %s | %s |\n", diag_code_text((enum diag_code)i),
                diag_code_meaning((enum diag_code)i));
}

/* --- options ----------------------------------------------------------- */

static bool usage_error(const char *what, const char *arg)
{
    fprintf(stderr,
            "l4idl: %s%s%s%s\n"
            "Try 'l4idl --help'.\n",
            what, arg ? " '" : "", arg ? arg : "", arg ? "'" : "");
    return false;
}

static bool parse_emit(struct options *o, const char *list)
{
    static const struct {
        const char *name;
        unsigned flag;
    } kinds[] = {
        {"client", EMIT_CLIENT}, {"server", EMIT_SERVER},
        {"kernel", EMIT_KERNEL}, {"stubs", EMIT_CLIENT | EMIT_SERVER},
        {"fuzz", EMIT_FUZZ},     {"layout", EMIT_LAYOUT},
        {"docs", EMIT_DOCS},     {"names", EMIT_NAMES},
        {"header", 0},           {"kfuzz", EMIT_KFUZZ},
        {"plan", EMIT_PLAN},     {"graph", EMIT_GRAPH},
        {"ledger", EMIT_LEDGER},
    };

    o->flags = 0;
    while (*list) {
        size_t len = strcspn(list, ",");
        size_t i = 0;

        while (i < sizeof kinds / sizeof *kinds &&
               (strlen(kinds[i].name) != len ||
                strncmp(kinds[i].name, list, len) != 0))
            i++;
        if (i == sizeof kinds / sizeof *kinds)
            return usage_error("unknown kind of output in", list);
        o->flags |= kinds[i].flag;
        list += len + (list[len] == ',');
    }
    return true;
}

/* The value of an option: behind '=', attached to a short one, or the next
 * argument. */
static const char *option_value(const char *arg, const char *name, char **argv,
                                int *i)
{
    size_t len = strlen(name);

    if (strncmp(arg, name, len) != 0)
        return NULL;
    if (name[1] == '-' && arg[len] == '=')
        return arg + len + 1;
    if (name[1] != '-' && arg[len])
        return arg + len;
    if (arg[len] == '\0' && argv[*i + 1])
        return argv[++*i];
    return NULL;
}

static bool parse_dialect(struct options *o, const char *name)
{
    static const char *const names[] = {"almond", "dice", "idl4"};

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) {
            o->dialect = (enum dialect)i;
            return true;
        }
    return usage_error("unknown dialect", name);
}

/* -D NAME, -DNAME, -U NAME: one argument of the preprocessor's. */
static bool parse_macro(struct options *o, char **argv, int *i)
{
    char letter = argv[*i][1];
    const char *value =
        option_value(argv[*i], letter == 'D' ? "-D" : "-U", argv, i);

    if (!value || o->macro_count == MACROS_MAX)
        return usage_error(value ? "too many macros" : "incomplete option",
                           value ? NULL : argv[*i]);
    o->macros[o->macro_count] = arena_printf(&o->arena, "-%c%s", letter, value);
    o->macro_count++;
    return true;
}

static bool parse_option(struct options *o, char **argv, int *i, bool *check)
{
    const char *arg = argv[*i];
    const char *value;

    if (strcmp(arg, "--check") == 0) {
        *check = true;
        return true;
    }
    if (strcmp(arg, "--report") == 0) {
        o->report = true;
        return true;
    }
    if ((value = option_value(arg, "-o", argv, i)))
        o->out_dir = value;
    else if ((value = option_value(arg, "--emit", argv, i)))
        return parse_emit(o, value);
    else if ((value = option_value(arg, "--prefix", argv, i)))
        o->prefix = value;
    else if ((value = option_value(arg, "--check-against", argv, i)))
        o->against = value;
    else if ((value = option_value(arg, "--depfile", argv, i)))
        o->depfile = value;
    else if ((value = option_value(arg, "--cpp", argv, i)))
        o->cpp = value;
    else if ((value = option_value(arg, "--dialect", argv, i)))
        return parse_dialect(o, value);
    else if (arg[1] == 'D' || arg[1] == 'U')
        return parse_macro(o, argv, i);
    else if ((value = option_value(arg, "--lines", argv, i))) {
        if (o->line_count == LINES_MAX || !strchr(value, '='))
            return usage_error("this is no PROGRAM=FILE, or too many:", value);
        o->lines[o->line_count++] = value;
    } else if ((value = option_value(arg, "-I", argv, i))) {
        if (o->include_count == INCLUDES_MAX)
            return usage_error("too many -I options", NULL);
        o->includes[o->include_count++] = value;
    } else {
        return usage_error("unknown or incomplete option", arg);
    }
    return true;
}

static bool parse_options(struct options *o, char **argv)
{
    bool check = false;

    o->flags = EMIT_CLIENT | EMIT_SERVER;
    for (int i = 1; argv[i]; i++) {
        if (argv[i][0] == '-' && argv[i][1]) {
            if (!parse_option(o, argv, &i, &check))
                return false;
        } else if (o->input) {
            return usage_error("more than one input file:", argv[i]);
        } else {
            o->input = argv[i];
        }
    }
    if (!o->input)
        return usage_error("no input file", NULL);
    if (!o->out_dir && (o->report || o->against))
        check = true;
    if (!o->out_dir && !check)
        return usage_error("no output directory; give -o DIR", NULL);
    if (check)
        o->out_dir = NULL;
    return true;
}

/* --- output ------------------------------------------------------------ */

static const char *base_name(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot;

    path = slash ? slash + 1 : path;
    dot = strrchr(path, '.');
    return arena_strndup(a, path, dot ? (size_t)(dot - path) : strlen(path));
}

static void emit_file(struct emit *e, struct outputs *o, const char *dir,
                      const char *suffix, void (*fn)(struct emit *e))
{
    e->out = output_add(
        o, arena_printf(&e->c->arena, "%s/%s%s", dir, e->base, suffix));
    fn(e);
}

static void emit_all(struct emit *e, struct outputs *o, const char *dir)
{
    if (!(e->flags & EMIT_SYSTEM))
        emit_file(e, o, dir, ".h", emit_header);
    if (e->flags & EMIT_PLAN)
        emit_file(e, o, dir, ".plan", emit_plan);
    if (e->flags & EMIT_GRAPH) {
        emit_file(e, o, dir, ".dot", emit_dot);
        emit_file(e, o, dir, ".graph.json", emit_graph);
    }
    if (e->flags & EMIT_LEDGER) {
        emit_file(e, o, dir, ".ledger.txt", emit_ledger);
        emit_file(e, o, dir, ".ledger.json", emit_ledger_json);
    }
    if (e->flags & EMIT_CLIENT)
        emit_file(e, o, dir, "_client.c", emit_client);
    if (e->flags & EMIT_SERVER)
        emit_file(e, o, dir, "_server.c", emit_server);
    if (e->flags & EMIT_NAMES)
        emit_file(e, o, dir, ".names", emit_names);
    if (e->flags & EMIT_KERNEL) {
        emit_file(e, o, dir, "_kernel.h", emit_kernel_header);
        emit_file(e, o, dir, "_kernel.c", emit_kernel);
    }
    if (e->flags & EMIT_LAYOUT)
        emit_file(e, o, dir, ".layout.json", emit_layout);
    if (e->flags & EMIT_DOCS)
        emit_file(e, o, dir, ".md", emit_docs);
    if (e->flags & EMIT_FUZZ)
        emit_file(e, o, dir, "_fuzz.c", emit_fuzz);
    if (e->flags & EMIT_KFUZZ)
        emit_file(e, o, dir, ".kfuzz", emit_kfuzz);
}

/* The one system in the file, if it is asked for. */
static void find_system(struct emit *e)
{
    for (const struct decl *d = e->unit->decls; d; d = d->next) {
        if (d->kind != DECL_SYSTEM || !(e->flags & EMIT_SYSTEM))
            continue;
        if (e->system) {
            diag_error(&e->c->diag, DIAG_SYSTEM_ONE, d->loc,
                       "a file has one system to make something of");
            diag_note(&e->c->diag, e->system->decl->loc,
                      "the first one is here");
            return;
        }
        e->system = d->system;
    }
    if (!e->system && (e->flags & EMIT_SYSTEM))
        diag_error(&e->c->diag, DIAG_SYSTEM_ONE, (struct loc){0},
                   "there is no system in %s.idl to make something of",
                   e->base);
}

static void read_lines(struct idl *c, const struct options *o,
                       struct ledger *ledger)
{
    for (unsigned i = 0; i < o->line_count; i++) {
        const char *equals = strchr(o->lines[i], '=');

        (void)ledger_read(c, ledger,
                          arena_strndup(&c->arena, o->lines[i],
                                        (size_t)(equals - o->lines[i])),
                          equals + 1);
    }
}

static void write_output(struct idl *c, const struct options *o)
{
    const char *prefix =
        o->prefix ? arena_printf(&c->arena, "%s/", o->prefix) : "";
    struct emit e = {.c = c,
                     .unit = c->units,
                     .flags = o->flags,
                     .base = base_name(&c->arena, o->input),
                     .prefix = prefix};
    const char *dir = o->out_dir;
    struct outputs outputs = {0};
    struct ledger ledger = {0};

    find_system(&e);
    e.ledger = &ledger;
    read_lines(c, o, &ledger);
    if (e.system && (e.flags & EMIT_LEDGER))
        emit_ledger_check(&e);
    if (e.flags & EMIT_KERNEL)
        emit_kernel_check(&e);
    if (c->diag.errors == 0 && o->report)
        emit_report(&e);
    if (c->diag.errors || !dir)
        return;
    if (o->prefix)
        dir = arena_printf(&c->arena, "%s/%s", dir, o->prefix);
    emit_all(&e, &outputs, dir);
    if (o->depfile)
        depfile_write(output_add(&outputs, o->depfile), outputs.file[0].path,
                      c);
    if (output_make_dir(&c->arena, &c->diag, dir))
        output_commit(&c->arena, &c->diag, &outputs);
    output_free(&outputs);
}

/* Compares with an older version of the file. */
static void compare(struct idl *c, const struct options *o)
{
    struct idl old = {.diag.out = stderr,
                      .include_dirs = o->includes,
                      .macros = o->macros,
                      .cpp = o->cpp,
                      .dialect = o->dialect};

    if (idl_load(&old, o->against)) {
        idl_check(&old);
        if (old.diag.errors == 0)
            compat_check(c, &old);
    }
    c->diag.errors += old.diag.errors;
    arena_free(&old.arena);
}

static bool compile(const struct options *o)
{
    struct idl c = {.diag.out = stderr,
                    .include_dirs = o->includes,
                    .macros = o->macros,
                    .cpp = o->cpp,
                    .dialect = o->dialect};
    bool ok;

    c.diag.unlimited = o->dialect && o->report;
    if (idl_load(&c, o->input)) {
        idl_check(&c);
        if (c.diag.errors == 0 && o->against)
            compare(&c, o);
        if (c.diag.errors == 0)
            write_output(&c, o);
    }
    dialect_summary(&c);
    diag_summary(&c.diag);
    ok = c.diag.errors == 0;
    arena_free(&c.arena);
    return ok;
}

int main(int argc, char **argv)
{
    struct options o = {0};
    bool ok;

    (void)argc;
    for (int i = 1; argv[i]; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            put_usage(stdout);
            return 0;
        }
        if (strcmp(argv[i], "--list-codes") == 0) {
            put_codes(stdout);
            return 0;
        }
        if (strcmp(argv[i], "--version") == 0) {
            puts("l4idl " L4IDL_VERSION);
            return 0;
        }
    }
    if (!parse_options(&o, argv))
        return 1;
    ok = compile(&o);
    arena_free(&o.arena);
    return ok ? 0 : 1;
}
