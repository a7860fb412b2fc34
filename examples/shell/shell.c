/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small shell on the serial line. Its lines come from the driver of the
 * interrupt example; all else is asked of root's manager.
 */
#include <string.h>

#include <l4/env.h>
#include <l4/log.h>
#include <l4/server.h>
#include <l4/services.h>

#include "reader.h"

static root_manager_t manager;

/* The stubs let no values through but these. */
static const char *const state_names[] = {"idle", "running", "exited", "dead",
                                          "killed"};
static const char *const type_names[] = {
    [L4_CAP_TYPE_EMPTY] = "empty",     [L4_CAP_TYPE_TASK] = "task",
    [L4_CAP_TYPE_THREAD] = "thread",   [L4_CAP_TYPE_GATE] = "gate",
    [L4_CAP_TYPE_SCHED] = "sched",     [L4_CAP_TYPE_SIGNAL] = "signal",
    [L4_CAP_TYPE_FACTORY] = "factory", [L4_CAP_TYPE_DEVICE] = "device",
    [L4_CAP_TYPE_PORTS] = "ports",     [L4_CAP_TYPE_CONSOLE] = "console",
    [L4_CAP_TYPE_REPLY] = "reply",     [L4_CAP_TYPE_TRACE] = "trace",
};

static l4_err_t command_ps(const char *name)
{
    char program[ROOT_NAME_MAX + 1];
    root_program_info_t info;

    (void)name;
    l4_print("%-20s %-8s %7s %8s %8s %7s\n", "PROGRAM", "STATE", "STATUS",
             "THREADS", "MEMORY", "CPU");
    for (uint32_t i = 0;
         !root_manager_list(manager, i, &info, program, sizeof(program), NULL);
         i++)
        l4_print("%-20s %-8s %7d %8u %7luK %5lums\n", program,
                 state_names[info.state], info.status, info.threads,
                 info.memory_used / 1024, info.cpu_ns / 1000000);
    return L4_OK;
}

static l4_err_t command_run(const char *name)
{
    return root_manager_run(manager, name, NULL);
}

static l4_err_t command_kill(const char *name)
{
    return root_manager_kill(manager, name, NULL);
}

static l4_err_t command_caps(const char *name)
{
    root_cap_entry_t caps[ROOT_CAPS_MAX];
    char text[ROOT_NAME_MAX + 1];
    uint32_t next = 0;

    for (;;) {
        uint32_t count = ROOT_CAPS_MAX;
        l4_err_t err =
            root_manager_caps(manager, name, next, caps, &count, NULL);

        if (err != L4_OK || count == 0)
            return err;
        if (next == 0)
            l4_print("%4s  %-8s %-6s %s\n", "SLOT", "TYPE", "RIGHTS", "NAME");
        for (uint32_t i = 0; i < count; i++) {
            if (root_manager_cap_name(manager, name, caps[i].slot, text,
                                      sizeof(text), NULL) != L4_OK)
                text[0] = '\0';
            l4_print("%4u  %-8s %#-6x %s\n", caps[i].slot,
                     type_names[caps[i].type], caps[i].rights, text);
        }
        next = caps[count - 1].slot + 1;
    }
}

static l4_err_t command_exit(const char *name)
{
    (void)name;
    return root_manager_shutdown(manager, 0, NULL);
}

static l4_err_t command_help(const char *name);

static const struct command {
    const char *name;
    l4_err_t (*run)(const char *name);
    const char *help;
} commands[] = {
    {"help", command_help, "help       these lines"},
    {"ps", command_ps, "ps         the programs of this image"},
    {"run", command_run, "run NAME   start a program"},
    {"kill", command_kill, "kill NAME  end a program"},
    {"caps", command_caps, "caps NAME  the capabilities that a program holds"},
    {"exit", command_exit, "exit       end the image"},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static l4_err_t command_help(const char *name)
{
    (void)name;
    for (size_t i = 0; i < COMMANDS; i++)
        l4_print("%s\n", commands[i].help);
    return L4_OK;
}

/* Carries out a line: a command and, for some, the name of a program. */
static l4_err_t line_run(const char *line)
{
    const char *space = strchr(line, ' ');
    size_t length = space ? (size_t)(space - line) : strlen(line);

    for (size_t i = 0; i < COMMANDS; i++) {
        if (strlen(commands[i].name) == length &&
            strncmp(commands[i].name, line, length) == 0)
            return commands[i].run(space ? space + 1 : "");
    }
    return *line ? L4_ENOENT : L4_OK;
}

static l4_err_t typed(void *self, l4_req_t *req, const char *line,
                      uint32_t line_count)
{
    l4_err_t err = line_run(line);

    (void)self, (void)req, (void)line_count;
    if (err != L4_OK)
        l4_print("%s: %s; try 'help'\n", line, l4_err_text(err));
    l4_print("almond> ");
    return L4_OK;
}

int main(void)
{
    static const reader_ops_t ops = {.typed = typed};
    const l4_env_port_t *port = l4_env_port("reader");
    static l4_range_t ranges[1];
    l4_server_t server;

    manager.cap = l4_env_cap("manager");
    l4_server_init(&server, ranges, 1);
    if (!port || reader_register(&server, port->first_label, port->last_label,
                                 &ops, NULL) != L4_OK)
        return 1;
    l4_print("Type 'help' for the commands.\nalmond> ");
    l4_server_loop(&server);
    return 0;
}
