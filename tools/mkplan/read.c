/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a plan line by line. */
#include <stdlib.h>
#include <string.h>

#include "plan_text.h"
#include "program_keys.h"

#define WORDS 64

/* The line being read. */
struct line {
    struct plan_text *plan;
    struct program_text *program; /* whom it is about, or NULL */
    unsigned number;
    char **words;
    int count;
};

#define NAME_RULE "letters, digits, - and _, at most 23 of them"

void plan_error(struct plan_text *plan, unsigned line, const char *format, ...)
{
    va_list args;

    plan->errors++;
    fprintf(plan->messages, "%s:%u: error: ", plan->file, line);
    va_start(args, format);
    vfprintf(plan->messages, format, args);
    va_end(args);
    fputc('\n', plan->messages);
}

/* A new grant of the current program; NULL if it has too many. */
static struct grant_text *grant_add(struct line *line, uint32_t kind)
{
    struct program_text *p = line->program;

    if (p->grant_count == L4_PLAN_CAPS) {
        plan_error(line->plan, line->number,
                   "program \"%s\" is granted more than %d things", p->name,
                   L4_PLAN_CAPS);
        return NULL;
    }
    struct grant_text *g = &p->grants[p->grant_count++];
    memset(g, 0, sizeof(*g));
    g->kind = kind;
    g->line = line->number;
    return g;
}

/* Names a grant by a word, and checks that its program has no such name. */
static void grant_name(struct line *line, struct grant_text *g,
                       const char *word)
{
    struct program_text *p = line->program;

    if (!name_read(word, g->name)) {
        plan_error(line->plan, line->number, "\"%s\" is no name: " NAME_RULE,
                   word);
        return;
    }
    for (struct grant_text *k = p->grants; k < g; k++) {
        if ((k->kind == L4_PLAN_PROVIDE) == (g->kind == L4_PLAN_PROVIDE) &&
            strcmp(k->name, g->name) == 0)
            plan_error(line->plan, line->number,
                       "program \"%s\" has the name \"%s\" already, from "
                       "line %u",
                       p->name, g->name, k->line);
    }
}

/* Whether the words from `at` on are "as NAME", and no more. */
static bool as_name(const struct line *line, int at)
{
    return line->count == at + 2 && strcmp(line->words[at], "as") == 0;
}

static void read_program(struct line *line)
{
    struct plan_text *plan = line->plan;
    struct program_text *p = &plan->programs[plan->program_count];

    line->program = NULL;
    if (line->count < 2) {
        plan_error(plan, line->number, "expected: program NAME [key=value]...");
        return;
    }
    if (plan->program_count == L4_PLAN_PROGRAMS) {
        plan_error(plan, line->number, "more than %d programs",
                   L4_PLAN_PROGRAMS);
        return;
    }
    plan->program_count++;
    program_defaults(p);
    p->line = line->number;
    line->program = p;
    if (!name_read(line->words[1], p->name))
        plan_error(plan, p->line, "\"%s\" is no name: " NAME_RULE,
                   line->words[1]);
    for (struct program_text *k = plan->programs; k < p; k++) {
        if (strcmp(k->name, p->name) == 0)
            plan_error(plan, p->line,
                       "there is a program \"%s\" already, in line %u", p->name,
                       k->line);
    }
    program_named(p);
    for (int i = 2; i < line->count; i++)
        program_key(plan, p, line->words[i]);
}

static void read_provides(struct line *line)
{
    if (line->count < 2)
        plan_error(line->plan, line->number, "expected: provides PORT...");
    for (int i = 1; i < line->count; i++) {
        struct grant_text *g = grant_add(line, L4_PLAN_PROVIDE);

        if (g)
            grant_name(line, g, line->words[i]);
    }
}

static void read_connect(struct line *line)
{
    struct grant_text *g;
    char *dot = line->count > 1 ? strchr(line->words[1], '.') : NULL;
    bool sendonly = line->count > 2 &&
                    strcmp(line->words[line->count - 1], "sendonly") == 0;

    line->count -= sendonly;
    if (!dot || (line->count != 2 && !as_name(line, 2))) {
        plan_error(line->plan, line->number,
                   "expected: connect PROGRAM.PORT [as NAME] [sendonly]");
        return;
    }
    g = grant_add(line, L4_PLAN_CONNECT);
    if (!g)
        return;
    *dot = '\0';
    g->b = sendonly ? L4_PLAN_SENDONLY : 0;
    if (!name_read(line->words[1], g->server) || !name_read(dot + 1, g->port))
        plan_error(line->plan, line->number, "\"%s.%s\" is no PROGRAM.PORT",
                   line->words[1], dot + 1);
    grant_name(line, g, line->count == 2 ? dot + 1 : line->words[3]);
}

