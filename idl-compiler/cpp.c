/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpp.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGS_MAX = 160, OUTPUT_MAX = 32 * 1024 * 1024 };

static bool is_directive(const char *s)
{
    static const char *const words[] = {"include", "define", "undef",  "if",
                                        "ifdef",   "ifndef", "elif",   "else",
                                        "endif",   "error",  "warning"};
    size_t len;

    s += strspn(s, " \t");
    len = strspn(s, "abcdefghijklmnopqrstuvwxyz_");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == len && strncmp(words[i], s, len) == 0)
            return true;
    return false;
}

bool cpp_is_needed(const struct source *src)
{
    for (uint32_t i = 0; i < src->lines; i++) {
        const char *s = src->text + src->line_start[i];

        s += strspn(s, " \t");
        if (*s == '#' && is_directive(s + 1))
            return true;
    }
    return false;
}

/* The text before '=' in `-I NAME=DIR` means nothing to a preprocessor. */
static unsigned add_includes(struct arena *a, const struct cpp *cpp,
                             char *argv[], unsigned n)
{
    for (unsigned i = 0; cpp->includes && cpp->includes[i]; i++)
        if (!strchr(cpp->includes[i], '=') && n < ARGS_MAX - 8)
            argv[n++] = arena_printf(a, "-I%s", cpp->includes[i]);
    for (unsigned i = 0; cpp->macros && cpp->macros[i] && n < ARGS_MAX - 8; i++)
        argv[n++] = arena_strndup(a, cpp->macros[i], strlen(cpp->macros[i]));
    return n;
}

/* Comments are kept for the documentation. What stands beside FILE is found,
 * though the text comes through a pipe. */
static void make_args(struct arena *a, const struct cpp *cpp, const char *file,
                      char *argv[])
{
    static const char *const fixed[] = {
        "-x", "c", "-std=c11", "-ffreestanding", "-C", "-D__L4IDL__=1"};
    const char *slash = strrchr(file, '/');
    unsigned n = 0;

    argv[n++] = arena_strndup(a, cpp->program, strlen(cpp->program));
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        argv[n++] = arena_strndup(a, fixed[i], strlen(fixed[i]));
    argv[n++] = arena_strndup(a, "-iquote", 7);
    argv[n++] = slash ? arena_strndup(a, file, (size_t)(slash - file) + 1)
                      : arena_strndup(a, ".", 1);
    n = add_includes(a, cpp, argv, n);
    argv[n++] = arena_strndup(a, "-", 1);
    argv[n] = NULL;
}

/* Everything that comes through FD; NULL if it is too much. */
static char *read_all(int fd, size_t *size)
{
    size_t room = 64 * 1024;
    size_t used = 0;
    char *text = malloc(room);

    while (text) {
        ssize_t n = read(fd, text + used, room - used);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        used += (size_t)n;
        if (used == room) {
            char *more = room < OUTPUT_MAX ? realloc(text, room * 2) : NULL;

            if (!more)
                free(text);
            text = more;
            room *= 2;
        }
    }
    *size = used;
    return text;
}

/* Starts the program with its input from IN and its output to OUT. */
static int start(pid_t *pid, char *argv[], int in, int out)
{
    posix_spawn_file_actions_t actions;
    int err;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    err = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return err;
}

static bool finish(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool write_all(int fd, const char *text, size_t len)
{
    while (len) {
        ssize_t n = write(fd, text, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

/* A file without a name that holds TEXT, said to be FILE; -1 on failure. */
static int text_file(struct arena *a, const char *file, const char *text)
{
    const char *head = arena_printf(a, "# 1 \"%s\"\n", file);
    int fd = memfd_create("l4idl", MFD_CLOEXEC);

    if (fd >= 0 &&
        (!write_all(fd, head, strlen(head)) ||
         !write_all(fd, text, strlen(text)) || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* What comes out, or NULL after a report. */
static char *collect(struct diag *d, char *argv[], int in, const char *file,
                     size_t *size)
{
    char *all;
    int out[2];
    pid_t pid;
    int err;

    if (pipe2(out, O_CLOEXEC) != 0) {
        diag_error(d, DIAG_CPP_FAILED, (struct loc){0}, "no pipe to '%s'",
                   argv[0]);
        return NULL;
    }
    err = start(&pid, argv, in, out[1]);
    close(out[1]);
    all = err ? NULL : read_all(out[0], size);
    close(out[0]);
    if (err)
        diag_error(d, DIAG_CPP_FAILED, (struct loc){0}, "cannot run '%s': %s",
                   argv[0], strerror(err));
    else if (!finish(pid) || !all || memchr(all, 0, *size)) {
        diag_error(d, DIAG_CPP_FAILED, (struct loc){0}, "'%s' failed on '%s'",
                   argv[0], file);
        free(all);
        all = NULL;
    }
    return all;
}

struct source *cpp_run(struct arena *a, struct diag *d, const struct cpp *cpp,
                       const char *file, const char *text)
{
    char *argv[ARGS_MAX];
    int in = text_file(a, file, text);
    struct source *src = NULL;
    size_t size = 0;
    char *all;

    if (in < 0) {
        diag_error(d, DIAG_CPP_FAILED, (struct loc){0},
                   "cannot hand '%s' to the preprocessor", file);
        return NULL;
    }
    make_args(a, cpp, file, argv);
    all = collect(d, argv, in, file, &size);
    close(in);
    if (all)
        src = source_from_text(a, file, all, size);
    free(all);
    return src;
}
