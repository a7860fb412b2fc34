/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * files list | read NAME | write NAME TEXT | remove NAME | hold NAME | each:
 * the native file server (examples/files), used from a Linux process by its
 * generated stubs. `hold` keeps a file open until it is killed, `each` makes a
 * transfer of each kind.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files_each.h"

fs_root_t files;

fs_file_t open_file(const char *name, fs_mode_t how, l4_err_t *err)
{
    const l4_ctx_t ctx = L4_CTX(.caps = L4_CAPS(0));
    fs_file_t f = {L4_CAP_NONE};
    /* What the server sees of us; it goes with this process. */
    l4_cap_t alive = l4_own(files.cap);

    *err = fs_root_open(files, name, how, alive, &f, &ctx);
    if (*err)
        l4_close(alive);
    return f;
}

static l4_err_t list(char **args)
{
    char name[FS_NAME_MAX + 1];
    l4_err_t err = 0;
    fs_stat_t stat;

    (void)args;
    for (uint32_t i = 0; !err; i++) {
        err = fs_root_list(files, i, name, sizeof(name), &stat, NULL);
        if (!err)
            printf("%s: %" PRIu64 " bytes, %" PRIu32 " sessions\n", name,
                   stat.size, stat.sessions);
    }
    return err == FS_NO_ENTRY ? 0 : err;
}

static l4_err_t read_file(char **args)
{
    uint8_t data[FS_DATA_MAX];
    uint32_t count = 1;
    l4_err_t err;
    fs_file_t f = open_file(args[0], FS_MODE_READ, &err);

    for (uint64_t at = 0; !err && count; at += count) {
        count = sizeof(data);
        err = fs_file_read(f, at, data, &count, NULL);
        if (!err)
            fwrite(data, 1, count, stdout);
    }
    return err;
}

static l4_err_t write_file(char **args)
{
    const uint8_t *data = (const uint8_t *)args[1];
    size_t length = strlen(args[1]);
    l4_err_t err;
    fs_file_t f = open_file(args[0], FS_MODE_READ | FS_MODE_WRITE, &err);

    for (size_t at = 0; !err && at < length; at += FS_DATA_MAX) {
        size_t left = length - at;

        err = fs_file_write(f, at, data + at,
                            left < FS_DATA_MAX ? (uint32_t)left : FS_DATA_MAX,
                            NULL);
    }
    return err;
}

static l4_err_t remove_file(char **args)
{
    fs_busy_t busy;
    l4_err_t err = fs_root_remove(files, args[0], NULL);

    if (err == FS_BUSY && fs_get_busy(&busy) == 0)
        fprintf(stderr, "files: %" PRIu32 " sessions\n", busy.sessions);
    return err;
}

static l4_err_t hold(char **args)
{
    l4_err_t err;

    (void)open_file(args[0], FS_MODE_READ | FS_MODE_WRITE, &err);
    if (err)
        return err;
    puts("held");
    fflush(stdout);
    for (;;)
        pause();
}

static l4_err_t each(char **args)
{
    (void)args;
    return files_each() ? L4_ESTATE : 0;
}

static const struct command {
    const char *name;
    int args;
    l4_err_t (*run)(char **args);
} commands[] = {{"list", 0, list},        {"read", 1, read_file},
                {"write", 2, write_file}, {"remove", 1, remove_file},
                {"hold", 1, hold},        {"each", 0, each}};

static l4_err_t command_run(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (argc > 1 && strcmp(argv[1], commands[i].name) == 0 &&
            argc - 2 == commands[i].args)
            return commands[i].run(argv + 2);
    }
    fprintf(stderr, "usage: files list | read NAME | write NAME TEXT | "
                    "remove NAME | hold NAME | each\n");
    return L4_EINVAL;
}

int main(int argc, char **argv)
{
    l4_err_t err;

    files.cap = l4_open("files");
    if (files.cap == L4_CAP_NONE) {
        perror("/dev/l4/files");
        return 1;
    }
    err = command_run(argc, argv);
    l4_close(files.cap);
    if (err == FS_NO_ENTRY)
        fprintf(stderr, "files: there is no such file, says the server\n");
    else if (err)
        fprintf(stderr, "files: error %d\n", err);
    return err ? 1 : 0;
}