static void read_irq(struct line *line)
{
    static const char *const modes[] = {"default", "edge", "level"};
    uint64_t number;
    uint32_t mode = 0;

    if (line->count == 5) {
        for (mode = 2; mode > 0; mode--) {
            if (strcmp(line->words[4], modes[mode]) == 0)
                break;
        }
        if (mode)
            line->count = 4;
    }
    if (!as_name(line, 2)) {
        plan_error(line->plan, line->number,
                   "expected: irq LINE as NAME [edge|level]");
        return;
    }
    if (!number_read(line->words[1], &number) || number >= 1024) {
        plan_error(line->plan, line->number, "\"%s\" is no interrupt line",
                   line->words[1]);
        return;
    }
    struct grant_text *g = grant_add(line, L4_PLAN_IRQ);
    if (g) {
        g->a = (uint32_t)number;
        g->b = mode;
        grant_name(line, g, line->words[3]);
    }
}

static void read_ports(struct line *line)
{
    uint64_t first;
    uint64_t count;

    if (!as_name(line, 3)) {
        plan_error(line->plan, line->number,
                   "expected: ports FIRST COUNT as NAME");
        return;
    }
    if (!number_read(line->words[1], &first) || first > 0xffff ||
        !number_read(line->words[2], &count) || count == 0 ||
        count > 0x10000 - first) {
        plan_error(line->plan, line->number,
                   "%s %s: there are only the I/O ports 0 to 0xffff",
                   line->words[1], line->words[2]);
        return;
    }
    struct grant_text *g = grant_add(line, L4_PLAN_IOPORTS);
    if (g) {
        g->a = (uint32_t)first;
        g->b = (uint32_t)count;
        grant_name(line, g, line->words[4]);
    }
}

/* `mmio ADDRESS SIZE as NAME` */
static void read_mmio(struct line *line)
{
    uint64_t first;
    uint64_t size;
    struct grant_text *g;

    if (!as_name(line, 3)) {
        plan_error(line->plan, line->number,
                   "expected: mmio ADDRESS SIZE as NAME");
        return;
    }
    if (!number_read(line->words[1], &first) || first % 4096 ||
        first / 4096 > UINT32_MAX || !number_read(line->words[2], &size) ||
        size % 4096 || size == 0 || size / 4096 > L4_PLAN_MMIO_PAGES) {
        plan_error(line->plan, line->number,
                   "%s %s: device memory begins and ends at a multiple of 4K, "
                   "below 16 TiB, and has at most 256M",
                   line->words[1], line->words[2]);
        return;
    }
    g = grant_add(line, L4_PLAN_MMIO);
    if (g) {
        g->a = (uint32_t)(first / 4096);
        g->b = (uint32_t)(size / 4096);
        grant_name(line, g, line->words[4]);
    }
}

/* `module MODULE [as NAME]` */
static void read_module(struct line *line)
{
    struct grant_text *g;

    if (line->count != 2 && !as_name(line, 2)) {
        plan_error(line->plan, line->number,
                   "expected: module BOOT-MODULE [as NAME]");
        return;
    }
    g = grant_add(line, L4_PLAN_MODULE);
    if (!g)
        return;
    if (!name_read(line->words[1], g->module))
        plan_error(line->plan, line->number, "\"%s\" is no name: " NAME_RULE,
                   line->words[1]);
    grant_name(line, g, line->words[line->count == 2 ? 1 : 3]);
}

/* `machine memory=SIZE pool=SIZE`: what the image builder gives the machine and
 * the kernel. Only its form is looked at here. */
static void read_machine(struct line *line)
{
    struct plan_text *plan = line->plan;

    if (plan->machine_line)
        plan_error(plan, line->number,
                   "the machine is described in line %u already",
                   plan->machine_line);
    plan->machine_line = line->number;
    for (int i = 1; i < line->count; i++) {
        char *value = strchr(line->words[i], '=');
        uint64_t size;

        if (value)
            *value++ = '\0';
        if (!value || (strcmp(line->words[i], "memory") != 0 &&
                       strcmp(line->words[i], "pool") != 0))
            plan_error(plan, line->number,
                       "expected: machine [memory=SIZE] [pool=SIZE]");
        else if (!number_read(value, &size) || size == 0 || size % (1 << 20))
            plan_error(plan, line->number, "%s=%s: this is no multiple of 1M",
                       line->words[i], value);
    }
}

