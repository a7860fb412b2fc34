/* SPDX-License-Identifier: BSD-2-Clause */
/* The debugger's prompt. */
#include <arch/cpu.h>

#include <kernel/panic.h>

#include <kernel/kdb.h>

#define LINE_MAX 80
#define WORDS_MAX 4

static void help(char **args);

struct command {
    const char *name;
    const char *args;
    const char *what;
    void (*run)(char **args);
};

static const struct command commands[] = {
    {"threads", "[TASK]", "all threads, and what they do", kdb_threads},
    {"tasks", "", "all address spaces", kdb_tasks},
    {"caps", "TASK", "the capabilities of a task", kdb_caps},
    {"map", "TASK ADDRESS|cap SLOT", "who has it from whom", kdb_mappings},
    {"ipc", "", "who waits for whom, and the queues of gates", kdb_ipc},
    {"sched", "", "ready queue, contexts, timeouts", kdb_sched},
    {"quota", "", "factories and what they have used", kdb_quotas},
    {"trace", "[HOW MANY]", "the last records of the trace", kdb_trace},
    {"regs", "TASK/THREAD", "registers of a thread", kdb_registers},
    {"bt", "TASK/THREAD", "its stack of calls", kdb_backtrace},
    {"check", "", "whether all of it is consistent", kdb_check},
    {"help", "", "this list", help},
    {"go", "", "let the system go on", NULL},
};

static void help(char **args)
{
    (void)args;
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        printk("%8s %22s  %s\n", commands[i].name, commands[i].args,
               commands[i].what);
    }
}

static void line_read(char line[LINE_MAX])
{
    unsigned n = 0;

    for (;;) {
        char c = kdb_getc();
        if (c == '\r' || c == '\n') {
            break;
        }
        if ((c == '\b' || c == 0x7f) && n > 0) {
            n--;
            printk("\b \b");
        } else if (c >= ' ' && c < 0x7f && n < LINE_MAX - 1) {
            line[n++] = c;
            arch_console_putc(c);
        }
    }
    line[n] = '\0';
    printk("\n");
}

static void line_split(char *line, char *words[WORDS_MAX + 1])
{
    unsigned n = 0;

    while (n < WORDS_MAX) {
        while (*line == ' ') {
            *line++ = '\0';
        }
        if (!*line) {
            break;
        }
        words[n++] = line;
        while (*line && *line != ' ') {
            line++;
        }
    }
    words[n] = NULL;
}

static const struct command *command_find(const char *name)
{
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (kdb_same(commands[i].name, name)) {
            return &commands[i];
        }
    }
    return NULL;
}

void kdb_enter(const char *why)
{
    char line[LINE_MAX];
    char *words[WORDS_MAX + 1];

    printk("\nkernel debugger: %s; `help` lists the commands\n", why);
    for (;;) {
        printk("kdb> ");
        line_read(line);
        line_split(line, words);
        if (!words[0]) {
            continue;
        }
        const struct command *c = command_find(words[0]);
        if (!c) {
            printk("there is no command `%s`\n", words[0]);
        } else if (!c->run) {
            return;
        } else {
            c->run(words + 1);
        }
    }
}