static void read_manager(struct line *line)
{
    struct grant_text *g;

    if (line->count != 1 && !as_name(line, 1)) {
        plan_error(line->plan, line->number, "expected: manager [as NAME]");
        return;
    }
    g = grant_add(line, L4_PLAN_MANAGER);
    if (g)
        grant_name(line, g, line->count == 1 ? "manager" : line->words[2]);
}

static void read_supervise(struct line *line)
{
    struct grant_text *g;

    if (line->count != 2 && !as_name(line, 2)) {
        plan_error(line->plan, line->number,
                   "expected: supervise PROGRAM [as NAME]");
        return;
    }
    g = grant_add(line, L4_PLAN_SUPERVISE);
    if (!g)
        return;
    if (!name_read(line->words[1], g->server))
        plan_error(line->plan, line->number, "\"%s\" is no PROGRAM",
                   line->words[1]);
    grant_name(line, g, line->words[line->count == 2 ? 1 : 3]);
}

/* `device as NAME` and `trace as NAME`. */
static void read_authority(struct line *line, uint32_t kind)
{
    struct grant_text *g;

    if (!as_name(line, 1)) {
        plan_error(line->plan, line->number, "expected: %s as NAME",
                   line->words[0]);
        return;
    }
    g = grant_add(line, kind);
    if (g)
        grant_name(line, g, line->words[2]);
}

static void read_device(struct line *line)
{
    read_authority(line, L4_PLAN_DEVICE);
}

static void read_trace(struct line *line)
{
    read_authority(line, L4_PLAN_TRACE);
}

static void read_console(struct line *line)
{
    const struct program_text *p = line->program;

    if (line->count != 1) {
        plan_error(line->plan, line->number, "nothing may follow \"console\"");
        return;
    }
    for (uint32_t i = 0; i < p->grant_count; i++) {
        if (p->grants[i].kind == L4_PLAN_CONSOLE)
            return;
    }
    (void)grant_add(line, L4_PLAN_CONSOLE);
}

static void read_exit(struct line *line)
{
    struct plan_text *plan = line->plan;
    const char *what = line->count == 2 ? line->words[1] : "";

    if (plan->exit_line)
        plan_error(plan, line->number,
                   "when the image ends is said in line %u already",
                   plan->exit_line);
    plan->exit_line = line->number;
    if (strcmp(what, "all") == 0) {
        plan->exit_rule = L4_PLAN_EXIT_ALL;
    } else if (strcmp(what, "never") == 0) {
        plan->exit_rule = L4_PLAN_EXIT_NEVER;
    } else if (name_read(what, plan->exit_name)) {
        plan->exit_rule = L4_PLAN_EXIT_PROGRAM;
    } else {
        plan_error(plan, line->number,
                   "expected: exit PROGRAM, exit all or "
                   "exit never");
    }
}

static const struct statement {
    const char *name;
    void (*read)(struct line *line);
    bool of_program;
} statements[] = {
    {"program", read_program, false}, {"provides", read_provides, true},
    {"connect", read_connect, true},  {"irq", read_irq, true},
    {"ports", read_ports, true},      {"manager", read_manager, true},
    {"console", read_console, true},  {"device", read_device, true},
    {"trace", read_trace, true},      {"supervise", read_supervise, true},
    {"mmio", read_mmio, true},        {"module", read_module, true},
    {"machine", read_machine, false}, {"exit", read_exit, false},
};

static void read_statement(struct line *line)
{
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
        if (strcmp(statements[i].name, line->words[0]) != 0)
            continue;
        if (statements[i].of_program && !line->program)
            plan_error(line->plan, line->number,
                       "\"%s\" belongs below a program", line->words[0]);
        else
            statements[i].read(line);
        return;
    }
    plan_error(line->plan, line->number,
               "unknown statement \"%s\"; there are program, provides, "
               "connect, irq, ports, mmio, module, manager, supervise, "
               "console, device, trace, machine and exit",
               line->words[0]);
}

void plan_read(struct plan_text *plan, FILE *in)
{
    char *words[WORDS];
    struct line line = {.plan = plan, .words = words};
    char *text = NULL;
    size_t size = 0;

    while (getline(&text, &size, in) >= 0) {
        line.number++;
        line.count = line_split(text, words, WORDS);
        if (line.count < 0)
            plan_error(plan, line.number,
                       "a quote is not closed, or there are too many words");
        else if (line.count > 0)
            read_statement(&line);
    }
    free(text);
    if (plan->program_count == 0 && plan->errors == 0)
        plan_error(plan, line.number, "there is no program in this plan");
}
